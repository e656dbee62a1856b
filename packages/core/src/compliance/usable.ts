import { type Claim, inventoryOf, takesAll } from '../application/inventory.ts';
import type { Placement } from '../application/model.ts';
import { timeOf } from '../application/raw.ts';
import type { Workload } from '../application/workload.ts';
import type { PointContents, RecoveryPoint, VolumeCapture } from '../protection/model.ts';
import type { Reason } from '../reason.ts';
import type { PointUse } from '../service/model.ts';
import { takesEverything } from './coverage.ts';
import { errorsOf } from './error-attribution.ts';
import { captureOf } from './volume-capture.ts';

/** What a component has in one namespace, which a point has to bring back. */
export interface UseTarget {
  component: string;
  namespace: string;
  /** What of the namespace is its own. */
  placement: Pick<Placement, 'labelSelector' | 'workloads'>;
  workloads: readonly Workload[];
  claims: readonly Claim[];
}

/**
 * What is known of the inside of a point: its contents; `unread`, nobody has looked yet; `unlistable`, its engine
 * cannot tell; or why reading failed.
 */
export type ContentsKnown = PointContents | Reason | 'unread' | 'unlistable';

/**
 * Does a point bring a component back? The caller has made sure that its scope covers the component (`coverage.ts`).
 *
 * `unknown` without reasons means that the contents have to be read first; with reasons, that they could not be read.
 * `trouble` is `pointTrouble` of the point, which does not depend on the component.
 */
export function pointUse(
  point: RecoveryPoint,
  target: UseTarget,
  contents: ContentsKnown,
  evidence: readonly VolumeCapture[],
  trouble: Reason | undefined,
): PointUse {
  if (trouble) return { point, usable: 'no', reasons: [trouble] };
  const inside = isContents(contents) ? contents : undefined;
  const claims = demandedClaims(point, target, inside);
  const reasons = volumeReasons(point, target, claims, inside, evidence);
  if (inside) reasons.push(...objectReasons(point, target, inside));
  if (reasons.length > 0) return { point, usable: 'no', reasons };
  if (inside) return emptyInside(point, target, inside);
  // Of what is gone, and of claims that are younger than the point, only the point itself can tell what it had.
  const complete = !isGone(target) && target.claims.every(({ object }) => object !== undefined);
  const proven = (claim: Claim): boolean => claim.object?.phase === 'Pending' || isProven(claim, evidence);
  if (point.phase === 'Succeeded' && complete && takesEverything(point.scope) && target.claims.every(proven)) {
    return { point, usable: 'yes', reasons: [] };
  }
  if (contents === 'unread') return { point, usable: 'unknown', reasons: [] };
  if (contents !== 'unlistable') return { point, usable: 'unknown', reasons: [contents as Reason] };
  // The engine's word is all there is: it is believed about success, not about partial success.
  if (point.phase === 'Succeeded') return { point, usable: 'yes', reasons: [] };
  return {
    point,
    usable: 'unknown',
    reasons: [
      {
        code: 'CONTENTS_UNREADABLE',
        severity: 'warning',
        cluster: point.cluster,
        message: `${point.name} succeeded partly, and ${point.engine} cannot tell which part`,
      },
    ],
  };
}

function isContents(contents: ContentsKnown): contents is PointContents {
  return typeof contents === 'object' && 'pointId' in contents;
}

/**
 * The claims that have to be in the point: those that held data when it was made. A claim that is younger, or that does
 * not exist any more, is demanded only when the point knows a claim of that name: then it was made anew, or lost.
 */
function demandedClaims(point: RecoveryPoint, target: UseTarget, contents: PointContents | undefined): Claim[] {
  if (isGone(target)) return contents ? lostClaims(target, contents) : [];
  if (target.claims.length === 0) return [];
  const captured = timeOf(point.capturedAt) ?? 0;
  const known = new Set(contents ? claimNames(target.namespace, contents) : []);
  return target.claims.filter(({ name, object }) => {
    if (object && object.phase !== 'Pending' && (timeOf(object.createdAt) ?? 0) <= captured) return true;
    return known.has(name);
  });
}

/** Nothing of the component is there: the namespace was lost, or everything in it. */
function isGone({ workloads, claims }: UseTarget): boolean {
  return workloads.length === 0 && claims.length === 0;
}

function claimNames(namespace: string, contents: PointContents): string[] {
  const claims = contents.objects.filter((item) => item.kind === 'PersistentVolumeClaim' && item.namespace === namespace);
  const volumes = contents.volumes.filter((volume) => volume.namespace === namespace);
  return [...new Set([...claims.map(({ name }) => name), ...volumes.map(({ claim }) => claim)])];
}

/**
 * Which claims of a lost namespace were the component's. Where the objects of the point were not read, by names alone: a
 * StatefulSet's (`data-orders-db-0`) are those of the component that is called like it. One that nobody can be told to own
 * is demanded of everybody: a restore that asks for too much is refused with its reason, one that asks for too little
 * comes back empty.
 */
