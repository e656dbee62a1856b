import type { WireOperation } from '@kubectl-dr/core/wire/plan';
import type { Tone } from '../verdict/verdicts.ts';

export type OperationState = WireOperation['status']['state'];
export type StepState = WireOperation['status']['steps'][number]['state'];

const terminal: readonly OperationState[] = ['Succeeded', 'Failed', 'Undone', 'Cancelled'];
export const isOver = (state: OperationState): boolean => terminal.includes(state);
/** It needs nobody to go on. */
export const goesOn = (state: OperationState): boolean => !isOver(state) && state !== 'WaitingForApproval' && state !== 'WaitingOnUser';

export const stateTone: Record<OperationState, Tone> = {
  Pending: 'neutral',
  WaitingForApproval: 'warning',
  Running: 'info',
  WaitingOnUser: 'warning',
  Verifying: 'info',
  Succeeded: 'success',
  Failed: 'danger',
  Undoing: 'info',
  Undone: 'neutral',
  Cancelled: 'neutral',
};
