import { labels } from '../../application/model.ts';
import { listAt, textAt, timeOf } from '../../application/raw.ts';
import { NotFoundError } from '../../errors.ts';
import type { EngineContext, NativeProgress } from '../../ports/engine-context.ts';
import type { KubeObject } from '../../ports/kubernetes.ts';
import { snapshotKinds } from '../snapshot-kinds.ts';
import { groupKindsOf } from './kinds.ts';
import { patience } from './point.ts';
import { expectedClaims, membersOf, notes, sourceOf } from './record.ts';

/** The VolumeGroupSnapshot that the members of a point come from: its name is the point's. */
export async function readGroup({ cluster, namespace, signal }: EngineContext, point: string): Promise<KubeObject | undefined> {
  const options = signal ? { signal } : {};
  const kinds = await groupKindsOf(cluster, options);
  if (!kinds) return undefined;
  const group = await cluster.get({ type: kinds.groups, namespace, name: point }, options).catch((error: unknown) => {
    if (error instanceof NotFoundError) return undefined;
    throw error;
  });
  return group?.metadata.labels?.[labels.point] === point ? group : undefined;
}

/** As `readGroup`, asked only while members may be missing. */
export async function groupOfPoint(
  context: EngineContext,
  point: string,
  snapshots: readonly KubeObject[],
): Promise<KubeObject | undefined> {
  const claims = new Set(snapshots.map(sourceOf));
  const complete = snapshots.length > 0 && snapshots.flatMap(expectedClaims).every((claim) => claims.has(claim));
  if (complete || (snapshots.length > 0 && groupNameOf(snapshots[0]!) === undefined)) return undefined;
  return readGroup(context, point);
}

export function groupNameOf(snapshot: KubeObject): string | undefined {
  const owner = listAt(snapshot, 'metadata', 'ownerReferences').find(({ kind }) => kind === 'VolumeGroupSnapshot');
  return textAt(owner, 'name') ?? textAt(snapshot, 'status', 'volumeGroupSnapshotName');
}

/** Writes on new members whose they are, as on the group. Gives those that were written on now. */
export async function adoptMembers(
  { cluster, namespace, signal }: EngineContext,
  group: KubeObject,
  known: readonly KubeObject[],
): Promise<KubeObject[]> {
  const options = signal ? { signal } : {};
  const { items } = await cluster.list(snapshotKinds.snapshots, { namespace, ...options });
  const names = new Set(known.map(({ metadata }) => metadata.name));
  const claims = membersOf(group);
  const { [notes.members]: _, ...annotations } = group.metadata.annotations ?? {};
  const fresh = items.filter((item) => groupNameOf(item) === group.metadata.name && !names.has(item.metadata.name));
  return Promise.all(
    fresh.map((member) => {
      const note = claims[sourceOf(member) ?? ''];
      const metadata = {
        labels: group.metadata.labels,
        annotations: { ...annotations, ...(typeof note === 'string' && { [notes.claim]: note }) },
      };
      return cluster.patch({ type: snapshotKinds.snapshots, namespace, name: member.metadata.name }, 'merge', { metadata }, options);
    }),
  );
}

/** While it has no members yet. */
export function standingOfGroup(group: KubeObject, now: Date): NativeProgress {
  const about = `VolumeGroupSnapshot ${group.metadata.namespace}/${group.metadata.name}`;
  const error = textAt(group, 'status', 'error', 'message');
  const created = timeOf(group.metadata.creationTimestamp);
  const message = error === undefined ? undefined : `${about}: ${error}`;
  if (created !== undefined && now.getTime() - created <= patience)
    return { phase: 'Running', nativePhase: error === undefined ? 'Creating' : 'Error', ...(message !== undefined && { message }) };
  return { phase: 'Failed', nativePhase: 'Error', message: message ?? `${about}: no snapshot controller or driver acted on it` };
}
