import type { Application } from '../application/model.ts';
import type { TenancyRule } from '../application/tenancy.ts';
import type { DoctorReport } from '../doctor/model.ts';
import { DrError, asDrError } from '../errors.ts';
import { createJournal } from '../execution/journal.ts';
import { createLock } from '../execution/lock.ts';
import type { Operation } from '../execution/model.ts';
import { terminalStates } from '../execution/states.ts';
import { nameFor } from '../planning/assemble.ts';
import type { Plan, PlanRequest } from '../planning/model.ts';
import type { PolicyChange, PolicyRendering } from '../policy/rendering/model.ts';
import type { Catalog } from '../ports/catalog.ts';
import type { Clock } from '../ports/clock.ts';
import type { ClusterClient } from '../ports/cluster.ts';
import type { Engine } from '../ports/engine.ts';
import type { ApplicationLock, Journal } from '../ports/journal.ts';
import type { ClusterReader } from '../ports/reading.ts';
import type { Assessment } from './assess.ts';
import { ContentsStore } from './contents.ts';
import { decideVerdicts, findApplication, judgedAtOnce, look, lookAtEngines } from './look.ts';
import { Interpretations } from './interpretations.ts';
import type { ApplicationStatus, Fleet } from './model.ts';
import {
  askedToEnd,
  assertConfirmable,
  assertResumable,
  assertUndoable,
  findOperation,
  hasEnded,
  listOperations,
  requestCancel,
  resumed,
  untilEnded,
  watchOperation,
  withRelease,
  withUndo,
} from './operations.ts';
import { assertNotBack } from './moves/unfinished-moves.ts';
import { assertNotMovedSince, isOwing, silentFor } from './moves/undo-apart.ts';
import { OperationRunner } from './operation-runner.ts';
import { assertCurrent, assertIntact, assertNotExpired } from './plan-check.ts';
import { asFarAsRead, assertInScope } from './plan-scope.ts';
import type { Caller, DrService, ExecuteOptions, RestoreDiff, StartedOperation } from './port.ts';
import { diffOf } from './restore-diff.ts';

export interface DrServiceDeps {
  /** Whoever owns the list may change it: it is looked at anew each time. */
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
  /** Lets others have their turn during long computations: for a process that answers requests meanwhile. */
  pause?(): Promise<void>;
}

export function createDrService(deps: DrServiceDeps): DrService {
  return new DefaultDrService(deps);
}

/** How long a living process has to see that it should stop, milliseconds. */
const graceOfCancel = 4_000;

class DefaultDrService implements DrService {
  readonly #deps: DrServiceDeps & { tenancy: readonly TenancyRule[] };
  readonly #journal: Journal;
  readonly #contents: ContentsStore;
  readonly #interpretations: Interpretations;
  /** What the next question with a tolerance may take over. */
  #tolerated: Assessment | undefined;
  readonly #runner: OperationRunner;

