import { labels } from '../../application/model.ts';
import { at, textAt, timeOf } from '../../application/raw.ts';
import type { KubeObject } from '../../ports/kubernetes.ts';
import type { PointPhase, RecoveryPoint, VolumeCapture } from '../../protection/model.ts';
import { expectedClaims, expiryOf, isPinned, notes, pointNameOf, sourceOf } from './record.ts';

export const engineId = 'csi';

/** How long a snapshot may have no volume content, or a claim no volume, before nobody is expected to act any more: 10 minutes. */
export const patience = 10 * 60_000;

interface Member {
  claim: string;
  state: 'ready' | 'running' | 'failed';
  message?: string;
}

/** The snapshots of one point: those in one namespace that carry its label. */
export interface SnapshotSet {
  name: string;
  namespace: string;
  snapshots: KubeObject[];
}

/** Snapshots that carry no usable label of ours are nobody's. */
export function setsOf(snapshots: readonly KubeObject[]): SnapshotSet[] {
  const sets = new Map<string, SnapshotSet>();
  for (const snapshot of snapshots) {
    const name = pointNameOf(snapshot);
    const namespace = textAt(snapshot, 'metadata', 'namespace');
    if (name === undefined || namespace === undefined || namespace.includes('/')) continue;
    const key = `${namespace}/${name}`;
    const set = sets.get(key);
    if (set) set.snapshots.push(snapshot);
    else sets.set(key, { name, namespace, snapshots: [snapshot] });
  }
  return [...sets.values()];
}

/** How each volume of the set stands at an instant of the cluster's clock. */
export function membersAt({ snapshots, namespace }: SnapshotSet, now: Date): Member[] {
  const found = snapshots.map((snapshot) => memberOf(snapshot, now));
  const known = new Set(found.map(({ claim }) => claim));
  const begun = startOf(snapshots);
  const late = begun === undefined || now.getTime() - begun > patience;
  const missing = [...new Set(snapshots.flatMap(expectedClaims))].filter((claim) => !known.has(claim));
  return [
    ...found,
    ...missing.map((claim): Member =>
      late
        ? { claim, state: 'failed', message: `there is no VolumeSnapshot of ${namespace}/${claim} any more` }
        : { claim, state: 'running', message: `the VolumeSnapshot of ${namespace}/${claim} is not there yet` },
    ),
  ];
}

function memberOf(snapshot: KubeObject, now: Date): Member {
  const { name = '', namespace = '' } = {
    name: textAt(snapshot, 'metadata', 'name'),
    namespace: textAt(snapshot, 'metadata', 'namespace'),
  };
  const claim = sourceOf(snapshot) ?? name;
  const about = `VolumeSnapshot ${namespace}/${name}`;
  if (at(snapshot, 'status', 'readyToUse') === true) return { claim, state: 'ready' };
  const error = textAt(snapshot, 'status', 'error', 'message');
  // The controller tries again, so that an error may pass; what was cut and is being copied by the storage may take hours.
  const cut = textAt(snapshot, 'status', 'creationTime') !== undefined && error === undefined;
  const created = timeOf(at(snapshot, 'metadata', 'creationTimestamp'));
  if (cut || (created !== undefined && now.getTime() - created <= patience))
    return { claim, state: 'running', ...(error !== undefined && { message: `${about}: ${error}` }) };
  return { claim, state: 'failed', message: `${about}: ${error ?? 'no snapshot controller or driver acted on it'}` };
}

function startOf(snapshots: readonly KubeObject[]): number | undefined {
  const times = snapshots.map((snapshot) => timeOf(at(snapshot, 'metadata', 'creationTimestamp'))).filter((time) => time !== undefined);
  return times.length > 0 ? Math.min(...times) : undefined;
}

export interface Standing {
  phase: PointPhase;
  nativePhase: string;
  message?: string;
  ready: number;
  total: number;
}

export function standingOf(set: SnapshotSet, now: Date): Standing {
  const members = membersAt(set, now);
  const count = (state: Member['state']): number => members.filter((member) => member.state === state).length;
  const [ready, total] = [count('ready'), members.length];
  const message = members.find((member) => member.message !== undefined && member.state !== 'ready')?.message;
  const told = { ready, total, ...(message !== undefined && { message }) };
  if (set.snapshots.some(({ metadata }) => at(metadata, 'deletionTimestamp') !== undefined))
    return { phase: 'Deleting', nativePhase: 'Deleting', ...told };
  if (count('running') > 0) return { phase: 'Running', nativePhase: message === undefined ? 'Creating' : 'Error', ...told };
  if (ready === total) return { phase: 'Succeeded', nativePhase: 'ReadyToUse', ready, total };
  return ready === 0 ? { phase: 'Failed', nativePhase: 'Error', ...told } : { phase: 'Degraded', nativePhase: 'Incomplete', ...told };
}

/** `goes`: deleting the namespace deletes the data, by the deletion policy of one of its contents. */
export function pointOf(set: SnapshotSet, cluster: string, now: Date, goes: boolean): RecoveryPoint {
  const { name, namespace, snapshots } = set;
  const [first] = snapshots;
  const { phase, nativePhase, message, ready, total } = standingOf(set, now);
  const started = startOf(snapshots);
  const expiries = snapshots.map(expiryOf).filter((time) => time !== undefined);
  const selector = textAt(first, 'metadata', 'annotations', notes.selector);
  const claims = [...new Set([...snapshots.flatMap(expectedClaims), ...snapshots.flatMap((snapshot) => sourceOf(snapshot) ?? [])])].sort();
  const label = (key: string): string | undefined => textAt(first, 'metadata', 'labels', key);
  const uid = snapshots
    .map(({ metadata }) => textAt(metadata, 'uid') ?? '')
    .sort()
    .join(' ');
  const application = label(labels.application);
  const component = label(labels.componentOf);
  return {
    id: `${cluster}/${engineId}/${namespace}/${name}`,
    name,
    namespace,
    uid,
    engine: engineId,
    cluster,
    phase,
    nativePhase,
    ...(started !== undefined && { capturedAt: new Date(started).toISOString(), createdAt: new Date(started).toISOString() }),
    removedBy: 'plan',
    ...(snapshots.some(isPinned) && { pinned: true as const }),
    ...(expiries.length > 0 && { expiresAt: new Date(Math.min(...expiries)).toISOString() }),
    scope: { namespaces: [namespace], excludedNamespaces: [], claims, ...(selector !== undefined && { labelSelector: selector }) },
    ...(application !== undefined && { application }),
    ...(component !== undefined && { component }),
    ...(label(labels.purpose) === 'safety' && { safety: true as const }),
    holds: 'data',
    keptIn: 'storage',
    ...(goes && { goesWithNamespace: true as const }),
    ...(message !== undefined && { message }),
    ...(total > ready && phase !== 'Running' && { errors: total - ready }),
  };
}

export function capturesOf(set: SnapshotSet, now: Date): VolumeCapture[] {
  return membersAt(set, now)
    .filter(({ state }) => state !== 'running')
    .map(({ claim, state, message }) => ({
      namespace: set.namespace,
      claim,
      method: 'csi-snapshot',
      state: state === 'ready' ? 'captured' : 'failed',
      ...(message !== undefined && { message }),
    }));
}
