import { at, listAt, textAt, timeOf } from '../../application/raw.ts';
import { labels } from '../../application/model.ts';
import type { KubeObject, ResourceType } from '../../ports/kubernetes.ts';
import { resourceKey } from '../../ports/kubernetes.ts';
import type { ClusterReading } from '../../ports/reading.ts';
import { objectsOf } from '../../ports/reading.ts';
import type { ManagedApplication, PointPhase, ProtectionState, Replication } from '../../protection/model.ts';
import { unreadTypes } from '../unread.ts';
import { engineId, kinds } from './kinds.ts';
import {
  capturedAt,
  claimsOf,
  conditionOf,
  goDuration,
  intervalOf,
  isCleaning,
  isCurrent,
  isTrue,
  isDiscovered,
  namespacesOf,
  nativeOf,
  placedAt,
  placesOf,
  policyNameOf,
  progressionOf,
  waitsForUser,
} from './placement.ts';

export const interpretedKinds: readonly ResourceType[] = Object.values(kinds);

/** On a hub the applications that Ramen manages, on any other cluster the groups of volumes that it copies. */
export function interpret(reading: ClusterReading): ProtectionState {
  const { cluster } = reading;
  const all = (type: ResourceType): readonly KubeObject[] => objectsOf(reading, resourceKey(type));
  const problems = unreadTypes(reading, interpretedKinds);
  // A hub serves placements, a managed cluster groups.
  const telling = [kinds.placements, kinds.groups].map(resourceKey);
  const forbidden = telling.some((key) => (reading.failures.get(key)?.code ?? 'NOT_FOUND') !== 'NOT_FOUND');
  const policies = new Map(all(kinds.policies).map((policy) => [textAt(policy, 'metadata', 'name'), policy]));
  return {
    installation: { engine: engineId, cluster, installed: forbidden || telling.some((key) => reading.objects.has(key)), problems },
    points: [],
    schedules: [],
    locations: [],
    replications: all(kinds.groups).flatMap((group) => replicationOf(group, cluster)),
    managed: all(kinds.placements).flatMap((placement) => managedOf(placement, policies.get(policyNameOf(placement)), cluster)),
    volumeEvidence: {},
  };
}

function managedOf(placement: KubeObject, policy: KubeObject | undefined, cluster: string): ManagedApplication[] {
  const [name, namespace] = [textAt(placement, 'metadata', 'name'), textAt(placement, 'metadata', 'namespace')];
  if (name === undefined || namespace === undefined) return [];
  const progression = progressionOf(placement);
  const places = placesOf(policy);
  const where = placedAt(placement);
  const other = places.find((place) => place !== where);
  const testing = at(placement, 'spec', 'dryRun') === true;
  const action = textAt(placement, 'spec', 'action');
  const rests = progression === 'Completed' && isCurrent(placement) && !testing;
  const interval = intervalOf(policy);
  const captured = capturedAt(placement.status);
  // After its hub was recovered Ramen itself does not know where it runs, and waits for being told.
  const waiting = waitsForUser(placement, where === undefined ? 'the cluster that it left' : (other ?? where));
  const message = trouble(placement);
  const home = where !== undefined && where === textAt(placement, 'spec', 'preferredCluster');
  const failedOver = textAt(placement, 'status', 'phase') === 'FailedOver';
  return [
    {
      id: `${cluster}/${engineId}/${namespace}/${name}`,
      name,
      namespace,
      engine: engineId,
      cluster,
      namespaces: namespacesOf(placement),
      wholeNamespaces: isDiscovered(placement),
      claims: claimsOf(placement),
      places,
      ...(where !== undefined && { placedAt: where }),
      moves: !rests || where === undefined ? [] : ['failover', 'relocate', ...(failedOver && !home ? (['failback'] as const) : []), 'test'],
      ...(!rests && action !== undefined && { moving: nativeOf(placement) }),
      ...(waiting !== undefined
        ? { pending: waiting }
        : isCleaning(progression) && { pending: `the copy of ${name} that is left behind is being taken away` }),
      ...(captured !== undefined && { capturedAt: captured }),
      ...(interval !== undefined && interval > 0 && { interval }),
      phase: phaseOf(placement, rests),
      nativePhase: nativeOf(placement),
      ...(message !== undefined && { message }),
    },
  ];
}

