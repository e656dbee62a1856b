import { exclude } from '../application/selector.ts';
import { NotFoundError } from '../errors.ts';
import type { Reason } from '../reason.ts';
import type { ComponentStatus, PointUse } from '../service/model.ts';
import { reachesNamespace } from '../compliance/coverage.ts';
import type { RecoveryPoint } from '../protection/model.ts';
import type { RestoreMode } from './model.ts';
import type { Choice } from './moment.ts';
import type { Place } from './places.ts';

export interface Selection {
  use?: PointUse;
  blockers: Reason[];
  /** What is accepted to be missing from the point. */
  warnings: Reason[];
}

/** The points that could bring a component back to one place, newest first: not those that took other labels than the component has. */
export function candidatesFor(status: ComponentStatus, { cluster, namespace }: Pick<Place, 'cluster' | 'namespace'>): PointUse[] {
  const placed = status.component.placements.filter((one) => one.namespace === namespace && (one.cluster ?? cluster) === cluster);
  const isOther = (taken: string): boolean =>
    placed.length > 0 && placed.every(({ labelSelector }) => labelSelector !== undefined && exclude(labelSelector, taken));
  return status.points.filter(
    ({ point: { scope, ...point } }) =>
      point.cluster === cluster &&
      reachesNamespace(scope, namespace) &&
      !(scope.labelSelector !== undefined && isOther(scope.labelSelector)),
  );
}

/**
 * Points whose contents decide what a choice means, and have not been read: the newest that might be usable, in front
 * of the first that is.
 */
export function openCandidates(candidates: readonly PointUse[], choice: Choice): PointUse[] {
  return inFront(candidates, choice).filter(isOpen);
}

/** Points in front of the first that is usable that would be so as well if the volumes that they lack were none of theirs. */
export function incompleteCandidates(candidates: readonly PointUse[], choice: Choice): PointUse[] {
  return inFront(candidates, choice).filter(lacksVolumesOnly);
}

/** What a choice could mean, newest first, up to the first that is usable. */
function inFront(candidates: readonly PointUse[], choice: Choice): PointUse[] {
  if (choice.kind === 'named') return candidates.filter(({ point }) => isNamed(point, choice.name));
  const before = choice.kind === 'before' ? choice.instant.getTime() : Infinity;
  const eligible = candidates.filter(({ point }) => !point.safety && !(Date.parse(point.capturedAt ?? '') > before));
  const end = eligible.findIndex(({ usable }) => usable === 'yes');
  return end < 0 ? eligible : eligible.slice(0, end);
}

/** Only from a point with objects does configuration come back, or a copy that runs; data comes back from any. */
export function suits({ point }: PointUse, mode: RestoreMode): boolean {
  return mode === 'dataOnly' || point.holds !== 'data';
}

function isOpen({ usable, reasons }: PointUse): boolean {
  return usable === 'unknown' && reasons.length === 0;
}

function isNamed(point: RecoveryPoint, name: string): boolean {
  return point.id === name || point.name === name;
}

