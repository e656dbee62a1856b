import { inChromium, namespaces, visitors } from './visitor.ts';

const shop = '/applications/system/default/shop';
const payroll = '/applications/system/default/payroll';
const clone = { intent: 'Restore', mode: 'clone' };

inChromium('somebody of another team', () => {
  const { as } = visitors();

  it('may look and has no button', async () => {
    const { page } = await as('bob', '/catalog/default/system/shop');
    await page.getByText('You may look, but not restore: team-shop and platform operators may.').waitFor();
    expect(await page.getByRole('button', { name: 'Restore', exact: true }).count()).toBe(0);
    await page.getByRole('link', { name: 'Points, components and operations' }).click();
    await page.getByRole('listbox', { name: /Recovery points of orders-db/ }).waitFor();
    expect(await page.getByRole('button', { name: /Restore (beside|this point)/ }).count()).toBe(0);
  });

  it('is refused by the API when the request is made by hand', async () => {
    const bob = await as('bob', '/dr');
    const planned = await bob.api('POST', `${shop}/plans`, clone);
    expect([planned.status, planned.body.error.name]).toEqual([403, 'NotAllowedError']);

    // Not even with a plan that the owner had computed.
    const alice = await as('alice', '/dr');
    const { status, body } = await alice.api('POST', `${shop}/plans`, clone);
    expect(status).toBe(200);
    const { id, hash, target } = body.spec;
    const started = await bob.api('POST', '/operations', { plan: { id, hash } }, { 'Idempotency-Key': 'by-hand' });
    expect([403, 404]).toContain(started.status);
    expect(await namespaces('east')).not.toContain(target[0].namespaces[0]);
  });
});

inChromium('an entity that names a namespace of another team', () => {
  const { as } = visitors();

  it('gets neither data nor action, for its own owner either', async () => {
    const { page, api } = await as('bob', '/catalog/default/component/payroll-sync');
    await page.getByText('The namespace does not confirm this owner').waitFor();
    expect(await page.locator('button:enabled', { hasText: 'Restore' }).count()).toBe(0);

    const { status, body } = await api('GET', payroll);
    expect(status).toBe(200);
    const [component] = body.status.components;
    expect(component).toMatchObject({ verdict: 'Unknown', volumes: [], workloads: [] });
    expect(component.recoveryPoint).toBeUndefined();
    expect((await api('GET', `${payroll}/points`)).body.items).toEqual([]);
    expect(JSON.stringify(body)).not.toContain('payments-db');

    const before = await namespaces('east');
    const planned = await api('POST', `${payroll}/plans`, clone);
    expect([planned.status, planned.body.error.code]).toEqual([403, 'UNCLAIMED_PLACEMENT']);
    expect(await namespaces('east')).toEqual(before);
  });
});

inChromium('an operator', () => {
  const { as } = visitors();

  it('may act on the applications of every team', async () => {
    const { page } = await as('olivia', '/catalog/default/system/newsletter');
    await page.getByRole('button', { name: 'Restore', exact: true }).waitFor();
    expect(await page.getByRole('button', { name: 'Restore', exact: true }).isEnabled()).toBe(true);
  });
});
