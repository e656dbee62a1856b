import { violations } from './axe.ts';
import { inChromium, mishaps, namespaces, visitors } from './visitor.ts';

inChromium('an operation that fails', () => {
  const { as } = visitors();
  afterEach(() => mishaps());

  it('says why at its step to everybody who looks, and goes on from there when its owner resumes it', async () => {
    const alice = await as('alice', '/catalog/default/system/warehouse/recovery');
    await alice.page.getByRole('button', { name: 'Restore', exact: true }).click();
    const dialog = alice.page.getByRole('dialog');
    await dialog.getByLabel('Into the namespace').fill('second-try');
    await dialog.getByText(/created in second-try \(east\)/).waitFor();
    await mishaps({ east: [{ method: 'POST', path: '/restores', status: 403 }] });
    await dialog.getByRole('button', { name: 'Restore now' }).click();
    await dialog.getByText('Failed', { exact: true }).first().waitFor({ timeout: 60_000 });
    const why = 'the request failed on purpose with status 403';
    await dialog.getByText(why).first().waitFor();
    const id = new URL(alice.page.url()).searchParams.get('operation')!;
    await alice.picture('operation-failed');
    expect(await violations(alice.page)).toEqual([]);

    // Two people on one operation: an operator sees the same, and so does whoever loads the page anew.
    const olivia = await as('olivia', `/dr?operation=${id}`);
    await olivia.page.getByText(why).first().waitFor();
    expect(await olivia.page.getByRole('button', { name: 'Resume' }).count()).toBe(1);
    const stranger = await as('bob', '/dr');
    expect((await stranger.api('POST', `/operations/${id}/resume`)).status).toBe(403);

    await mishaps();
    await dialog.getByRole('button', { name: 'Resume' }).click();
    await dialog.getByText('Succeeded', { exact: true }).first().waitFor({ timeout: 60_000 });
    // Without a hand of hers on the page.
    await olivia.page.getByText('Succeeded', { exact: true }).first().waitFor({ timeout: 40_000 });
    expect(await olivia.page.getByText(why).count()).toBe(0);
    expect(await namespaces('east')).toContain('second-try');
  });

  it('is stopped by one person while another one watches it', async () => {
    const alice = await as('alice', '/catalog/default/system/warehouse/recovery');
    await alice.page.getByRole('button', { name: 'Restore', exact: true }).click();
    const dialog = alice.page.getByRole('dialog');
    await dialog.getByLabel('Into the namespace').fill('changed-my-mind');
    await dialog.getByText(/created in changed-my-mind \(east\)/).waitFor();
    // Long enough for two people.
    await mishaps({ east: [{ method: 'POST', path: '/restores', delay: 5_000 }] });
    await dialog.getByRole('button', { name: 'Restore now' }).click();
    await dialog.getByText('Running', { exact: true }).first().waitFor();
    const id = new URL(alice.page.url()).searchParams.get('operation')!;
    const olivia = await as('olivia', `/dr?operation=${id}`);
    await olivia.page.getByRole('button', { name: 'Cancel' }).click();
    await dialog.getByText('Cancelled', { exact: true }).first().waitFor({ timeout: 60_000 });
    await olivia.page.getByText('Cancelled', { exact: true }).first().waitFor({ timeout: 40_000 });
  });
});

inChromium('a cluster that is down', () => {
  const { as } = visitors();
  afterEach(() => mishaps());

  it('is named as such; everything else is still shown and can be acted on, and it is back by itself', async () => {
    const { page, picture } = await as('olivia', '/dr');
    const clusters = page.getByRole('list', { name: 'Clusters' });
    const cluster = (name: string) => clusters.getByRole('listitem').filter({ hasText: name });
    await cluster('west').getByText('answers', { exact: true }).waitFor();
    const shop = await as('alice', '/catalog/default/system/shop/recovery');
    const orders = shop.page.getByRole('listbox', { name: /Recovery points of orders-db/ });
    await orders.waitFor();

    await mishaps({ westDown: true });
    await cluster('west').getByText('does not answer', { exact: true }).waitFor({ timeout: 90_000 });
    await cluster('east').getByText('answers', { exact: true }).waitFor();
    for (const name of ['Shop', 'Warehouse', 'Newsletter', 'Analytics'])
      expect(await page.getByRole('grid').getByRole('link', { name, exact: true }).count()).toBe(1);
    await picture('cluster-down', { fullPage: true });
    expect(await violations(page)).toEqual([]);

    // What was read is believed for a minute; then what runs there is Unknown, and the rest is as it was.
    const notice = shop.page.getByText('Cluster west does not answer').first();
    await notice.waitFor({ timeout: 120_000 });
    await orders.waitFor();
    await shop.picture('recovery-cluster-down', { fullPage: true });
    expect(await violations(shop.page)).toEqual([]);
    const warehouse = await as('alice', '/catalog/default/system/warehouse');
    await warehouse.page.getByRole('button', { name: 'Restore', exact: true }).click();
    await warehouse.page.getByRole('button', { name: 'Restore now' }).and(warehouse.page.locator(':enabled')).waitFor();

    await mishaps();
    await cluster('west').getByText('answers', { exact: true }).waitFor({ timeout: 90_000 });
    await notice.waitFor({ state: 'detached', timeout: 90_000 });
  }, 300_000);
});
