import type { Operation } from '../../execution/model.ts';
import { estimateOfRestore, isCopied } from '../estimate.ts';
import type { DataLoss, Plan, RestoreMode } from '../model.ts';
import type { Part } from './part.ts';

/** What is lost by going back: the time between the point's data and when the plan is made, by the clock of the cluster. */
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
  const copied = parts.flatMap(({ volumes }) => volumes).filter(({ method }) => isCopied(method));
  return estimateOfRestore(
    copied.reduce((sum, { bytes = 0 }) => sum + bytes, 0),
    past,
  );
}
