import type { WireOperation } from '@kubectl-dr/core/wire/plan';
import { isOver } from '../components/operation/states.ts';
import type { Rhythm } from './useLive.ts';

/** What is computed from the state of the clusters. */
export const fleetRhythm: Rhythm<unknown> = { seconds: 30, wakes: (message) => message.type === 'fleet' };

/** A list that takes several requests: a large fleet changes all the time, and each signal would read all of it again. */
const manyApplications = 1000;

/** Every application of the fleet: a large one is read once an interval, however many signals come. */
export const allApplicationsRhythm: Rhythm<readonly unknown[]> = {
  ...fleetRhythm,
  gapSeconds: (known) => (known && known.length > manyApplications ? 30 : undefined),
};

/** A list of operations: closer while one of them runs. */
export const operationsRhythm: Rhythm<readonly WireOperation[]> = {
  seconds: (known) => (known?.some((operation) => !isOver(operation.status.state)) ? 5 : 30),
  wakes: (message) => message.type === 'operation',
};

/** Read once: it must not change under the hand of whoever chooses from it. */
export const onceRhythm: Rhythm<unknown> = { seconds: 0 };