function phaseOf(placement: KubeObject, rests: boolean): PointPhase {
  if (textAt(placement, 'metadata', 'deletionTimestamp') !== undefined) return 'Deleting';
  if (placement.status === undefined) return 'Pending';
  if (!rests) return progressionOf(placement) === '' ? 'Pending' : 'Running';
  const kept = conditionOf(placement, 'Protected');
  if (kept?.status === 'True') return isTrue(placement, 'PeerReady') ? 'Succeeded' : 'Degraded';
  return kept?.reason === 'Error' ? 'Failed' : kept?.reason === 'Progressing' ? 'Running' : 'Unknown';
}

/** Of the conditions that are not met, the sentence of the one that matters most. */
function trouble(placement: KubeObject): string | undefined {
  for (const type of ['Available', 'Protected', 'PeerReady']) {
    const condition = conditionOf(placement, type);
    if (condition?.status === 'False' && condition.message !== undefined) return condition.message;
  }
  return undefined;
}

/** One end: `status.state` says which, and for a group that is not yet either, what it is told to be. */
function replicationOf(group: KubeObject, cluster: string): Replication[] {
  const [name, namespace] = [textAt(group, 'metadata', 'name'), textAt(group, 'metadata', 'namespace')];
  if (name === undefined || namespace === undefined) return [];
  const volumes = listAt(group, 'status', 'protectedPVCs');
  const state = textAt(group, 'status', 'state') ?? '';
  const role =
    /^secondary$/i.test(state) || (state === '' && textAt(group, 'spec', 'replicationState') === 'secondary') ? 'target' : 'source';
  const starts = volumes.map((volume) => timeOf(capturedAt(volume, 'lastSyncTime', 'lastSyncDuration')));
  const ends = volumes.map((volume) => timeOf(at(volume, 'lastSyncTime')));
  const oldest = (times: (number | undefined)[]): string | undefined =>
    times.length > 0 && times.every((time) => time !== undefined) ? new Date(Math.min(...(times as number[]))).toISOString() : undefined;
  const [captured, last] = [oldest(starts), oldest(ends)];
  const interval = intervalOf({ ...group, spec: { schedulingInterval: textAt(group, 'spec', 'async', 'schedulingInterval') ?? '' } });
  const took = volumes.flatMap((volume) => goDuration(textAt(volume, 'lastSyncDuration')) ?? []);
  const condition = ['NoClusterDataConflict', 'DataProtected', 'DataReady']
    .map((type) => conditionOf(group, type))
    .find((one) => one?.status === 'False');
  const application = textAt(group, 'metadata', 'labels', labels.application);
  return [
    {
      id: `${cluster}/${engineId}/${namespace}/${name}`,
      name,
      namespace,
      engine: engineId,
      cluster,
      role,
      // Storage counts a sync when the other side has it, and that side tells no time of its own.
      ...(role === 'source' && { delivers: true as const }),
      claims: volumes.flatMap((volume) => textAt(volume, 'name') ?? []),
      paused: false,
      phase: condition
        ? condition.reason === 'Error'
          ? 'Failed'
          : 'Running'
        : state === 'Primary' || state === 'Secondary'
          ? 'Succeeded'
          : state === ''
            ? 'Pending'
            : 'Unknown',
      nativePhase: state,
      ...(interval !== undefined && interval > 0 && { interval }),
      ...(last !== undefined && { lastSync: last }),
      ...(captured !== undefined && { capturedAt: captured }),
      ...(took.length > 0 && { duration: Math.max(...took) }),
      ...(condition?.message !== undefined && { message: condition.message }),
      ...(application !== undefined && { application }),
    },
  ];
}
