import { formatDuration } from '@kubectl-dr/core/policy/duration';
import { formatAge } from '@kubectl-dr/core/text/age';

/** Seconds as kubectl prints ages. */
export function age(seconds: number | undefined): string | undefined {
  return seconds === undefined ? undefined : formatAge(seconds * 1000);
}

/** Seconds that somebody wrote as a duration, as they would write it: `1h`, `30d`. */
export function duration(seconds: number | undefined): string | undefined {
  return seconds === undefined ? undefined : formatDuration(seconds * 1000);
}

/** Time from now to an instant, `in 12m`; nothing for one that is past or no instant. */
export function until(instant: string | undefined, now: Date): string | undefined {
  if (instant === undefined) return undefined;
  const left = Date.parse(instant) - now.getTime();
  return Number.isFinite(left) && left > 0 ? `in ${formatAge(left)}` : undefined;
}

/** Time from an instant to now as an age. */
export function since(instant: string | undefined, now: Date): string | undefined {
  const passed = now.getTime() - Date.parse(instant ?? '');
  return Number.isFinite(passed) ? formatAge(passed) : undefined;
}

export function bytes(count: number | undefined): string | undefined {
  if (count === undefined) return undefined;
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
  let value = count;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}
