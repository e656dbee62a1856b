import { at, isRaw, type Raw, textAt } from '../../application/raw.ts';
import type { KubeObject } from '../../ports/kubernetes.ts';
import type { KeptSpan } from '../../protection/model.ts';
import { notes } from './kinds.ts';
import { moverOf } from './status.ts';

const hour = 3_600_000;
const day = 24 * hour;

/** Fields of `spec.restic.retain` that count, and what each counts. */
const counted = { hourly: hour, daily: day, weekly: 7 * day, monthly: 31 * day, yearly: 366 * day } as const;

/**
 * What the repository of a copy keeps, by `retain` of its source or what the destination notes of it. `interval`: milliseconds between
 * two syncs; 0 where it is not known. Undefined: nothing tells, or nothing like a repository lies between the ends.
 */
export function keepsOf(object: KubeObject, interval: number): KeptSpan[] | undefined {
  if (moverOf(object) !== 'restic') return undefined;
  if (object.kind === 'ReplicationDestination') {
    const noted = notedRetain(object);
    return noted && spansOf(noted, interval);
  }
  const retain = at(object, 'spec', 'restic', 'retain');
  // VolSync then keeps the last one.
  return isRaw(retain) ? spansOf(retain, interval) : [];
}

function spansOf(retain: Raw, interval: number): KeptSpan[] {
  const spans = Object.entries(counted).flatMap(([field, unit]) => {
    const count = retain[field];
    return typeof count === 'number' && count > 0 ? [{ within: count * unit, every: Math.max(unit, interval) }] : [];
  });
  const within = resticDuration(textAt(retain, 'within'));
  if (within !== undefined && interval > 0) spans.push({ within, every: interval });
  const last = Number(textAt(retain, 'last') ?? NaN);
  if (last > 1 && interval > 0) spans.push({ within: last * interval, every: interval });
  return spans.toSorted((a, b) => a.every - b.every);
}

/** `2y5m7d3h` as restic reads it: years, months, days, hours. The shortest that is meant, milliseconds. */
function resticDuration(text: string | undefined): number | undefined {
  const [found, years, months, days, hours] = /^(?:(\d{1,4})y)?(?:(\d{1,4})m)?(?:(\d{1,5})d)?(?:(\d{1,6})h)?$/.exec(text ?? '') ?? [];
  if (!found) return undefined;
  return Number(years ?? 0) * 365 * day + Number(months ?? 0) * 28 * day + Number(days ?? 0) * day + Number(hours ?? 0) * hour;
}

function notedRetain(destination: KubeObject): Raw | undefined {
  const text = textAt(destination, 'metadata', 'annotations', notes.retain);
  if (text === undefined || text.length > 1_000) return undefined;
  try {
    const retain: unknown = JSON.parse(text);
    return isRaw(retain) ? retain : undefined;
  } catch {
    return undefined;
  }
}
