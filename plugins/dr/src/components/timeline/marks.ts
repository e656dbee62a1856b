import type { WireRecoveryPoint } from '@kubectl-dr/core/wire/protection';

export type Usable = 'yes' | 'no' | 'unknown';

/** Points that lie too close to be told apart share one mark; the newest stands for them. */
export interface Mark {
  id: string;
  usable: Usable;
  /** 0 (oldest) .. 1 (now). */
  position: number;
  /** Newest first; never empty. */
  points: WireRecoveryPoint[];
}

export interface Lane {
  component: string;
  marks: Mark[];
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
  const marks = new Map<string, Mark>();
  const sorted = points
    .map((point) => ({ point, time: Date.parse(point.status.capturedAt ?? '') }))
    .filter(({ point, time }) => concerns(point, component) && time >= from && time <= to)
    .sort((a, b) => b.time - a.time);
  for (const { point, time } of sorted) {
    const position = (time - from) / (to - from);
    const usable = usableFor(point, component);
    const key = `${Math.floor(position * slots)}/${usable}`;
    const mark = marks.get(key);
    if (mark) mark.points.push(point);
    else marks.set(key, { id: `${component}/${key}`, usable, position, points: [point] });
  }
  return { component, marks: [...marks.values()].sort((a, b) => a.position - b.position) };
}
