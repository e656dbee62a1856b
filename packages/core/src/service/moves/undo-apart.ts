import { ConflictError, DrError, ServiceUnavailableError } from '../../errors.ts';
import { assertAnswers, isSilence } from '../../execution/silence.ts';
import { briefly } from '../../execution/briefly.ts';
import { aboutOf, wavesOf } from '../../execution/direction.ts';
import type { Operation } from '../../execution/model.ts';
import { type Fence, readFences } from '../../fencing/network-fence.ts';
import { preparedFor } from '../../planning/fence.ts';
import { isMove } from '../../planning/intent.ts';
import type { Plan, Step } from '../../planning/model.ts';
import type { ClusterClient } from '../../ports/cluster.ts';

/** How an undo goes on without clusters that do not answer: why what is there cannot be running. */
export interface UndoApart {
  silent: ReadonlySet<string>;
  override?: string;
  /** Fences that are prepared for what is silent. */
  fences?: readonly Fence[];
}

/**
 * Clusters that an undo of a move has still to write to, and that do not answer, with the fences that are prepared for them where the
 * application would run again. ServiceUnavailableError where it cannot do without them: the one where it would run; and, unless a fence
 * cuts it off or somebody takes the risk (`override`), the one where it may be running.
 */
export async function silentFor(
  operation: Operation,
  clusters: readonly ClusterClient[],
  override: string | undefined,
): Promise<UndoApart> {
  const { plan, undo, id, state } = operation;
  const silent = new Set<string>();
  if (!isMove(plan.intent)) return { silent };
  const done = new Set((undo?.steps ?? []).flatMap((step) => (step.state === 'Succeeded' ? [step.id] : [])));
  const open = wavesOf(operation, 'undo')
    .flat()
    .filter((step) => !done.has(step.id));
  await Promise.all(
    [...new Set(open.map(({ cluster }) => cluster))].map(async (name) => {
      const client = clusters.find((cluster) => cluster.name === name);
      if (!client) return;
      await briefly(name, ({ signal }) => assertAnswers(client, signal)).catch((error: unknown) => {
        if (!isSilence(error)) throw error;
        silent.add(name);
      });
    }),
  );
  const home = open.find(({ action }) => action.kind === 'copy.start')?.cluster;
  if (home !== undefined && silent.has(home))
    throw new ServiceUnavailableError(`${home} does not answer, so ${plan.application} cannot run there again: ${id} is not taken back`, {
      cluster: home,
      hint: `wait until it answers; or let it go on where it is: kubectl dr ${state === 'Succeeded' ? `status ${plan.application}` : `resume ${id}`}`,
    });
  const [other] = silent;
  if (other === undefined) return { silent };
  const back = clusters.find(({ name }) => name === home);
  const fences = back ? await fencesFor(silent, back) : [];
  const isCutOff = undo?.fences !== undefined || [...silent].every((name) => fences.some(({ of }) => of === name));
  if (override !== undefined || isCutOff) return { silent, fences, ...(override !== undefined && { override }) };
  const risk = `${other} does not answer, so nobody can know whether ${plan.application} runs there`;
  // Nothing was stopped where it came from, so there is nothing to start: it runs there, or may.
  if (home === undefined)
    throw new ServiceUnavailableError(`${risk}: what it has of ${id} is taken back when it answers`, {
      cluster: other,
      hint: `wait until it answers; or switch it off, and say what was done: kubectl dr undo ${id} --override "power of rack 3 is cut"`,
    });
  const keeping = state === 'Succeeded' ? `; or keep what was written there: kubectl dr failover ${plan.application} --to ${home}` : '';
  throw new ServiceUnavailableError(`${risk}: to take ${id} back could start a second copy on ${home}`, {
    cluster: other,
    hint: `switch it off or cut it off, and say what was done: kubectl dr undo ${id} --override "power of rack 3 is cut"; prepare a NetworkFence for it on ${home}; or wait until it answers${keeping}`,
  });
}

/** Whoever may not see fences has none. */
async function fencesFor(silent: ReadonlySet<string>, home: ClusterClient): Promise<Fence[]> {
  try {
    return preparedFor(await readFences(home), silent);
  } catch (error) {
    if (error instanceof DrError && error.code === 'FORBIDDEN') return [];
    throw error;
  }
}

/** What an undo that went on without a cluster still owes there. Empty: nothing, or the application has moved there since. */
export function leftByUndo(operation: Operation, past: readonly Operation[]): Step[] {
  const left = skippedIn(operation);
  return left.length === 0 || operation.state !== 'Undone' || movedSince(operation, left, past) ? [] : left;
}

/** ConflictError: what is owed there would stop the copy that runs now. */
export function assertNotMovedSince(operation: Operation, past: readonly Operation[]): void {
  const left = skippedIn(operation);
  const later = operation.state === 'Undone' && left.length > 0 ? movedSince(operation, left, past) : undefined;
  if (!later) return;
  const { plan, id } = operation;
  throw new ConflictError(
    `${plan.application} moved to ${later.plan.home} with ${later.id} since: to take back what ${id} left there would stop it`,
    {
      hint: `kubectl dr status ${plan.application}`,
    },
  );
}

/** The plan with the fences of its undo, without what is on clusters that it leaves alone: that is checked when they are written to. */
export function withoutSkipped(operation: Operation): Plan {
  const { plan: sealed, undo } = operation;
  const plan = undo?.fences ? { ...sealed, undo: { ...sealed.undo, waves: [...(sealed.undo.waves ?? []), undo.fences] } } : sealed;
  const left = new Set(skippedIn(operation).map(aboutOf));
  if (left.size === 0) return plan;
  const here = (waves: Step[][]): Step[][] => waves.map((wave) => wave.filter(({ cluster }) => !left.has(cluster)));
  const { waves, release } = plan.undo;
  return {
    ...plan,
    waves: here(plan.waves),
    undo: { ...plan.undo, ...(waves && { waves: here(waves) }), ...(release && { release: here(release) }) },
  };
}

export function isOwing(operation: Operation): boolean {
  return skippedIn(operation).length > 0;
}

function skippedIn(operation: Operation): Step[] {
  const skipped = new Set((operation.undo?.steps ?? []).flatMap((step) => (step.state === 'Skipped' ? [step.id] : [])));
  return skipped.size === 0
    ? []
    : wavesOf(operation, 'undo')
        .flat()
        .filter((step) => skipped.has(step.id));
}

/** A later move that has put something there: it is not what this one made. */
function movedSince({ id, plan, requestedAt }: Operation, left: readonly Step[], past: readonly Operation[]): Operation | undefined {
  const there = new Set(left.map(aboutOf));
  return past.find(
    (later) =>
      later.id !== id &&
      later.state !== 'Undone' &&
      isMove(later.plan.intent) &&
      later.plan.application === plan.application &&
      there.has(later.plan.home) &&
      later.steps.some((step) => step.state !== 'Pending') &&
      later.plan.components.some((name) => plan.components.includes(name)) &&
      Date.parse(later.requestedAt) > Date.parse(requestedAt),
  );
}
