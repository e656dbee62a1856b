import fc from 'fast-check';
import { ServiceUnavailableError } from '@kubectl-dr/core/errors';
import type { ClusterClient } from '@kubectl-dr/core/ports/cluster';
import type { PlanRequest } from '@kubectl-dr/core/planning/model';
import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import { RollBackWorld } from './roll-back-world.ts';

const caller = { name: 'alice' };
const runs = Number(process.env.PROPERTY_RUNS ?? 12);

const capture = fc.constantFrom<Record<string, unknown>>({}, { snapshotMoveData: true }, { defaultVolumesToFsBackup: true });
const request = fc.record({
  mode: fc.constantFrom<NonNullable<PlanRequest['mode']>>('inPlace', 'dataOnly', 'configOnly'),
  components: fc.constantFrom<string[]>(['orders-db'], ['web'], ['orders-db', 'web']),
  prune: fc.boolean(),
  restartDependents: fc.boolean(),
});
interface Drift {
  replicas: number;
  page: string;
  later: boolean;
  webGone: boolean;
}

/** What somebody changed after the point was made. */
const drift: fc.Arbitrary<Drift> = fc.record({
  replicas: fc.integer({ min: 0, max: 3 }),
  page: fc.constantFrom('hello', 'later'),
  later: fc.boolean(),
  webGone: fc.boolean(),
});

interface Seen {
  cluster: ClusterClient;
  /** `namespace` or `PersistentVolume name`, of every write. */
  places: Set<string>;
  /** From now on calls are counted and fail: what fails before an operation is begun is refused, and no matter here. */
  arm(): void;
}

/** Fails each call whose number is in `failing`, after or before it was carried out, and notes where is written. */
function watched(cluster: ClusterClient, failing: ReadonlySet<number>): Seen {
  const places = new Set<string>();
  let count = 0;
  let armed = false;
  const proxy = new Proxy(cluster, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property, target);
      if (typeof value !== 'function') return value;
      if (!['get', 'list', 'create', 'replace', 'patch', 'delete'].includes(String(property))) return value.bind(target) as unknown;
      return async (...args: unknown[]): Promise<unknown> => {
        const [about, object] = args as [{ resource?: string; namespace?: string; name?: string }, KubeObject?];
        if (['create', 'replace', 'patch', 'delete'].includes(String(property))) {
          const namespace = about.namespace ?? object?.metadata?.namespace;
          if (about.resource !== 'selfsubjectaccessreviews') places.add(namespace ?? `${about.name ?? object?.metadata?.name}`);
        }
        const fails = armed && failing.has(count++);
        if (fails && count % 2 === 0) throw new ServiceUnavailableError('reset', { cluster: 'east' });
        const result: unknown = await (value as (...all: unknown[]) => Promise<unknown>).apply(target, args);
        if (fails) throw new ServiceUnavailableError('the answer was lost', { code: 'TIMEOUT', cluster: 'east' });
        return result;
      };
    },
  });
  return { cluster: proxy, places, arm: () => void (armed = true) };
}

async function drifted(world: RollBackWorld, { replicas, page, later, webGone }: Drift): Promise<void> {
  const { cluster } = world.velero.stage;
  world.write({ 'orders.csv': 'newer' });
  await cluster.patch({ type: types.deployments, namespace: 'shop', name: 'web' }, 'merge', { spec: { replicas } });
  await cluster.patch({ type: types.configMaps, namespace: 'shop', name: 'web' }, 'merge', { data: { page } });
  if (later) {
    await cluster.create(types.configMaps, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'later', namespace: 'shop', labels: { 'app.kubernetes.io/name': 'web', 'app.kubernetes.io/part-of': 'shop' } },
    });
  }
  if (webGone) await cluster.delete({ type: types.deployments, namespace: 'shop', name: 'web' });
  await world.velero.stage.idle();
}

/** Names, contents and replicas of what is there. */
async function picture(world: RollBackWorld): Promise<unknown> {
  await world.velero.stage.idle();
  const { cluster } = world.velero.stage;
  const kinds = [types.configMaps, types.secrets, types.services, types.deployments, types.statefulSets, types.persistentVolumeClaims];
  const lists = await Promise.all(kinds.map(async (type) => (await cluster.list(type, { namespace: 'shop' })).items));
  const bystanders = (await cluster.list(types.configMaps, { namespace: 'neighbour' })).items;
  const told = ({ kind, metadata, data, spec }: KubeObject): unknown => [
    kind,
    metadata.name,
    data,
    (spec as Record<string, unknown> | undefined)?.replicas,
    (spec as Record<string, unknown> | undefined)?.volumeName,
  ];
  return {
    shop: lists.flat().map(told),
    neighbour: bystanders.map((item) => [told(item), item.metadata.resourceVersion]),
    files: await world.files(),
  };
}

describe('whatever is rolled back, whatever fails on the way', () => {
  it('writes only where the application is, deletes no volume that is not kept, and undo restores everything', async () => {
    const ends: Record<string, number> = {};
    await fc.assert(
      fc.asyncProperty(
        capture,
        request,
        drift,
        fc.uniqueArray(fc.integer({ min: 0, max: 120 }), { maxLength: 4 }),
        async (spec, asked, change, failing) => {
          const world = await RollBackWorld.open();
          world.catalogued = true;
          try {
            await world.velero.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'neighbour' } });
            await world.velero.create({
              apiVersion: 'v1',
              kind: 'ConfigMap',
              metadata: { name: 'theirs', namespace: 'neighbour' },
              data: { a: '1' },
            });
            await world.velero.backup('before', { includedNamespaces: ['shop', 'neighbour'], ...spec });
            await world.pass(12);
            await drifted(world, change);
            const before = await picture(world);
            const oldVolume = await world.velero.volumeOf('shop', 'data-orders-db-0');
            const plan = await world.service().plan({ intent: 'Restore', application: 'shop', ...asked }, caller);
            if (plan.blockers.length > 0) {
              const codes = plan.blockers.map(({ code }) => code).join();
              ends[codes] = (ends[codes] ?? 0) + 1;
              fc.pre(false);
            }
            const seen = watched(world.velero.stage.cluster, new Set(failing));
            const id = 'restore-shop-1';
            const state = await world
              .service('first', seen.cluster)
              .execute(plan, caller, { operationId: id })
              .then((started) => {
                seen.arm();
                return started.run();
              })
              .then(
                (ended) => ended.state,
                (error: Error) => error.name,
              );
            ends[state] = (ends[state] ?? 0) + 1;
            expect([...seen.places].filter((place) => !['shop', 'velero', 'kubectl-dr', oldVolume].includes(place))).toEqual([]);
            // The disk with the newer rows is there until somebody confirms.
            expect(world.velero.stage.volumes.read(oldVolume)).toEqual({ 'orders.csv': 'newer' });
            const begun = await world
              .service()
              .operation(id)
              .catch(() => undefined);
            if (begun) {
              if (!['Succeeded', 'Failed'].includes(begun.state)) await world.service('second').cancel(id, caller);
              const undone = await (await world.service('second').undo(id, caller)).run();
              expect(undone).toMatchObject({ state: 'Undone' });
            }
            expect(await picture(world)).toEqual(before);
          } finally {
            world.close();
          }
        },
      ),
      { numRuns: runs },
    );
    // eslint-disable-next-line no-console -- the counts are the result of this test
    console.log(ends);
    expect(ends.Succeeded).toBeGreaterThan(0);
  }, 600_000);
});
