import { formatAge } from '@kubectl-dr/core/text/age';

/** Seconds as kubectl prints ages. */
export function age(seconds: number | undefined): string | undefined {
  return seconds === undefined ? undefined : formatAge(seconds * 1000);
}

/** Time from now to an instant, `in 12m`; nothing for one that is past. */
export function until(instant: string | undefined, now: Date): string | undefined {
  if (instant === undefined) return undefined;
  const left = Date.parse(instant) - now.getTime();
  return Number.isFinite(left) && left > 0 ? `in ${formatAge(left)}` : undefined;
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