  constructor(deps: DrServiceDeps) {
    const { clusters, clock, namespace = 'kubectl-dr' } = deps;
    this.#deps = { ...deps, tenancy: deps.tenancy ?? [] };
    this.#journal = deps.journal ?? createJournal(clusters, namespace);
    const over = async (id: string): Promise<boolean> =>
      findOperation(this.#operating(), id).then(
        ({ operation }) => hasEnded(operation),
        () => false,
      );
    this.#contents = new ContentsStore(deps);
    this.#interpretations = new Interpretations(deps.engines);
    this.#runner = new OperationRunner({
      ...this.#deps,
      journal: this.#journal,
      lock: deps.lock ?? createLock({ clusters, namespace, clock, hasEnded: over }),
      look: (signal) => look(this.#looking(), { signal, live: true }),
    });
  }

  async fleet({
    applications,
    contents = true,
    only,
    tolerance,
    signal,
  }: {
    applications?: string[];
    contents?: boolean;
    only?: 'points' | 'restores';
    tolerance?: number;
    signal?: AbortSignal;
  } = {}): Promise<Fleet> {
    if (applications?.length === 0) return (await lookAtEngines(this.#looking(), { only, signal })).fleet([]);
    const tolerated = tolerance === undefined ? undefined : { milliseconds: tolerance, before: this.#tolerated };
    const assessment = await look(this.#looking(), { tolerance: tolerated, signal });
    const wanted: readonly Application[] = applications?.map((name) => findApplication(assessment, name)) ?? assessment.applications;
    if (contents) await decideVerdicts(assessment, wanted, this.#contents, signal, this.#deps.pause);
    const statuses = await this.#statuses(assessment, wanted, signal);
    if (tolerated) this.#tolerated = assessment;
    return assessment.fleet(wanted, statuses);
  }

  async #statuses(assessment: Assessment, wanted: readonly Application[], signal?: AbortSignal): Promise<ApplicationStatus[]> {
    const statuses: ApplicationStatus[] = [];
    for (const application of wanted) {
      statuses.push(assessment.status(application));
      if (this.#deps.pause && statuses.length % judgedAtOnce === 0) {
        await this.#deps.pause();
        signal?.throwIfAborted();
      }
    }
    return statuses;
  }

  async application(name: string, { signal }: { signal?: AbortSignal } = {}): Promise<ApplicationStatus> {
    const fleet = await this.fleet({ applications: [name], ...(signal && { signal }) });
    return fleet.applications[0]!;
  }

  async doctor(_caller: Caller, { application, signal }: { application?: string; signal?: AbortSignal } = {}): Promise<DoctorReport> {
    const { diagnose } = await import('./doctor.ts');
    return diagnose(this.#looking(), (assessment, request) => this.#plan(assessment, request, signal), application, signal);
  }

  async policies(_caller: Caller, { application, signal }: { application?: string; signal?: AbortSignal } = {}): Promise<PolicyRendering> {
    const { renderFleet } = await import('./policies.ts');
    return renderFleet(this.#looking(), await look(this.#looking(), { signal }), application);
  }

  async applyPolicies(
    changes: readonly PolicyChange[],
    _caller: Caller,
    options: { dryRun?: boolean; prune?: boolean; signal?: AbortSignal } = {},
  ): Promise<PolicyChange[]> {
    const { applyChanges } = await import('./policies.ts');
    return applyChanges(this.#deps.clusters, changes, options);
  }

  async plan(request: PlanRequest, _caller: Caller, { signal }: { signal?: AbortSignal } = {}): Promise<Plan> {
    return this.#plan(await look(this.#looking(), { signal, live: true }), request, signal);
  }

  async execute(plan: Plan, caller: Caller, options: ExecuteOptions = {}): Promise<StartedOperation> {
    const { signal, reason, approvedBy } = options;
    const { holder } = this.#deps;
    await assertIntact(plan);
    assertNotExpired(plan, await this.#nowAt(plan.home));
    this.#contents.forgetFailures(plan.points.map(({ pointId }) => pointId));
    const assessment = await look(this.#looking(), { signal, live: true });
    await asFarAsRead(plan, assessment, async () => {
      assertCurrent(plan, await this.#plan(assessment, plan.request, signal));
      assertInScope(plan, findApplication(assessment, plan.application), assessment, this.#deps.tenancy);
    });
    const id = options.operationId ?? `${plan.intent.toLowerCase()}-${nameFor(plan.application, 40)}-${crypto.randomUUID().slice(0, 5)}`;
    const operation: Operation = {
      id,
      plan,
      state: 'Pending',
      requestedBy: caller.name,
      ...(approvedBy !== undefined && { approvedBy }),
      ...(reason !== undefined && { reason }),
      requestedAt: (await this.#nowAt(plan.home)).toISOString(),
      holder,
      steps: plan.waves.flat().map((step) => ({ id: step.id, state: 'Pending' })),
    };
    return this.#runner.begin(operation, signal);
  }

  async diff(request: Omit<PlanRequest, 'intent'>, caller: Caller, options: { signal?: AbortSignal } = {}): Promise<RestoreDiff> {
    const plan = await this.plan({ ...request, intent: 'Restore', mode: request.mode ?? 'inPlace' }, caller, options);
    return diffOf(plan);
  }

  async resume(operationId: string, _caller: Caller, { signal }: { signal?: AbortSignal } = {}): Promise<StartedOperation> {
    const found = await findOperation(this.#operating(), operationId);
    assertResumable(found.operation);
    return this.#runner.goOn(found, signal, resumed);
  }

  async undo(
    operationId: string,
    caller: Caller,
    { override, signal }: { override?: string; signal?: AbortSignal } = {},
  ): Promise<StartedOperation> {
    const found = await findOperation(this.#operating(), operationId);
    const now = await this.#nowAt(found.cluster);
    assertUndoable(found.operation, now);
    const { application } = found.operation.plan;
    if (isOwing(found.operation)) assertNotMovedSince(found.operation, await this.operations({ application }));
    const apart = await silentFor(found.operation, this.#deps.clusters, override);
    const asked = { requestedBy: caller.name, requestedAt: now.toISOString() };
    return this.#runner.goOn(found, signal, (operation) => withUndo(operation, asked, apart));
  }

  async confirm(operationId: string, caller: Caller, { signal }: { signal?: AbortSignal } = {}): Promise<StartedOperation> {
    const found = await findOperation(this.#operating(), operationId);
    assertConfirmable(found.operation);
    assertNotBack(found.operation, await this.operations({ application: found.operation.plan.application }));
    const asked = { requestedBy: caller.name, requestedAt: (await this.#nowAt(found.cluster)).toISOString() };
    return this.#runner.goOn(found, signal, (operation) => withRelease(operation, asked));
  }

  async releaseExpired(caller: Caller, options: { application?: string; signal?: AbortSignal } = {}): Promise<Operation[]> {
    const { releaseExpired } = await import('./release-expired.ts');
    const { signal } = options;
    return releaseExpired(await this.operations(options), {
      nowFor: async ({ id }) => this.#nowAt((await findOperation(this.#operating(), id)).cluster),
      undo: (id) => this.undo(id, caller, options),
      confirm: (id) => this.confirm(id, caller, options),
      ...(signal && { signal }),
    });
  }

  async removeOldEvidence(
    _caller: Caller,
    options: { keepFor?: number; onLeft?: (drill: Operation, error: DrError) => void; signal?: AbortSignal } = {},
  ): Promise<Operation[]> {
    const { removeOldEvidence } = await import('./old-evidence.ts');
    const { signal } = options;
    const policies = async () => (await this.fleet({ contents: false, ...(signal && { signal }) })).applications;
    return removeOldEvidence(this.#operating(), policies, options);
  }

  async cancel(operationId: string, _caller: Caller, { signal }: { signal?: AbortSignal } = {}): Promise<Operation> {
    const asked = await requestCancel(this.#operating(), operationId);
    if (this.#runner.isRunning(operationId)) return asked;
    const ended = await untilEnded(this.#operating(), operationId, graceOfCancel, signal);
    if (terminalStates.includes(ended.state) || ended.state === 'Undoing') return ended;
    try {
      const found = await findOperation(this.#operating(), operationId);
      const { plan } = found.operation;
      // To end it the journal is all that is needed, whatever has become of its application; a clean-up writes more.
      const taken = plan.cleanUp
        ? this.#runner.goOn(found, signal, (operation) => operation)
        : this.#runner.take(found, signal, askedToEnd);
      return await (await taken).run();
    } catch (thrown) {
      signal?.throwIfAborted();
      // What went wrong first is told, also where nothing can be read any more.
      const found = await findOperation(this.#operating(), operationId).catch(() => undefined);
      // Renewed while we watched: its process lives, and will see the request, or has just seen it.
      if (found && (asDrError(thrown).code === 'OPERATION_RUNNING' || found.operation.state === 'Cancelled')) return found.operation;
      throw thrown;
    }
  }

  async operations({
    application,
    onUnread,
    signal,
  }: { application?: string; onUnread?: (error: DrError) => void; signal?: AbortSignal } = {}): Promise<Operation[]> {
    const all = await listOperations(this.#operating(), signal, onUnread);
    return application === undefined ? all : all.filter(({ plan }) => plan.application === application || plan.entityRef === application);
  }

  async operation(id: string): Promise<Operation> {
    return (await findOperation(this.#operating(), id)).operation;
  }

  watchOperation(id: string, signal?: AbortSignal): AsyncIterable<Operation> {
    return watchOperation(this.#operating(), id, signal);
  }

  /** Everything that is written down is dated by the cluster that keeps it: everybody who reads it has the same clock. */
  async #nowAt(home: string): Promise<Date> {
    const cluster = this.#deps.clusters.find(({ name }) => name === home);
    return cluster ? cluster.now() : this.#deps.clock.now();
  }

  async #plan(assessment: Assessment, request: PlanRequest, signal?: AbortSignal): Promise<Plan> {
    // Loaded here, as is what executes: whoever only looks needs neither.
    const { makePlan } = await import('./planner.ts');
    return makePlan({ ...this.#looking(), clusters: this.#deps.clusters }, assessment, request, signal);
  }

  #operating() {
    return { clusters: this.#deps.clusters, journal: this.#journal, clock: this.#deps.clock };
  }

  #looking() {
    const operating = this.#operating();
    return {
      ...this.#deps,
      contents: this.#contents,
      interpretations: this.#interpretations,
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
