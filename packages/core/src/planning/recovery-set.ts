import type { RecoveryPoint } from '../protection/model.ts';
import type { Reason } from '../reason.ts';
import type { ComponentStatus } from '../service/model.ts';
import { words } from './in-place/figures.ts';
import type { RecoverySet } from './model.ts';
import type { Place } from './places.ts';
import { candidatesFor, suits } from './select-point.ts';

/** From when the data of one part of a set is, milliseconds; both are the same where it is known exactly. */
export interface PartTime {
  component: string;
  atLeast: number;
  atMost: number;
}

/** Where one component's data could come from, besides its newest. */
export interface SetSource {
  component: string;
  /** From when its newest data at the target is; -Infinity: there is none. */
  newest: number;
  /** Moments of which something is known to be there. */
  moments: readonly number[];
  /** The newest that is not younger than a moment. `atLeast` NaN: nobody can tell; undefined: nothing is so old. */
  at(moment: number): Omit<PartTime, 'component'> | undefined;
}

export function timeOfPoint(component: string, { capturedAt }: Pick<RecoveryPoint, 'capturedAt'>): PartTime[] {
  const time = Date.parse(capturedAt ?? '');
  return Number.isFinite(time) ? [{ component, atLeast: time, atMost: time }] : [];
}

/** Points of one component that may bring it back at a place, as moments to go back to. */
export function sourceOfPoints(status: ComponentStatus, place: Pick<Place, 'cluster' | 'namespace'>): SetSource {
  const times = candidatesFor(status, place)
    .filter((use) => suits(use, 'clone') && use.usable !== 'no' && !use.point.safety)
    .map(({ point }) => Date.parse(point.capturedAt ?? ''))
    .filter((time) => Number.isFinite(time));
  return {
    component: status.component.name,
    newest: Math.max(-Infinity, ...times),
    moments: times,
    at(moment) {
      const found = times.filter((time) => time <= moment);
      return found.length > 0 ? { atLeast: Math.max(...found), atMost: Math.max(...found) } : undefined;
    },
  };
}

/** How many are offered. */
const most = 24;
/** Of the newest each is offered. */
const every = 10;

/** Seconds between the oldest and the newest that the parts may be of. */
export function skewOf(times: readonly PartTime[]): number {
  const known = times.filter(({ atLeast, atMost }) => Number.isFinite(atLeast) && Number.isFinite(atMost));
  if (known.length < 2) return 0;
  const [oldest, newest] = endsOf(known);
  return Math.max(0, Math.round((newest.atMost - oldest.atLeast) / 1000));
}

/** By the strictest `consistency.skew` of the policies of the components; a blocker where volumes have to be of one moment (`group`). */
export function skewReasons(times: readonly PartTime[], components: readonly ComponentStatus[]): Reason[] {
  const [strictest] = components
    .flatMap(({ policy }) => (policy?.consistency.skew === undefined ? [] : [policy]))
    .toSorted((a, b) => a.consistency.skew! - b.consistency.skew!);
  const seconds = skewOf(times);
  if (!strictest || seconds * 1000 <= strictest.consistency.skew!) return [];
  const [oldest, newest] = endsOf(times.filter(({ atLeast }) => Number.isFinite(atLeast)));
  const allowed = Math.floor(strictest.consistency.skew! / 1000);
  return [
    {
      code: 'SKEW_EXCEEDED',
      severity: strictest.consistency.volumes === 'group' ? 'blocker' : 'warning',
      component: oldest.component,
      message: `the data of ${oldest.component} is up to ${words(seconds)} older than that of ${newest.component}: ${strictest.name} allows ${allowed > 0 ? words(allowed) : 'no difference'}`,
      evidence: [`${oldest.component}: ${iso(oldest.atLeast)}`, `${newest.component}: ${iso(newest.atMost)}`],
      fix: 'choose a moment of which both have data; or leave one of them out: --component',
    },
  ];
}

/**
 * Sets that are older than a moment, milliseconds, by default than the newest data: of each the newest of every component that is not
 * younger than its own moment. The newest first.
 */
export function recoverySets(
  sources: readonly SetSource[],
  now: Date,
  olderThan = Math.max(-Infinity, ...sources.map(({ newest }) => newest)),
): RecoverySet[] {
  const moments = [...new Set(sources.flatMap((source) => source.moments))]
    .filter((moment) => moment < olderThan)
    .toSorted((a, b) => b - a);
  const sets: RecoverySet[] = [];
  let last = 0;
  for (const moment of moments) {
    if (sets.length >= most) break;
    const age = now.getTime() - moment;
    if (sets.length >= every && age < last * 1.15) continue;
    const parts = sources.map((source) => ({ component: source.component, found: source.at(moment) }));
    const times = parts.flatMap(({ component, found }) => (found ? [{ component, ...found }] : []));
    if (times.length < parts.length) continue;
    const oldest = Math.min(...times.map(({ atLeast, atMost }) => (Number.isFinite(atLeast) ? atLeast : atMost)));
    sets.push({
      moment: iso(moment),
      skewSeconds: skewOf(times),
      lossSeconds: Math.max(0, Math.ceil((now.getTime() - oldest) / 1000)),
      ...(times.some(({ atLeast }) => !Number.isFinite(atLeast)) && { unknown: true as const }),
    });
    last = age;
  }
  return sets;
}

function endsOf(times: readonly PartTime[]): [PartTime, PartTime] {
  const oldest = times.toSorted((a, b) => a.atLeast - b.atLeast)[0]!;
  return [oldest, times.toSorted((a, b) => b.atMost - a.atMost)[0]!];
}

function iso(time: number): string {
  return new Date(time).toISOString();
}
