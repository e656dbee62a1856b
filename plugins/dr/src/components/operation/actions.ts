import type { WireOperation } from '@kubectl-dr/core/wire/plan';
import { isOver } from './states.ts';

/** What can be done to an operation, in the order of the buttons. */
export type OperationAction = 'approve' | 'reject' | 'cancel' | 'resume' | 'undo' | 'confirm';

export interface MayAct {
  operate: boolean;
  approve: boolean;
}

export const mayNothing: MayAct = { operate: false, approve: false };

/**
 * What the state of the operation and the rights of the user leave; the backend decides again. `user` is an entity
 * reference, `now` milliseconds.
 */
export function actionsOf({ spec, status }: WireOperation, may: MayAct, user: string | undefined, now: number): OperationAction[] {
  const { state, undo, release, undoUntil, startedAt } = status;
  const actions: OperationAction[] = [];
  if (state === 'WaitingForApproval') {
    if (may.approve && user !== undefined && status.requestedBy !== user) actions.push('approve', 'reject');
    if (may.operate) actions.push('cancel');
    return actions;
  }
  if (!may.operate) return actions;
  if (!isOver(state) && state !== 'Undoing' && !status.cancelRequested) actions.push('cancel');
  if (state === 'WaitingOnUser' || (state === 'Failed' && startedAt !== undefined)) actions.push('resume');
  const hasWay = spec.undo.waves !== undefined && release === undefined && undo?.endedAt === undefined;
  const open = undoUntil !== undefined && now < Date.parse(undoUntil);
  if (hasWay && ((state === 'Succeeded' && open) || ((state === 'Failed' || state === 'Cancelled') && startedAt !== undefined)))
    actions.push('undo');
  if (hasWay && state === 'Succeeded' && undo === undefined) actions.push('confirm');
  return actions;
}
