export type OperationState =
  | 'Pending'
  | 'WaitingForApproval'
  | 'Running'
  | 'WaitingOnUser'
  | 'Verifying'
  | 'Succeeded'
  | 'Failed'
  | 'Undoing'
  | 'Undone'
  | 'Cancelled';

export const terminalStates: readonly OperationState[] = ['Succeeded', 'Failed', 'Undone', 'Cancelled'];

export interface StepRecord {
  id: string;
  state: 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Skipped' | 'Undone';
  startedAt?: string;
  endedAt?: string;
  /** Latest news, one line. */
  message?: string;
  /** 0..1, where the engine tells. */
  progress?: number;
  /** What the engine calls its state. */
  nativePhase?: string;
  /** 2 and more when it failed in the engine and was begun anew: the native object has another name then. */
  attempt?: number;
  /** Of a step that made volumes of a continuous copy: START of the capture of the oldest of them. */
  capturedAt?: string;
}
