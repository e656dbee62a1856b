import type { Operation } from '@kubectl-dr/core/execution/model';
import type { Plan, PlanRequest } from '@kubectl-dr/core/planning/model';
import { methods } from '../suites/execution.ts';
import type { CallFault, Watched } from '../suites/failing-call.ts';
import { callFaults, watched } from '../suites/failing-call.ts';
import { changedSince, stateOf } from '../suites/state.ts';
import { stillWorlds } from '../suites/still.ts';
import type { World } from '../suites/world.ts';

const caller = { name: 'alice' };
const worlds = stillWorlds('sandbox');
/** Every how manieth request is tried: `FAULT_EVERY=1` for each of them. */
const every = Number(process.env.FAULT_EVERY ?? 97);

/**
 * Each request that a roll-back makes from the moment when it is asked for, and each of its undo, is answered once with 409,
 * 429, 500, or carried out without an answer. Nothing is done twice: what was changed by it, request by request, is the same.
 */
describe.each(methods)('a roll-back of what was captured by %s', (_, spec) => {
  let wanted: unknown;
  let before: unknown;
  let forward: Watched;
  let back: Watched;

  beforeAll(async () => {
    const world = await changedSince(worlds, spec);
    before = await stateOf(world);
    forward = watched();
    expect(await carriedOut(world, forward)).toMatchObject({ end: 'Succeeded' });
    wanted = await stateOf(world);
    back = watched();
    expect(await taken(world, back)).toMatchObject({ end: 'Undone' });
    expect(await stateOf(world)).toEqual(before);
    await world.close();
  }, 60_000);

  const each = async (
    calls: Watched,
    about: string,
    fault: CallFault,
    attempt: (world: World, nth: number) => Promise<{ end: string; seen: Watched }>,
  ): Promise<void> => {
    const total = fault.writesOnly ? calls.writes : calls.calls;
    const ends: Record<string, number> = {};
    let met = 0;
    for (let nth = callFaults.indexOf(fault) % every; nth < total; nth += every) {
      const world = await changedSince(worlds, spec);
      const { end, seen } = await attempt(world, nth);
      ends[end] = (ends[end] ?? 0) + 1;
      // Polls come as often as they like: there may be fewer than there were.
      if (seen.failed !== undefined) met += 1;
      expect(seen.effects, `${about}, request ${nth}, ${seen.failed}, ended ${end}`).toEqual(calls.effects);
      await world.close();
    }
    // eslint-disable-next-line no-console -- the counts are the result of this test
    console.log(`${about}, ${fault.name}: ${met} of ${total} requests${fault.writesOnly ? ' that write' : ''}`, ends);
    expect(met).toBeGreaterThan(0);
  };

  it.each(callFaults)(
    'succeeds or can be resumed, whichever request fails with $name',
    (fault) =>
      each(forward, 'roll-back', fault, async (world, nth) => {
        const seen = watched(nth, fault);
        const { end, operation } = await carriedOut(world, seen);
        expect(operation, `request ${nth}: ${operation.message}`).toMatchObject({ state: 'Succeeded' });
        expect(operation.steps.filter(({ state, attempt }) => state !== 'Succeeded' || attempt !== undefined)).toEqual([]);
        expect(await stateOf(world), `request ${nth}, ${seen.failed}`).toEqual(wanted);
        return { end, seen };
      }),
    3_600_000,
  );

  it.each(callFaults)(
    'is undone or can be resumed, whichever request fails with $name',
    (fault) =>
      each(back, 'undo', fault, async (world, nth) => {
        await carriedOut(world, watched());
        const seen = watched(nth, fault);
        const { end, operation } = await taken(world, seen);
        expect(operation, `request ${nth}: ${operation.message}`).toMatchObject({ state: 'Undone' });
        expect(operation.undo?.steps.filter(({ state, attempt }) => state !== 'Succeeded' || attempt !== undefined)).toEqual([]);
        expect(await stateOf(world), `request ${nth}, ${seen.failed}`).toEqual(before);
        return { end, seen };
      }),
    3_600_000,
  );
});

const id = 'restore-shop-1';

interface Done {
  /** How it ended by itself: its state, or that it was refused, or stopped. */
  end: string;
  /** As it is in the end, resumed or asked for again where that was needed. */
  operation: Operation;
}

function planOf(world: World): Promise<Plan> {
  const request: Partial<PlanRequest> = { components: ['orders-db'], mode: 'inPlace', prune: true, restartDependents: true };
  return world.service().plan({ intent: 'Restore', application: world.name, ...request }, caller);
}

async function carriedOut(world: World, seen: Watched): Promise<Done> {
  const plan = await planOf(world);
  expect(plan.blockers).toEqual([]);
  const first = world.service({ holder: 'first', cluster: world.ground.through!(seen.door) });
  seen.arm();
  return untilDone(world, seen, 'Succeeded', () => first.execute(plan, caller, { operationId: id }));
}

async function taken(world: World, seen: Watched): Promise<Done> {
  const first = world.service({ holder: 'first', cluster: world.ground.through!(seen.door) });
  seen.arm();
  return untilDone(world, seen, 'Undone', () => first.undo(id, caller));
}

/** Asked for by one process; what that could not end is continued by a second, or asked for again when nothing was begun. */
async function untilDone(
  world: World,
  { door }: Watched,
  wanted: Operation['state'],
  ask: () => ReturnType<ReturnType<World['service']>['resume']>,
): Promise<Done> {
  let end = 'refused';
  try {
    const started = await ask();
    end = 'stopped';
    const operation = await started.run();
    end = operation.state;
    if (end === wanted) return { end, operation };
  } catch (thrown) {
    // A fault that passes is told as what it is, in one sentence.
    expect(thrown).toMatchObject({ name: expect.stringMatching(/^(ServiceUnavailableError|ConflictError)$/), message: expect.any(String) });
  }
  const second = world.service({ holder: 'second', cluster: world.ground.through!(door) });
  const found = await second.operation(id).catch(() => undefined);
  if (found?.state === wanted) return { end: `${end}, done all the same`, operation: found };
  const begun = wanted === 'Undone' ? found?.undo !== undefined : found !== undefined;
  const again = begun ? await second.resume(id, caller) : await ask();
  return { end: `${end}, then ${begun ? 'resumed' : 'asked again'}`, operation: await again.run() };
}
