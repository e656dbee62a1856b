import { asDrError, ConflictError, DrError, ServiceUnavailableError } from '../errors.ts';
import { nameFor } from '../planning/assemble.ts';
import { canonicalJson } from '../planning/hash.ts';
import type { Step } from '../planning/model.ts';
import type { Clock } from '../ports/clock.ts';
import type { ClusterClient } from '../ports/cluster.ts';
import type { Engine } from '../ports/engine.ts';
import type { HeldLock, Journal, JournalEntry } from '../ports/journal.ts';
import { backupName } from './actions/engine-backup.ts';
import type { ActionContext } from './actions/context.ts';
import { runAction } from './actions.ts';
import { boundedName } from '../engines/bounded-name.ts';
import { type Direction, directionOf, wavesOf } from './direction.ts';
import { evidenceOf, lossSecondsOf } from './evidence.ts';
import { lossOf, secondsBetween } from './measured.ts';
import type { Operation, OperationEvent } from './model.ts';
import { isBusy, isPassing, Patient } from './patiently.ts';
import { sentenceOf, summaryOf, undoneOf } from './sentences.ts';
import type { StepRecord } from './states.ts';
import { onlyVerifies } from './verifying.ts';

export interface ExecutionDeps {
  clusters: readonly ClusterClient[];
  engines: readonly Engine[];
  clock: Clock;
  journal: Journal;
}

/** How often a running operation looks whether somebody asked it to stop, milliseconds. */
const cancelPoll = 2_000;
/** How long an in-place restore can be undone, milliseconds. */
const usualWindow = 24 * 3_600_000;
/** How long a release waits for a cluster that does not answer, milliseconds: whoever releases comes again by itself. */
const patienceOfRelease = 7_500;

