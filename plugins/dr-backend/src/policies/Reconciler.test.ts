import { mockServices } from '@backstage/backend-test-utils';
import { engine as velero } from '@kubectl-dr/core/engines/velero/index';
import { veleroKinds } from '@kubectl-dr/core/engines/velero/kinds';
import { ConflictError, ServiceUnavailableError } from '@kubectl-dr/core/errors';
import type { CatalogContents, CatalogEntity } from '@kubectl-dr/core/ports/catalog';
import { parsePolicy } from '@kubectl-dr/core/policy/parse';
import { ListReader } from '@kubectl-dr/core/service/list-reader';
import { createDrService } from '@kubectl-dr/core/service/service';
import { MemoryCluster, builders } from '@kubectl-dr/core/testing';
import { FakeClock } from '@kubectl-dr/core/testing/clock';
import { writes } from '@kubectl-dr/core/testing/memory-cluster';
import { Reconciler } from './Reconciler.ts';

const { deployment, namespace, object } = builders;

const gold: CatalogEntity = {
  apiVersion: 'kubectl-dr.dev/v1alpha1',
  kind: 'DRPolicy',
  metadata: { name: 'gold' },
  spec: { owner: 'platform', objectives: { rpo: '4h' }, schedule: { every: '1h' } },
};
const shop = (policy?: string): CatalogEntity => ({
  apiVersion: 'backstage.io/v1alpha1',
  kind: 'System',
  metadata: { name: 'shop', ...(policy && { annotations: { 'kubectl-dr.dev/policy': policy } }) },
  spec: { owner: 'team' },
});
const component = (name: string, cluster: string, owner = 'team'): CatalogEntity => ({
  apiVersion: 'backstage.io/v1alpha1',
  kind: 'Component',
  metadata: { name, annotations: { 'backstage.io/kubernetes-cluster': cluster, 'backstage.io/kubernetes-namespace': 'shop' } },
  spec: { type: 'service', owner, system: 'shop' },
});

/** `shop` on two clusters with a Velero each. */
function world({ prune = false } = {}) {
  const clock = new FakeClock();
  const clusters = ['east', 'west'].map((name) => {
    const cluster = new MemoryCluster({ name, identity: `uid-${name}`, clock, types: Object.values(veleroKinds) });
    cluster.seed([
      namespace('velero'),
      namespace('shop', { metadata: { annotations: { 'kubectl-dr.dev/owner': 'group:default/team' } } }),
      deployment('shop/web'),
      object('velero.io/v1', 'BackupStorageLocation', 'velero/default', { spec: {}, status: {} }),
    ]);
    return cluster;
  });
  const [east, west] = clusters as [MemoryCluster, MemoryCluster];
  const catalog: CatalogContents = { entities: [gold, shop('gold'), component('web', 'east'), component('model', 'west')], problems: [] };
  const reader = { read: async () => catalog };
  const service = createDrService({ clusters, reader: new ListReader(clusters), engines: [velero], clock, holder: 'me', catalog: reader });
  const states = new Map(clusters.map(({ name }) => [name, 'fresh' as 'fresh' | 'stale']));
  const records: string[] = [];
  const audit: string[] = [];
  const reconciler = new Reconciler({
    service,
    catalog: reader,
    policies: () => catalog.entities.flatMap((entity) => (entity.kind === 'DRPolicy' ? (parsePolicy(entity).policy ?? []) : [])),
    states: () => [...states].map(([cluster, state]) => ({ cluster, state })),
    store: {
      record: async ({ action, cluster }, error) => void records.push(`${action} ${cluster}${error === undefined ? '' : `: ${error}`}`),
    },
    auditor: {
      createEvent: async ({ eventId, severityLevel, meta }) => {
        const told = `${eventId} ${severityLevel} ${String(meta!.action)} ${String(meta!.object)} on ${String(meta!.cluster)}`;
        return { success: async () => void audit.push(`${told}: success`), fail: async () => void audit.push(`${told}: fail`) };
      },
    },
    logger: mockServices.logger.mock(),
    prune,
  });
  const round = () => reconciler.run(new AbortController().signal);
  const schedules = (cluster: MemoryCluster) => cluster.peek(veleroKinds.schedules, 'velero');
  const written = (cluster: MemoryCluster) => cluster.calls.filter(({ verb }) => writes.includes(verb)).length;
  const ref = { type: veleroKinds.schedules, namespace: 'velero', name: 'dr-shop-shop' };
  const edit = (change: object, cluster = east) => cluster.patch(ref, 'merge', change);
  return { east, west, catalog, states, records, audit, round, schedules, written, edit };
}

it('writes what is missing, then leaves it; a manual edit is taken back, what others added beside it stays', async () => {
  const { round, schedules, edit, written, east, audit, records } = world();
  expect(await round()).toEqual({ written: 2, failed: 0, skipped: [] });
  expect(schedules(east)).toMatchObject([{ metadata: { name: 'dr-shop-shop' }, spec: { schedule: '@every 1h0m0s' } }]);
  expect(audit.toSorted()).toEqual(
    ['east', 'west'].map((name) => `policy-apply medium create Schedule velero/dr-shop-shop on ${name}: success`),
  );
  const before = written(east);
  expect(await round()).toEqual({ written: 0, failed: 0, skipped: [] });
  expect(written(east)).toBe(before);
  await edit({ metadata: { labels: { team: 'x' } }, spec: { schedule: '0 0 1 1 *' } });
  expect(await round()).toMatchObject({ written: 1 });
  expect(schedules(east)).toMatchObject([{ metadata: { labels: { team: 'x' } }, spec: { schedule: '@every 1h0m0s' } }]);
  expect(records.at(-1)).toBe('change east');
});

