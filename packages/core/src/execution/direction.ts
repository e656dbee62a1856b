import type { Step } from '../planning/model.ts';
import type { Operation } from './model.ts';

/** What is carried out: the plan's own steps, those that clean up after them, take them back, or give the kept state up. */
export type Direction = 'forward' | 'cleanUp' | 'undo' | 'release';

/** An undo or a release that was asked for goes on until it has ended, and so does a clean-up. */
export function directionOf({ undo, release, cleanUp }: Operation): Direction {
  if (cleanUp && cleanUp.endedAt === undefined) return 'cleanUp';
  if (undo && undo.endedAt === undefined) return 'undo';
  return release && release.endedAt === undefined ? 'release' : 'forward';
}

/** The waves of a direction. A step that undoes one which was never begun has nothing to take back. */
export function wavesOf({ plan, steps }: Operation, direction: Direction): Step[][] {
  if (direction === 'forward') return plan.waves;
  if (direction === 'release') return plan.undo.release ?? [];
  const begun = new Set(steps.filter(({ state }) => state !== 'Pending').map(({ id }) => id));
  const waves = direction === 'cleanUp' ? plan.cleanUp : plan.undo.waves;
  return (waves ?? []).map((wave) => wave.filter(({ undoes }) => undoes === undefined || begun.has(undoes)));
}
