import { asDrError, DrError } from '../errors.ts';
import { nameFor } from '../planning/assemble.ts';
import type { Step } from '../planning/model.ts';
import type { Clock } from '../ports/clock.ts';
import type { ClusterClient } from '../ports/cluster.ts';
import type { Engine } from '../ports/engine.ts';
import type { HeldLock, Journal, JournalEntry } from '../ports/journal.ts';
import { backupName } from './actions/engine-backup.ts';
import type { ActionContext } from './actions/context.ts';
import { runAction } from './actions.ts';
import { boundedName } from '../engines/bounded-name.ts';
import { wavesOf } from './direction.ts';
import { evidenceOf, lossSecondsOf } from './evidence.ts';
import { lossOf, secondsBetween } from './measured.ts';
import type { Operation, OperationEvent } from './model.ts';
import { isPassing, Patient } from './patiently.ts';
import { RunJournal } from './run-journal.ts';
import { sentenceOf, summaryOf, undoneOf } from './sentences.ts';
import type { StepRecord } from './states.ts';
import { onlyVerifies } from './verifying.ts';

export interface ExecutionDeps {
  clusters: readonly ClusterClient[];
  engines: readonly Engine[];
  clock: Clock;
  journal: Journal;
}

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
  private readonly deps: ExecutionDeps;
  private readonly leave: AbortSignal;
  private readonly journal: RunJournal;
  /** Aborted as well when one step failed or a cancel was asked for: the others of the wave need not go on. */
  private readonly stop = new AbortController();

  constructor(entry: JournalEntry, deps: ExecutionDeps, leave: AbortSignal) {
    this.deps = deps;
    this.leave = leave;
    this.journal = new RunJournal(entry, { ...deps, leave, onCancel: () => this.stop.abort(cancelled()) });
  }

  events(): AsyncIterable<OperationEvent> {
    return this.journal.newsUntil(this.work());
  }

  private async work(): Promise<void> {
    await this.journal.readClock();
    // Asked for before this process took over: nothing is begun.
    if (this.journal.direction === 'forward' && this.journal.operation.cancelRequested)
      return this.finish('Cancelled', 'stopped on request before anything more was begun');
    if (this.journal.direction === 'cleanUp') return this.cleanUp();
    const signal = AbortSignal.any([this.leave, this.stop.signal]);
    await this.journal.save((operation) => ({
      ...operation,
      ...(this.journal.direction === 'forward' && { state: 'Running', startedAt: operation.startedAt ?? this.journal.now() }),
      ...(this.journal.direction === 'undo' && { state: 'Undoing' }),
    }));
    const watching = this.journal.direction === 'forward' ? this.journal.watchForCancel(this.stop.signal) : Promise.resolve();
    try {
      const waves = wavesOf(this.journal.operation, this.journal.direction);
      for (const [index, wave] of waves.entries()) {
        if (this.journal.direction === 'forward' && onlyVerifies(waves.slice(index))) await this.verifying();
        await this.runWave(wave, signal);
      }
      await this.conclude();
    } catch (thrown) {
      if (this.leave.aborted) throw this.leave.reason;
      await this.journal.settled();
      const message = sentenceOf(asDrError(thrown));
      if (this.journal.direction === 'undo') await this.end('Failed', `the undo stopped: ${message}`);
      else if (this.journal.direction === 'release') throw thrown;
      else if (this.journal.operation.cancelRequested)
        await this.finish('Cancelled', 'stopped on request; what the engine had begun is left as it is');
      else await this.finish('Failed', message);
    } finally {
      this.stop.abort();
      await watching;
    }
  }

  /** Everything is done that the plan does; whether it works is still to be seen. */
  private async verifying(): Promise<void> {
    if (this.journal.operation.state !== 'Verifying') await this.journal.save((operation) => ({ ...operation, state: 'Verifying' }));
  }

  private async conclude(): Promise<void> {
    if (this.journal.direction === 'forward') return this.finish('Succeeded', summaryOf(this.journal.operation));
    if (this.journal.direction === 'undo') {
      const undone = (record: StepRecord): StepRecord => (record.state === 'Pending' ? record : { ...record, state: 'Undone' });
      return this.end('Undone', undoneOf(this.journal.operation), (operation) => ({
        ...operation,
        steps: operation.steps.map(undone),
        undo: { ...operation.undo!, endedAt: this.journal.now() },
      }));
    }
    await this.journal.save((before) => {
      const { undoUntil: _, ...operation } = before;
      return { ...operation, release: { ...operation.release!, endedAt: this.journal.now() } };
    });
  }

  /** The waves have ended so. What they made is taken away again where the plan says so, and only then is it over. */
  private async finish(state: NonNullable<Operation['outcome']>['state'], message: string): Promise<void> {
    const { plan } = this.journal.operation;
    if (!plan.cleanUp) return this.end(state, message);
    const at = this.journal.now();
    const steps: StepRecord[] = wavesOf(this.journal.operation, 'cleanUp')
      .flat()
      .map(({ id }) => ({ id, state: 'Pending' }));
    await this.journal.save((operation) => ({
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
    this.journal.turnToCleanUp();
    await this.cleanUp();
  }

  /** Nothing but the death of this process stops it. */
  private async cleanUp(): Promise<void> {
    const { outcome } = this.journal.operation;
    try {
      await this.journal.save((operation) => ({ ...operation, state: 'Running' }));
      for (const wave of wavesOf(this.journal.operation, 'cleanUp')) await this.runWave(wave, this.leave);
      const { state, message } = outcome!;
      await this.end(state, `${message}; everything that was made for it is gone again`, (operation) => ({
        ...operation,
        cleanUp: { ...operation.cleanUp!, endedAt: this.journal.now() },
      }));
    } catch (thrown) {
      if (this.leave.aborted) throw this.leave.reason;
      await this.journal.settled();
      await this.end('Failed', `${outcome!.message}; the clean-up stopped: ${asDrError(thrown).message}`);
    }
  }

  private async runWave(wave: readonly Step[], signal: AbortSignal): Promise<void> {
    const results = await Promise.allSettled(wave.map((step) => this.runStep(step, signal)));
    const failure = results.find((result) => result.status === 'rejected');
    if (failure) throw failure.reason;
  }

  private async runStep(step: Step, signal: AbortSignal): Promise<void> {
    const { state } = this.journal.record(step.id);
    // Skipped: on a cluster that did not answer when somebody took that risk; it is left alone, also when it answers meanwhile.
    if (state === 'Succeeded' || state === 'Skipped') return;
    signal.throwIfAborted();
    await this.journal.saveStep({
      ...this.journal.record(step.id),
      state: 'Running',
      startedAt: this.journal.record(step.id).startedAt ?? this.journal.now(),
    });
    try {
      const cluster = this.clusterOf(step.cluster);
      const patient = this.patientFor(step, signal);
      const message = await patient.try(() => runAction(step.action, this.contextOf(step, cluster, signal, patient)));
      const { progress: _, ...record } = this.journal.record(step.id);
      await this.journal.saveStep({ ...record, state: 'Succeeded', endedAt: this.journal.now(), message });
    } catch (error) {
      if (signal.aborted) throw error;
      await this.journal.saveStep({
        ...this.journal.record(step.id),
        state: 'Failed',
        endedAt: this.journal.now(),
        message: asDrError(error).message,
      });
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
    const { plan, id } = this.journal.operation;
    return {
      cluster,
      peer: (name) => this.clusterOf(name),
      engines: this.deps.engines,
      clock: this.deps.clock,
      operationId: id,
      stepId: step.id,
      name: this.nameOf(step.id),
      attempt: this.journal.record(step.id).attempt ?? 1,
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
        const record = this.journal.tellStep({ ...this.journal.record(step.id), ...news });
        // That it waits for a cluster was journalled, and is over.
        if (patient.goesOn()) await this.journal.saveStep(record);
      },
    };
  }

  /** Of what a step of the plan began, by its attempts. */
  private nativeNames({ id, action }: Step): string[] {
    const attempts = this.journal.operation.steps.find((record) => record.id === id)?.attempt ?? 1;
    return Array.from({ length: attempts }, (_, index) =>
      action.kind === 'engine.backup' ? backupName(action.request.name, index + 1) : this.nameOf(id, index + 1),
    );
  }

  private nameOf(stepId: string, attempt = this.journal.record(stepId).attempt ?? 1): string {
    const suffix = attempt > 1 ? `-${attempt}` : '';
    const step = this.journal.operation.plan.waves.flat().find(({ id }) => id === stepId);
    // What engines that copy continuously are asked by has to be short, and still each its own.
    if (step && /^(replication|mover)\./.test(step.action.kind)) return boundedName(this.journal.operation.id, `${stepId}${suffix}`, 50);
    return `${nameFor(`${this.journal.operation.id}-${stepId}`, 63 - suffix.length)}${suffix}`;
  }

  /** An outage of minutes is no end of a step: it waits for the cluster, says so, and can be cancelled meanwhile. */
  private patientFor({ id, cluster }: Step, signal: AbortSignal): Patient {
    return new Patient({
      clock: this.deps.clock,
      signal,
      ...(this.journal.direction === 'release' && { outage: patienceOfRelease }),
      mayPass: isPassing,
      onOutage: async (error, outage) => {
        const waiting = this.journal.tellStep({ ...this.journal.record(id), message: outage.told(error, cluster) });
        // Who looks from elsewhere reads the journal.
        await this.journal.saveStep(waiting);
      },
    });
  }

  private async end(
    state: 'Succeeded' | 'Failed' | 'Cancelled' | 'Undone',
    message: string,
    change: (operation: Operation) => Operation = (operation) => operation,
  ): Promise<void> {
    const endedAt = this.journal.now();
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
    const evidence = this.journal.operation.plan.intent === 'Drill' ? await evidenceOf(ended(this.journal.operation)) : undefined;
    await this.journal.save((before) => ({ ...ended(before), ...(evidence && { evidence }) }));
  }

  private endOfWindow(): string | undefined {
    const { plan } = this.journal.operation;
    if (!plan.undo.waves) return undefined;
    return new Date(Date.parse(this.journal.now()) + (plan.request.undoWindow ?? usualWindow)).toISOString();
  }
}

function cancelled(): DrError {
  return new DrError('InterruptedError', 'INTERRUPTED', 'cancelled');
}
