/** What can be asked for of a backup or a restore by a DownloadRequest (downloadrequest_types.go), under Velero's names. */
export type ArtefactKind =
  | 'BackupResourceList'
  | 'BackupVolumeInfos'
  | 'BackupResults'
  | 'BackupContents'
  | 'RestoreResourceList'
  | 'RestoreResults';
