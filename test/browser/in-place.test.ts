import { inChromium, visitors } from './visitor.ts';

inChromium('going back in place', () => {
  const { as } = visitors();

  it('is requested by the owner with the typed name, approved by another person, and can be undone', async () => {
    const alice = await as('alice', '/catalog/default/system/warehouse/recovery');
    await alice.page.getByRole('button', { name: 'Restore', exact: true }).click();
    const dialog = alice.page.getByRole('dialog');
    await dialog.locator('label').filter({ hasText: 'In place' }).click();
    // One component: whatever else is ticked is taken out.
    for (const label of await dialog.getByRole('group', { name: 'Components' }).locator('label').all())
      if ((await label.innerText()).trim() !== 'stock-db') await label.click();
    await dialog.getByText(/^Lost for good without an undo: .* of stock-db$/).waitFor();
    await dialog.getByText('Another person has to approve this').waitFor();
    const request = dialog.getByRole('button', { name: 'Request restore' });
    expect(await request.isDisabled()).toBe(true);
    await dialog.getByLabel('Type the name warehouse to confirm').fill('warehouse');
    await dialog.getByLabel('Why (for the journal)').fill('the import of noon was wrong');
    // High enough for all of it, from what is lost to the name that is typed.
    await alice.page.setViewportSize({ width: 1440, height: 1240 });
    await alice.picture('restore', { readme: true });
    await request.click();
    await dialog.getByText('Waiting for approval').waitFor();
    const operation = new URL(alice.page.url()).searchParams.get('operation')!;
    expect(await dialog.getByRole('button', { name: 'Approve' }).count()).toBe(0);

    const olivia = await as('olivia', `/dr?operation=${operation}`);
    await olivia.page.getByText('1 operation waits for approval').waitFor();
    await olivia.picture('approval');
    await olivia.page.getByRole('button', { name: 'Approve' }).click();
    await dialog.getByText('Succeeded').waitFor({ timeout: 90_000 });
    await alice.picture('in-place-done');

    await dialog.getByRole('button', { name: 'Undo', exact: true }).click();
    await dialog.getByText(/What was written since then is lost/).waitFor();
    await dialog.getByRole('button', { name: 'Undo the restore' }).click();
    await dialog.getByText('Undone', { exact: true }).waitFor({ timeout: 90_000 });
    await alice.picture('undone');
    const { body } = await alice.api('GET', `/operations/${operation}`);
    expect(body.status).toMatchObject({ state: 'Undone', requestedBy: 'user:default/alice', approvedBy: 'user:default/olivia' });
  });
});
