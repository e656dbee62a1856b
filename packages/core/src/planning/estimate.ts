import type { Operation } from '../execution/model.ts';
import type { StepRecord } from '../execution/states.ts';
import { formatDuration } from '../policy/duration.ts';
import type { CaptureMethod } from '../protection/model.ts';
import { counted } from '../text/counted.ts';
import type { Plan, Step } from './model.ts';

/** Bytes per second that are taken for granted while nothing was measured: 50 MB/s. */
const assumedSpeed = 50_000_000;
/** To stop, start and check, seconds. */
const overheadOfRestore = 120;
/** To list and write the objects of a backup, seconds. */
const overheadOfBackup = 30;

/** Whether bytes travel: a snapshot in the storage is there at once, whatever its size. */
export function isCopied(method: CaptureMethod): boolean {
  return method === 'data-mover' || method === 'file-system';
}

/** By the bytes that have to be copied, and by how fast earlier restores were. */
export function estimateOfRestore(bytes: number, past: readonly Operation[]): NonNullable<Plan['estimate']> {
  const measured = speedOf(past);
  const seconds = Math.round(overheadOfRestore + bytes / (measured?.speed ?? assumedSpeed));
  const basis =
    bytes === 0
      ? 'no data has to be copied'
      : measured
        ? `${sizeText(bytes)} at ${speedText(measured.speed)}, as in ${counted(measured.count, 'earlier restore')}`
        : `${sizeText(bytes)} at an assumed 50 MB/s: nothing was measured yet`;
  return { seconds, basis: `${basis}; about ${formatDuration(overheadOfRestore * 1000)} to stop, start and check` };
}

/** Fewer say nothing about the one in twenty that takes longest. */
const enoughForP95 = 5;

/**
 * By how long the very same took before, from request to ready, which tells better than any size: the median, and with
 * enough of them the 95th percentile. A drill is a copy that is removed again: each tells of the other. Undefined: it never
 * was done successfully.
 */
export function estimateByPast(
  wanted: Pick<Plan, 'application' | 'components' | 'mode'> & { intent?: Plan['intent'] },
  past: readonly Operation[],
): Plan['estimate'] {
  const same = sameComponents(wanted);
  const intents: readonly Plan['intent'][] = wanted.intent === undefined ? ['Restore', 'Drill'] : [wanted.intent];
  const took = past
    .filter(
      ({ plan, state }) =>
        state === 'Succeeded' &&
        intents.includes(plan.intent) &&
        plan.application === wanted.application &&
        plan.mode === wanted.mode &&
        sameComponents(plan) === same,
    )
    .flatMap(({ measured }) => measured?.rtoSeconds ?? []);
  if (took.length === 0) return undefined;
  const seconds = percentile(took, 0.5);
  const p95Seconds = took.length >= enoughForP95 ? percentile(took, 0.95) : undefined;
  const longest = p95Seconds === undefined ? '' : `; 95 % took at most ${formatDuration(p95Seconds * 1000)}`;
  return {
    seconds,
    basis: `half of ${counted(took.length, 'earlier one')} took at most that long${longest}`,
    ...(p95Seconds !== undefined && { p95Seconds }),
  };
}

function sameComponents({ components }: Pick<Plan, 'components'>): string {
  return JSON.stringify(components.toSorted());
}

/** By nearest rank: one of those that were seen. */
function percentile(numbers: readonly number[], share: number): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return Math.round(sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]!);
}

/**
 * Backups run side by side: the slowest tells. How long each took before tells best; before the first one, the size of what
 * an older point holds (`bytes`, by the id of the step).
 */
export function estimateOfBackup(steps: readonly Step[], bytes: ReadonlyMap<string, number>, past: readonly Operation[]): Plan['estimate'] {
  const estimates = steps.map(({ id }) => {
    const took = durationsOf(id, past);
    if (took.length > 0) return { seconds: Math.round(median(took)), basis: `as ${counted(took.length, 'earlier backup')} took` };
    const size = bytes.get(id) ?? 0;
    const seconds = Math.round(overheadOfBackup + size / assumedSpeed);
    return { seconds, basis: size > 0 ? `${sizeText(size)} at an assumed 50 MB/s: nothing was measured yet` : 'no data has to be copied' };
  });
  return estimates.toSorted((a, b) => b.seconds - a.seconds)[0];
}

/** Seconds that this very step took in operations that succeeded. */
function durationsOf(id: string, past: readonly Operation[]): number[] {
  return past.flatMap(({ plan, steps, state }) => {
    if (state !== 'Succeeded' || plan.intent !== 'Backup') return [];
    const took = secondsBetween(steps.find((step) => step.id === id));
    return took > 0 ? [took] : [];
  });
}

/** Bytes per second of restores that succeeded, as the journal tells their begin and end. */
function speedOf(past: readonly Operation[]): { speed: number; count: number } | undefined {
  let bytes = 0;
  let seconds = 0;
  let count = 0;
  for (const { plan, steps, state } of past) {
    if (state !== 'Succeeded') continue;
    for (const { action, id } of plan.waves.flat()) {
      if (action.kind !== 'engine.restore') continue;
      const size = (action.claims ?? []).reduce((sum, claim) => sum + (claim.bytes ?? 0), 0);
      const begun = steps.find((step) => step.id === id);
      const ended = action.until === 'claims' ? steps.find((step) => step.id === `end-${id}`) : begun;
      const took = secondsBetween(begun, ended);
      if (size === 0 || !(took > 0)) continue;
      bytes += size;
      seconds += took;
      count += 1;
    }
  }
  return count > 0 && bytes / seconds >= 1 ? { speed: bytes / seconds, count } : undefined;
}

function secondsBetween(begun: StepRecord | undefined, ended = begun): number {
  return (Date.parse(ended?.endedAt ?? '') - Date.parse(begun?.startedAt ?? '')) / 1000;
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)]!;
}

function sizeText(bytes: number): string {
  if (bytes < 1e6) return `${Math.ceil(bytes / 1e3)} kB`;
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}

function speedText(speed: number): string {
  return speed < 1e6 ? `${Math.max(1, Math.round(speed / 1e3))} kB/s` : `${Math.round(speed / 1e6)} MB/s`;
}
