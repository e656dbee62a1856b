import type { Operation } from '@kubectl-dr/core/execution/model';
import { asDrError } from '@kubectl-dr/core/errors';
import type { ClusterClient } from '@kubectl-dr/core/ports/cluster';
import type { StartedOperation } from '@kubectl-dr/core/service/port';
import { befalls, failing, faultNames } from './failing.ts';
import { type Journey, opened } from './journeys.ts';
import { allOf } from './many.ts';
import { type Scene, type SceneState, sites } from './scene.ts';
import { doomed, seenBy, writes } from './seen-by.ts';
import type { OpenGround } from './site-ground.ts';

const caller = { name: 'olivia' };
/** When a cluster that was lost answers again: after a blip, after minutes, when nobody waits for it any more. */
const backs = ['soon', 'in minutes', 'later'] as const;
const id = 'journey-1';

/** How it goes when nothing happens on the way, and how often something could. */
interface Reference {
  original: SceneState;
  wanted: SceneState;
  /** Absent where there is no way back. */
  undone?: SceneState;
  /** Of the run, and of its undo: counted from when it has begun. */
  writes: number;
  undoing: number;
  /** What is called, by verb. */
  calls: string[];
  steps: string[];
}

/** So many places of each kind are tried at least; `MOVE_EVERY=1` for all of them, `MOVE_EVERY=5` for every fifth. */
function chosenOf<T>(places: readonly T[], most: number): T[] {
  const every = Number(process.env.MOVE_EVERY ?? Math.ceil(places.length / most));
  return places.filter((_, index) => index % every === Math.floor(every / 2) % Math.min(every, places.length));
}

export interface Attempts {
  /** So many places of each kind are tried at least. */
  most: number;
  /** And of requests that fail. */
  faults: number;
  /** How many pairs of clusters there may be at a time. */
  atOnce: number;
}

/**
 * Moves and drills whose process dies at a write, of which a request fails, or one of whose clusters is silent in the middle of a step:
 * they end as if nothing had been, or are taken back; at no moment do two copies run. Time stands still unless somebody waits.
 */
