import type { WireOperation } from '@kubectl-dr/core/wire/plan';
import { isOver } from '../components/operation/states.ts';
import type { Rhythm } from './useLive.ts';

/** What is computed from the state of the clusters. */
export const fleetRhythm: Rhythm<unknown> = { seconds: 30, wakes: (message) => message.type === 'fleet' };

/** A list of operations: closer while one of them runs. */
export const operationsRhythm: Rhythm<readonly WireOperation[]> = {
  seconds: (known) => (known?.some((operation) => !isOver(operation.status.state)) ? 5 : 30),
  wakes: (message) => message.type === 'operation',
};

/** Read once: it must not change under the hand of whoever chooses from it. */
export const onceRhythm: Rhythm<unknown> = { seconds: 0 };
