import { asDrError, ConflictError, DrError } from '../errors.ts';
import { nameFor } from '../planning/assemble.ts';
import type { Step } from '../planning/model.ts';
import type { Clock } from '../ports/clock.ts';
import type { ClusterClient } from '../ports/cluster.ts';
import type { Engine } from '../ports/engine.ts';
import type { HeldLock, Journal, JournalEntry } from '../ports/journal.ts';
import { runAction } from './actions.ts';
import type { Operation, OperationEvent, StepRecord } from './model.ts';

export interface ExecutionDeps {
  clusters: readonly ClusterClient[];
  engines: readonly Engine[];
  clock: Clock;
  journal: Journal;
}

/** How often a running operation looks whether somebody asked it to stop, milliseconds. */
const cancelPoll = 2_000;

/**
 * Carries an operation out from wherever it stands: waves one after another, steps of a wave side by side, each journalled
 * before and after. When the process is told to leave (`signal`) the journal keeps saying Running, so that `resume`
 * continues; when the journal was written by somebody else, this process has been fenced off and stops at once.
 */
export async function* execute(
  start: JournalEntry,
  lock: HeldLock,
  deps: ExecutionDeps,
  signal: AbortSignal,
): AsyncIterable<OperationEvent> {
  const run = new Run(start, deps, AbortSignal.any([signal, lock.lost]));
  try {
    yield* run.events();
  } finally {
    await lock.release();
  }
}

class Run {
  private entry: JournalEntry;
  private operation: Operation;
  private readonly deps: ExecutionDeps;
  private readonly leave: AbortSignal;
  /** Aborted as well when one step failed or a cancel was asked for: the others of the wave need not go on. */
  private readonly stop = new AbortController();
  private readonly queue: OperationEvent[] = [];
  private wake: (() => void) | undefined;
  /** Journal writes one after another: each needs the version of the one before. */
  private writing: Promise<void> = Promise.resolve();

  constructor(entry: JournalEntry, deps: ExecutionDeps, leave: AbortSignal) {
    this.entry = entry;
    this.operation = entry.operation;
    this.deps = deps;
    this.leave = leave;
  }

  async *events(): AsyncIterable<OperationEvent> {
    let done = false;
    const work = this.work().finally(() => {
      done = true;
      this.wake?.();
    });
    // The error is thrown below, when everything that happened before it was told.
    work.catch(() => undefined);
    while (!done || this.queue.length > 0) {
      const event = this.queue.shift();
      if (event) yield event;
      else await new Promise<void>((resolve) => (this.wake = resolve));
    }
    await work;
  }

  private async work(): Promise<void> {
    // Asked for before this process took over: nothing is begun.
    if (this.operation.cancelRequested) return this.end('Cancelled', 'stopped on request before anything more was begun');
    const signal = AbortSignal.any([this.leave, this.stop.signal]);
    await this.save((operation) => ({ ...operation, state: 'Running', startedAt: operation.startedAt ?? this.now() }));
    const watching = this.watchForCancel();
    try {
      for (const wave of this.operation.plan.waves) await this.runWave(wave, signal);
      await this.end('Succeeded', this.summary());
    } catch (thrown) {
      if (this.leave.aborted) throw this.leave.reason;
      await this.writing.catch(() => undefined);
      if (this.operation.cancelRequested) await this.end('Cancelled', 'stopped on request; what the engine had begun is left as it is');
      else await this.end('Failed', asDrError(thrown).message);
    } finally {
      this.stop.abort();
      await watching;
    }
  }

  private async runWave(wave: readonly Step[], signal: AbortSignal): Promise<void> {
    const results = await Promise.allSettled(wave.map((step) => this.runStep(step, signal)));
    const failure = results.find((result) => result.status === 'rejected');
    if (failure) throw failure.reason;
  }

