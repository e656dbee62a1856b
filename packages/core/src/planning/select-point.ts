import { NotFoundError } from '../errors.ts';
import type { Reason } from '../reason.ts';
import type { ComponentStatus, PointUse } from '../service/model.ts';
import type { Choice } from './moment.ts';

export type Selection = { use: PointUse; blockers: Reason[] } | { use: undefined; blockers: Reason[] };

/** The point of one component on one cluster that a choice means. A component may need one per cluster. */
export function selectPoint(status: ComponentStatus, cluster: string, choice: Choice): Selection {
  const component = status.component.name;
  const candidates = status.points.filter(({ point }) => point.cluster === cluster);
  if (choice.kind === 'named') {
    const found = candidates.filter(({ point }) => point.id === choice.name || point.name === choice.name);
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
  const known = statuses.some((status) => status.points.some(({ point }) => point.id === choice.name || point.name === choice.name));
  if (!known)
    throw new NotFoundError(`there is no recovery point "${choice.name}" of these components`, {
      code: 'NO_POINT',
      hint: 'list them with: kubectl dr get points',
    });
}

function unusable(component: string, cluster: string, message: string): Reason {
  return { code: 'POINT_UNUSABLE', severity: 'blocker', component, cluster, message, fix: 'choose another point: kubectl dr get points' };
}
