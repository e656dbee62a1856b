import { asDrError, ConflictError, DrError, NotAllowedError, NotFoundError, NotImplementedError } from '../errors.ts';
import { aboutOf, directionOf, wavesOf } from '../execution/direction.ts';
import { newestOf, newestOfEach } from '../execution/journal-copies.ts';
import type { Operation, OperationPhase } from '../execution/model.ts';
import { type StepRecord, terminalStates } from '../execution/states.ts';
import { cutOffBy, fenceStep } from '../planning/fence.ts';
import type { Step } from '../planning/model.ts';
import type { Clock } from '../ports/clock.ts';
import type { ClusterClient } from '../ports/cluster.ts';
import type { Journal, JournalEntry } from '../ports/journal.ts';
import { type UndoApart, isOwing } from './moves/undo-apart.ts';

export interface OperationsDeps {
  clusters: readonly ClusterClient[];
  journal: Journal;
  clock: Clock;
}

/** How often an operation that somebody else runs is looked at, milliseconds. */
const watchEvery = 1_000;

/**
 * Every operation that any cluster keeps, newest first. A cluster that does not answer hides only its own, and
 * `onUnread` hears of it; when none does, its error is thrown.
 */
export async function listOperations(
  deps: OperationsDeps,
  signal?: AbortSignal,
  onUnread: (error: DrError) => void = () => undefined,
): Promise<Operation[]> {
  const failures: DrError[] = [];
  const lists = await Promise.all(
    deps.clusters.map((cluster) =>
      deps.journal.list(cluster.name, signal).catch((error: unknown) => {
        if (!(error instanceof DrError)) throw error;
        failures.push(error);
        return [];
      }),
    ),
  );
  if (failures[0] && failures.length === deps.clusters.length) throw failures[0];
  for (const failure of failures) onUnread(failure);
  return newestOfEach(lists.flat())
    .map(({ operation }) => operation)
    .sort(newestFirst);
}

/** By when it was asked for; of the same moment by id. */
export function newestFirst(a: Operation, b: Operation): number {
  if (a.requestedAt !== b.requestedAt) return a.requestedAt < b.requestedAt ? 1 : -1;
  return a.id < b.id ? -1 : 1;
}

/**
 * Where it is kept; when that cluster does not answer, the newest copy of those that do. NotFoundError only when every
 * cluster answered.
 */
export async function findOperation(deps: OperationsDeps, id: string): Promise<JournalEntry> {
  const failures: DrError[] = [];
  const entries = await Promise.all(
    deps.clusters.map((cluster) =>
      deps.journal.read(cluster.name, id).catch((error: unknown) => {
        if (!(error instanceof DrError)) throw error;
        if (error.code !== 'NOT_FOUND') failures.push(error);
        return [];
      }),
    ),
  );
  const found = newestOf(entries.flat());
  if (found) return found;
  if (failures[0]) throw failures[0];
  throw new NotFoundError(`there is no operation "${id}"`, { hint: 'list them with: kubectl dr get operations' });
}

/** Leaves the request in the journal; whoever runs the operation sees it there. */
export async function requestCancel(deps: OperationsDeps, id: string): Promise<Operation> {
  for (let attempt = 0; ; attempt += 1) {
    const entry = await findOperation(deps, id);
    const { operation } = entry;
    // The answer to our request was lost, and its runner has done what was asked for meanwhile.
    if (attempt > 0 && operation.state === 'Cancelled') return operation;
    if (terminalStates.includes(operation.state)) {
      throw new ConflictError(`the operation ${id} has already ended: ${operation.state}`, { hint: `kubectl dr describe operation ${id}` });
    }
    if (operation.cancelRequested) return operation;
    try {
      return (await deps.journal.update(entry, { ...operation, cancelRequested: true })).operation;
    } catch (error) {
      // Its runner wrote at the same time: look again.
      if (!(error instanceof ConflictError) || attempt >= 10) throw error;
    }
  }
}

/** Taken over to be ended, and for nothing else: what moved on meanwhile is left to whoever moved it. */
export function askedToEnd(operation: Operation): Operation {
  if (operation.cancelRequested && directionOf(operation) === 'forward' && !terminalStates.includes(operation.state)) return operation;
  throw new ConflictError(`the operation ${operation.id} is ${operation.state} meanwhile`, {
    hint: `kubectl dr describe operation ${operation.id}`,
  });
}

