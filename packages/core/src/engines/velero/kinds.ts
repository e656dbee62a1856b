import type { ResourceType } from '../../ports/kubernetes.ts';

function v1(resource: string, kind: string): ResourceType {
  return { group: 'velero.io', version: 'v1', resource, kind, namespaced: true };
}

/** The custom resources of Velero 1.18 that are read or written. */
export const veleroKinds = {
  backups: v1('backups', 'Backup'),
  restores: v1('restores', 'Restore'),
  schedules: v1('schedules', 'Schedule'),
  locations: v1('backupstoragelocations', 'BackupStorageLocation'),
  downloadRequests: v1('downloadrequests', 'DownloadRequest'),
  serverStatusRequests: v1('serverstatusrequests', 'ServerStatusRequest'),
  repositories: v1('backuprepositories', 'BackupRepository'),
  deletions: v1('deletebackuprequests', 'DeleteBackupRequest'),
  podVolumeBackups: v1('podvolumebackups', 'PodVolumeBackup'),
  podVolumeRestores: v1('podvolumerestores', 'PodVolumeRestore'),
  dataDownloads: { group: 'velero.io', version: 'v2alpha1', resource: 'datadownloads', kind: 'DataDownload', namespaced: true },
  dataUploads: { group: 'velero.io', version: 'v2alpha1', resource: 'datauploads', kind: 'DataUpload', namespaced: true },
} as const satisfies Record<string, ResourceType>;