export function describeBrokenJourneys(
  target: string,
  open: OpenGround,
  journeys: readonly Journey[],
  { most, faults, atOnce }: Attempts,
): void {
  describe.each(journeys.map((journey) => [journey.title, journey.by, journey] as const))(`%s (%s, ${target})`, (_, by, journey) => {
    const silent = journey.silent === undefined ? [] : [journey.silent];
    const isDrill = journey.request.intent === 'Drill';
    let known: Promise<Reference> | undefined;
    const reference = () => (known ??= withScene(open, journey, (scene) => observed(scene, journey)));

    const tried = async (about: string, attempts: [place: string, body: (scene: Scene) => Promise<string>][], of: number) => {
      const ends: Record<string, number> = {};
      const failed: Error[] = [];
      await allOf(
        attempts.map(([place, body]) => async () => {
          try {
            const end = await withScene(open, journey, body);
            ends[end] = (ends[end] ?? 0) + 1;
          } catch (error) {
            failed.push(new Error(place, { cause: error }));
            // So many tell what they have in common.
            if (failed.length === 10) throw failed[0];
          }
        }),
        atOnce,
      ).catch(() => undefined);
      // eslint-disable-next-line no-console -- the counts are the result of this test
      console.log(`${journey.title} (${by}, ${target}), ${about}: ${attempts.length} of ${of} places`, ends);
      if (failed.length > 0) throw new Error(failed.map(({ message }) => message).join('\n'), { cause: failed[0] });
    };

    /** As if nothing had been. */
    const assertEnded = async (scene: Scene, operation: Operation): Promise<void> => {
      expect(operation, operation.message).toMatchObject({ state: 'Succeeded' });
      expect(await scene.state(silent)).toEqual((await reference()).wanted);
    };
    /** Whatever ended it: a drill that failed has cleaned up after itself, and everything else goes on. */
    const assertGoesOn = async (scene: Scene): Promise<string> => {
      const found = await scene.service('second').operation(id);
      const { state } = found;
      if (isDrill && found.cleanUp?.endedAt !== undefined && state === 'Failed') {
        expect(await scene.state(silent)).toEqual((await reference()).original);
        return 'cleaned up';
      }
      await assertEnded(scene, state === 'Succeeded' ? found : await continued(scene));
      return state;
    };

    it('ends, and is taken back where it can be', async () => {
      const { original, wanted, undone, steps } = await reference();
      expect(steps.length).toBeGreaterThan(2);
      if (isDrill) expect(wanted).toEqual(original);
      else expect(wanted.pods[journey.home]).toBeGreaterThan(0);
      if (undone) expect(unreversed(undone)).toEqual(unreversed(original));
    }, 120_000);

    it('is ended by another process, or taken back, wherever the first one dies', async () => {
      const { writes: during, undoing, undone } = await reference();
      const places = (['before', 'after'] as const).flatMap((when) => Array.from({ length: during }, (_, nth) => ({ when, nth })));
      const back = (['before', 'after'] as const).flatMap((when) => Array.from({ length: undoing }, (_, nth) => ({ when, nth })));
      await tried(
        'killed',
        [
          ...chosenOf(places, most).map(({ when, nth }): [string, (scene: Scene) => Promise<string>] => [
            `resumed, killed ${when} write ${nth}`,
            async (scene) => {
              await dieAt(scene, journey, when, nth);
              await assertGoesOn(scene);
              return 'resumed';
            },
          ]),
          ...(undone ? chosenOf(places, most) : []).map(({ when, nth }): [string, (scene: Scene) => Promise<string>] => [
            `undone, killed ${when} write ${nth}`,
            async (scene) => {
              await dieAt(scene, journey, when, nth);
              const second = scene.service('second');
              if ((await second.operation(id)).state !== 'Succeeded') await scene.during(second.cancel(id, caller));
              await assertUndone(scene, undone!);
              return 'undone';
            },
          ]),
          ...chosenOf(back, most).map(({ when, nth }): [string, (scene: Scene) => Promise<string>] => [
            `undo killed ${when} write ${nth}`,
            async (scene) => {
              await scene.during((await begin(scene, journey)).run());
              const process = doomed(when, nth);
              process.arm();
              await scene.during(
                scene
                  .service('first', process.through)
                  .undo(id, caller, { signal: process.signal })
                  .then((started) => started.run())
                  .catch((error: unknown) => {
                    if (!process.dead) throw error;
                  }),
              );
              await assertUndone(scene, undone!);
              return 'undone';
            },
          ]),
        ],
        places.length * (undone ? 2 : 1) + back.length,
      );
    }, 7_200_000);

    it('succeeds, or stops in a state from which resume works, when a request fails', async () => {
      const { calls } = await reference();
      const places = faultNames.flatMap((fault) => calls.filter((verb) => befalls(fault, verb)).map((_, nth) => ({ fault, nth })));
      await tried(
        'a request fails',
        chosenOf(places, faults).map(({ fault, nth }) => [
          `${fault} at request ${nth}`,
          async (scene) => {
            const failure = failing(fault, nth);
            const started = await begin(scene, journey, failure.through);
            failure.arm();
            await scene.during(started.run().catch((error: unknown) => void asDrError(error)));
            return assertGoesOn(scene);
          },
        ]),
        places.length,
      );
    }, 7_200_000);

    it('is taken back without the cluster that it went to, by a recorded override alone', async () => {
      const { undone, original, steps } = await reference();
      if (!undone) return;
      const lost = journey.home;
      const places = [...steps, undefined];
      await tried(
        'taken back without its target',
        chosenOf(places, most).map((step) => [
          `${lost} lost ${step === undefined ? 'at the end' : `in ${step}`}`,
          async (scene) => {
            const started = await begin(scene, journey);
            const ended = lostDuring(started, step ?? '', () => scene.lost.add(lost));
            const { state } = await scene.during(ended.how);
            scene.lost.add(lost);
            const second = scene.service('second');
            if (state !== 'Succeeded' && state !== 'Failed') await scene.during(second.cancel(id, caller));
            await expect(scene.during(second.undo(id, caller))).rejects.toMatchObject({
              cluster: lost,
              message: expect.stringContaining(`${lost} does not answer, so nobody can know whether shop runs there`),
              hint: expect.stringContaining('--override'),
            });
            const apart = await scene.during(second.undo(id, caller, { override: 'it has burnt down' }).then((back) => back.run()));
            expect(apart, apart.message).toMatchObject({ state: 'Undone', undo: { override: 'it has burnt down' } });
            expect(apart.message).toContain(lost);
            const meanwhile = await scene.state([lost]);
            expect([meanwhile.pods, meanwhile.rows]).toEqual([
              { ...original.pods, [lost]: 'silent' },
              { ...original.rows, [lost]: 'silent' },
            ]);
            const { reasons } = await scene.during(scene.service().application('shop'));
            expect(reasons.map(({ code }) => code)).toContain('MOVE_UNFINISHED');
            expect(await scene.during(scene.service('third').releaseExpired(caller))).toEqual([]);
            // What ran there, ran there at somebody's risk; from now on it does not.
            scene.twoActive.length = 0;
            scene.lost.delete(lost);
            expect(await scene.during(scene.service('third').releaseExpired(caller))).toMatchObject([{ id, state: 'Undone' }]);
            expect(unreversed(await scene.state())).toEqual(unreversed(undone));
            scene.twoActive.length = 0;
            const after = await scene.during(scene.service().application('shop'));
            expect(after.reasons.map(({ code }) => code)).not.toContain('MOVE_UNFINISHED');
            return state;
          },
        ]),
        places.length,
      );
    }, 7_200_000);

    it('waits for a cluster that is silent in the middle of a step, stops and says for whom, and goes on when it answers', async () => {
      const { steps } = await reference();
      const places = steps.flatMap((step) =>
        sites.flatMap((cluster) => (silent.includes(cluster) ? [] : backs.map((back) => ({ step, cluster, back })))),
      );
      await tried(
        'a cluster lost',
        chosenOf(places, most).map(({ step, cluster, back }) => [
          `${cluster} lost in ${step}, back ${back}`,
          async (scene) => {
            const started = await begin(scene, journey);
            const ended = lostDuring(started, step, () => scene.lost.add(cluster));
            if (back !== 'later') {
              await scene.during(until(() => scene.lost.has(cluster) || ended.over));
              await scene.during(scene.sites.clock.sleep(back === 'soon' ? 4_000 : 120_000));
              scene.lost.delete(cluster);
              const { state, message } = await scene.during(ended.how);
              expect(state, message).toBe('Succeeded');
              return `${back}: ${await assertGoesOn(scene)}`;
            }
            const end = await scene.during(ended.how);
            await scene.sites.pass(120_000);
            scene.lost.delete(cluster);
            if (end.state !== 'Succeeded') expect(`${end.message}`).toContain(cluster);
            return `later: ${end.state} ${await assertGoesOn(scene)}`;
          },
        ]),
        places.length,
      );
    }, 7_200_000);
  });
}