/** The point of one component in one place that a choice means. A component may need one per place. */
export function selectPoint(
  status: ComponentStatus,
  place: Pick<Place, 'cluster' | 'namespace'>,
  choice: Choice,
  mode: RestoreMode,
  allowMissingVolumes = false,
): Selection {
  const component = status.component.name;
  const { cluster } = place;
  const all = candidatesFor(status, place);
  const named = choice.kind === 'named' ? all.find(({ point }) => isNamed(point, choice.name)) : undefined;
  if (named && !suits(named, mode)) return { use: named, blockers: [dataAlone(component, named.point)], warnings: [] };
  const candidates = all.filter((use) => suits(use, mode));
  if (choice.kind === 'named') {
    const found = candidates.filter(({ point }) => isNamed(point, choice.name));
    const [use] = found;
    if (!use) return { blockers: [], warnings: [] };
    if (use.usable === 'yes') return { use, blockers: [], warnings: [] };
    if (lacksVolumesOnly(use) && allowMissingVolumes) return { use, blockers: [], warnings: use.reasons };
    const why = use.reasons.map((reason) => reason.message).join('; ') || 'its contents could not be read';
    const message = `${use.point.name} does not bring ${component} back: ${why}`;
    return { use, blockers: [unusable(component, cluster, message, lacksVolumesOnly(use), use.reasons[0])], warnings: [] };
  }
  const before = choice.kind === 'before' ? choice.instant.getTime() : Infinity;
  const eligible = candidates
    .filter(({ point }) => !point.safety && Date.parse(point.capturedAt ?? '') <= before)
    .toSorted((a, b) => Date.parse(b.point.capturedAt!) - Date.parse(a.point.capturedAt!));
  const use = eligible.find(({ usable }) => usable === 'yes');
  if (use) return { use, blockers: [], warnings: [] };
  // Only where no point is whole: an older whole one is worth more than a newer one without its data.
  const partial = eligible.find(lacksVolumesOnly);
  if (partial && allowMissingVolumes) return { use: partial, blockers: [], warnings: partial.reasons };
  const when = choice.kind === 'before' ? ` at or before ${choice.instant.toISOString()}` : '';
  const data = all.find(
    (use) => !suits(use, mode) && !use.point.safety && use.usable !== 'no' && Date.parse(use.point.capturedAt ?? '') <= before,
  );
  if (data && eligible.length === 0) return { blockers: [dataAlone(component, data.point)], warnings: [] };
  const why = (partial ?? eligible[0])?.reasons[0];
  const because = why ? `: ${why.message}` : '';
  const message = `there is no usable point of ${component} on ${cluster}${when}${because}`;
  const blocker = unusable(component, cluster, message, partial !== undefined, why);
  // Where there is none to choose from.
  const first = `back it up first: kubectl dr backup; or let ${cluster} see what was made elsewhere: add that storage location there, with access mode ReadOnly`;
  return { blockers: [all.length > 0 ? blocker : { ...blocker, fix: first }], warnings: [] };
}

/** Everything is inside but data: it would come back with empty volumes. */
export function lacksVolumesOnly({ usable, reasons }: PointUse): boolean {
  return usable === 'no' && reasons.length > 0 && reasons.every(({ code }) => code === 'VOLUME_NOT_CAPTURED' || code === 'VOLUME_EMPTY');
}

function dataAlone(component: string, point: RecoveryPoint): Reason {
  return {
    code: 'POINT_UNUSABLE',
    severity: 'blocker',
    component,
    cluster: point.cluster,
    message: `${point.name} holds the data of volumes and no objects: neither configuration nor a copy that runs comes back from it`,
    evidence: [`point: ${point.id}`],
    fix: 'take its data back: --mode dataOnly; or choose another point: kubectl dr get points',
  };
}

/** For a name that no component knows: an error, not a plan. */
export function assertKnown(choice: Choice, statuses: readonly ComponentStatus[]): void {
  if (choice.kind !== 'named') return;
  const known = statuses.some((status) => status.points.some(({ point }) => isNamed(point, choice.name)));
  if (!known)
    throw new NotFoundError(`there is no recovery point "${choice.name}" of these components`, {
      code: 'NO_POINT',
      hint: 'list them with: kubectl dr get points, and sets of them with: kubectl dr get sets',
    });
}

function unusable(component: string, cluster: string, message: string, couldBeEmpty: boolean, why?: Reason): Reason {
  const empty = couldBeEmpty ? '; or accept that its volumes come back empty: --allow-missing-volumes' : '';
  return {
    code: 'POINT_UNUSABLE',
    severity: 'blocker',
    component,
    cluster,
    message,
    // What could not be looked into may be good.
    fix: why?.code === 'CONTENTS_UNREADABLE' && why.fix !== undefined ? why.fix : `choose another point: kubectl dr get points${empty}`,
  };
}

/** By the start of the capture. */
export function newestOf(points: readonly RecoveryPoint[]): RecoveryPoint | undefined {
  return points.toSorted((a, b) => Date.parse(b.capturedAt ?? '') - Date.parse(a.capturedAt ?? ''))[0];
}