/** ConflictError: somebody else went on with it while we could not. */
export function assertHeldBy(holder: string, { id, holder: now }: Operation): void {
  if (now === holder) return;
  throw new ConflictError(`the operation ${id} was taken over by ${now ?? 'somebody else'}`, {
    code: 'OVERTAKEN',
    hint: `kubectl dr describe operation ${id}`,
  });
}

/** The operation as soon as it is terminal, or as it is when the time is over. */
export async function untilEnded(deps: OperationsDeps, id: string, milliseconds: number, signal?: AbortSignal): Promise<Operation> {
  const deadline = deps.clock.now().getTime() + milliseconds;
  for (;;) {
    const { operation } = await findOperation(deps, id);
    if (terminalStates.includes(operation.state) || deps.clock.now().getTime() >= deadline) return operation;
    await deps.clock.sleep(500, signal);
  }
}

/** Nobody works on it, and nobody may go on with what it was doing. */
export function hasEnded({ state, undo, release }: Operation): boolean {
  return terminalStates.includes(state) && ![undo, release].some((phase) => phase && phase.endedAt === undefined);
}

/** A failed one may be continued, and whatever a dead process left, in whatever direction. */
export function assertResumable(operation: Operation): void {
  const { id, plan, state, cleanUp } = operation;
  if (cleanUp?.endedAt !== undefined)
    throw new ConflictError(`the operation ${id} has ended, and what it made is gone: ${state}`, {
      hint: `begin a new one: kubectl dr ${plan.intent.toLowerCase()} ${plan.application}`,
    });
  if (state === 'Failed' || !hasEnded(operation)) return;
  throw new ConflictError(`the operation ${id} has already ended: ${state}`, { hint: `kubectl dr describe operation ${id}` });
}

/** Steps that failed are tried again; one that failed in the engine under another name, for the old one has ended. */
export function resumed(operation: Operation): Operation {
  const again = (step: StepRecord): StepRecord => {
    if (step.state !== 'Failed') return step;
    const { endedAt: _, message: __, ...record } = step;
    const native = actionOf(operation, step.id);
    return { ...record, state: 'Pending', ...(native && { attempt: (step.attempt ?? 1) + 1 }) };
  };
  const { endedAt: _, message: __, ...rest } = operation;
  const { undo, release, cleanUp } = operation;
  switch (directionOf(operation)) {
    case 'forward':
      return { ...rest, steps: operation.steps.map(again) };
    // What was begun on the way there stays begun, however it ended: it has to be taken back; of a drill it is evidence.
    case 'undo':
      return { ...rest, undo: { ...undo!, steps: undo!.steps.map(again) } };
    case 'cleanUp':
      return { ...rest, cleanUp: { ...cleanUp!, steps: cleanUp!.steps.map(again) } };
    case 'release':
      return { ...rest, release: { ...release!, steps: release!.steps.map(again) } };
  }
}

function actionOf({ plan }: Operation, id: string): boolean {
  const kind = plan.waves.flat().find((step) => step.id === id)?.action.kind;
  return kind === 'engine.backup' || kind === 'engine.restore' || kind === 'replication.sync' || kind === 'mover.move';
}

export function isOver({ undoUntil }: Operation, now: Date): boolean {
  return undoUntil !== undefined && now.getTime() > Date.parse(undoUntil);
}

/** What somebody needs who carries operations out: told as a whole, not right by right. */
export function withWholeRole(thrown: unknown, namespace = 'kubectl-dr'): unknown {
  const error = asDrError(thrown);
  const { details, cluster, message } = error;
  if (error.code !== 'FORBIDDEN' || details?.namespace !== namespace || typeof details.user !== 'string') return thrown;
  const role = `kubectl -n ${namespace} create role kubectl-dr-operator --verb=get,create,update --resource=leases.coordination.k8s.io,configmaps`;
  const hint = `somebody who may can grant it: ${role}, and bind it to ${details.user}`;
  return new NotAllowedError(message, { cause: thrown, hint, details, ...(cluster !== undefined && { cluster }) });
}

