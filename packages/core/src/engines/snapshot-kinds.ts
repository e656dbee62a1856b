import type { ResourceType } from '../ports/kubernetes.ts';

export const snapshotGroup = 'snapshot.storage.k8s.io';

function snapshot(resource: string, kind: string, namespaced: boolean): ResourceType {
  return { group: snapshotGroup, version: 'v1', resource, kind, namespaced };
}

/** The types of volume snapshots, which are the same on every cluster that has them. */
export const snapshotKinds = {
  snapshots: snapshot('volumesnapshots', 'VolumeSnapshot', true),
  contents: snapshot('volumesnapshotcontents', 'VolumeSnapshotContent', false),
  classes: snapshot('volumesnapshotclasses', 'VolumeSnapshotClass', false),
} as const satisfies Record<string, ResourceType>;
