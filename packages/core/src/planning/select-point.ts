import { NotFoundError } from '../errors.ts';
import type { Reason } from '../reason.ts';
import type { ComponentStatus, PointUse } from '../service/model.ts';
import { reachesNamespace } from '../compliance/coverage.ts';
import type { RecoveryPoint } from '../protection/model.ts';
import type { Choice } from './moment.ts';
import type { Place } from './places.ts';

export type Selection = { use: PointUse; blockers: Reason[] } | { use: undefined; blockers: Reason[] };

/** The points that could bring a component back to one place, newest first. */
export function candidatesFor(status: ComponentStatus, { cluster, namespace }: Pick<Place, 'cluster' | 'namespace'>): PointUse[] {
  return status.points.filter(({ point }) => point.cluster === cluster && reachesNamespace(point.scope, namespace));
}

/**
 * Points whose contents decide what a choice means, and have not been read: the newest that might be usable, in front
 * of the first that is.
 */
export function openCandidates(candidates: readonly PointUse[], choice: Choice): PointUse[] {
  if (choice.kind === 'named') return candidates.filter(({ point }) => isNamed(point, choice.name)).filter(isOpen);
  const before = choice.kind === 'before' ? choice.instant.getTime() : Infinity;
  const eligible = candidates.filter(({ point }) => !(Date.parse(point.capturedAt ?? '') > before));
  const end = eligible.findIndex(({ usable }) => usable === 'yes');
  return (end < 0 ? eligible : eligible.slice(0, end)).filter(isOpen);
}

function isOpen({ usable, reasons }: PointUse): boolean {
  return usable === 'unknown' && reasons.length === 0;
}

function isNamed(point: RecoveryPoint, name: string): boolean {
  return point.id === name || point.name === name;
}

/** The point of one component in one place that a choice means. A component may need one per place. */
export function selectPoint(status: ComponentStatus, place: Pick<Place, 'cluster' | 'namespace'>, choice: Choice): Selection {
  const component = status.component.name;
  const { cluster } = place;
  const candidates = candidatesFor(status, place);
  if (choice.kind === 'named') {
    const found = candidates.filter(({ point }) => isNamed(point, choice.name));
    if (found.length === 0) return { use: undefined, blockers: [] };
    const [use] = found;
    if (use!.usable === 'yes') return { use: use!, blockers: [] };
    const why = use!.reasons.map((reason) => reason.message).join('; ') || 'its contents could not be read';
    return { use: use!, blockers: [unusable(component, cluster, `${use!.point.name} does not bring ${component} back: ${why}`)] };
  }
  const before = choice.kind === 'before' ? choice.instant.getTime() : Infinity;
  const use = candidates
    .filter((candidate) => candidate.usable === 'yes' && Date.parse(candidate.point.capturedAt ?? '') <= before)
    .toSorted((a, b) => Date.parse(b.point.capturedAt!) - Date.parse(a.point.capturedAt!))[0];
  if (use) return { use, blockers: [] };
  const when = choice.kind === 'before' ? ` at or before ${choice.instant.toISOString()}` : '';
  return { use: undefined, blockers: [unusable(component, cluster, `there is no usable point of ${component} on ${cluster}${when}`)] };
}

/** For a name that no component knows: an error, not a plan. */
export function assertKnown(choice: Choice, statuses: readonly ComponentStatus[]): void {
  if (choice.kind !== 'named') return;
  const known = statuses.some((status) => status.points.some(({ point }) => isNamed(point, choice.name)));
  if (!known)
    throw new NotFoundError(`there is no recovery point "${choice.name}" of these components`, {
      code: 'NO_POINT',
      hint: 'list them with: kubectl dr get points',
    });
}

function unusable(component: string, cluster: string, message: string): Reason {
  return { code: 'POINT_UNUSABLE', severity: 'blocker', component, cluster, message, fix: 'choose another point: kubectl dr get points' };
}
