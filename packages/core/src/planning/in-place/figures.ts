import type { Operation } from '../../execution/model.ts';
import { formatDuration } from '../../policy/duration.ts';
import type { DataLoss, Plan, RestoreMode } from '../model.ts';
import type { Part } from './part.ts';

/** Taken for granted while nothing was measured: 50 MB/s, and two minutes around it. */
const assumedSpeed = 50_000_000;
const overhead = 120;

/** What is lost by going back: the time between the point's data and now, by the clock of the cluster. */
export function dataLossOf(parts: readonly Part[], mode: RestoreMode): DataLoss[] {
  const byComponent = new Map<string, DataLoss>();
  for (const { name, place, point, volumes } of parts) {
    const age = Math.max(0, Math.round((place.now.getTime() - Date.parse(point.capturedAt ?? '')) / 1000));
    const seconds = mode === 'configOnly' || volumes.length === 0 || Number.isNaN(age) ? 0 : age;
    const known = byComponent.get(name);
    if (known && known.seconds >= seconds) continue;
    byComponent.set(name, { component: name, seconds, text: seconds > 0 ? `${words(seconds)} of ${name}` : nothing(name, mode) });
  }
  return [...byComponent.values()];
}

function nothing(name: string, mode: RestoreMode): string {
  return mode === 'configOnly' ? `nothing of ${name}: its data stays` : `nothing of ${name}: it has no data`;
}

const units: [number, string][] = [
  [86_400, 'day'],
  [3_600, 'hour'],
  [60, 'minute'],
  [1, 'second'],
];

/** "12 minutes", "3 hours and 5 minutes". */
export function words(seconds: number): string {
  const first = units.findIndex(([size]) => seconds >= size);
  if (first < 0) return 'less than a second';
  const [size] = units[first]!;
  const say = (count: number, unit: string): string => `${count} ${unit}${count === 1 ? '' : 's'}`;
  const count = Math.floor(seconds / size);
  const next = units[first + 1];
  const rest = next ? Math.floor((seconds % size) / next[0]) : 0;
  const whole = say(count, units[first]![1]);
  return next && rest > 0 && count < 10 && size > 60 ? `${whole} and ${say(rest, next[1])}` : whole;
}

export function estimateOf(parts: readonly Part[], past: readonly Operation[]): Plan['estimate'] {
  const volumes = parts.flatMap((part) => part.volumes);
  const bytes = volumes.reduce((sum, volume) => sum + (volume.method === 'csi-snapshot' ? 0 : (volume.bytes ?? 0)), 0);
  const measured = speedOf(past);
  const seconds = Math.round(overhead + bytes / (measured?.speed ?? assumedSpeed));
  const size = bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
  const basis =
    bytes === 0
      ? 'no data has to be copied'
      : measured
        ? `${size} at ${Math.round(measured.speed / 1e6)} MB/s, as in ${measured.count} earlier restores`
        : `${size} at an assumed 50 MB/s: nothing was measured yet`;
  return { seconds, basis: `${basis}; about ${formatDuration(overhead * 1000)} to stop, start and check` };
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
      const end = action.until === 'claims' ? steps.find((step) => step.id === `end-${id}`) : steps.find((step) => step.id === id);
      const took = (Date.parse(end?.endedAt ?? '') - Date.parse(steps.find((step) => step.id === id)?.startedAt ?? '')) / 1000;
      if (size === 0 || !(took > 0)) continue;
      bytes += size;
      seconds += took;
      count += 1;
    }
  }
  return count > 0 && bytes / seconds >= 1 ? { speed: bytes / seconds, count } : undefined;
}
