import { snapshotKinds } from '@kubectl-dr/core/engines/snapshot-kinds';
import { ServiceUnavailableError } from '@kubectl-dr/core/errors';
import type { PlanRequest } from '@kubectl-dr/core/planning/model';
import type { ClusterClient } from '@kubectl-dr/core/ports/cluster';
import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import fc from 'fast-check';
import { methods } from './execution.ts';
import { seenBy, writes } from './seen-by.ts';
import { labelsOf } from './shop.ts';
import type { World, Worlds } from './world.ts';

const caller = { name: 'alice' };

const capture = fc.constantFrom(...methods.map(([, spec]) => spec));
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

/** Whatever is asked for, whatever was changed before, whatever fails on the way. `PROPERTY_RUNS`: how many are tried. */
export function describeChance(title: string, openWorlds: () => Promise<Worlds>): void {
  describe(`whatever is rolled back on ${title}, whatever fails on the way`, () => {
    let worlds: Worlds;
    beforeAll(async () => {
      worlds = await openWorlds();
    });
    afterAll(() => worlds?.close());

    it('is written only where the application is, deletes no volume that is not kept, and undo restores everything', async () => {
      const ends: Record<string, number> = {};
      const told = (end: string): void => void (ends[end] = (ends[end] ?? 0) + 1);
      await fc.assert(
        fc.asyncProperty(
          capture,
          request,
          drift,
          fc.uniqueArray(fc.integer({ min: 0, max: 120 }), { maxLength: 4 }),
          async (spec, asked, change, failing) => {
            const world = await worlds.open();
            world.catalogued = true;
            const neighbour = `${world.name}-next-door`;
            try {
              await world.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: neighbour } });
              await world.create({
                apiVersion: 'v1',
                kind: 'ConfigMap',
                metadata: { name: 'theirs', namespace: neighbour },
                data: { a: '1' },
              });
              await world.capture({ ...spec, includedNamespaces: [world.name, neighbour] });
              await drifted(world, change);
              const before = await picture(world, neighbour);
              const oldVolume = await world.volume();
              const plan = await world.service().plan({ intent: 'Restore', application: world.name, ...asked }, caller);
              if (plan.blockers.length > 0) {
                told(plan.blockers.map(({ code }) => code).join());
                fc.pre(false);
              }
              const seen = watched(world.cluster, new Set(failing));
              const id = `restore-${world.name}-1`;
              const state = await world
                .service({ holder: 'first', cluster: seen.cluster })
                .execute(plan, caller, { operationId: id })
                .then((started) => {
                  seen.arm();
                  return started.run();
                })
                .then(
                  (ended) => ended.state,
                  (error: Error) => error.name,
                );
              told(state);
              expect([...seen.places].filter((place) => ![world.name, 'velero', 'kubectl-dr', oldVolume].includes(place))).toEqual([]);
              // The disk with the newer rows is there until somebody confirms.
              expect(await world.ground.read(oldVolume)).toEqual({ 'orders.csv': 'newer' });
              const second = world.service({ holder: 'second' });
              const begun = await second.operation(id).catch(() => undefined);
              if (begun) {
                if (!['Succeeded', 'Failed'].includes(begun.state)) await second.cancel(id, caller);
                expect(await (await second.undo(id, caller)).run()).toMatchObject({ state: 'Undone' });
              }
              expect(await picture(world, neighbour)).toEqual(before);
            } finally {
              await world.cluster.delete({ type: types.namespaces, name: neighbour });
              await world.close();
            }
          },
        ),
        { numRuns: Number(process.env.PROPERTY_RUNS ?? Math.ceil(108 / worlds.sample)), ...(worlds.atOnce > 1 && { endOnFailure: true }) },
      );
      // eslint-disable-next-line no-console -- the counts are the result of this test
      console.log(ends);
      expect(ends.Succeeded).toBeGreaterThan(0);
    }, 900_000);
  });
}

export interface Seen {
  cluster: ClusterClient;
  /** `namespace` or `PersistentVolume name`, of every write. */
  places: Set<string>;
  /** From now on calls are counted and fail: what fails before an operation is begun is refused, and no matter here. */
  arm(): void;
}

/** A content of a snapshot that a restore made has no namespace, and is of the one whose claims come from it. Gone: nowhere. */
async function placeOf(cluster: ClusterClient, what: string, name: string): Promise<string | undefined> {
  if (what !== snapshotKinds.contents.resource) return name;
  const content = await cluster.get({ type: snapshotKinds.contents, name }).catch(() => undefined);
  const of = content?.spec as { volumeSnapshotRef: { namespace: string } } | undefined;
  return content?.metadata.labels?.['velero.io/restore-name'] === undefined ? content && name : of?.volumeSnapshotRef.namespace;
}

/** Fails each call whose number is in `failing`, in turn before and after it was carried out, and notes where is written. */
export function watched(cluster: ClusterClient, failing: ReadonlySet<number>): Seen {
  const places = new Set<string>();
  let count = 0;
  let armed = false;
  let lost = false;
  const counted = (verb: string): boolean => armed && (verb === 'get' || verb === 'list' || writes.has(verb));
  const seen = seenBy(cluster, {
    async before({ verb, what, namespace, name }) {
      if (writes.has(verb) && what !== 'selfsubjectaccessreviews') {
        const place = namespace ?? (await placeOf(cluster, what, String(name)));
        if (place !== undefined) places.add(place);
      }
      if (!counted(verb) || !failing.has(count++)) return;
      if (count % 2 === 0) throw new ServiceUnavailableError('reset', { cluster: 'east' });
      lost = true;
    },
    after({ verb }) {
      if (!counted(verb) || !lost) return;
      lost = false;
      throw new ServiceUnavailableError('the answer was lost', { code: 'TIMEOUT', cluster: 'east' });
    },
  });
  return { cluster: seen, places, arm: () => void (armed = true) };
}

async function drifted(world: World, { replicas, page, later, webGone }: Drift): Promise<void> {
  await world.write({ 'orders.csv': 'newer' });
  await world.change(types.deployments, 'web', { spec: { replicas } });
  await world.change(types.configMaps, 'web', { data: { page } });
  if (later) {
    await world.create({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'later', namespace: world.name, labels: labelsOf(world.name, 'web') },
    });
  }
  if (webGone) await world.cluster.delete(world.ref(types.deployments, 'web'));
  await world.ground.settle();
}

/** Names, contents and replicas of what is there. */
async function picture(world: World, neighbour: string): Promise<unknown> {
  await world.ground.settle();
  const kinds = [types.configMaps, types.secrets, types.services, types.deployments, types.statefulSets, types.persistentVolumeClaims];
  const lists = await Promise.all(kinds.map((type) => world.list(type)));
  const bystanders = (await world.cluster.list(types.configMaps, { namespace: neighbour })).items;
  const told = ({ kind, metadata, data, spec }: KubeObject): unknown => [
    kind,
    metadata.name,
    data,
    (spec as Record<string, unknown> | undefined)?.replicas,
    (spec as Record<string, unknown> | undefined)?.volumeName,
  ];
  return {
    application: lists.flat().map(told),
    neighbour: bystanders.map((item) => [told(item), item.metadata.resourceVersion]),
    files: await world.files(),
  };
}
