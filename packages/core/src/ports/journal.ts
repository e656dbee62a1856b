import type { Operation } from '../execution/model.ts';

/** An operation with the version of its journal: the fencing token. */
export interface JournalEntry {
  operation: Operation;
  cluster: string;
  /** resourceVersion of the ConfigMap. */
  version: string;
  /** How often it was written: of two copies the one with more of it is the newer. */
  revision: number;
  /** Of a copy: the cluster of the journal that it was made of. */
  copyOf?: string;
}

/**
 * Where operations are kept so that CLI and portal see, resume and block each other. Outside input: whoever reads an
 * entry checks its plan again before acting on it.
 *
 * An operation that writes on several clusters is kept on each of them while it answers: what is written is written on
 * `entry.cluster` first, under its version, and copied then. A copy that cannot be written stops nobody; one that somebody
 * else has taken over does. Which of several is the newest: `newestOf`.
 */
export interface Journal {
  /** ConflictError ALREADY_EXISTS when the id is taken. */
  create(cluster: string, operation: Operation): Promise<JournalEntry>;
  /** Writes the next state. ConflictError when somebody else wrote since: the writer has been fenced off and must stop. */
  update(entry: JournalEntry, operation: Operation): Promise<JournalEntry>;
  read(cluster: string, id: string): Promise<JournalEntry>;
  /** What `entry.cluster` keeps of it. ConflictError when somebody wrote since; what is gone already is no error. */
  remove(entry: JournalEntry): Promise<void>;
  list(cluster: string, signal?: AbortSignal): Promise<JournalEntry[]>;
  /** Removes what dead processes left of journals there that they had not written whole, or not removed whole. Names of the objects. */
  removeLeft(cluster: string, signal?: AbortSignal): Promise<string[]>;
}

export interface LockRequest {
  /** Where the journal is written: without its Lease nothing begins. */
  cluster: string;
  /** The other clusters that the operation writes on. Their Leases are taken while they answer and let us. */
  besides?: readonly string[];
  application: string;
  holder: string;
  operation: string;
}

/** One operation per application at a time. */
export interface ApplicationLock {
  /**
   * Takes the Leases of an application for `holder`, or throws ConflictError (OPERATION_RUNNING) naming the holder and
   * its operation, and holds none. A Lease has expired only when it was seen unchanged for its whole duration by this
   * process's own clock, never because two clocks differ.
   */
  acquire(request: LockRequest, signal?: AbortSignal): Promise<HeldLock>;
}

export interface HeldLock {
  /** Aborts when the lease was lost. */
  readonly lost: AbortSignal;
  release(): Promise<void>;
}
