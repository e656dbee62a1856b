import { veleroKinds } from '@kubectl-dr/core/engines/velero/kinds';
import type { ResourceType } from '@kubectl-dr/core/ports/kubernetes';

function velero(resource: string, kind: string, version = 'v1'): ResourceType {
  return { group: 'velero.io', version, resource, kind, namespaced: true };
}
function snapshot(resource: string, kind: string, namespaced: boolean): ResourceType {
  return { group: 'snapshot.storage.k8s.io', version: 'v1', resource, kind, namespaced };
}

/** Every type that the server reads or writes, beyond what it backs up. */
export const kinds = {
  ...veleroKinds,
  deletions: velero('deletebackuprequests', 'DeleteBackupRequest'),
  podVolumeRestores: velero('podvolumerestores', 'PodVolumeRestore'),
  repositories: velero('backuprepositories', 'BackupRepository'),
  snapshotLocations: velero('volumesnapshotlocations', 'VolumeSnapshotLocation'),
  dataDownloads: velero('datadownloads', 'DataDownload', 'v2alpha1'),
  snapshots: snapshot('volumesnapshots', 'VolumeSnapshot', true),
  snapshotContents: snapshot('volumesnapshotcontents', 'VolumeSnapshotContent', false),
  snapshotClasses: snapshot('volumesnapshotclasses', 'VolumeSnapshotClass', false),
} as const;
