import { annotations, labels } from '../../application/model.ts';
import { textAt } from '../../application/raw.ts';
import { ConflictError, DrError, NotFoundError } from '../../errors.ts';
import type { EngineContext } from '../../ports/engine-context.ts';
import type { KubeObject, ObjectRef } from '../../ports/kubernetes.ts';
import type { RecoveryPoint } from '../../protection/model.ts';
import { readPoint } from './contents.ts';
import { groupNameOf, readGroup } from './group.ts';
import { absent } from '../absent.ts';
import { snapshotKinds } from '../snapshot-kinds.ts';
import { groupKindsOf } from './kinds.ts';
import { isPinned } from './record.ts';

/**
 * Deletes the snapshots of a point, and their data: a content that would be retained is told first that it is not
 * wanted any more. Members of a group go with their group, for nobody may delete them alone. ConflictError when it is pinned.
 */
export async function removePoint(context: EngineContext, point: Pick<RecoveryPoint, 'name' | 'namespace'>): Promise<void> {
  const at = { ...context, namespace: point.namespace };
  const { cluster, signal } = context;
  const options = signal ? { signal } : {};
  const set = await readPoint(context, point).catch((error: unknown) => {
    if (error instanceof NotFoundError) return undefined;
    throw error;
  });
  const pinned = set?.snapshots.find(isPinned);
  if (pinned)
    throw new ConflictError(`${point.name} in ${point.namespace} on ${cluster.name} is pinned, so it is not removed`, {
      cluster: cluster.name,
      hint: `kubectl --context ${cluster.name} -n ${point.namespace} annotate volumesnapshot ${pinned.metadata.name} ${annotations.pinned}-`,
    });
  for (const snapshot of set?.snapshots ?? []) {
    const bound = textAt(snapshot, 'status', 'boundVolumeSnapshotContentName');
    if (bound !== undefined) await giveUp(context, { type: snapshotKinds.contents, name: bound }, snapshot);
    if (groupNameOf(snapshot) !== undefined) continue;
    const ref = { type: snapshotKinds.snapshots, namespace: point.namespace, name: snapshot.metadata.name };
    await cluster
      .delete(ref, { ...options, ...(snapshot.metadata.uid !== undefined && { preconditions: { uid: snapshot.metadata.uid } }) })
      .catch(absent);
  }
  const grouped = !set || set.snapshots.some((snapshot) => groupNameOf(snapshot) !== undefined);
  const group = grouped ? await readGroup(at, point.name) : undefined;
  const kinds = group && (await groupKindsOf(cluster, options));
  if (!group || !kinds) return;
  const bound = textAt(group, 'status', 'boundVolumeGroupSnapshotContentName');
  if (bound !== undefined) await giveUp(context, { type: kinds.contents, name: bound }, group);
  await cluster.delete({ type: kinds.groups, namespace: point.namespace, name: group.metadata.name }, options).catch(absent);
}

/** Only what points back to this very object: a status may name anything. Who may not write contents leaves the data where it is. */
async function giveUp({ cluster, signal }: EngineContext, ref: ObjectRef, { metadata }: KubeObject): Promise<void> {
  const options = signal ? { signal } : {};
  try {
    const content = await cluster.get(ref, options);
    const spec = content.spec as { deletionPolicy?: unknown; volumeSnapshotRef?: unknown; volumeGroupSnapshotRef?: unknown } | undefined;
    const owner = spec?.volumeSnapshotRef ?? spec?.volumeGroupSnapshotRef;
    if (spec?.deletionPolicy !== 'Retain' || textAt(owner, 'uid') !== metadata.uid) return;
    const marks = { [labels.point]: metadata.labels?.[labels.point] ?? null };
    await cluster.patch(ref, 'merge', { metadata: { labels: marks }, spec: { deletionPolicy: 'Delete' } }, options);
  } catch (error) {
    if (!(error instanceof DrError) || (error.code !== 'FORBIDDEN' && error.code !== 'NOT_FOUND')) throw error;
  }
}
