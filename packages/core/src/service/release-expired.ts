import { DrError } from '../errors.ts';
import type { Operation } from '../execution/model.ts';
import { owed } from './moves/unfinished-moves.ts';
import { leftByUndo } from './moves/undo-apart.ts';
import { isOver } from './operations.ts';
import type { StartedOperation } from './port.ts';

export interface Releasing {
  /** What the cluster that keeps the operation tells the time is. */
  nowFor(operation: Operation): Promise<Date>;
  undo(id: string): Promise<StartedOperation>;
  confirm(id: string): Promise<StartedOperation>;
  signal?: AbortSignal;
}

/**
 * Gives up what operations keep for an undo whose time is over, stops old copies that a failover had to leave, and ends what an undo
 * could not take back where a cluster was silent. What cannot be done now is left for the next time. `all`: every operation there is.
 */
export async function releaseExpired(all: readonly Operation[], { nowFor, undo, confirm, signal }: Releasing): Promise<Operation[]> {
  const released: Operation[] = [];
  for (const operation of all) {
    try {
      if (leftByUndo(operation, all).length > 0) {
        released.push(await (await undo(operation.id)).run());
        continue;
      }
      const left = owed(operation, all).length > 0;
      if ((operation.undoUntil === undefined && !left) || operation.state !== 'Succeeded') continue;
      if (!left && !isOver(operation, await nowFor(operation))) continue;
      released.push(await (await confirm(operation.id)).run());
    } catch (thrown) {
      signal?.throwIfAborted();
      // A cluster does not answer, or an operation runs: the next time.
      if (!(thrown instanceof DrError)) throw thrown;
    }
  }
  return released;
}
