import type { Operation } from '@kubectl-dr/core/execution/model';
import type { PlanRequest } from '@kubectl-dr/core/planning/model';
import type { ClusterClient } from '@kubectl-dr/core/ports/cluster';
import type { StartedOperation } from '@kubectl-dr/core/service/port';
import { methods } from './execution.ts';
import { befalls, failing, faultNames } from './failing.ts';
import { allOf } from './many.ts';
import type { Mortal } from './seen-by.ts';
import { mortal, seenBy, writes } from './seen-by.ts';
import type { Way } from './state.ts';
import { changedSince, stateOf } from './state.ts';
import type { World, Worlds } from './world.ts';
import { orders } from './world.ts';

const caller = { name: 'alice' };
const ways: readonly [name: string, way: Way][] = [...methods, ['snapshots alone', 'snapshots']];

/** A roll-back whose process dies at a write, or of which one call fails: resume ends it, and undo takes it back, as if nothing had been. */
export function describeKilled(title: string, openWorlds: () => Promise<Worlds>): void {
  describe(`a roll-back on ${title}`, () => {
    let worlds: Worlds;
    /** Every how manieth place is tried: KILL_EVERY=1 for all of them. */
    let every: number;
    beforeAll(async () => {
      worlds = await openWorlds();
      every = Number(process.env.KILL_EVERY ?? worlds.sample);
    });
    afterAll(() => worlds?.close());

    it.each(ways)(
      'by %s, killed at a write, ends after resume as if it had never been killed, and undone as if it had never been begun',
      async (_, spec) => {
        const whole = await changedSince(worlds, spec);
        const before = await stateOf(whole);
        let total = 0;
        const counted = seenBy(whole.cluster, { before: ({ verb }) => void (writes.has(verb) && (total += 1)) });
        const started = await begin(whole, counted);
        const setUp = total;
        const done = await started.run();
        expect(done, done.message).toMatchObject({ state: 'Succeeded' });
        const during = total - setUp;
        expect(await whole.files()).toEqual(orders);
        const wanted = await stateOf(whole);
        total = 0;
        expect(await (await whole.service({ holder: 'second', cluster: counted }).undo(idIn(whole), caller)).run()).toMatchObject({
          state: 'Undone',
        });
        const undoing = total;
        expect(await stateOf(whole)).toEqual(before);
        await whole.close();

        const attempts: (() => Promise<void>)[] = [];
        const attempt = (about: string, body: (world: World) => Promise<void>): void => {
          attempts.push(async () => {
            const world = await changedSince(worlds, spec);
            try {
              await body(world);
            } catch (error) {
              throw new Error(about, { cause: error });
            } finally {
              await world.close();
            }
          });
        };
        for (const when of ['before', 'after'] as const) {
          const half = when === 'before' ? 0 : Math.floor(every / 2);
          for (let death = half; death < during; death += every) {
            attempt(`resumed, killed ${when} write ${death}`, async (world) => {
              await dieAt(mortal(world.cluster, when, death), ({ cluster, signal }) => begin(world, cluster, signal));
              expect(await resumed(world)).toMatchObject({ state: 'Succeeded' });
              expect(await stateOf(world)).toEqual(wanted);
            });
            attempt(`undone, killed ${when} write ${death}`, async (world) => {
              await dieAt(mortal(world.cluster, when, death), ({ cluster, signal }) => begin(world, cluster, signal));
              const second = world.service({ holder: 'second' });
              // Whoever dies in the very last write has ended already.
              if ((await second.operation(idIn(world))).state !== 'Succeeded') await second.cancel(idIn(world), caller);
              expect(await (await second.undo(idIn(world), caller)).run()).toMatchObject({ state: 'Undone' });
              expect(await stateOf(world)).toEqual(before);
            });
          }
          for (let death = 2 + half; death < undoing; death += every) {
            attempt(`undo killed ${when} write ${death}`, async (world) => {
              await (await begin(world)).run();
              const dying = mortal(world.cluster, when, death);
              dying.arm();
              await dieAt(dying, ({ cluster, signal }) =>
                world.service({ holder: 'second', cluster }).undo(idIn(world), caller, { signal }),
              );
              const { undo } = await world.service().operation(idIn(world));
              // Who died before it was written down that an undo was asked for has asked for nothing.
              const undone = undo ? await resumed(world) : await (await world.service({ holder: 'third' }).undo(idIn(world), caller)).run();
              expect(undone).toMatchObject({ state: 'Undone' });
              expect(await stateOf(world)).toEqual(before);
            });
          }
        }
        expect(attempts.length).toBeGreaterThan(2);
        await allOf(attempts, worlds.atOnce);
      },
      900_000,
    );

    it.each(faultNames)(
      'of which a call fails with %s succeeds, or stops in a state from which resume works',
      async (name) => {
        const spec = { snapshotMoveData: true };
        const whole = await changedSince(worlds, spec);
        let total = 0;
        const started = await begin(whole, seenBy(whole.cluster, { before: ({ verb }) => void (befalls(name, verb) && (total += 1)) }));
        const setUp = total;
        await started.run();
        const wanted = await stateOf(whole);
        await whole.close();
        const calls = total - setUp;
        const ends: Record<string, number> = {};
        const attempts = Array.from({ length: Math.ceil(calls / every) }, (_, index) => index * every).map((call) => async () => {
          const world = await changedSince(worlds, spec);
          try {
            const failure = failing(name, call);
            const run = await begin(world, failure.through(world.cluster));
            failure.arm();
            const end = await run.run().then(
              ({ state }) => state,
              () => 'stopped',
            );
            ends[end] = (ends[end] ?? 0) + 1;
            if (end !== 'Succeeded') {
              const again = await (await world.service({ holder: 'second' }).resume(idIn(world), caller)).run();
              expect(again, `call ${call}: ${again.message}`).toMatchObject({ state: 'Succeeded' });
            }
            expect(await stateOf(world), `call ${call}`).toEqual(wanted);
          } finally {
            await world.close();
          }
        });
        await allOf(attempts, worlds.atOnce);
        // eslint-disable-next-line no-console -- the counts are the result of this test
        console.log(`${name}: ${attempts.length} of ${calls} calls`, ends);
        expect(ends.Succeeded).toBeGreaterThan(0);
      },
      900_000,
    );
  });
}