function lostClaims(target: UseTarget, contents: PointContents): Claim[] {
  const { namespace, component, placement } = target;
  const had = contents.inventories?.get(namespace);
  if (had) return inventoryOf(placement, had).claims.map(({ name }) => ({ namespace, name }));
  const sets = contents.objects.filter((item) => item.kind === 'StatefulSet' && item.namespace === namespace).map(({ name }) => name);
  const ownerOf = (claim: string): string | undefined =>
    sets.filter((set) => claim.replace(/-\d+$/, '').endsWith(`-${set}`)).toSorted((a, b) => b.length - a.length)[0];
  return claimNames(namespace, contents)
    .filter((claim) => takesAll(placement) || [undefined, component].includes(ownerOf(claim)))
    .map((name) => ({ namespace, name }));
}

function isProven(claim: Claim, evidence: readonly VolumeCapture[]): boolean {
  const capture = captureOf(claim, undefined, evidence);
  return capture?.state === 'captured' && capture.bytes !== 0;
}

function volumeReasons(
  point: RecoveryPoint,
  target: UseTarget,
  claims: readonly Claim[],
  contents: PointContents | undefined,
  evidence: readonly VolumeCapture[],
): Reason[] {
  const reasons: Reason[] = [];
  for (const claim of claims) {
    const capture = captureOf(claim, contents, evidence);
    const path = `${claim.namespace}/${claim.name}`;
    const tell = (code: 'VOLUME_NOT_CAPTURED' | 'VOLUME_EMPTY', message: string) =>
      reasons.push({
        code,
        severity: 'warning',
        component: target.component,
        cluster: point.cluster,
        message,
        evidence: [`${volumeEvidence}${path}`, `point: ${point.id}`, `phase: ${point.nativePhase}`],
      });
    const why = capture?.message ? `: ${capture.message}` : '';
    if (!capture) {
      // Silence of the engine's own objects proves nothing; silence of the contents does.
      if (contents) tell('VOLUME_NOT_CAPTURED', `${point.name} does not hold the volume ${path}`);
    } else if (capture.state === 'skipped') tell('VOLUME_NOT_CAPTURED', `${point.name} skipped the volume ${path}${why}`);
    else if (capture.state === 'failed') tell('VOLUME_NOT_CAPTURED', `${point.name} failed to capture the volume ${path}${why}`);
    else if (capture.bytes === 0) tell('VOLUME_EMPTY', `${point.name} holds zero bytes of the volume ${path}`);
  }
  return reasons;
}

const volumeEvidence = 'PersistentVolumeClaim ';

/** `namespace/claim` of the volume that such a reason is about. */
export function volumeOf({ evidence = [] }: Reason): string | undefined {
  return evidence.find((line) => line.startsWith(volumeEvidence))?.slice(volumeEvidence.length);
}

/** Workloads that were there and are not inside, and errors about the component's objects. */
function objectReasons(point: RecoveryPoint, target: UseTarget, contents: PointContents): Reason[] {
  const captured = timeOf(point.capturedAt) ?? 0;
  const inside = new Set(contents.objects.map(({ kind, namespace, name }) => `${kind} ${namespace ?? ''}/${name}`));
  const reasons: Reason[] = [];
  const tell = (message: string, evidence: string[]) =>
    reasons.push({
      code: 'ITEMS_FAILED',
      severity: 'warning',
      component: target.component,
      cluster: point.cluster,
      message,
      evidence: [...evidence, `point: ${point.id}`],
    });

  const own = [...target.workloads.map(({ name }) => name), ...target.claims.map(({ name }) => name)];
  const errors = errorsOf(contents, target.namespace, own, takesAll(target.placement));
  if (errors.length > 0) {
    const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
    tell(`${point.name} could not capture everything of ${target.component}: ${errors[0]}${more}`, errors.slice(0, 5));
  }
  // Without any list of objects, or in a point of volumes alone, their absence from it says nothing.
  if (contents.objects.length > 0 && point.holds !== 'data') {
    for (const { kind, namespace, name, createdAt, finished } of target.workloads) {
      // Jobs come and go, and what is younger than the point cannot be in it.
      if (finished || kind === 'Job' || (timeOf(createdAt) ?? 0) > captured) continue;
      const key = `${kind} ${namespace}/${name}`;
      if (!inside.has(key)) tell(`${point.name} does not hold ${key}`, [key]);
    }
  }
  return reasons;
}

/** A point that holds nothing at all is no proof of anything, however it ended. */
function emptyInside(point: RecoveryPoint, target: UseTarget, contents: PointContents): PointUse {
  if (contents.objects.length > 0) return { point, usable: 'yes', reasons: [] };
  if (point.items === 0) {
    const message = `${point.name} holds no objects at all`;
    return {
      point,
      usable: 'no',
      reasons: [
        {
          code: 'ITEMS_FAILED',
          severity: 'warning',
          component: target.component,
          cluster: point.cluster,
          message,
          evidence: [`point: ${point.id}`],
        },
      ],
    };
  }
  const message = `The list of what is in ${point.name} is empty, so nobody can tell whether ${target.component} is inside`;
  return {
    point,
    usable: 'unknown',
    reasons: [{ code: 'CONTENTS_UNREADABLE', severity: 'warning', cluster: point.cluster, message, evidence: [`point: ${point.id}`] }],
  };
}
