import type { Operation } from '../execution/model.ts';

/** An operation with the version of its journal: the fencing token. */
export interface JournalEntry {
  operation: Operation;
  cluster: string;
  /** resourceVersion of the ConfigMap. */
  version: string;
}

/**
 * Where operations are kept so that CLI and portal see, resume and block each other. Outside input: whoever reads an
 * entry checks its plan again before acting on it.
 */
export interface Journal {
  /** ConflictError ALREADY_EXISTS when the id is taken. */
  create(cluster: string, operation: Operation): Promise<JournalEntry>;
  /** Writes the next state. ConflictError when somebody else wrote since: the writer has been fenced off and must stop. */
  update(entry: JournalEntry, operation: Operation): Promise<JournalEntry>;
  read(cluster: string, id: string): Promise<JournalEntry>;
  list(cluster: string, signal?: AbortSignal): Promise<JournalEntry[]>;
}

/** One operation per application at a time. */
export interface ApplicationLock {
  /**
   * Takes the Lease of an application for `holder`, or throws ConflictError (OPERATION_RUNNING) naming the holder and
   * its operation. A Lease has expired only when it was seen unchanged for its whole duration by this process's own
   * clock, never because two clocks differ.
   */
  acquire(cluster: string, application: string, holder: string, operationId: string, signal?: AbortSignal): Promise<HeldLock>;
}

export interface HeldLock {
  /** Aborts when the lease was lost. */
  readonly lost: AbortSignal;
  release(): Promise<void>;
}
