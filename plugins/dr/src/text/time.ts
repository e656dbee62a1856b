import { formatAge } from '@kubectl-dr/core/text/age';

/** `12m`, `3h5m`, `8d`: as kubectl prints ages. */
export const shortSeconds = (seconds: number): string => formatAge(seconds * 1000);

/** Day and time as the reader's locale writes them, without seconds. */
export function atTime(instant: string | undefined): string {
  const time = Date.parse(instant ?? '');
  if (Number.isNaN(time)) return '';
  return new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' }).format(time);
}

/** Seconds from `from` to `to`; undefined when either is no instant. */
export function secondsBetween(from: string | undefined, to: string | number | undefined): number | undefined {
  const start = Date.parse(from ?? '');
  const end = typeof to === 'number' ? to : Date.parse(to ?? '');
  return Number.isNaN(start) || Number.isNaN(end) ? undefined : Math.max(0, (end - start) / 1000);
}

/**
 * What the clusters' clock showed when this was read: the time of a point plus its age. The laptop's clock only stands
 * in where there is no point to derive it from.
 */
export function clusterNow(point: { time?: string; ageSeconds?: number } | undefined): number {
  const time = Date.parse(point?.time ?? '');
  return Number.isNaN(time) || point?.ageSeconds === undefined ? Date.now() : time + point.ageSeconds * 1000;
}
