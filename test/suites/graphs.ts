import type { PlanRequest } from '@kubectl-dr/core/planning/model';
import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import fc from 'fast-check';
import { watched } from './chance.ts';
import { methods } from './execution.ts';
import { actors, objectsOf, pieces } from './graph.ts';
import { mortal } from './seen-by.ts';
import { labelsOf } from './shop.ts';
import type { World, Worlds } from './world.ts';

const caller = { name: 'alice' };

const method = fc.constantFrom(...methods.map(([, spec]) => spec));
/** A point: how its volumes were captured, what it leaves out, and of which component alone it is. */
const point = fc.record({
  method,
  holds: fc.constantFrom<Record<string, unknown>>({}, { snapshotVolumes: false }, { excludedResources: ['configmaps'] }),
  only: fc.constantFrom(undefined, 'orders-db', 'web', 'c0'),
});
/** The first holds everything, one or two after it may hold part of it. */
const points = fc
  .tuple(method, fc.array(point, { maxLength: 2 }))
  .map(([whole, rest]) => [{ method: whole, holds: {}, only: undefined }, ...rest]);
const asked = fc.record({
  mode: fc.constantFrom<NonNullable<PlanRequest['mode']>>('inPlace', 'inPlace', 'dataOnly', 'configOnly', 'clone'),
  components: fc.option(fc.uniqueArray(fc.constantFrom('orders-db', 'web', 'c0', 'c1', 'c2'), { minLength: 1, maxLength: 3 })),
  prune: fc.boolean(),
  restartDependents: fc.boolean(),
  which: fc.constantFrom('latest', 'first'),
});
const fate = fc.record({
  failing: fc.uniqueArray(fc.integer({ min: 0, max: 160 }), { maxLength: 3 }),
  death: fc.option(fc.record({ when: fc.constantFrom('before' as const, 'after' as const), nth: fc.integer({ min: 0, max: 60 }) }), {
    freq: 2,
  }),
  resumed: fc.boolean(),
});

/** Whatever the application is made of, whatever its points hold, whatever is asked for, whatever fails, whoever dies. `PROPERTY_RUNS`, `PROPERTY_SEED`. */
export function describeGraphs(title: string, openWorlds: () => Promise<Worlds>): void {
  describe(`whatever an application is made of, on ${title}`, () => {
    let worlds: Worlds;
    beforeAll(async () => {
      worlds = await openWorlds();
    });
    afterAll(() => worlds?.close());

    it('nothing else is written, no volume is lost, no second copy acts, and undo restores everything', async () => {
      const ends: Record<string, number> = {};
      const told = (end: string): void => void (ends[end] = (ends[end] ?? 0) + 1);
      const seed = Number(process.env.PROPERTY_SEED ?? Math.floor(Math.random() * 2 ** 31));
      const numRuns = Number(process.env.PROPERTY_RUNS ?? Math.ceil(180 / worlds.sample));
      await fc.assert(
        fc.asyncProperty(pieces, points, asked, fate, async (parts, made, { which, components, ...rest }, { failing, death, resumed }) => {
          const world = await worlds.open();
          const namespace = `${world.name}-copy`;
          try {
            for (const object of [...objectsOf(world.name, parts), ...actors(world.name)]) await world.create(object);
            await world.ground.settle();
            const names: string[] = [];
            for (const { method, holds, only } of made) {
              await written(world, 'old');
              const selector = only ? { labelSelector: { matchLabels: labelsOf(world.name, only) } } : {};
              names.push(await world.capture({ ...method, ...holds, ...selector }));
            }
            await written(world, 'new');
            for (const name of await world.names(types.configMaps))
              if (/^c\d$/.test(name)) await world.change(types.configMaps, name, { data: { page: 'new' } });
            await world.addLater('c0');
            await world.ground.settle();
            const [before, kept] = [await picture(world), await volumesOf(world)];

            const known = ['orders-db', 'web', ...parts.map((_, index) => `c${index}`)];
            const chosen = components?.filter((name) => known.includes(name)) ?? [];
            const request: PlanRequest = {
              intent: 'Restore',
              application: world.name,
              ...rest,
              ...(chosen.length > 0 && { components: chosen }),
              ...(which === 'first' && { point: names[0]! }),
              ...(rest.mode === 'clone' && { namespace }),
            };
            const plan = await world
              .service()
              .plan(request, caller)
              .catch((error: unknown) => {
                // A point by name that holds nothing of what was chosen.
                expect(error).toMatchObject({ code: 'NO_POINT' });
                return undefined;
              });
            expect(await picture(world)).toEqual(before);
            if (!plan) return told('refused');
            if (plan.blockers.length > 0) return told(`blocked: ${plan.blockers[0]!.code}`);

            const seen = watched(world.cluster, new Set(failing));
            const process = mortal(seen.cluster, death?.when ?? 'before', death?.nth ?? Infinity);
            const id = `restore-${world.name}-1`;
            const first = world.service({ holder: 'first', cluster: process.cluster });
            const end = await first.execute(plan, caller, { operationId: id, signal: process.signal }).then(
              (started) => {
                seen.arm();
                process.arm();
                return started.run().then(
                  ({ state }) => state as string,
                  (error: Error) => (process.dead ? 'killed' : error.name),
                );
              },
              (error: Error) => error.name,
            );
            const second = world.service({ holder: 'second' });
            let { state } = await second.operation(id);
            if (resumed && !['Succeeded', 'Cancelled'].includes(state)) ({ state } = await (await second.resume(id, caller)).run());
            if (resumed) expect(state).toBe('Succeeded');
            told(`${rest.mode} ${end}${resumed && end !== 'Succeeded' ? ', resumed' : ''}`);

            const mine = [
              rest.mode === 'clone' ? namespace : world.name,
              'velero',
              'kubectl-dr',
              ...(rest.mode === 'clone' ? [] : Object.keys(kept)),
            ];
            expect(
              [...seen.places].filter((place) => ![...mine, namespace].includes(place) || (rest.mode !== 'clone' && place === namespace)),
            ).toEqual([]);
            // Newer rows are on a disk until somebody confirms.
            expect(await filesOf(world, Object.keys(kept))).toEqual(kept);
            if (rest.mode === 'clone') {
              await assertQuiet(world, namespace);
              expect(await picture(world)).toEqual(before);
              return;
            }
            if (!['Succeeded', 'Failed'].includes(state)) await second.cancel(id, caller);
            const back = await (await second.undo(id, caller)).run();
            expect(back, back.message).toMatchObject({ state: 'Undone' });
            expect(await picture(world)).toEqual(before);
          } finally {
            await world.cluster.delete({ type: types.namespaces, name: namespace }).catch(() => undefined);
            await world.close();
          }
        }),
        { seed, numRuns, ...(worlds.atOnce > 1 && { endOnFailure: true }) },
      );
      // eslint-disable-next-line no-console -- the counts are the result of this test
      console.log(`${title}, seed ${seed}, ${numRuns} runs`, ends);
      expect(Object.keys(ends).some((end) => !end.startsWith('blocked'))).toBe(true);
    }, 3_600_000);
  });
}

