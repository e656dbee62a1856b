import type { FenceStep, Step } from '../planning/model.ts';
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
export function wavesOf({ plan, steps, undo }: Operation, direction: Direction): Step[][] {
  if (direction === 'forward') return plan.waves;
  if (direction === 'release') return plan.undo.release ?? [];
  const begun = new Set(steps.filter(({ state }) => state !== 'Pending').map(({ id }) => id));
  const waves = direction === 'cleanUp' ? plan.cleanUp : plan.undo.waves;
  const needed = (waves ?? []).map((wave) => wave.filter(({ undoes }) => undoes === undefined || begun.has(undoes)));
  return direction === 'undo' ? withFences(needed, undo?.fences ?? []) : needed;
}

/** Cut off before anything else, and let in as soon as the copy there has been stopped: what is taken away there needs its storage. */
export function withFences(waves: Step[][], fences: readonly FenceStep[]): Step[][] {
  if (fences.length === 0) return waves;
  const cutOff = new Set(fences.map(({ action }) => action.of));
  const stopped = waves.findLastIndex((wave) => wave.some(({ action, cluster }) => action.kind === 'copy.stop' && cutOff.has(cluster))) + 1;
  const at = stopped > 0 ? stopped : waves.length;
  const to = (state: 'Fenced' | 'Unfenced'): Step[] => fences.filter(({ action }) => action.state === state);
  return [to('Fenced'), ...waves.slice(0, at), to('Unfenced'), ...waves.slice(at)];
}

/** The cluster that a step is about: a fence lies beside what it cuts off. */
export function aboutOf({ action, cluster }: Step): string {
  return action.kind === 'fence.set' ? action.of : cluster;
}
