import { ConflictError, DrError, ServiceUnavailableError } from '../errors.ts';
import { canonicalJson } from '../planning/hash.ts';
import type { Clock } from '../ports/clock.ts';
import type { ClusterClient } from '../ports/cluster.ts';
import type { Journal, JournalEntry } from '../ports/journal.ts';
import { type Direction, directionOf } from './direction.ts';
import type { Operation, OperationEvent } from './model.ts';
import { isBusy, Patient } from './patiently.ts';
import type { StepRecord } from './states.ts';

export interface RunJournalDeps {
  clusters: readonly ClusterClient[];
  clock: Clock;
  journal: Journal;
  /** The process is told to leave, or has lost the lock: nothing more is written. */
  leave: AbortSignal;
  /** Somebody asked for the operation to be stopped: once, when it is found out. */
  onCancel(): void;
}

/** How often a running operation looks whether somebody asked it to stop, milliseconds. */
const cancelPoll = 2_000;

/**
 * An operation while it is carried out, as its journal keeps it: each change is written, dated by the cluster that keeps it, and told.
 * When somebody else has written it, this process has been fenced off, and no write succeeds any more.
 */
export class RunJournal {
  readonly #deps: RunJournalDeps;
  #entry: JournalEntry;
  #operation: Operation;
  #direction: Direction;
  readonly #news: OperationEvent[] = [];
  #wake: (() => void) | undefined;
  /** What has to be added to the local clock for that of the cluster that keeps the journal, milliseconds. */
  #ahead = 0;
  /** Writes one after another: each needs the version of the one before. */
  #writing: Promise<void> = Promise.resolve();

  constructor(entry: JournalEntry, deps: RunJournalDeps) {
    this.#entry = entry;
    this.#operation = entry.operation;
    this.#direction = directionOf(entry.operation);
    this.#deps = deps;
  }

  get operation(): Operation {
    return this.#operation;
  }

  /** Records are kept by direction: an undo keeps its own, so that both can be told. */
  get direction(): Direction {
    return this.#direction;
  }

  /** A clean-up follows in the same run. */
  turnToCleanUp(): void {
    this.#direction = 'cleanUp';
  }

  /** Everything that happens until `work` has ended, which throws what it threw when all that came before was told. */
  async *newsUntil(work: Promise<void>): AsyncIterable<OperationEvent> {
    let done = false;
    const ended = work.finally(() => {
      done = true;
      this.#wake?.();
    });
    // The error is thrown below, when everything that happened before it was told.
    ended.catch(() => undefined);
    while (!done || this.#news.length > 0) {
      const event = this.#news.shift();
      if (event) yield event;
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    await ended;
  }

  /** A home that does not tell its time cannot be written to either: that is said by the write. */
  async readClock(): Promise<void> {
    const { clusters, clock, leave } = this.#deps;
    const home = clusters.find(({ name }) => name === this.#entry.cluster);
    const now = await home?.now({ signal: leave }).catch(() => undefined);
    this.#ahead = now ? now.getTime() - clock.now().getTime() : 0;
  }

  /** By the clock of the cluster that keeps the journal. */
  now(): string {
    return new Date(this.#deps.clock.now().getTime() + this.#ahead).toISOString();
  }

  record(id: string): StepRecord {
    return this.#records().find((step) => step.id === id) ?? { id, state: 'Pending' };
  }

  /** News of a step, not state: told, and written with the next change. */
  tellStep(record: StepRecord): StepRecord {
    this.#operation = this.#with(this.#operation, record);
    this.#tell({ type: 'step', operationId: this.#operation.id, step: record, at: this.now() });
    return record;
  }

  saveStep(record: StepRecord): Promise<void> {
    return this.save((operation) => this.#with(operation, record));
  }

  save(change: (operation: Operation) => Operation): Promise<void> {
    this.#writing = this.#writing
      .catch(() => undefined)
      .then(async () => {
        this.#operation = change(this.#operation);
        const patient = new Patient({ clock: this.#deps.clock, signal: this.#deps.leave, mayPass: isBusy });
        this.#entry = await patient.try(() => this.#write());
        this.#tell({ type: 'operation', operation: this.#operation });
      });
    return this.#writing;
  }

  /** When what is being written is written, or has failed. */
  async settled(): Promise<void> {
    await this.#writing.catch(() => undefined);
  }

  /** Looks whether somebody asks for a stop, until `over`. */
  async watchForCancel(over: AbortSignal): Promise<void> {
    const { clock, journal, leave } = this.#deps;
    while (!over.aborted && !leave.aborted) {
      try {
        await clock.sleep(cancelPoll, AbortSignal.any([over, leave]));
        const { operation } = await journal.read(this.#entry.cluster, this.#operation.id);
        if (operation.cancelRequested && !this.#operation.cancelRequested) await this.#takeIn();
      } catch {
        // Not reading once is no reason to stop.
      }
    }
  }

  /** The request moved the version: it is read again where nothing of ours is being written, so that no write is taken for a stranger's. */
  #takeIn(): Promise<void> {
    this.#writing = this.#writing
      .catch(() => undefined)
      .then(async () => {
        const now = await this.#deps.journal.read(this.#entry.cluster, this.#operation.id);
        // Meanwhile a write of ours found it, or somebody else has taken over, which the next write finds.
        if (this.#operation.cancelRequested || now.operation.holder !== this.#operation.holder) return;
        this.#entry = now;
        this.#stopRequested();
      });
    return this.#writing;
  }

  /** A request to cancel is the only thing that others may write beside us: anything else means that we were fenced off. */
  async #write(): Promise<JournalEntry> {
    const { journal } = this.#deps;
    try {
      return await journal.update(this.#entry, this.#operation);
    } catch (error) {
      if (!(error instanceof ConflictError) || error.code === 'OVERTAKEN') throw error;
      const now = await journal.read(this.#entry.cluster, this.#operation.id);
      // Nobody wrote: the server only said so. Or we did, and did not hear of it.
      if (now.version === this.#entry.version) throw passing(error);
      if (canonicalJson(now.operation) === canonicalJson(this.#operation)) return now;
      if (this.#operation.cancelRequested) throw error;
      if (!now.operation.cancelRequested || now.operation.holder !== this.#operation.holder) throw error;
      this.#stopRequested();
      return journal.update(now, this.#operation);
    }
  }

  #stopRequested(): void {
    this.#operation = { ...this.#operation, cancelRequested: true };
    this.#deps.onCancel();
  }

  #records(): StepRecord[] {
    const { steps, undo, release, cleanUp } = this.#operation;
    return { forward: steps, cleanUp: cleanUp?.steps ?? [], undo: undo?.steps ?? [], release: release?.steps ?? [] }[this.#direction];
  }

  #with(operation: Operation, record: StepRecord): Operation {
    const put = (steps: StepRecord[]): StepRecord[] =>
      steps.some(({ id }) => id === record.id) ? steps.map((step) => (step.id === record.id ? record : step)) : [...steps, record];
    if (this.#direction === 'forward') return { ...operation, steps: put(operation.steps) };
    const phase = operation[this.#direction];
    return phase ? { ...operation, [this.#direction]: { ...phase, steps: put(phase.steps) } } : operation;
  }

  #tell(event: OperationEvent): void {
    this.#news.push(event);
    this.#wake?.();
  }
}

function passing(cause: unknown): DrError {
  return new ServiceUnavailableError('the journal could not be written', { code: 'CLUSTER_ERROR', cause });
}