/** Name of each PersistentVolume that a claim of the application is on, and what lies there. */
async function volumesOf(world: World): Promise<Record<string, unknown>> {
  const claims = await world.list(types.persistentVolumeClaims);
  const names = claims.flatMap(({ spec }) => (spec as { volumeName?: string }).volumeName ?? []);
  return filesOf(world, names.toSorted());
}

async function filesOf(world: World, volumes: readonly string[]): Promise<Record<string, unknown>> {
  return Object.fromEntries(await Promise.all(volumes.map(async (name) => [name, await world.ground.read(name)] as const)));
}

async function written(world: World, text: string): Promise<void> {
  for (const volume of Object.keys(await volumesOf(world))) await world.ground.write(volume, { 'rows.csv': text });
}

/** What somebody meant of each object, on which volumes its claims are, and what lies there. */
async function picture(world: World): Promise<unknown> {
  await world.ground.settle();
  const kinds = [
    types.configMaps,
    types.secrets,
    types.services,
    types.deployments,
    types.statefulSets,
    types.cronJobs,
    types.ingresses,
    types.persistentVolumeClaims,
  ];
  const lists = await Promise.all(kinds.map((type) => world.list(type)));
  const meant = ({ kind, metadata, data, spec }: KubeObject): unknown => {
    const { replicas, suspend, volumeName, type } = (spec ?? {}) as Record<string, unknown>;
    return { kind, name: metadata.name, data, replicas, suspend: suspend ?? false, volumeName, type };
  };
  return { objects: lists.flat().map(meant), files: await volumesOf(world) };
}

/** A copy runs no job, has no address outside and answers for nobody's host. */
async function assertQuiet({ cluster }: World, namespace: string): Promise<void> {
  const { items: jobs } = await cluster.list(types.cronJobs, { namespace });
  expect(jobs.filter(({ spec }) => (spec as { suspend?: boolean }).suspend !== true)).toEqual([]);
  const { items: services } = await cluster.list(types.services, { namespace });
  expect(services.filter(({ spec }) => !['ClusterIP', undefined].includes((spec as { type?: string }).type))).toEqual([]);
  const { items: ingresses } = await cluster.list(types.ingresses, { namespace });
  expect(JSON.stringify(ingresses.map(({ spec }) => spec))).not.toContain('"shop.example.com"');
}
