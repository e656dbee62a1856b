import { ConflictError, DrError, NotFoundError } from '../errors.ts';
import { type Operation, terminalStates } from '../execution/model.ts';
import type { Clock } from '../ports/clock.ts';
import type { ClusterClient } from '../ports/cluster.ts';
import type { Journal, JournalEntry } from '../ports/journal.ts';

export interface OperationsDeps {
  clusters: readonly ClusterClient[];
  journal: Journal;
  clock: Clock;
}

/** How often an operation that somebody else runs is looked at, milliseconds. */
const watchEvery = 1_000;

/**
 * Every operation that any cluster keeps, newest first. A cluster that does not answer hides only its own; when none
 * does, its error is thrown.
 */
export async function listOperations(deps: OperationsDeps, signal?: AbortSignal): Promise<Operation[]> {
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
  const byId = new Map<string, Operation>();
  for (const { operation } of lists.flat()) if (!byId.has(operation.id)) byId.set(operation.id, operation);
  return [...byId.values()].sort((a, b) => (a.requestedAt < b.requestedAt ? 1 : a.requestedAt > b.requestedAt ? -1 : a.id < b.id ? -1 : 1));
}

/** NotFoundError only when every cluster answered. */
export async function findOperation(deps: OperationsDeps, id: string): Promise<JournalEntry> {
  const failures: DrError[] = [];
  for (const cluster of deps.clusters) {
    try {
      return await deps.journal.read(cluster.name, id);
    } catch (error) {
      if (!(error instanceof DrError)) throw error;
      if (error.code !== 'NOT_FOUND') failures.push(error);
    }
  }
  if (failures[0]) throw failures[0];
  throw new NotFoundError(`there is no operation "${id}"`, { hint: 'list them with: kubectl dr get operations' });
}

/** Leaves the request in the journal; whoever runs the operation sees it there. */
export async function requestCancel(deps: OperationsDeps, id: string): Promise<Operation> {
  for (let attempt = 0; ; attempt += 1) {
    const entry = await findOperation(deps, id);
    const { operation } = entry;
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
