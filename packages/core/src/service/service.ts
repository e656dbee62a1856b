import type { Application } from '../application/model.ts';
import type { TenancyRule } from '../application/tenancy.ts';
import { ConflictError, DrError, asDrError } from '../errors.ts';
import { execute } from '../execution/execute.ts';
import { createJournal } from '../execution/journal.ts';
import { createLock } from '../execution/lock.ts';
import { type Operation, terminalStates } from '../execution/model.ts';
import { nameFor } from '../planning/assemble.ts';
import type { Plan, PlanRequest } from '../planning/model.ts';
import type { Catalog } from '../ports/catalog.ts';
import type { Clock } from '../ports/clock.ts';
import type { ClusterClient } from '../ports/cluster.ts';
import type { Engine } from '../ports/engine.ts';
import type { ApplicationLock, HeldLock, Journal, JournalEntry } from '../ports/journal.ts';
import type { ClusterReader } from '../ports/reading.ts';
import { ContentsStore } from './contents.ts';
import { decideVerdicts, findApplication, look, lookAtEngines } from './look.ts';
import type { ApplicationStatus, Fleet } from './model.ts';
import { findOperation, listOperations, requestCancel, watchOperation } from './operations.ts';
import { assertCurrent, assertInside, assertIntact, assertNotExpired } from './plan-check.ts';
import { makePlan } from './planner.ts';
import type { Caller, DrService, ExecuteOptions, StartedOperation } from './port.ts';

export interface DrServiceDeps {
  clusters: readonly ClusterClient[];
  /** Where readings come from: lists (CLI), or an index of watches (portal). */
  reader: ClusterReader;
  engines: readonly Engine[];
  clock: Clock;
  /** This process, as leases and journals name it: `user@host/pid`, or the portal's replica. */
  holder: string;
  /** The operator's word on who owns a namespace. */
  tenancy?: readonly TenancyRule[];
  /** Of journals and leases. Default `kubectl-dr`. */
  namespace?: string;
  catalog?: Catalog;
  /** Instead of ConfigMaps and Leases read directly: for a portal that reads journals from its index. */
  journal?: Journal;
  lock?: ApplicationLock;
}

export function createDrService(deps: DrServiceDeps): DrService {
  return new DefaultDrService(deps);
}

class DefaultDrService implements DrService {
  readonly #deps: DrServiceDeps & { tenancy: readonly TenancyRule[] };
  readonly #journal: Journal;
  readonly #lock: ApplicationLock;
  readonly #contents: ContentsStore;

  constructor(deps: DrServiceDeps) {
    const { clusters, clock, namespace = 'kubectl-dr' } = deps;
    this.#deps = { ...deps, tenancy: deps.tenancy ?? [] };
    this.#journal = deps.journal ?? createJournal(clusters, namespace);
    this.#lock = deps.lock ?? createLock({ clusters, namespace, clock });
    this.#contents = new ContentsStore(deps);
  }

