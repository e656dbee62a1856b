import type { Operation } from '@kubectl-dr/core/execution/model';
import type { StepRecord } from '@kubectl-dr/core/execution/states';
import type { Step } from '@kubectl-dr/core/planning/model';
import { directionOf, wavesOf } from '@kubectl-dr/core/execution/direction';

/** What an operation is being taken through: its steps in order, and their records in any later state of it. */
export interface Phase {
  steps: Step[];
  recordsIn(operation: Operation): readonly StepRecord[];
  /** The state in which it has ended well. */
  success: 'Succeeded' | 'Undone' | 'Cancelled';
  hasEnded(operation: Operation): boolean;
}

/** Forward (with the clean-up that follows), the rest of a clean-up, back, or giving up what was kept, as the journal says. */
export function phaseOf(operation: Operation): Phase {
  const direction = directionOf(operation);
  const steps = wavesOf(operation, direction).flat();
  switch (direction) {
    case 'forward':
      return {
        steps: [...steps, ...(operation.plan.cleanUp ?? []).flat()],
        recordsIn: (later) => [...later.steps, ...(later.cleanUp?.steps ?? [])],
        success: 'Succeeded',
        hasEnded: ({ state }) => state === 'Succeeded' || state === 'Failed' || state === 'Cancelled',
      };
    case 'cleanUp':
      return {
        steps,
        recordsIn: (later) => later.cleanUp?.steps ?? [],
        success: operation.outcome?.state === 'Succeeded' ? 'Succeeded' : 'Cancelled',
        hasEnded: ({ cleanUp, state }) => cleanUp?.endedAt !== undefined || state === 'Failed',
      };
    case 'undo':
      return {
        steps,
        recordsIn: (later) => later.undo?.steps ?? [],
        success: 'Undone',
        hasEnded: ({ state }) => state === 'Undone' || state === 'Failed',
      };
    case 'release':
      return {
        steps,
        recordsIn: (later) => later.release?.steps ?? [],
        success: 'Succeeded',
        hasEnded: ({ release }) => release?.endedAt !== undefined,
      };
  }
}
