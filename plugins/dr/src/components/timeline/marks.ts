import type { WireRecoveryPoint } from '@kubectl-dr/core/wire/protection';
import type { WireListedSet } from '@kubectl-dr/core/wire/recovery-set';

export type Usable = 'yes' | 'no' | 'unknown';

/** Points that lie too close to be told apart share one mark; the newest stands for them. */
export interface Mark<T = WireRecoveryPoint> {
  id: string;
  usable: Usable;
  /** 0 (oldest) .. 1 (now). */
  position: number;
  /** Newest first; never empty. */
  points: T[];
}

/** Of one component, or of sets of points of all. */
export interface Lane<T = WireRecoveryPoint> {
  component: string;
  marks: Mark<T>[];
}

/** How many marks fit beside each other before they touch. */
const slots = 90;

export const usableFor = (point: WireRecoveryPoint, component: string): Usable =>
  point.status.use?.find((use) => use.component === component)?.usable ?? 'unknown';

/** A point belongs to a lane when the backend said how the component can use it. */
const concerns = (point: WireRecoveryPoint, component: string): boolean =>
  point.status.use?.some((use) => use.component === component) ?? false;

/** Marks of one component between `from` and `to` (milliseconds), oldest first. Points without a time are left out. */
export function laneOf(points: readonly WireRecoveryPoint[], component: string, from: number, to: number): Lane {
  const concerned = points.filter((point) => concerns(point, component));
  return drawn(
    component,
    concerned,
    from,
    to,
    (point) => point.status.capturedAt,
    (point) => usableFor(point, component),
  );
}

/** The same of sets: each at its moment. */
export function setLaneOf(sets: readonly WireListedSet[], name: string, from: number, to: number): Lane<WireListedSet> {
  return drawn(
    name,
    sets,
    from,
    to,
    ({ spec }) => spec.moment,
    ({ status }) => status.usable,
  );
}

function drawn<T>(
  component: string,
  all: readonly T[],
  from: number,
  to: number,
  timeOf: (one: T) => string | undefined,
  usableOf: (one: T) => Usable,
): Lane<T> {
  const marks = new Map<string, Mark<T>>();
  const sorted = all
    .map((point) => ({ point, time: Date.parse(timeOf(point) ?? '') }))
    .filter(({ time }) => time >= from && time <= to)
    .sort((a, b) => b.time - a.time);
  for (const { point, time } of sorted) {
    const position = (time - from) / (to - from);
    const usable = usableOf(point);
    const key = `${Math.floor(position * slots)}/${usable}`;
    const mark = marks.get(key);
    if (mark) mark.points.push(point);
    else marks.set(key, { id: `${component}/${key}`, usable, position, points: [point] });
  }
  return { component, marks: [...marks.values()].sort((a, b) => a.position - b.position) };
}