describe('what is not ours', () => {
  it.each([
    ['has none of our labels', {}],
    ['is labelled as of another application', { 'kubectl-dr.dev/policy': 'gold', 'kubectl-dr.dev/application': 'other' }],
  ])('is never touched: it %s', async (_, labels) => {
    const { east, round, schedules } = world({ prune: true });
    const theirs = [
      object('velero.io/v1', 'Schedule', 'velero/dr-shop-shop', { spec: { schedule: '0 0 1 1 *' } }, { metadata: { labels } }),
      object('velero.io/v1', 'Schedule', 'velero/nightly', { spec: { schedule: '0 0 * * *' } }, { metadata: { labels } }),
    ];
    east.seed(theirs);
    const before = structuredClone(schedules(east));
    expect(await round()).toMatchObject({ written: 1, failed: 0 });
    expect(schedules(east)).toEqual(before);
  });

  it('is not touched either when it loses our labels between two reads', async () => {
    const { east, round, schedules, edit, records } = world();
    await round();
    await edit({ spec: { schedule: '0 0 1 1 *' } });
    east.intercept = async ({ verb, resource }) => {
      if (verb !== 'get' || resource !== 'schedules.velero.io') return;
      delete east.intercept;
      await edit({ metadata: { labels: { 'kubectl-dr.dev/policy': null } } });
    };
    expect(await round()).toMatchObject({ failed: 1 });
    expect(schedules(east)[0]!.spec).toMatchObject({ schedule: '0 0 1 1 *' });
    expect(records.at(-1)).toMatch(/^change east: .* not made by a policy any more/);
  });

  it('is a namespace that did not agree', async () => {
    const { west, round, catalog, written } = world();
    catalog.entities[3] = component('model', 'west', 'others');
    expect(await round()).toEqual({ written: 1, failed: 0, skipped: [] });
    expect(written(west)).toBe(0);
  });
});

describe('a cluster that is in trouble', () => {
  it('stops no other, and is not written to', async () => {
    const { east, west, round, states, schedules, written } = world();
    west.intercept = () => {
      throw new ServiceUnavailableError('west does not answer', { cluster: 'west' });
    };
    states.set('west', 'stale');
    expect(await round()).toEqual({ written: 1, failed: 0, skipped: ['west'] });
    expect([schedules(east).length, written(west)]).toEqual([1, 0]);
  });

  it('is not written to as long as its watch is behind, whatever it was', async () => {
    const { west, round, states, written } = world();
    states.set('west', 'stale');
    expect(await round()).toMatchObject({ written: 1, skipped: ['west'] });
    expect(written(west)).toBe(0);
  });

  it('tells what it refused, and is asked again by the next round', async () => {
    const { west, round, records, audit } = world();
    west.failNext({ verb: 'create' }, new ServiceUnavailableError('west is full', { cluster: 'west' }));
    expect(await round()).toEqual({ written: 1, failed: 1, skipped: [] });
    expect(records).toContain('create west: west is full');
    expect(audit).toContain('policy-apply medium create Schedule velero/dr-shop-shop on west: fail');
    expect(await round()).toMatchObject({ written: 1, failed: 0 });
  });
});

it('tries again when somebody edits the object at the same moment, and gives up after three', async () => {
  const { east, round, edit, schedules } = world();
  await round();
  await edit({ spec: { schedule: '0 0 1 1 *' } });
  const changed = () => new ConflictError('changed by somebody else', { cluster: 'east' });
  east.failNext({ verb: 'patch' }, changed());
  east.failNext({ verb: 'patch' }, changed());
  expect(await round()).toMatchObject({ written: 1, failed: 0 });
  expect(schedules(east)[0]!.spec).toMatchObject({ schedule: '@every 1h0m0s' });
  await edit({ spec: { schedule: '0 0 1 1 *' } });
  for (let n = 0; n < 3; n += 1) east.failNext({ verb: 'patch' }, changed());
  expect(await round()).toMatchObject({ written: 0, failed: 1 });
});

describe('what is no longer asked for', () => {
  it('stays, unless it is to be pruned', async () => {
    for (const [prune, left] of [
      [false, 1],
      [true, 0],
    ] as const) {
      const { east, round, catalog, schedules } = world({ prune });
      await round();
      catalog.entities[1] = shop();
      await round();
      expect(schedules(east)).toHaveLength(left);
    }
  });

  it('stays in any case while the policy itself is missing, or the catalog could not be read', async () => {
    const { east, round, catalog, schedules } = world({ prune: true });
    await round();
    const [policy] = catalog.entities.splice(0, 1);
    await round();
    expect(schedules(east)).toHaveLength(1);
    catalog.entities.unshift(policy!);
    catalog.entities[1] = shop();
    catalog.problems = [{ location: 'catalog', message: 'the catalog could not be read' }];
    expect(await round()).toEqual({ written: 0, failed: 0, skipped: ['east', 'west'] });
    expect(schedules(east)).toHaveLength(1);
  });
});