export function assertUndoable(operation: Operation, now: Date): void {
  const { id, plan, state, undo, release } = operation;
  if (!plan.undo.waves)
    throw new NotImplementedError(`the operation ${id} has no undo: ${plan.undo.text}`, { hint: `kubectl dr describe operation ${id}` });
  if (release || (state === 'Succeeded' && operation.undoUntil === undefined))
    throw new ConflictError(`the operation ${id} was confirmed: what it kept for an undo is given up`, {
      hint: 'go back to a point instead: kubectl dr get points',
    });
  if (state === 'Undone') {
    if (isOwing(operation)) return;
    throw new ConflictError(`the operation ${id} is undone already`);
  }
  if (undo) return;
  if (!terminalStates.includes(state))
    throw new ConflictError(`the operation ${id} is ${state}: stop it before it is undone`, { hint: `kubectl dr cancel ${id}` });
  if (isOver(operation, now))
    throw new ConflictError(`the operation ${id} could be undone until ${operation.undoUntil}`, {
      hint: 'go back to a point instead: kubectl dr get points',
    });
}

export function assertConfirmable(operation: Operation): void {
  const { id, plan, state, undo, release } = operation;
  if (state !== 'Succeeded' || undo)
    throw new ConflictError(`the operation ${id} is ${state}: only one that succeeded can be confirmed`, {
      hint: `kubectl dr describe operation ${id}`,
    });
  if (release?.endedAt !== undefined || !(plan.undo.waves ?? plan.undo.release))
    throw new ConflictError(`the operation ${id} has nothing to confirm`);
}

type Asked = Pick<OperationPhase, 'requestedBy' | 'requestedAt'>;

/** An undo that stopped goes on with what it had not done, and one that went on without a cluster with what it owes there. */
export function withUndo(
  operation: Operation,
  asked: Asked,
  { silent, override, fences = [] }: UndoApart = { silent: new Set() },
): Operation {
  const { cancelRequested: _, ...rest } = operation.undo ? resumed(operation) : operation;
  const closed = rest.undo?.fences ?? fences.flatMap((fence) => [fenceStep(fence, 'Fenced'), fenceStep(fence, 'Unfenced')]);
  const phase = { ...(rest.undo ?? { ...asked, steps: [] }), ...(closed.length > 0 && { fences: closed }) };
  const steps = wavesOf({ ...operation, undo: phase }, 'undo').flat();
  const known = new Set(phase.steps.map(({ id }) => id));
  const begun = { ...phase, steps: [...phase.steps, ...recordsOf([steps.filter(({ id }) => !known.has(id))])] };
  const owing = (record: StepRecord): StepRecord => {
    const { id, state } = record;
    if (state === 'Succeeded') return record;
    const step = steps.find((one) => one.id === id);
    const cluster = step ? aboutOf(step) : '';
    const isCutOff = step?.action.kind === 'fence.set' && step.action.state === 'Fenced';
    const accepted = override ?? cutOffBy(fences.flatMap(({ name, of }) => (of === cluster ? [name] : [])));
    if (silent.has(cluster) && !isCutOff) return { id, state: 'Skipped', message: `${cluster} does not answer; accepted: ${accepted}` };
    return state === 'Skipped' ? { id, state: 'Pending' } : record;
  };
  const { endedAt: __, override: ___, ...undo } = begun;
  return {
    ...rest,
    state: 'Undoing',
    undo: { ...undo, ...(silent.size > 0 && override !== undefined && { override }), steps: begun.steps.map(owing) },
  };
}

export function withRelease(operation: Operation, asked: Asked): Operation {
  return { ...operation, release: operation.release ?? { ...asked, steps: recordsOf(wavesOf(operation, 'release')) } };
}

function recordsOf(waves: Step[][]): StepRecord[] {
  return waves.flat().map(({ id }) => ({ id, state: 'Pending' }));
}

/** The operation now and after every change, until it is terminal, whoever runs it. */
export async function* watchOperation(deps: OperationsDeps, id: string, signal?: AbortSignal): AsyncIterable<Operation> {
  let { operation, cluster, version } = await findOperation(deps, id);
  yield operation;
  while (!terminalStates.includes(operation.state)) {
    await deps.clock.sleep(watchEvery, signal);
    const entry = await deps.journal.read(cluster, id);
    if (entry.version === version) continue;
    ({ operation, cluster, version } = entry);
    yield operation;
  }
}