async function withScene<T>(open: OpenGround, journey: Journey, body: (scene: Scene) => Promise<T>): Promise<T> {
  const scene = await opened(open, journey);
  try {
    const result = await body(scene);
    if (journey.silent === undefined) expect(scene.twoActive).toEqual([]);
    return result;
  } finally {
    await scene.close();
  }
}

async function observed(scene: Scene, journey: Journey): Promise<Reference> {
  const silent = journey.silent === undefined ? [] : [journey.silent];
  const original = await scene.state(silent);
  let calls: string[] = [];
  const counted = (cluster: ClusterClient): ClusterClient => seenBy(cluster, { before: ({ verb }) => void calls.push(verb) });
  const writing = (): number => calls.filter((verb) => writes.has(verb)).length;
  const started = await begin(scene, journey, counted);
  calls = [];
  const ended = await scene.during(started.run());
  expect(ended, ended.message).toMatchObject({ state: 'Succeeded' });
  const run = { calls, writes: writing() };
  const wanted = await scene.state(silent);
  const steps = [...ended.steps, ...(ended.cleanUp?.steps ?? [])].map((step) => step.id);
  if (!ended.plan.undo.waves) return { original, wanted, ...run, undoing: 0, steps };
  const undo = await scene.during(scene.service('second', counted).undo(id, caller));
  calls = [];
  expect(await scene.during(undo.run())).toMatchObject({ state: 'Undone' });
  return { original, wanted, ...run, undoing: writing(), steps, undone: await scene.state() };
}

async function begin(
  scene: Scene,
  { request }: Journey,
  through?: (cluster: ClusterClient) => ClusterClient,
  signal?: AbortSignal,
): Promise<StartedOperation> {
  const plan = await scene.during(scene.service().plan({ application: 'shop', ...request }, caller));
  expect(plan.blockers).toEqual([]);
  const first = scene.service('first', through);
  return scene.during(first.execute(plan, caller, { operationId: id, ...(signal && { signal }) }));
}

async function dieAt(scene: Scene, journey: Journey, when: 'before' | 'after', nth: number): Promise<void> {
  const process = doomed(when, nth);
  const started = await begin(scene, journey, process.through, process.signal);
  process.arm();
  await scene.during(
    started.run().catch((error: unknown) => {
      if (!process.dead) throw error;
    }),
  );
}

function continued(scene: Scene): Promise<Operation> {
  return scene.during(
    scene
      .service('second')
      .resume(id, caller)
      .then((started) => started.run()),
  );
}

/** However far it had come, by another process. */
async function assertUndone(scene: Scene, wanted: SceneState): Promise<void> {
  const second = scene.service('second');
  if ((await second.operation(id)).state !== 'Undone') {
    const end = await scene.during(second.undo(id, caller).then((started) => started.run()));
    expect(end, end.message).toMatchObject({ state: 'Undone' });
  }
  expect(unreversed(await scene.state())).toEqual(unreversed(wanted));
}

/** The copy that went the other way is left behind, and rests. */
function unreversed(state: SceneState): Omit<SceneState, 'resting'> {
  const { resting: _, ...rest } = state;
  return rest;
}

interface End {
  /** `stopped` when its process gave up. */
  state: string;
  message?: string;
}

/** `lose` is called once, when the step has begun. */
function lostDuring({ events }: StartedOperation, step: string, lose: () => void): { over: boolean; how: Promise<End> } {
  const isIn = ({ steps, cleanUp }: Operation): boolean =>
    [...steps, ...(cleanUp?.steps ?? [])].some((one) => one.id === step && one.state === 'Running');
  const carriedOut = async (): Promise<End> => {
    let last: End = { state: 'stopped' };
    let lost = false;
    try {
      for await (const event of events) {
        if (event.type !== 'operation') continue;
        last = event.operation;
        if (lost || !isIn(event.operation)) continue;
        lost = true;
        lose();
      }
      return last;
    } catch (error) {
      return { state: 'stopped', message: asDrError(error).message };
    } finally {
      ended.over = true;
    }
  };
  const ended = { over: false, how: Promise.resolve().then(carriedOut) };
  return ended;
}

async function until(is: () => boolean): Promise<void> {
  while (!is()) await new Promise((resolve) => setTimeout(resolve, 1));
}
