import { snapshotKinds as single } from '@kubectl-dr/core/engines/snapshot-kinds';
import { groupSnapshotGroup } from '@kubectl-dr/core/engines/csi/kinds';
import type { ResourceType } from '@kubectl-dr/core/ports/kubernetes';

function group(resource: string, kind: string, namespaced: boolean): ResourceType {
  return { group: groupSnapshotGroup, version: 'v1', resource, kind, namespaced };
}

/** The types of the snapshot controller. */
export const snapshotKinds = {
  snapshots: single.snapshots,
  snapshotContents: single.contents,
  snapshotClasses: single.classes,
  groupSnapshots: group('volumegroupsnapshots', 'VolumeGroupSnapshot', true),
  groupSnapshotContents: group('volumegroupsnapshotcontents', 'VolumeGroupSnapshotContent', false),
  groupSnapshotClasses: group('volumegroupsnapshotclasses', 'VolumeGroupSnapshotClass', false),
} as const;
