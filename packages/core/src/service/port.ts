import type { Operation, OperationEvent } from '../execution/model.ts';
import type { Plan, PlanRequest } from '../planning/model.ts';
import type { ApplicationStatus, Fleet } from './model.ts';

/** Who asks. The CLI: the cluster's own idea of the user. The portal: the signed-in user's entity ref. */
export interface Caller {
  name: string;
}

export interface ExecuteOptions {
  /** Why, for the audit and the journal. */
  reason?: string;
  /** Deterministic id, so that a repeated request starts nothing twice. */
  operationId?: string;
  signal?: AbortSignal;
}

/**
 * The use cases that both edges call. `DefaultDrService` does them; `AuthorizedDrService` (portal) decides before, and
 * audits after. Every method throws DrErrors only.
 */
export interface DrService {
  /**
   * Everything known now. One cluster that fails is a row that says so. `applications`: only these, by name or entity ref;
   * an empty list: none, and nothing is read for their sake (no policies and no problems of the catalog either).
   */
  fleet(options?: { applications?: string[]; contents?: boolean; signal?: AbortSignal }): Promise<Fleet>;

  /** By name or entity ref. NotFoundError UNKNOWN_APPLICATION with the nearest name in its hint. */
  application(name: string, options?: { signal?: AbortSignal }): Promise<ApplicationStatus>;

  /** Never writes to an application. A plan with blockers is returned, not thrown. */
  plan(request: PlanRequest, caller: Caller, options?: { signal?: AbortSignal }): Promise<Plan>;

  /**
   * Starts an operation and returns when it is journalled and locked; `events` then carries it out. Refusals are thrown
   * before anything is written: PLAN_EXPIRED, PLAN_STALE (planned again, hash differs), PLAN_BLOCKED,
   * OPERATION_RUNNING (naming the holder).
   */
  execute(plan: Plan, caller: Caller, options?: ExecuteOptions): Promise<StartedOperation>;

  /** Continues what a dead process left behind: re-checks the plan, takes the lease over when it has expired. */
  resume(operationId: string, caller: Caller, options?: { signal?: AbortSignal }): Promise<StartedOperation>;

  /** Asks the process that runs it to stop; it ends Cancelled. Returns the operation as journalled. */
  cancel(operationId: string, caller: Caller): Promise<Operation>;

  operations(options?: { application?: string; signal?: AbortSignal }): Promise<Operation[]>;
  operation(id: string): Promise<Operation>;
  /** The operation now and after every change, until it is terminal. Works for operations run by others. */
  watchOperation(id: string, signal?: AbortSignal): AsyncIterable<Operation>;
}

export interface StartedOperation {
  operation: Operation;
  /** Runs the operation while it is iterated; `run()` when nobody looks. Exactly one of the two. */
  events: AsyncIterable<OperationEvent>;
  run(): Promise<Operation>;
}
