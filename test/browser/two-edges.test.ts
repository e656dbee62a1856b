import { command, inChromium, namespaces, visitors } from './visitor.ts';

inChromium('portal and command line', () => {
  const { as } = visitors();

  it('show an operation of the command line in the portal, while it runs and when it is done', async () => {
    const { page } = await as('olivia', '/dr');
    await page.getByText('Nothing is running.').waitFor();
    const done = command('restore newsletter --as newsletter-by-hand --yes');
    await page.getByRole('button', { name: /Running Restore of newsletter into newsletter-by-hand requested by sandbox-admin/ }).click();
    await page.getByText(/of \d+ steps/).waitFor();
    expect(await done).toMatchObject({ code: 0 });
    await page.getByRole('button', { name: /Succeeded Restore of newsletter into newsletter-by-hand/ }).waitFor({ timeout: 40_000 });
    expect(await namespaces('east')).toContain('newsletter-by-hand');
  });

  it('show an operation of the portal on the command line, and refuse a second one there, naming the holder', async () => {
    const { page } = await as('alice', '/catalog/default/system/shop/recovery');
    await page.getByRole('button', { name: 'Restore', exact: true }).click();
    await page.getByRole('button', { name: 'Restore now' }).click();
    await page.getByRole('dialog').getByText('Running', { exact: true }).waitFor();
    const id = new URL(page.url()).searchParams.get('operation')!;

    const listed = await command('get operations -o json');
    const found = JSON.parse(listed.out).items.find((operation: { metadata: { name: string } }) => operation.metadata.name === id);
    expect(found).toMatchObject({ status: { state: 'Running', requestedBy: 'user:default/alice' } });

    const second = await command('restore shop --component queue --as shop-twice --yes');
    expect(second.code).toBe(6);
    expect(second.err).toMatch(new RegExp(`operation ${id} of shop is running, held by portal@`));
    expect(await namespaces('east')).not.toContain('shop-twice');

    // Waiting on the command line for what the portal does.
    expect(await command(`wait ${id} --timeout 2m`)).toMatchObject({ code: 0 });
    await page.getByRole('dialog').getByText('Succeeded').waitFor();
  });

  it('refuse a second one in the portal while the command line holds the application', async () => {
    const { page } = await as('olivia', '/catalog/default/system/newsletter/recovery');
    await page.getByRole('button', { name: 'Restore', exact: true }).click();
    await page
      .getByRole('dialog')
      .getByText(/objects are created in/)
      .waitFor();
    const done = command('restore newsletter --as newsletter-first --yes');
    await expect.poll(() => namespaces('east'), { timeout: 20_000 }).toContain('newsletter-first');
    await page.getByRole('button', { name: 'Restore now' }).click();
    const refusal = page.getByRole('dialog').getByText(/tester@test/);
    await refusal.waitFor();
    expect(await page.getByRole('dialog').getByText('Nothing was started').count()).toBe(1);
    expect(await done).toMatchObject({ code: 0 });
  });
});
