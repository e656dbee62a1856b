import { inChromium, namespaces, portal, visitors } from './visitor.ts';

inChromium('the owner', () => {
  const { stranger, as } = visitors();

  it('signs in, sees the card, presses restore, watches it finish, and the namespace is there', async () => {
    const { page, picture } = await stranger();
    await page.goto(portal().baseUrl);
    await picture('sign-in');
    await page.getByText('Alice', { exact: true }).click();
    await page.getByRole('group', { name: 'Applications by verdict' }).waitFor();
    await page.getByRole('grid').getByRole('link', { name: 'Warehouse' }).click();
    await page.getByRole('link', { name: 'Overview' }).click();

    const card = page.getByRole('article').filter({ has: page.getByRole('heading', { name: 'Recovery' }) });
    await card.getByText(/old, may be 8h/).waitFor();
    await card.getByRole('button', { name: 'Restore', exact: true }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Nothing is lost: the running application is not touched.').waitFor();
    const chosen = await dialog.getByLabel('Into the namespace').getAttribute('placeholder');
    expect(chosen).toMatch(/^warehouse-restore-/);
    expect(await namespaces('east')).not.toContain(chosen);
    await dialog.getByRole('button', { name: 'Restore now' }).click();

    await dialog.getByText(/of \d+ steps/).waitFor();
    const started = new URL(page.url()).searchParams.get('operation');
    expect(started).toMatch(/^restore-warehouse-/);
    // In the middle of it: the page is loaded anew and shows the same operation.
    await page.reload();
    await page.getByRole('dialog').getByText('Running', { exact: true }).waitFor();
    await page.getByRole('dialog').getByText('Succeeded').waitFor({ timeout: 60_000 });
    expect(await namespaces('east')).toContain(chosen);
  });

  it('restores one component into a namespace of its own choice', async () => {
    const { page } = await as('alice', '/catalog/default/system/warehouse/recovery');
    await page.getByRole('button', { name: 'Restore', exact: true }).click();
    const dialog = page.getByRole('dialog');
    await dialog
      .locator('label')
      .filter({ hasText: /^stock$/ })
      .click();
    await dialog.getByLabel('Into the namespace').fill('only-the-database');
    await dialog.getByText(/created in only-the-database \(east\)/).waitFor();
    await dialog.getByRole('button', { name: 'Restore now' }).click();
    await dialog.getByText('Succeeded').waitFor({ timeout: 60_000 });
    expect(await namespaces('east')).toContain('only-the-database');
    await dialog.getByRole('button', { name: 'Close' }).last().click();
    await page.getByText('Restore of warehouse into only-the-database').waitFor();
  });
});
