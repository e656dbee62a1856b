import { snapshotKinds } from '@kubectl-dr/core/engines/snapshot-kinds';
import { keepLabel } from '@kubectl-dr/core/engines/volsync/kinds';
import type { Operation } from '@kubectl-dr/core/execution/model';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import type { DrService } from '@kubectl-dr/core/service/port';
import { drillToWire } from '@kubectl-dr/core/wire/encode-drill';
import { remainsOf } from '../suites/drills.ts';
import { TwoSites } from '../suites/two-sites.ts';

const caller = { name: 'olivia' };
let sites: TwoSites;
beforeEach(async () => {
  sites = await TwoSites.open({ copied: true });
});
afterEach(() => sites.close());

const plan = (service: DrService, point?: string) =>
  service.plan({ intent: 'Drill', application: 'shop', on: 'west', ...(point !== undefined && { point }) }, caller);

/** The drill, and what its database holds when everything has become ready. `meanwhile`: then. */
async function drilled(meanwhile: () => void = () => undefined): Promise<{ done: Operation; rows: string | undefined; namespace: string }> {
  const service = sites.service();
  const made = await plan(service);
  expect(made.blockers).toEqual([]);
  const namespace = made.target[0]!.namespaces[0]!;
  const started = await service.execute(made, caller);
  let rows: string | undefined;
  for await (const event of started.events) {
    if (event.type !== 'operation' || rows !== undefined || !event.operation.steps.every(({ state }) => state === 'Succeeded')) continue;
    rows = sites.sandbox.clusters.west.files(namespace, 'data-orders-db-0')?.['orders.csv'];
    meanwhile();
  }
  return { done: await service.operation(started.operation.id), rows, namespace };
}

/** Images of the copy that somebody keeps from VolSync's hands. */
async function keptImages(): Promise<string[]> {
  const { items } = await sites.sandbox.clusters.west.client.list(snapshotKinds.snapshots, { namespace: 'shop' });
  return items.flatMap(({ metadata }) => (metadata.labels?.[keepLabel] === undefined ? [] : [metadata.name]));
}

it('makes the volume out of the image of the copy, which goes on, and leaves nothing of it', async () => {
  await sites.capture({ snapshotVolumes: false });
  sites.write('east', '1,apples\n');
  await sites.synced();
  const { client } = sites.sandbox.clusters.west;
  const claims = async () =>
    (await client.list(types.persistentVolumeClaims, { namespace: 'shop' })).items.map(({ metadata }) => metadata.name);
  const before = await claims();
  const { done, rows, namespace } = await drilled(() => sites.write('east', '1,apples\n2,pears\n'));
  expect(done, done.message).toMatchObject({ state: 'Succeeded' });
  expect(rows).toBe('1,apples\n');
  const { spec, status } = await drillToWire(done);
  expect(spec.copies).toMatchObject([{ component: 'orders-db', claim: 'data-orders-db-0', engine: 'volsync', from: 'east', to: 'west' }]);
  expect(status).toMatchObject({ cleanUp: { state: 'Verified' }, evidence: { intact: true } });
  // Of the copy, and not of the point, which is older.
  const [promoted] = done.steps.flatMap(({ capturedAt }) => capturedAt ?? []);
  expect(status.components.find(({ component }) => component === 'orders-db')?.lossSeconds).toBe(
    Math.max(0, Math.round((Date.parse(done.requestedAt) - Date.parse(promoted!)) / 1000)),
  );
  expect(await remainsOf({ cluster: client }, namespace)).toEqual([]);
  expect(await keptImages()).toEqual([]);
  expect(await claims()).toEqual(before);
  expect(await sites.pods('west')).toEqual([]);
  expect(await sites.resting()).toEqual([]);
  // What was written meanwhile arrives, and the next drill has it.
  await sites.synced();
  expect((await drilled()).rows).toBe('1,apples\n2,pears\n');
}, 120_000);

it('does so while the cluster that it runs on does not answer', async () => {
  await sites.capture({ snapshotVolumes: false });
  sites.write('east', '1,apples\n');
  await sites.synced();
  sites.lost.add('east');
  const { done, rows, namespace } = await drilled();
  expect(done, done.message).toMatchObject({ state: 'Succeeded' });
  expect(rows).toBe('1,apples\n');
  expect(await remainsOf({ cluster: sites.sandbox.clusters.west.client }, namespace)).toEqual([]);
  expect(await keptImages()).toEqual([]);
}, 120_000);

it('takes the point where one is named, and the copy where a snapshot of the other cluster cannot be had', async () => {
  const whole = await sites.capture();
  await sites.synced();
  const kept = await sites.capture({ snapshotMoveData: false, snapshotVolumes: true });
  const service = sites.service();
  expect((await plan(service)).copies).toMatchObject([{ claim: 'data-orders-db-0' }]);
  const named = await plan(service, whole);
  expect(named.copies).toBeUndefined();
  expect(named.blockers).toEqual([]);
  expect((await plan(service, kept)).blockers).not.toEqual([]);
}, 120_000);