  private async runStep(step: Step, signal: AbortSignal): Promise<void> {
    if (this.record(step.id).state === 'Succeeded') return;
    signal.throwIfAborted();
    await this.saveStep({ ...this.record(step.id), state: 'Running', startedAt: this.record(step.id).startedAt ?? this.now() });
    try {
      const cluster = this.deps.clusters.find((candidate) => candidate.name === step.cluster);
      if (!cluster) throw new DrError('NotFoundError', 'UNKNOWN_CLUSTER', `the cluster ${step.cluster} of the plan is not configured`);
      const message = await runAction(step.action, {
        cluster,
        engines: this.deps.engines,
        clock: this.deps.clock,
        operationId: this.operation.id,
        stepId: step.id,
        name: nameFor(`${this.operation.id}-${step.id}`, 63),
        signal,
        // Progress is news, not state: it is shown, and journalled with the next change.
        report: async (news) =>
          this.tell({
            type: 'step',
            operationId: this.operation.id,
            step: this.merge({ ...this.record(step.id), ...news }),
            at: this.now(),
          }),
      });
      const { progress: _, ...record } = this.record(step.id);
      await this.saveStep({ ...record, state: 'Succeeded', endedAt: this.now(), message });
    } catch (error) {
      if (signal.aborted) throw error;
      await this.saveStep({ ...this.record(step.id), state: 'Failed', endedAt: this.now(), message: asDrError(error).message });
      this.stop.abort(error);
      throw error;
    }
  }

  private async end(state: 'Succeeded' | 'Failed' | 'Cancelled', message: string): Promise<void> {
    const endedAt = this.now();
    await this.save((operation) => ({
      ...operation,
      state,
      endedAt,
      message,
      ...(state === 'Succeeded'
        ? { measured: { rtoSeconds: Math.round((Date.parse(endedAt) - Date.parse(operation.requestedAt)) / 1000) } }
        : {}),
    }));
  }

  private summary(): string {
    const { plan } = this.operation;
    const where = plan.target.map(({ cluster, namespaces }) => `${cluster}/${namespaces.join(',')}`).join(' and ');
    return plan.intent === 'Restore' ? `restored into ${where}` : 'done';
  }

  private async watchForCancel(): Promise<void> {
    const { clock, journal } = this.deps;
    while (!this.stop.signal.aborted && !this.leave.aborted) {
      try {
        await clock.sleep(cancelPoll, AbortSignal.any([this.stop.signal, this.leave]));
        const { operation } = await journal.read(this.entry.cluster, this.operation.id);
        if (operation.cancelRequested && !this.operation.cancelRequested) {
          // The request moved the version: take it in, so that our next write is not taken for a stranger's.
          await this.writing.catch(() => undefined);
          this.entry = await journal.read(this.entry.cluster, this.operation.id);
          this.operation = { ...this.operation, cancelRequested: true };
          this.stop.abort(cancelled());
        }
      } catch {
        // Not reading once is no reason to stop.
      }
    }
  }

  private record(id: string): StepRecord {
    return this.operation.steps.find((step) => step.id === id) ?? { id, state: 'Pending' };
  }

  private merge(record: StepRecord): StepRecord {
    this.operation = { ...this.operation, steps: this.operation.steps.map((step) => (step.id === record.id ? record : step)) };
    return record;
  }

  private saveStep(record: StepRecord): Promise<void> {
    return this.save((operation) => ({ ...operation, steps: operation.steps.map((step) => (step.id === record.id ? record : step)) }));
  }

  private save(change: (operation: Operation) => Operation): Promise<void> {
    this.writing = this.writing
      .catch(() => undefined)
      .then(async () => {
        this.operation = change(this.operation);
        this.entry = await this.write();
        this.tell({ type: 'operation', operation: this.operation });
      });
    return this.writing;
  }

  /** A request to cancel is the only thing that others may write beside us: anything else means that we were fenced off. */
  private async write(): Promise<JournalEntry> {
    try {
      return await this.deps.journal.update(this.entry, this.operation);
    } catch (error) {
      if (!(error instanceof ConflictError) || this.operation.cancelRequested) throw error;
      const now = await this.deps.journal.read(this.entry.cluster, this.operation.id);
      if (!now.operation.cancelRequested || now.operation.holder !== this.operation.holder) throw error;
      this.operation = { ...this.operation, cancelRequested: true };
      this.stop.abort(cancelled());
      return this.deps.journal.update(now, this.operation);
    }
  }

  private tell(event: OperationEvent): void {
    this.queue.push(event);
    this.wake?.();
  }

  private now(): string {
    return this.deps.clock.now().toISOString();
  }
}

function cancelled(): DrError {
  return new DrError('InterruptedError', 'INTERRUPTED', 'cancelled');
}