function idIn({ name }: World): string {
  return `restore-${name}-1`;
}

async function begin(world: World, cluster?: ClusterClient, signal?: AbortSignal): Promise<StartedOperation> {
  const plan = await world
    .service()
    .plan({ intent: 'Restore', application: world.name, components: ['orders-db'], ...whatComesBack(world) }, caller);
  expect(plan.blockers).toEqual([]);
  const service = world.service({ holder: 'first', ...(cluster && { cluster }) });
  return service.execute(plan, caller, { operationId: idIn(world), ...(signal && { signal }) });
}

/** Volumes alone bring no configuration back. */
function whatComesBack({ engines }: World): Partial<PlanRequest> {
  return engines[0]?.capabilities.configuration ? { mode: 'inPlace', prune: true } : { mode: 'dataOnly' };
}

/** Continued by another process, unless it had ended. */
async function resumed(world: World): Promise<Operation> {
  const found = await world.service().operation(idIn(world));
  if (found.state === 'Undone' || (found.state === 'Succeeded' && !found.undo)) return found;
  return (await world.service({ holder: 'second' }).resume(idIn(world), caller)).run();
}

/** The writes of a run are counted from when it has begun; one that is armed before dies while it begins as well. */
async function dieAt(process: Mortal, start: (process: Mortal) => Promise<StartedOperation>): Promise<void> {
  try {
    const started = await start(process);
    process.arm();
    await started.run();
  } catch (error) {
    if (!process.dead) throw error;
  }
}
