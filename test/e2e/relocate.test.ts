import type { PlanRequest } from '@kubectl-dr/core/planning/model';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import { TwoSites } from '../suites/two-sites.ts';

const caller = { name: 'olivia' };
let sites: TwoSites;
beforeEach(async () => {
  sites = await TwoSites.open({ copied: true });
});
afterEach(() => sites.close());

const plan = (request: Partial<PlanRequest> = {}) =>
  sites
    .service()
    .plan({ intent: 'Relocate', application: 'shop', ...(request.intent !== 'Failback' && { to: 'west' }), ...request }, caller);
const done = async (request: Partial<PlanRequest> = {}) => {
  const made = await plan(request);
  expect(made.blockers).toEqual([]);
  return { made, ended: await (await sites.service().execute(made, caller)).run() };
};
const claimsAt = async (cluster: 'east' | 'west') => {
  const { items } = await sites.sandbox.clusters[cluster].client.list(types.persistentVolumeClaims, { namespace: 'shop' });
  return items.map(({ metadata }) => metadata.name);
};

it('moves to west without losing a row, copies the other way from then on, and is taken back', async () => {
  sites.write('east', '1,apples\n2,pears\n');
  const { made, ended } = await done();
  expect(made.dataLoss).toEqual([
    { component: 'web', seconds: 0, text: 'nothing of web' },
    { component: 'orders-db', seconds: 0, text: 'nothing of orders-db' },
  ]);
  expect(ended, ended.message).toMatchObject({ state: 'Succeeded' });
  await sites.running('west');
  expect(sites.rows('west')).toBe('1,apples\n2,pears\n');
  expect(await sites.pods('east')).toEqual([]);
  expect(await sites.pods('west')).toHaveLength(3);
  await sites.received('east', Date.parse(ended.requestedAt));

  sites.write('west', '1,apples\n2,pears\n3,plums\n');
  const undone = await (await sites.service().undo(ended.id, caller)).run();
  expect(undone, undone.message).toMatchObject({ state: 'Undone' });
  await sites.running('east');
  expect(await sites.pods('east')).toHaveLength(3);
  expect(sites.rows('east')).toBe('1,apples\n2,pears\n');
  expect(await sites.pods('west')).toEqual([]);
  expect(await claimsAt('west')).toEqual([]);
  expect(await sites.workloads('west')).toEqual([]);
  expect(await sites.resting()).toEqual(['east target', 'west source']);
}, 120_000);

it('goes on at west with the newest copy when east is lost, and comes back with every row', async () => {
  sites.write('east', '1,apples\n');
  await sites.capture({ snapshotVolumes: false });
  await sites.synced();
  sites.lost.add('east');
  const refused = await plan({ intent: 'Failover' });
  expect(refused.blockers).toMatchObject([{ code: 'SOURCE_MAY_BE_ALIVE', cluster: 'east' }]);
  const { made, ended } = await done({ intent: 'Failover', override: 'power of rack 3 is cut' });
  expect(made.copies).toMatchObject([{ component: 'orders-db', claim: 'data-orders-db-0', engine: 'volsync', from: 'east', to: 'west' }]);
  expect(ended, ended.message).toMatchObject({ state: 'Succeeded' });
  // What the plan told, and the time until it was carried out.
  const between = Math.ceil((Date.parse(ended.requestedAt) - Date.parse(made.createdAt)) / 1000);
  const told = Math.max(...made.dataLoss.map(({ seconds }) => seconds));
  expect(ended.measured!.lossSeconds ?? 0).toBeLessThanOrEqual(told + between);
  await sites.running('west');
  expect(sites.rows('west')).toBe('1,apples\n');
  expect(await sites.pods('west')).toHaveLength(3);

  // The old copy writes on; nothing of that reaches west, and it is stopped when its cluster answers.
  sites.write('east', 'split\n');
  sites.write('west', '1,apples\n2,pears\n');
  expect((await plan({ intent: 'Failback' }).catch((error: unknown) => error)) as Error).toMatchObject({ name: 'ServiceUnavailableError' });
  sites.lost.delete('east');
  expect((await plan({ intent: 'Failback' })).blockers.map(({ code }) => code)).toContain('ALREADY_RUNS_THERE');
  expect(await sites.service().releaseExpired(caller)).toMatchObject([{ id: ended.id }]);
  expect(await sites.pods('east')).toEqual([]);
  expect(await sites.resting()).toEqual(['east source', 'west target']);
  await sites.received('east', Date.parse(ended.requestedAt));

  sites.write('west', '1,apples\n2,pears\n3,plums\n');
  const back = await done({ intent: 'Failback' });
  expect(back.ended, back.ended.message).toMatchObject({ state: 'Succeeded' });
  await sites.running('east');
  expect(sites.rows('east')).toBe('1,apples\n2,pears\n3,plums\n');
  expect(await sites.pods('west')).toEqual([]);
  expect(await sites.pods('east')).toHaveLength(3);
}, 300_000);
