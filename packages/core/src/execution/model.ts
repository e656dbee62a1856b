import type { FenceStep, Plan } from '../planning/model.ts';
import type { DrillEvidence } from './drill-record.ts';
import type { OperationState, StepRecord } from './states.ts';

/** Undoing, cleaning up, or giving up the kept state: its own steps, asked for by somebody. */
export interface OperationPhase {
  requestedBy: string;
  requestedAt: string;
  endedAt?: string;
  /** Of an undo: why what does not answer cannot be running. Its steps there are `Skipped`, and are owed until it answers. */
  override?: string;
  /**
   * Of an undo: what closes fences before anything else, so that what does not answer can write nothing, and what opens them when it has
   * been seen to stand still.
   */
  fences?: FenceStep[];
  steps: StepRecord[];
}

/**
 * One execution of one plan. Lives in the journal: a ConfigMap in `dr.namespace` of the plan's home cluster, by whose clock
 * all its times are.
 */
export interface Operation {
  /** Also the journal's name: `restore-shop-7f3k2`. */
  id: string;
  plan: Plan;
  state: OperationState;
  requestedBy: string;
  /** The second person, where the policy asked for one. */
  approvedBy?: string;
  reason?: string;
  requestedAt: string;
  startedAt?: string;
  endedAt?: string;
  /** Process that holds the lease, `user@host/pid` or the portal's replica. */
  holder?: string;
  steps: StepRecord[];
  /** Last sentence about the whole: success, or what failed and what to do. */
  message?: string;
  /** Set by `cancel`; honoured between steps and inside waits. */
  cancelRequested?: boolean;
  /** RTO: healthy minus requested. Loss: requested minus the start of the capture, the most of any component. */
  measured?: { rtoSeconds?: number; lossSeconds?: number };
  /** How the waves of a plan with a clean-up ended, before it was begun. */
  outcome?: { state: 'Succeeded' | 'Failed' | 'Cancelled'; message: string; at: string };
  /** Set as soon as there is an outcome. Its steps are those of `plan.cleanUp` whose forward step was begun. */
  cleanUp?: OperationPhase;
  /** Of a drill that has ended. */
  evidence?: DrillEvidence;
  /** By the clock of the home cluster: so long it can be undone, unless it was confirmed. */
  undoUntil?: string;
  /** Set when an undo was asked for. Its steps are those of `plan.undo.waves` whose forward step was begun. */
  undo?: OperationPhase;
  /** Set when it was confirmed, or its window ended: `plan.undo.release`. */
  release?: OperationPhase;
}

/** Streamed while an operation runs; the same events drive the terminal's tree and the portal's view. */
export type OperationEvent =
  | { type: 'operation'; operation: Operation }
  | { type: 'step'; operationId: string; step: StepRecord; at: string };
