import { textAt } from '../../application/raw.ts';
import type { KubeObject, ResourceType } from '../../ports/kubernetes.ts';
import { resourceKey } from '../../ports/kubernetes.ts';
import type { ClusterReading } from '../../ports/reading.ts';
import { objectsOf } from '../../ports/reading.ts';
import type { ProtectionState, VolumeCapture } from '../../protection/model.ts';
import { snapshotKinds } from '../snapshot-kinds.ts';
import { unreadTypes } from '../unread.ts';
import { capturesOf, engineId, pointOf, setsOf } from './point.ts';

export const interpretedKinds: readonly ResourceType[] = [snapshotKinds.snapshots, snapshotKinds.contents, snapshotKinds.classes];

/** What our snapshots say about one cluster. It is installed where snapshots are served and a class allows to take them. */
export function interpret(reading: ClusterReading): ProtectionState {
  const { cluster, now } = reading;
  const all = (type: ResourceType): readonly KubeObject[] => objectsOf(reading, resourceKey(type));
  const failureOf = (type: ResourceType) => reading.failures.get(resourceKey(type));
  const problems = unreadTypes(reading, interpretedKinds);
  const sets = setsOf(all(snapshotKinds.snapshots));
  const policies = new Map(
    all(snapshotKinds.contents).map((content) => [textAt(content, 'metadata', 'name'), textAt(content, 'spec', 'deletionPolicy')]),
  );
  const goes = (snapshot: KubeObject): boolean => policies.get(textAt(snapshot, 'status', 'boundVolumeSnapshotContentName')) === 'Delete';
  const points = sets.map((set) => pointOf(set, cluster, now, set.snapshots.some(goes)));
  const failure = failureOf(snapshotKinds.snapshots);
  const served = failure === undefined ? reading.objects.has(resourceKey(snapshotKinds.snapshots)) : failure.code !== 'NOT_FOUND';
  // Where only points were asked for, classes were not read at all.
  const classesRead = reading.objects.has(resourceKey(snapshotKinds.classes)) || failureOf(snapshotKinds.classes)?.code === 'NOT_FOUND';
  const volumeEvidence: Record<string, VolumeCapture[]> = {};
  // What still runs proves nothing, also of the volumes that are captured by then: the rest may never be.
  for (const [index, set] of sets.entries())
    volumeEvidence[points[index]!.id] = points[index]!.phase === 'Running' ? [] : capturesOf(set, now);
  return {
    installation: {
      engine: engineId,
      cluster,
      installed: served && (all(snapshotKinds.classes).length > 0 || !classesRead || points.length > 0),
      problems,
    },
    points,
    schedules: [],
    locations: [],
    replications: [],
    volumeEvidence,
  };
}
