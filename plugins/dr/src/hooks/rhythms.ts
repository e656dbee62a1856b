import type { Coverage, OwnerCounts } from '@kubectl-dr/backstage-plugin-dr-common';
import type { WireOperation } from '@kubectl-dr/core/wire/plan';
import { isOver } from '../components/operation/states.ts';
import type { Rhythm } from './useLive.ts';

/** What is computed from the state of the clusters. */
export const fleetRhythm: Rhythm<unknown> = { seconds: 30, wakes: (message) => message.type === 'fleet' };

/** A fleet that changes all the time: what is counted from the whole of it would be counted again with each signal. */
const large = 1000;
const gapOf = (size: number): number | undefined => (size > large ? 30 : undefined);

/** Counted from every application: of a large fleet once an interval, however many signals come. */
export const ownersRhythm: Rhythm<readonly OwnerCounts[]> = {
  ...fleetRhythm,
  gapSeconds: (known) => gapOf((known ?? []).reduce((sum, { total }) => sum + total, 0)),
};

export const coverageRhythm: Rhythm<Coverage> = { ...fleetRhythm, gapSeconds: (known) => gapOf(known?.volumes.total ?? 0) };

/** A list of operations: closer while one of them runs. */
export const operationsRhythm: Rhythm<readonly WireOperation[]> = {
  seconds: (known) => (known?.some((operation) => !isOver(operation.status.state)) ? 5 : 30),
  wakes: (message) => message.type === 'operation',
};

/** Read once: it must not change under the hand of whoever chooses from it. */
export const onceRhythm: Rhythm<unknown> = { seconds: 0 };
