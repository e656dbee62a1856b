import { grantOf } from '../checks/roles.ts';
import { claimManifest } from '../../application/claim-manifest.ts';
import { textAt } from '../../application/raw.ts';
import type { Workload } from '../../application/workload.ts';
import { captureOf } from '../../compliance/volume-capture.ts';
import type { KubeObject } from '../../ports/kubernetes.ts';
import type { CaptureMethod, RecoveryPoint } from '../../protection/model.ts';
import type { Reason } from '../../reason.ts';
import { type Controller, operatorInTheWay, operatorOf } from '../controllers.ts';
import type { InPlacePlace } from './inputs.ts';
import type { Scope } from './scope.ts';

/** A claim whose data goes back, and how. */
export interface RolledVolume {
  namespace: string;
  claim: string;
  method: Exclude<CaptureMethod, 'unknown'>;
  bytes?: number;
  /** As it is now; absent when the claim is gone. */
  now?: { uid: string; volume: string; reclaimPolicy: string; manifest: KubeObject };
  /** Its volume comes when a pod wants it: WaitForFirstConsumer, or nobody knows. */
  late: boolean;
  /** Workloads that use it, of this component. */
  users: Workload[];
}

/** The volumes of a component that a point brings back, and why it cannot where it cannot. */
export function volumesOf(
  place: InPlacePlace,
  component: string,
  scope: Scope,
  point: RecoveryPoint,
): { volumes: RolledVolume[]; blockers: Reason[]; warnings: Reason[] } {
  const { namespace, cluster } = place;
  const volumes: RolledVolume[] = [];
  const blockers: Reason[] = [];
  const warnings: Reason[] = [];
  const block = (code: Reason['code'], claim: string, message: string, fix: string): void => {
    blockers.push({
      code,
      severity: 'blocker',
      component,
      cluster,
      message,
      evidence: [`PersistentVolumeClaim ${namespace}/${claim}`],
      fix,
    });
  };
  for (const claim of [...scope.claims].sort()) {
    const live = find(place.live, claim);
    const capture = captureOf({ namespace, name: claim }, place.contents.get(point.id), place.evidence.get(point.id) ?? []);
    const captured = find(place.captured.get(point.id) ?? [], claim);
    if (!capture && !captured) {
      if (live)
        warnings.push({
          code: 'VOLUME_NOT_IN_POINT',
          severity: 'warning',
          component,
          cluster,
          message: `the volume ${claim} is younger than ${point.name}: it stays as it is`,
          evidence: [`PersistentVolumeClaim ${namespace}/${claim}`],
          fix: 'choose a newer point, when the others need what is on it',
        });
      continue;
    }
    if (capture?.state !== 'captured' || capture.method === 'unknown') {
      const why = capture?.message ? `: ${capture.message}` : '';
      block(
        'VOLUME_NOT_CAPTURED',
        claim,
        `${point.name} does not hold the data of ${claim}${why}`,
        'choose another point, or only the configuration (--mode configOnly)',
      );
      continue;
    }
    const strangers = strangersOf(place, scope, claim);
    if (strangers.length > 0) {
      block(
        'VOLUME_SHARED',
        claim,
        `the volume ${claim} is also used by ${strangers.join(', ')}, which is not rolled back`,
        'name those components as well',
      );
      continue;
    }
    const users = scope.workloads.filter((workload) => workload.claims.includes(claim));
    // What was only captured does not run, and needs no stopping.
    const running = users.filter(({ kind, name }) =>
      place.inventory?.workloads.some((workload) => workload.kind === kind && workload.name === name),
    );
    for (const user of running) {
      const reason = unstoppable(user, place, component, capture.method);
      if (reason) blockers.push(reason);
    }
    const storageClass = textAt(live ?? captured, 'spec', 'storageClassName');
    const late = place.facts.storageClasses?.find(({ metadata }) => metadata.name === storageClass)?.volumeBindingMode !== 'Immediate';
    const base = { namespace, claim, method: capture.method, ...(capture.bytes !== undefined && { bytes: capture.bytes }), late, users };
    if (!live) {
      volumes.push(base);
      continue;
    }
    const volumeName = textAt(live, 'spec', 'volumeName');
    const volume = volumeName === undefined ? undefined : place.volumes.get(volumeName);
    if (volumeName === undefined || textAt(live, 'status', 'phase') !== 'Bound') {
      block(
        'VOLUME_UNBOUND',
        claim,
        `the claim ${claim} has no volume yet, so there is nothing to keep`,
        `delete it: kubectl -n ${namespace} delete pvc ${claim}`,
      );
    } else if (!volume) {
      block(
        'PERMISSION_MISSING',
        claim,
        `the volume ${volumeName} of ${claim} cannot be read, so it cannot be kept`,
        `somebody who may can grant it: ${grantOf(['list persistentvolumes', 'patch persistentvolumes'], place.facts.identity ?? 'you')}`,
      );
    } else {
      const reclaimPolicy = textAt(volume, 'spec', 'persistentVolumeReclaimPolicy') ?? 'Delete';
      const keeper = volume.metadata.annotations?.['kubectl-dr.dev/kept-by'];
      if (keeper !== undefined) {
        block(
          'VOLUME_KEPT',
          claim,
          `the volume ${volumeName} of ${claim} is kept by the operation ${keeper}`,
          `kubectl dr undo ${keeper}, or kubectl dr confirm ${keeper}`,
        );
        continue;
      }
      volumes.push({ ...base, now: { uid: live.metadata.uid ?? '', volume: volumeName, reclaimPolicy, manifest: claimManifest(live) } });
    }
  }
  return { volumes, blockers: distinct(blockers), warnings };
}

