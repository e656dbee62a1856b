import type { PlanRequest } from '@kubectl-dr/core/planning/model';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import type { DrService } from '@kubectl-dr/core/service/port';
import { mortal } from '../suites/seen-by.ts';
import { TwoSites } from '../suites/two-sites.ts';

const caller = { name: 'olivia' };
const override = 'power of rack 3 is cut';
let sites: TwoSites;
beforeEach(async () => {
  sites = await TwoSites.open();
});
afterEach(() => sites.close());

const plan = (service: DrService, request: Partial<PlanRequest> = {}) =>
  service.plan({ intent: 'Failover', application: 'shop', to: 'west', ...request }, caller);
const failedOver = async (request: Partial<PlanRequest> = {}) => {
  const service = sites.service();
  const made = await plan(service, request);
  expect(made.blockers).toEqual([]);
  return { made, done: await (await service.execute(made, caller)).run() };
};

it('goes on at west with the rows of the newest point when east is lost, and stops the old copy when it answers again', async () => {
  sites.write('east', '1,apples\n');
  await sites.capture();
  sites.write('east', '1,apples\n2,pears\n');
  sites.lost.add('east');
  const service = sites.service();
  const refused = await plan(service);
  expect(refused.blockers).toMatchObject([{ code: 'SOURCE_MAY_BE_ALIVE', cluster: 'east' }]);
  await expect(service.execute(refused, caller)).rejects.toMatchObject({ code: 'PLAN_BLOCKED' });

  const { made, done } = await failedOver({ override });
  expect(made.warnings).toContainEqual(expect.objectContaining({ code: 'SPLIT_BRAIN_RISK', evidence: [`accepted: ${override}`] }));
  expect(made.home).toBe('west');
  expect(done, done.message).toMatchObject({ state: 'Succeeded', measured: { rtoSeconds: expect.any(Number) } });
  // What the plan told, and the time until it was carried out.
  const between = Math.ceil((Date.parse(done.requestedAt) - Date.parse(made.createdAt)) / 1000);
  expect(done.measured!.lossSeconds ?? 0).toBeLessThanOrEqual(Math.max(...made.dataLoss.map(({ seconds }) => seconds)) + between);
  await sites.running('west');
  expect(sites.rows('west')).toBe('1,apples\n');
  expect(done.steps[0]).toMatchObject({ state: 'Succeeded', message: `east does not answer; accepted: ${override}` });

  // The old copy went on writing, and nothing of that reaches west.
  sites.write('east', 'split\n');
  await expect((await service.confirm(done.id, caller)).run()).rejects.toMatchObject({ name: 'ServiceUnavailableError' });
  sites.lost.delete('east');
  expect(await sites.pods('east')).toHaveLength(3);
  expect((await service.application('shop')).reasons.map(({ code }) => code)).toContain('MOVE_UNFINISHED');
  expect(await service.releaseExpired(caller)).toMatchObject([{ id: done.id, release: { endedAt: expect.any(String) } }]);
  expect(await sites.pods('east')).toEqual([]);
  for (const workload of await sites.workloads('east'))
    expect(workload.metadata.annotations?.['kubectl-dr.dev/replicas']).toBe(workload.kind === 'Deployment' ? '2' : '1');
  expect((await service.application('shop')).reasons.map(({ code }) => code)).not.toContain('MOVE_UNFINISHED');
  expect(sites.rows('west')).toBe('1,apples\n');
  expect(await service.releaseExpired(caller)).toEqual([]);
});