/**
 * Carries an operation out from wherever it stands, in the direction that its journal says: waves one after another, steps of a wave side by side, each journalled
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
  /** A clean-up follows in the same run. */
  private direction: Direction;
  /** Aborted as well when one step failed or a cancel was asked for: the others of the wave need not go on. */
  private readonly stop = new AbortController();
  private readonly queue: OperationEvent[] = [];
  private wake: (() => void) | undefined;
  /** What has to be added to the local clock for that of the cluster that keeps the journal, milliseconds. */
  private ahead = 0;
  /** Journal writes one after another: each needs the version of the one before. */
  private writing: Promise<void> = Promise.resolve();

  constructor(entry: JournalEntry, deps: ExecutionDeps, leave: AbortSignal) {
    this.entry = entry;
    this.operation = entry.operation;
    this.deps = deps;
    this.leave = leave;
    this.direction = directionOf(entry.operation);
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
    this.ahead = await this.differenceOfClocks();
    // Asked for before this process took over: nothing is begun.
    if (this.direction === 'forward' && this.operation.cancelRequested)
      return this.finish('Cancelled', 'stopped on request before anything more was begun');
    if (this.direction === 'cleanUp') return this.cleanUp();
    const signal = AbortSignal.any([this.leave, this.stop.signal]);
    await this.save((operation) => ({
      ...operation,
      ...(this.direction === 'forward' && { state: 'Running', startedAt: operation.startedAt ?? this.now() }),
      ...(this.direction === 'undo' && { state: 'Undoing' }),
    }));
    const watching = this.direction === 'forward' ? this.watchForCancel() : Promise.resolve();
    try {
      const waves = wavesOf(this.operation, this.direction);
      for (const [index, wave] of waves.entries()) {
        if (this.direction === 'forward' && onlyVerifies(waves.slice(index))) await this.verifying();
        await this.runWave(wave, signal);
      }
      await this.conclude();
    } catch (thrown) {
      if (this.leave.aborted) throw this.leave.reason;
      await this.writing.catch(() => undefined);
      const message = sentenceOf(asDrError(thrown));
      if (this.direction === 'undo') await this.end('Failed', `the undo stopped: ${message}`);
      else if (this.direction === 'release') throw thrown;
      else if (this.operation.cancelRequested)
        await this.finish('Cancelled', 'stopped on request; what the engine had begun is left as it is');
      else await this.finish('Failed', message);
    } finally {
      this.stop.abort();
      await watching;
    }
  }

  /** Everything is done that the plan does; whether it works is still to be seen. */
  private async verifying(): Promise<void> {
    if (this.operation.state !== 'Verifying') await this.save((operation) => ({ ...operation, state: 'Verifying' }));
  }

  private async conclude(): Promise<void> {
    if (this.direction === 'forward') return this.finish('Succeeded', summaryOf(this.operation));
    if (this.direction === 'undo') {
      const undone = (record: StepRecord): StepRecord => (record.state === 'Pending' ? record : { ...record, state: 'Undone' });
      return this.end('Undone', undoneOf(this.operation), (operation) => ({
        ...operation,
        steps: operation.steps.map(undone),
        undo: { ...operation.undo!, endedAt: this.now() },
      }));
    }
    await this.save((before) => {
      const { undoUntil: _, ...operation } = before;
      return { ...operation, release: { ...operation.release!, endedAt: this.now() } };
    });
  }

  /** The waves have ended so. What they made is taken away again where the plan says so, and only then is it over. */
  private async finish(state: NonNullable<Operation['outcome']>['state'], message: string): Promise<void> {
    const { plan } = this.operation;
    if (!plan.cleanUp) return this.end(state, message);
    const at = this.now();
    const steps: StepRecord[] = wavesOf(this.operation, 'cleanUp')
      .flat()
      .map(({ id }) => ({ id, state: 'Pending' }));
    await this.save((operation) => ({
      ...operation,
      state: 'Running',
      message: `${message}; cleaning up`,
      outcome: { state, message, at },
      cleanUp: { requestedBy: operation.requestedBy, requestedAt: at, steps },
      measured: {
        ...(state === 'Succeeded' && { rtoSeconds: secondsBetween(operation.requestedAt, at) }),
        ...lossSecondsOf(operation),
      },
    }));
    this.direction = 'cleanUp';
    await this.cleanUp();
  }

  /** Nothing but the death of this process stops it. */
  private async cleanUp(): Promise<void> {
    const { outcome } = this.operation;
    try {
      await this.save((operation) => ({ ...operation, state: 'Running' }));
      for (const wave of wavesOf(this.operation, 'cleanUp')) await this.runWave(wave, this.leave);
      const { state, message } = outcome!;
      await this.end(state, `${message}; everything that was made for it is gone again`, (operation) => ({
        ...operation,
        cleanUp: { ...operation.cleanUp!, endedAt: this.now() },
      }));
    } catch (thrown) {
      if (this.leave.aborted) throw this.leave.reason;
      await this.writing.catch(() => undefined);
      await this.end('Failed', `${outcome!.message}; the clean-up stopped: ${asDrError(thrown).message}`);
    }
  }

  private async runWave(wave: readonly Step[], signal: AbortSignal): Promise<void> {
    const results = await Promise.allSettled(wave.map((step) => this.runStep(step, signal)));
    const failure = results.find((result) => result.status === 'rejected');
    if (failure) throw failure.reason;
  }

  private async runStep(step: Step, signal: AbortSignal): Promise<void> {
    const { state } = this.record(step.id);
    // Skipped: on a cluster that did not answer when somebody took that risk; it is left alone, also when it answers meanwhile.
    if (state === 'Succeeded' || state === 'Skipped') return;
    signal.throwIfAborted();
    await this.saveStep({ ...this.record(step.id), state: 'Running', startedAt: this.record(step.id).startedAt ?? this.now() });
    try {
      const cluster = this.clusterOf(step.cluster);
      const patient = this.patientFor(step, signal);
      const message = await patient.try(() => runAction(step.action, this.contextOf(step, cluster, signal, patient)));
      const { progress: _, ...record } = this.record(step.id);
      await this.saveStep({ ...record, state: 'Succeeded', endedAt: this.now(), message });
    } catch (error) {
      if (signal.aborted) throw error;
      await this.saveStep({ ...this.record(step.id), state: 'Failed', endedAt: this.now(), message: asDrError(error).message });
      this.stop.abort(error);
      throw error;
    }
  }

  private clusterOf(name: string): ClusterClient {
    const cluster = this.deps.clusters.find((candidate) => candidate.name === name);
    if (!cluster) throw new DrError('NotFoundError', 'UNKNOWN_CLUSTER', `the cluster ${name} of the plan is not configured`);
    return cluster;
  }

  private contextOf(step: Step, cluster: ClusterClient, signal: AbortSignal, patient: Patient): ActionContext {
    const { plan, id } = this.operation;
    return {
      cluster,
      peer: (name) => this.clusterOf(name),
      engines: this.deps.engines,
      clock: this.deps.clock,
      operationId: id,
      stepId: step.id,
      name: this.nameOf(step.id),
      attempt: this.record(step.id).attempt ?? 1,
      namespaces: plan.target.filter((target) => target.cluster === step.cluster).flatMap(({ namespaces }) => namespaces),
      other: (stepId) => {
        const found = plan.waves.flat().find((candidate) => candidate.id === stepId);
        if (!found) throw new DrError('NotFoundError', 'NOT_FOUND', `the plan has no step ${stepId}`);
        const names = this.nativeNames(found);
        return { step: found, name: names.at(-1)!, names };
      },
      restores: () =>
        plan.waves.flatMap((wave) =>
          wave.filter(({ action }) => action.kind === 'engine.restore').flatMap((each) => this.nativeNames(each)),
        ),
      signal,
      // Progress is news, not state: it is shown, and journalled with the next change.
      report: async (news) => {
        const record = this.merge({ ...this.record(step.id), ...news });
        this.tell({ type: 'step', operationId: id, step: record, at: this.now() });
        // That it waits for a cluster was journalled, and is over.
        if (patient.goesOn()) await this.saveStep(record);
      },
    };
  }

  /** Of what a step of the plan began, by its attempts. */
  private nativeNames({ id, action }: Step): string[] {
    const attempts = this.operation.steps.find((record) => record.id === id)?.attempt ?? 1;
    return Array.from({ length: attempts }, (_, index) =>
      action.kind === 'engine.backup' ? backupName(action.request.name, index + 1) : this.nameOf(id, index + 1),
    );
  }

  private nameOf(stepId: string, attempt = this.record(stepId).attempt ?? 1): string {
    const suffix = attempt > 1 ? `-${attempt}` : '';
    const step = this.operation.plan.waves.flat().find(({ id }) => id === stepId);
    // What engines that copy continuously are asked by has to be short, and still each its own.
    if (step && /^(replication|mover)\./.test(step.action.kind)) return boundedName(this.operation.id, `${stepId}${suffix}`, 50);
    return `${nameFor(`${this.operation.id}-${stepId}`, 63 - suffix.length)}${suffix}`;
  }

  /** An outage of minutes is no end of a step: it waits for the cluster, says so, and can be cancelled meanwhile. */
  private patientFor({ id, cluster }: Step, signal: AbortSignal): Patient {
    return new Patient({
      clock: this.deps.clock,
      signal,
      ...(this.direction === 'release' && { outage: patienceOfRelease }),
      mayPass: isPassing,
      onOutage: async (error, outage) => {
        const waiting = this.merge({ ...this.record(id), message: outage.told(error, cluster) });
        this.tell({ type: 'step', operationId: this.operation.id, step: waiting, at: this.now() });
        // Who looks from elsewhere reads the journal.
        await this.saveStep(waiting);
      },
    });
  }

  private async end(
    state: 'Succeeded' | 'Failed' | 'Cancelled' | 'Undone',
    message: string,
    change: (operation: Operation) => Operation = (operation) => operation,
  ): Promise<void> {
    const endedAt = this.now();
    const undoUntil = state === 'Succeeded' ? this.endOfWindow() : undefined;
    const ended = (before: Operation): Operation => {
      const { undoUntil: _, ...operation } = change(before);
      const rtoSeconds = secondsBetween(operation.requestedAt, endedAt);
      return {
        ...operation,
        state,
        endedAt,
        message,
        ...(undoUntil !== undefined && { undoUntil }),
        // With a clean-up, it was measured when it worked.
        ...(state === 'Succeeded' && !operation.outcome && { measured: { rtoSeconds, ...lossOf(operation) } }),
      };
    };
    const evidence = this.operation.plan.intent === 'Drill' ? await evidenceOf(ended(this.operation)) : undefined;
    await this.save((before) => ({ ...ended(before), ...(evidence && { evidence }) }));
  }

  private endOfWindow(): string | undefined {
    const { plan } = this.operation;
    if (!plan.undo.waves) return undefined;
    return new Date(Date.parse(this.now()) + (plan.request.undoWindow ?? usualWindow)).toISOString();
  }

  /** A home that does not tell its time cannot be written to either: that is said by the write. */
  private async differenceOfClocks(): Promise<number> {
    const { clusters, clock } = this.deps;
    const home = clusters.find(({ name }) => name === this.entry.cluster);
    const now = await home?.now({ signal: this.leave }).catch(() => undefined);
    return now ? now.getTime() - clock.now().getTime() : 0;
  }

  private async watchForCancel(): Promise<void> {
    const { clock, journal } = this.deps;
    while (!this.stop.signal.aborted && !this.leave.aborted) {
      try {
        await clock.sleep(cancelPoll, AbortSignal.any([this.stop.signal, this.leave]));
        const { operation } = await journal.read(this.entry.cluster, this.operation.id);
        if (operation.cancelRequested && !this.operation.cancelRequested) await this.takeIn();
      } catch {
        // Not reading once is no reason to stop.
      }
    }
  }

  /** The request moved the version: it is read again where nothing of ours is being written, so that no write is taken for a stranger's. */
  private takeIn(): Promise<void> {
    this.writing = this.writing
      .catch(() => undefined)
      .then(async () => {
        const now = await this.deps.journal.read(this.entry.cluster, this.operation.id);
        // Meanwhile a write of ours found it, or somebody else has taken over, which the next write finds.
        if (this.operation.cancelRequested || now.operation.holder !== this.operation.holder) return;
        this.entry = now;
        this.operation = { ...this.operation, cancelRequested: true };
        this.stop.abort(cancelled());
      });
    return this.writing;
  }

  /** Of the direction: an undo keeps its own, so that both can be told. */
  private get records(): StepRecord[] {
    const { steps, undo, release, cleanUp } = this.operation;
    return { forward: steps, cleanUp: cleanUp?.steps ?? [], undo: undo?.steps ?? [], release: release?.steps ?? [] }[this.direction];
  }

  private withRecord(operation: Operation, record: StepRecord): Operation {
    const put = (steps: StepRecord[]): StepRecord[] =>
      steps.some(({ id }) => id === record.id) ? steps.map((step) => (step.id === record.id ? record : step)) : [...steps, record];
    if (this.direction === 'forward') return { ...operation, steps: put(operation.steps) };
    const phase = operation[this.direction];
    return phase ? { ...operation, [this.direction]: { ...phase, steps: put(phase.steps) } } : operation;
  }

  private record(id: string): StepRecord {
    return this.records.find((step) => step.id === id) ?? { id, state: 'Pending' };
  }

  private merge(record: StepRecord): StepRecord {
    this.operation = this.withRecord(this.operation, record);
    return record;
  }

  private saveStep(record: StepRecord): Promise<void> {
    return this.save((operation) => this.withRecord(operation, record));
  }

  private save(change: (operation: Operation) => Operation): Promise<void> {
    this.writing = this.writing
      .catch(() => undefined)
      .then(async () => {
        this.operation = change(this.operation);
        const patient = new Patient({ clock: this.deps.clock, signal: this.leave, mayPass: isBusy });
        this.entry = await patient.try(() => this.write());
        this.tell({ type: 'operation', operation: this.operation });
      });
    return this.writing;
  }

  /** A request to cancel is the only thing that others may write beside us: anything else means that we were fenced off. */
  private async write(): Promise<JournalEntry> {
    try {
      return await this.deps.journal.update(this.entry, this.operation);
    } catch (error) {
      if (!(error instanceof ConflictError) || error.code === 'OVERTAKEN') throw error;
      const now = await this.deps.journal.read(this.entry.cluster, this.operation.id);
      // Nobody wrote: the server only said so. Or we did, and did not hear of it.
      if (now.version === this.entry.version) throw passing(error);
      if (canonicalJson(now.operation) === canonicalJson(this.operation)) return now;
      if (this.operation.cancelRequested) throw error;
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
    return new Date(this.deps.clock.now().getTime() + this.ahead).toISOString();
  }
}

function passing(cause: unknown): DrError {
  return new ServiceUnavailableError('the journal could not be written', { code: 'CLUSTER_ERROR', cause });
}

function cancelled(): DrError {
  return new DrError('InterruptedError', 'INTERRUPTED', 'cancelled');
}