function find(objects: readonly KubeObject[], claim: string): KubeObject | undefined {
  return objects.find(({ kind, metadata }) => kind === 'PersistentVolumeClaim' && metadata.name === claim);
}

/** Workloads of the namespace that use the claim and are not this component's. */
function strangersOf({ inventory }: InPlacePlace, scope: Scope, claim: string): string[] {
  const own = new Set(scope.workloads.map(({ kind, name }) => `${kind}/${name}`));
  return (inventory?.workloads ?? [])
    .filter((workload) => workload.claims.includes(claim) && !own.has(`${workload.kind}/${workload.name}`) && !workload.finished)
    .map(({ kind, name }) => `${kind} ${name}`);
}

const stoppable = new Set(['Deployment', 'StatefulSet', 'CronJob', 'ReplicaSet']);

/** What uses the volume has to be stopped first: who cannot be told to stop? */
function unstoppable(
  { kind, name, apiVersion, finished }: Workload,
  place: InPlacePlace,
  component: string,
  method: CaptureMethod,
): Reason | undefined {
  const { cluster, namespace } = place;
  if (finished) return undefined;
  const about = { severity: 'blocker' as const, component, cluster, evidence: [`${kind} ${namespace}/${name}`] };
  if (kind === 'Pod' || kind === 'Job' || kind === 'DaemonSet') {
    return {
      ...about,
      code: 'WORKLOAD_CANNOT_STOP',
      message: `${kind} ${name} uses the volume and cannot be scaled to nothing`,
      fix: `stop it by hand: kubectl -n ${namespace} delete ${kind.toLowerCase()} ${name}`,
    };
  }
  // Pods without a built-in controller are their operator's own, however it is told to wait.
  const inTheWay = (operator: Controller): Reason => ({
    ...about,
    code: 'OPERATOR_MANAGED',
    ...operatorInTheWay(`${kind} ${name}`, operator, place.application),
  });
  if (!stoppable.has(kind)) return inTheWay({ apiVersion, kind, name });
  const operator = operatorOf(
    place.live.find((object) => object.kind === kind && object.metadata.name === name),
    place.live,
  );
  if (!operator) return undefined;
  if (operator.mechanism === undefined) return inTheWay(operator);
  if (method !== 'file-system') return undefined;
  return {
    ...about,
    code: 'OPERATOR_MANAGED',
    message: `a file system backup comes back through pods, for which ${kind} ${name} has to be taken away and made anew: ${operator.kind} ${operator.name} would not know it any more`,
    fix: `choose a point whose data was captured by snapshots; or restore beside: kubectl dr restore ${place.application}`,
  };
}

function distinct(reasons: readonly Reason[]): Reason[] {
  return [...new Map(reasons.map((reason) => [`${reason.code} ${reason.message}`, reason])).values()];
}
