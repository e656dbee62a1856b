import type { DoctorReport } from '../doctor/model.ts';
import type { DrError } from '../errors.ts';
import type { Operation, OperationEvent } from '../execution/model.ts';
import type { Plan, PlanRequest } from '../planning/model.ts';
import type { PolicyChange, PolicyRendering } from '../policy/rendering/model.ts';
import type { ApplicationStatus, Fleet } from './model.ts';

/** Who asks. The CLI: the cluster's own idea of the user. The portal: the signed-in user's entity ref. */
export interface Caller {
  name: string;
}

export interface ExecuteOptions {
  /** Why, for the audit and the journal. */
  reason?: string;
  /** Who agreed, where the policy wants a second person: for the journal. Whether it does is decided before. */
  approvedBy?: string;
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
   * `only`, with an empty list: of what engines keep only this; the rest of the fleet is empty.
   * `tolerance`: for who asks again and again. Whatever rests on the same as the time before may be taken over from then, when
   * it is no older than this, milliseconds: then a change costs what it concerns.
   */
  fleet(options?: {
    applications?: string[];
    contents?: boolean;
    only?: 'points' | 'restores';
    tolerance?: number;
    signal?: AbortSignal;
  }): Promise<Fleet>;

  /** By name or entity ref. NotFoundError UNKNOWN_APPLICATION with the nearest name in its hint. */
  application(name: string, options?: { signal?: AbortSignal }): Promise<ApplicationStatus>;

  /**
   * Every check that there is, over the fleet or one application (by name or entity ref), with what could not be looked
   * at. Writes nothing. For one application plans are made as well, to see what would stand in the way of going back.
   */
  doctor(caller: Caller, options?: { application?: string; signal?: AbortSignal }): Promise<DoctorReport>;

  /**
   * What the policies of one application or of all ask engines to keep, compared with what is there. Writes nothing.
   * Places that did not agree, or that cannot be read, are left out and told as reasons.
   */
  policies(caller: Caller, options?: { application?: string; signal?: AbortSignal }): Promise<PolicyRendering>;

  /**
   * Carries a rendering out: first every write as a dry run of its server, so that one refusal leaves all as it was; then,
   * unless `dryRun`, for good. Never touches what a policy did not make; removes only with `prune`. Each object is read again
   * before it is written (ConflictError when it is not ours any more). Returns what was done.
   */
  applyPolicies(
    changes: readonly PolicyChange[],
    caller: Caller,
    options?: { dryRun?: boolean; prune?: boolean; signal?: AbortSignal },
  ): Promise<PolicyChange[]>;

  /** Never writes to an application. A plan with blockers is returned, not thrown. */
  plan(request: PlanRequest, caller: Caller, options?: { signal?: AbortSignal }): Promise<Plan>;

  /** What a restore in place (default `inPlace`) would change, without steps. Never writes, and needs no right to. */
  diff(request: Omit<PlanRequest, 'intent'>, caller: Caller, options?: { signal?: AbortSignal }): Promise<RestoreDiff>;

  /**
   * Starts an operation and returns when it is journalled and locked; `events` then carries it out. Refusals are thrown
   * before anything is written: PLAN_EXPIRED, PLAN_STALE (planned again, hash differs), PLAN_BLOCKED,
   * OPERATION_RUNNING (naming the holder).
   */
  execute(plan: Plan, caller: Caller, options?: ExecuteOptions): Promise<StartedOperation>;

  /**
   * Continues what a dead process left behind, or what failed: re-checks the plan, takes the lease over when it has
   * expired. An undo that was begun is continued as an undo.
   */
  resume(operationId: string, caller: Caller, options?: { signal?: AbortSignal }): Promise<StartedOperation>;

  /**
   * Asks the process that runs it to stop; it ends Cancelled. When that process is dead (its lease given back, or seen
   * unchanged for its whole duration) the operation is ended here. Returns the operation as journalled.
   */
  cancel(operationId: string, caller: Caller, options?: { signal?: AbortSignal }): Promise<Operation>;

  /**
   * Takes a restore in place back, whether it succeeded (until `undoUntil`), failed or was cancelled. ConflictError when it
   * runs, was confirmed, or its window is over; NotImplementedError when its plan has no way back. Of a move whose target does not answer:
   * ServiceUnavailableError, unless `override` says why nothing can be running there; what is to be done there is owed
   * then, and done by another `undo`, or by `releaseExpired`, when it answers.
   */
  undo(operationId: string, caller: Caller, options?: { override?: string; signal?: AbortSignal }): Promise<StartedOperation>;

  /** Gives the undo up: kept volumes go the way that their own reclaim policy says. */
  confirm(operationId: string, caller: Caller, options?: { signal?: AbortSignal }): Promise<StartedOperation>;

  /**
   * Confirms every operation whose undo window has ended, of one application or all, and stops what failovers left on clusters that
   * answer again. What cannot be done is left for the next time.
   */
  releaseExpired(caller: Caller, options?: { application?: string; signal?: AbortSignal }): Promise<Operation[]>;

  /**
   * Removes drills, and their evidence with them, that are older than the policies of their components say (`drills: { keepFor }`;
   * where one does not say it: `keepFor`, milliseconds; without it: kept) and that newer ones which succeeded have proven again.
   * Returns those that are gone; what cannot be removed is left for the next time, and `onLeft` hears of it.
   */
  removeOldEvidence(
    caller: Caller,
    options?: { keepFor?: number; onLeft?: (drill: Operation, error: DrError) => void; signal?: AbortSignal },
  ): Promise<Operation[]>;

  /** Of every cluster whose journal can be read; `onUnread` hears of each of the others. Throws when none can. */
  operations(options?: { application?: string; onUnread?: (error: DrError) => void; signal?: AbortSignal }): Promise<Operation[]>;
  operation(id: string): Promise<Operation>;
  /** The operation now and after every change, until it is terminal. Works for operations run by others. */
  watchOperation(id: string, signal?: AbortSignal): AsyncIterable<Operation>;
}

/** The part of a plan that `diff` shows. */
export type RestoreDiff = Pick<
  Plan,
  'application' | 'components' | 'mode' | 'points' | 'skewSeconds' | 'changes' | 'dataLoss' | 'estimate' | 'blockers' | 'warnings'
>;

export interface StartedOperation {
  operation: Operation;
  /** Runs the operation while it is iterated; `run()` when nobody looks. Exactly one of the two. */
  events: AsyncIterable<OperationEvent>;
  run(): Promise<Operation>;
}