  async fleet({
    applications,
    contents = true,
    signal,
  }: { applications?: string[]; contents?: boolean; signal?: AbortSignal } = {}): Promise<Fleet> {
    if (applications?.length === 0) return (await lookAtEngines(this.#looking(), signal)).fleet([]);
    const assessment = await look(this.#looking(), signal);
    const wanted: readonly Application[] = applications?.map((name) => findApplication(assessment, name)) ?? assessment.applications;
    this.#contents.forgetReplaced(assessment.points());
    if (contents) await decideVerdicts(assessment, wanted, this.#contents, signal);
    return assessment.fleet(wanted);
  }

  async application(name: string, { signal }: { signal?: AbortSignal } = {}): Promise<ApplicationStatus> {
    const fleet = await this.fleet({ applications: [name], ...(signal && { signal }) });
    return fleet.applications[0]!;
  }

  plan(request: PlanRequest, _caller: Caller, { signal }: { signal?: AbortSignal } = {}): Promise<Plan> {
    return makePlan({ ...this.#looking(), clusters: this.#deps.clusters }, request, signal);
  }

  async execute(plan: Plan, caller: Caller, options: ExecuteOptions = {}): Promise<StartedOperation> {
    const { signal, reason } = options;
    const { clock, holder } = this.#deps;
    await assertIntact(plan);
    assertNotExpired(plan, clock.now());
    assertCurrent(plan, await this.plan(plan.request, caller, signal ? { signal } : {}));
    assertInside(plan, await this.#judged(plan.application, signal));
    const id = options.operationId ?? `${plan.intent.toLowerCase()}-${nameFor(plan.application, 40)}-${crypto.randomUUID().slice(0, 5)}`;
    const operation: Operation = {
      id,
      plan,
      state: 'Pending',
      requestedBy: caller.name,
      ...(reason !== undefined && { reason }),
      requestedAt: clock.now().toISOString(),
      holder,
      steps: plan.waves.flat().map((step) => ({ id: step.id, state: 'Pending' })),
    };
    return this.#started(plan, id, signal, () => this.#journal.create(plan.home, operation));
  }

  async resume(operationId: string, _caller: Caller, { signal }: { signal?: AbortSignal } = {}): Promise<StartedOperation> {
    const found = await findOperation(this.#operating(), operationId);
    const { plan, state } = found.operation;
    if (terminalStates.includes(state)) {
      throw new ConflictError(`the operation ${operationId} has already ended: ${state}`, {
        hint: `kubectl dr describe operation ${operationId}`,
      });
    }
    await assertIntact(plan);
    assertInside(plan, await this.#judged(plan.application, signal));
    return this.#started(plan, operationId, signal, async () => {
      // Whoever held it is dead; the new holder in the journal fences off a ghost that wakes up.
      const entry = await this.#journal.read(found.cluster, operationId);
      return this.#journal.update(entry, { ...entry.operation, holder: this.#deps.holder });
    });
  }

  cancel(operationId: string, _caller: Caller): Promise<Operation> {
    return requestCancel(this.#operating(), operationId);
  }

  async operations({ application, signal }: { application?: string; signal?: AbortSignal } = {}): Promise<Operation[]> {
    const all = await listOperations(this.#operating(), signal);
    return application === undefined ? all : all.filter(({ plan }) => plan.application === application || plan.entityRef === application);
  }

  async operation(id: string): Promise<Operation> {
    return (await findOperation(this.#operating(), id)).operation;
  }

  watchOperation(id: string, signal?: AbortSignal): AsyncIterable<Operation> {
    return watchOperation(this.#operating(), id, signal);
  }

  async #started(plan: Plan, id: string, signal: AbortSignal | undefined, begin: () => Promise<JournalEntry>): Promise<StartedOperation> {
    const lock = await this.#lock.acquire(plan.home, plan.application, this.#deps.holder, id);
    let entry: JournalEntry;
    try {
      entry = await begin();
    } catch (error) {
      await lock.release();
      throw error;
    }
    return this.#running(entry, lock, signal ?? new AbortController().signal);
  }

  #running(entry: JournalEntry, lock: HeldLock, signal: AbortSignal): StartedOperation {
    const { clusters, engines, clock } = this.#deps;
    const events = execute(entry, lock, { clusters, engines, clock, journal: this.#journal }, signal);
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

  async #judged(application: string, signal?: AbortSignal): Promise<ApplicationStatus> {
    const assessment = await look(this.#looking(), signal);
    return assessment.status(findApplication(assessment, application));
  }

  #operating() {
    return { clusters: this.#deps.clusters, journal: this.#journal, clock: this.#deps.clock };
  }

  #looking() {
    const operating = this.#operating();
    return {
      ...this.#deps,
      contents: this.#contents,
      operations: (signal?: AbortSignal) =>
        listOperations(operating, signal).catch((thrown: unknown) => {
          signal?.throwIfAborted();
          // A fleet says of itself which clusters are silent.
          if (thrown instanceof DrError) return [];
          throw asDrError(thrown);
        }),
    };
  }
}
