import type { Application } from '../application/model.ts';
import type { TenancyRule } from '../application/tenancy.ts';
import { NotFoundError } from '../errors.ts';
import { clustersOf } from '../execution/clusters-of.ts';
import type { ExecutionDeps, execute as Execute } from '../execution/execute.ts';
import type { Operation, OperationEvent } from '../execution/model.ts';
import { isOutage } from '../execution/outage.ts';
import type { Plan } from '../planning/model.ts';
import type { ApplicationLock, HeldLock, JournalEntry } from '../ports/journal.ts';
import type { Assessment } from './assess.ts';
import { findApplication } from './look.ts';
import { withoutSkipped } from './moves/undo-apart.ts';
import { assertHeldBy, findOperation, hasEnded, withWholeRole } from './operations.ts';
import { assertIntact } from './plan-check.ts';
import type { StartedOperation } from './port.ts';
import { asFarAsRead, assertInScope } from './plan-scope.ts';

export interface OperationRunnerDeps extends ExecutionDeps {
  lock: ApplicationLock;
  /** This process, as leases and journals name it. */
  holder: string;
  tenancy: readonly TenancyRule[];
  /** Of journals and leases. */
  namespace?: string;
  /** The fleet as it is now. */
  look(signal?: AbortSignal): Promise<Assessment>;
}

/** The operations that this process carries out: begins, takes over from one that died, and goes on with after an outage. */
export class OperationRunner {
  readonly #deps: OperationRunnerDeps;
  readonly #running = new Set<string>();

  constructor(deps: OperationRunnerDeps) {
    this.#deps = deps;
  }

  isRunning(id: string): boolean {
    return this.#running.has(id);
  }

  /** A new one. */
  begin(operation: Operation, signal?: AbortSignal): Promise<StartedOperation> {
    const { plan, id } = operation;
    return this.#started(plan, plan.home, id, signal, () => this.#deps.journal.create(plan.home, operation));
  }

  /** Takes an operation over and goes on with it, changed so. Whoever held it is dead, or nobody did. */
  async goOn(found: JournalEntry, signal: AbortSignal | undefined, change: (operation: Operation) => Operation): Promise<StartedOperation> {
    const { plan } = found.operation;
    await assertIntact(plan);
    const assessment = await this.#deps.look(signal);
    const written = withoutSkipped(change(found.operation));
    await asFarAsRead(plan, assessment, () =>
      assertInScope(written, applicationOf(found.operation, assessment), assessment, this.#deps.tenancy),
    );
    return this.take(found, signal, change);
  }

  /** As `goOn`, of what is written no more than the journal. The new holder in it fences off a ghost that wakes up. */
  take(
    { operation: { plan, id }, cluster }: JournalEntry,
    signal: AbortSignal | undefined,
    change: (operation: Operation) => Operation,
  ): Promise<StartedOperation> {
    const { journal, holder } = this.#deps;
    return this.#started(plan, cluster, id, signal, async () => {
      const entry = await journal.read(cluster, id);
      return journal.update(entry, { ...change(entry.operation), holder });
    });
  }

  /** `home`: where its journal is written; that of the plan, or one that is left with a copy of it. */
  async #started(
    plan: Plan,
    home: string,
    id: string,
    signal: AbortSignal | undefined,
    begin: () => Promise<JournalEntry>,
  ): Promise<StartedOperation> {
    // Loaded here: whoever only looks never executes. And before anything is held that has to be renewed meanwhile.
    const { execute } = await import('../execution/execute.ts');
    let entry: JournalEntry;
    let lock: HeldLock;
    try {
      const { application } = plan;
      const request = { cluster: home, besides: clustersOf(plan), application, holder: this.#deps.holder, operation: id };
      lock = await this.#deps.lock.acquire(request, signal);
      try {
        entry = await begin();
      } catch (error) {
        await lock.release();
        throw error;
      }
    } catch (error) {
      throw withWholeRole(error, this.#deps.namespace);
    }
    return this.#carriedOut(execute, entry, lock, signal ?? new AbortController().signal);
  }

  #carriedOut(execute: typeof Execute, entry: JournalEntry, lock: HeldLock, signal: AbortSignal): StartedOperation {
    const { clusters, engines, clock, journal } = this.#deps;
    const { id } = entry.operation;
    this.#running.add(id);
    const goOn = (): Promise<AsyncIterable<OperationEvent> | undefined> => this.#afterOutage(entry, signal);
    const events = untilOver(happening(), () => this.#running.delete(id));
    async function* happening(): AsyncIterable<OperationEvent> {
      let last = entry.operation;
      try {
        for await (const event of execute(entry, lock, { clusters, engines, clock, journal }, signal)) {
          if (event.type === 'operation') last = event.operation;
          yield event;
        }
        return;
      } catch (error) {
        const { afterOutage } = await import('./after-outage.ts');
        yield* afterOutage(last, error, { clock, signal, goOn });
      }
    }
    return {
      operation: entry.operation,
      events,
      run: async () => {
        let last = entry.operation;
        for await (const event of events) if (event.type === 'operation') last = event.operation;
        return last;
      },
    };
  }

  /** What was begun here, when the cluster that keeps it answers again. Undefined: not yet. */
  async #afterOutage({ operation, cluster }: JournalEntry, signal: AbortSignal): Promise<AsyncIterable<OperationEvent> | undefined> {
    const { holder } = this.#deps;
    // Where others are silent as well, it is still the one that keeps it that is waited for.
    const found = await findOperation(this.#deps, operation.id).catch((error: unknown) => {
      if (!isOutage(error)) throw error;
    });
    if (!found) return undefined;
    if (hasEnded(found.operation)) return told(found.operation);
    assertHeldBy(holder, found.operation);
    // A copy says the same as we know; but it is where somebody can ask us to stop.
    if (found.cluster !== cluster && !found.operation.cancelRequested) return undefined;
    const started = await this.goOn(found, signal, (now) => {
      assertHeldBy(holder, now);
      return now;
    });
    return started.events;
  }
}

/** Without its application nobody can tell what is its own: what it would write is not written. */
function applicationOf({ id, plan }: Operation, assessment: Assessment): Application {
  try {
    return findApplication(assessment, plan.application);
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error;
    throw new NotFoundError(`the operation ${id} cannot go on: its application "${plan.application}" is not there any more`, {
      code: 'UNKNOWN_APPLICATION',
      hint: 'bring it back first, by its objects or by its entry in the catalog',
    });
  }
}

async function* told(operation: Operation): AsyncIterable<OperationEvent> {
  yield { type: 'operation', operation };
}

async function* untilOver<T>(source: AsyncIterable<T>, over: () => void): AsyncIterable<T> {
  try {
    yield* source;
  } finally {
    over();
  }
}