it('stops the old copy first where its cluster answers: at no moment do two run', async () => {
  await sites.capture();
  const both: string[] = [];
  let watching = true;
  const watcher = (async () => {
    while (watching) {
      const [east, west] = [await sites.pods('east'), await sites.pods('west')];
      if (east.length > 0 && west.length > 0) both.push(`${east.join(',')} and ${west.join(',')}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  })();
  const { made, done } = await failedOver();
  watching = false;
  await watcher;
  expect(made.warnings.map(({ code }) => code)).not.toContain('SPLIT_BRAIN_RISK');
  expect(done, done.message).toMatchObject({ state: 'Succeeded' });
  expect(both).toEqual([]);
  expect(await sites.pods('east')).toEqual([]);
  expect(await sites.pods('west')).toHaveLength(3);
  await expect(sites.service().confirm(done.id, caller)).rejects.toMatchObject({ code: 'CONFLICT' });
});

it('chooses a point whose data is to be had there, and maps classes of storage', async () => {
  sites.write('east', 'old\n');
  const moved = await sites.capture();
  sites.write('east', 'new\n');
  // Points are dated by the second.
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  await sites.capture({ snapshotMoveData: false, snapshotVolumes: true });
  const missing = await plan(sites.service(), { storageClasses: { standard: 'fast' } });
  expect(missing.blockers).toMatchObject([{ code: 'STORAGE_CLASS_MISSING', cluster: 'west' }]);
  const { made, done } = await failedOver({ storageClasses: { standard: 'scratch' } });
  expect(new Set(made.points.map(({ name }) => name))).toEqual(new Set([moved]));
  const fields = made.changes.find(({ kind }) => kind === 'PersistentVolumeClaim')?.fields;
  expect(fields).toMatchObject([{ path: 'spec.storageClassName', from: 'standard', to: 'scratch' }]);
  expect(done, done.message).toMatchObject({ state: 'Succeeded' });
  await sites.running('west');
  expect(sites.rows('west')).toBe('old\n');
  const { west } = sites.sandbox.clusters;
  const claim = await west.client.get({ type: types.persistentVolumeClaims, namespace: 'shop', name: 'data-orders-db-0' });
  expect(claim.spec).toMatchObject({ storageClassName: 'scratch' });
});

it('promises nothing where no point has arrived', async () => {
  const made = await plan(sites.service());
  expect(new Set(made.blockers.map(({ code }) => code))).toEqual(new Set(['POINT_UNUSABLE']));
  expect(new Set(made.blockers.map(({ fix }) => fix))).toEqual(
    new Set([
      'back it up first: kubectl dr backup; or let west see what was made elsewhere: add that storage location there, with access mode ReadOnly',
    ]),
  );
  expect(made.dataLoss).toEqual([]);
});

it('is refused where it makes no sense', async () => {
  await sites.capture();
  const service = sites.service();
  await expect(plan(service, { to: 'wets' })).rejects.toMatchObject({ code: 'UNKNOWN_CLUSTER', hint: 'did you mean "west"?' });
  await expect(plan(service, { to: 'east' })).rejects.toMatchObject({ name: 'InputError' });
  sites.lost.add('west');
  await expect(plan(service)).rejects.toMatchObject({ name: 'ServiceUnavailableError' });
});

it('whose process dies anywhere is ended by another one', async () => {
  sites.close();
  for (const death of [2, 7, 12, 17, 22, 27, 32]) {
    sites = await TwoSites.open();
    await sites.capture();
    sites.lost.add('east');
    const made = await plan(sites.service(), { override });
    let dying: ReturnType<typeof mortal> | undefined;
    const first = sites.service('first', (cluster) =>
      cluster.name === 'west' ? (dying = mortal(cluster, 'after', death)).cluster : cluster,
    );
    const started = await first.execute(made, caller, { operationId: 'failover-shop-1', signal: dying!.signal });
    dying!.arm();
    await started.run().catch((error: unknown) => {
      if (!dying!.dead) throw error;
    });
    const second = sites.service('second');
    const found = await second.operation('failover-shop-1');
    // A lease runs out in half a minute; the dead process gives it back here.
    if (found.state !== 'Succeeded') await sites.giveBack();
    const end = found.state === 'Succeeded' ? found : await (await second.resume('failover-shop-1', caller)).run();
    expect(end, `killed after write ${death}: ${end.message}`).toMatchObject({ state: 'Succeeded' });
    await sites.running('west');
    expect(await sites.pods('west')).toHaveLength(3);
    sites.close();
  }
  sites = await TwoSites.open();
}, 120_000);
