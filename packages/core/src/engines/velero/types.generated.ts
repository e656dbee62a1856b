// Generated from the schemas of Velero's custom resources by `npm run generate`.

export interface BackupSpec {
  csiSnapshotTimeout?: string;
  datamover?: string;
  defaultVolumesToFsBackup?: boolean | null;
  defaultVolumesToRestic?: boolean | null;
  excludedClusterScopedResources?: string[] | null;
  excludedNamespaceScopedResources?: string[] | null;
  excludedNamespaces?: string[] | null;
  excludedResources?: string[] | null;
  hooks?: {
    resources?:
      | {
          excludedNamespaces?: string[] | null;
          excludedResources?: string[] | null;
          includedNamespaces?: string[] | null;
          includedResources?: string[] | null;
          labelSelector?: {
            matchExpressions?: {
              key: string;
              operator: string;
              values?: string[];
            }[];
            matchLabels?: {
              [k: string]: string;
            };
          } | null;
          name: string;
          post?: {
            exec: {
              /**
               * @minItems 1
               */
              command: [string, ...string[]];
              container?: string;
              onError?: 'Continue' | 'Fail';
              timeout?: string;
            };
          }[];
          pre?: {
            exec: {
              /**
               * @minItems 1
               */
              command: [string, ...string[]];
              container?: string;
              onError?: 'Continue' | 'Fail';
              timeout?: string;
            };
          }[];
        }[]
      | null;
  };
  includeClusterResources?: boolean | null;
  includedClusterScopedResources?: string[] | null;
  includedNamespaceScopedResources?: string[] | null;
  includedNamespaces?: string[] | null;
  includedResources?: string[] | null;
  itemOperationTimeout?: string;
  labelSelector?: {
    matchExpressions?: {
      key: string;
      operator: string;
      values?: string[];
    }[];
    matchLabels?: {
      [k: string]: string;
    };
  } | null;
  metadata?: {
    labels?: {
      [k: string]: string;
    };
  };
  orLabelSelectors?:
    | {
        matchExpressions?: {
          key: string;
          operator: string;
          values?: string[];
        }[];
        matchLabels?: {
          [k: string]: string;
        };
      }[]
    | null;
  orderedResources?: {
    [k: string]: string;
  } | null;
  resourcePolicy?: {
    apiGroup?: string;
    kind: string;
    name: string;
  };
  snapshotMoveData?: boolean | null;
  snapshotVolumes?: boolean | null;
  storageLocation?: string;
  ttl?: string;
  uploaderConfig?: {
    parallelFilesUpload?: number;
  } | null;
  volumeGroupSnapshotLabelKey?: string;
  volumeSnapshotLocations?: string[];
}

export interface BackupStatus {
  backupItemOperationsAttempted?: number;
  backupItemOperationsCompleted?: number;
  backupItemOperationsFailed?: number;
  completionTimestamp?: string | null;
  csiVolumeSnapshotsAttempted?: number;
  csiVolumeSnapshotsCompleted?: number;
  errors?: number;
  expiration?: string | null;
  failureReason?: string;
  formatVersion?: string;
  hookStatus?: {
    hooksAttempted?: number;
    hooksFailed?: number;
  } | null;
  phase?:
    | 'New'
    | 'Queued'
    | 'ReadyToStart'
    | 'FailedValidation'
    | 'InProgress'
    | 'WaitingForPluginOperations'
    | 'WaitingForPluginOperationsPartiallyFailed'
    | 'Finalizing'
    | 'FinalizingPartiallyFailed'
    | 'Completed'
    | 'PartiallyFailed'
    | 'Failed'
    | 'Deleting';
  progress?: {
    itemsBackedUp?: number;
    totalItems?: number;
  } | null;
  queuePosition?: number;
  startTimestamp?: string | null;
  validationErrors?: string[] | null;
  version?: number;
  volumeSnapshotsAttempted?: number;
  volumeSnapshotsCompleted?: number;
  warnings?: number;
}

export interface BackupStorageLocationSpec {
  accessMode?: 'ReadOnly' | 'ReadWrite';
  backupSyncPeriod?: string | null;
  config?: {
    [k: string]: string;
  };
  credential?: {
    key: string;
    name?: string;
    optional?: boolean;
  };
  default?: boolean;
  objectStorage: {
    bucket: string;
    caCert?: string;
    caCertRef?: {
      key: string;
      name?: string;
      optional?: boolean;
    };
    prefix?: string;
  };
  provider: string;
  validationFrequency?: string | null;
}

export interface BackupStorageLocationStatus {
  accessMode?: 'ReadOnly' | 'ReadWrite';
  lastSyncedRevision?: string;
  lastSyncedTime?: string | null;
  lastValidationTime?: string | null;
  message?: string;
  phase?: 'Available' | 'Unavailable';
}

export interface DataUploadSpec {
  backupStorageLocation: string;
  cancel?: boolean;
  csiSnapshot?: {
    driver?: string;
    snapshotClass?: string;
    storageClass: string;
    volumeSnapshot: string;
  } | null;
  dataMoverConfig?: {
    [k: string]: string;
  } | null;
  datamover?: string;
  operationTimeout: string;
  snapshotType: string;
  sourceNamespace: string;
  sourcePVC: string;
}

export interface DataUploadStatus {
  acceptedByNode?: string;
  acceptedTimestamp?: string | null;
  completionTimestamp?: string | null;
  dataMoverResult?: {
    [k: string]: string;
  } | null;
  incrementalBytes?: number;
  message?: string;
  node?: string;
  nodeOS?: 'auto' | 'linux' | 'windows';
  path?: string;
  phase?: 'New' | 'Accepted' | 'Prepared' | 'InProgress' | 'Canceling' | 'Canceled' | 'Completed' | 'Failed';
  progress?: {
    bytesDone?: number;
    totalBytes?: number;
  };
  snapshotID?: string;
  startTimestamp?: string | null;
}

export interface DeleteBackupRequestSpec {
  backupName: string;
}

export interface DeleteBackupRequestStatus {
  errors?: string[] | null;
  phase?: 'New' | 'InProgress' | 'Processed';
}

export interface DownloadRequestSpec {
  target: {
    kind:
      | 'BackupLog'
      | 'BackupContents'
      | 'BackupVolumeSnapshots'
      | 'BackupItemOperations'
      | 'BackupResourceList'
      | 'BackupResults'
      | 'RestoreLog'
      | 'RestoreResults'
      | 'RestoreResourceList'
      | 'RestoreItemOperations'
      | 'CSIBackupVolumeSnapshots'
      | 'CSIBackupVolumeSnapshotContents'
      | 'BackupVolumeInfos'
      | 'RestoreVolumeInfo';
    name: string;
  };
}

export interface DownloadRequestStatus {
  downloadURL?: string;
  expiration?: string | null;
  phase?: 'New' | 'Processed';
}

export interface PodVolumeBackupSpec {
  backupStorageLocation: string;
  cancel?: boolean;
  node: string;
  pod: {
    apiVersion?: string;
    fieldPath?: string;
    kind?: string;
    name?: string;
    namespace?: string;
    resourceVersion?: string;
    uid?: string;
  };
  repoIdentifier: string;
  tags?: {
    [k: string]: string;
  };
  uploaderSettings?: {
    [k: string]: string;
  } | null;
  uploaderType?: 'kopia' | 'restic' | '';
  volume: string;
}

export interface PodVolumeBackupStatus {
  acceptedTimestamp?: string | null;
  completionTimestamp?: string | null;
  incrementalBytes?: number;
  message?: string;
  path?: string;
  phase?: 'New' | 'Accepted' | 'Prepared' | 'InProgress' | 'Canceling' | 'Canceled' | 'Completed' | 'Failed';
  progress?: {
    bytesDone?: number;
    totalBytes?: number;
  };
  snapshotID?: string;
  startTimestamp?: string | null;
}

export interface RestoreSpec {
  backupName?: string;
  excludedNamespaces?: string[] | null;
  excludedResources?: string[] | null;
  existingResourcePolicy?: string | null;
  hooks?: {
    resources?: {
      excludedNamespaces?: string[] | null;
      excludedResources?: string[] | null;
      includedNamespaces?: string[] | null;
      includedResources?: string[] | null;
      labelSelector?: {
        matchExpressions?: {
          key: string;
          operator: string;
          values?: string[];
        }[];
        matchLabels?: {
          [k: string]: string;
        };
      } | null;
      name: string;
      postHooks?: {
        exec?: {
          /**
           * @minItems 1
           */
          command: [string, ...string[]];
          container?: string;
          execTimeout?: string;
          onError?: 'Continue' | 'Fail';
          waitForReady?: boolean | null;
          waitTimeout?: string;
        };
        init?: {
          initContainers?: {
            [k: string]: unknown;
          }[];
          timeout?: string;
        };
      }[];
    }[];
  };
  includeClusterResources?: boolean | null;
  includedNamespaces?: string[] | null;
  includedResources?: string[] | null;
  itemOperationTimeout?: string;
  labelSelector?: {
    matchExpressions?: {
      key: string;
      operator: string;
      values?: string[];
    }[];
    matchLabels?: {
      [k: string]: string;
    };
  } | null;
  namespaceMapping?: {
    [k: string]: string;
  };
  orLabelSelectors?:
    | {
        matchExpressions?: {
          key: string;
          operator: string;
          values?: string[];
        }[];
        matchLabels?: {
          [k: string]: string;
        };
      }[]
    | null;
  preserveNodePorts?: boolean | null;
  resourceModifier?: {
    apiGroup?: string;
    kind: string;
    name: string;
  } | null;
  restorePVs?: boolean | null;
  restoreStatus?: {
    excludedResources?: string[] | null;
    includedResources?: string[] | null;
  } | null;
  scheduleName?: string;
  uploaderConfig?: {
    parallelFilesDownload?: number;
    writeSparseFiles?: boolean | null;
  } | null;
}

export interface RestoreStatus {
  completionTimestamp?: string | null;
  errors?: number;
  failureReason?: string;
  hookStatus?: {
    hooksAttempted?: number;
    hooksFailed?: number;
  } | null;
  phase?:
    | 'New'
    | 'FailedValidation'
    | 'InProgress'
    | 'WaitingForPluginOperations'
    | 'WaitingForPluginOperationsPartiallyFailed'
    | 'Completed'
    | 'PartiallyFailed'
    | 'Failed'
    | 'Finalizing'
    | 'FinalizingPartiallyFailed';
  progress?: {
    itemsRestored?: number;
    totalItems?: number;
  } | null;
  restoreItemOperationsAttempted?: number;
  restoreItemOperationsCompleted?: number;
  restoreItemOperationsFailed?: number;
  startTimestamp?: string | null;
  validationErrors?: string[] | null;
  warnings?: number;
}

export interface ScheduleSpec {
  paused?: boolean;
  schedule: string;
  skipImmediately?: boolean;
  template: {
    csiSnapshotTimeout?: string;
    datamover?: string;
    defaultVolumesToFsBackup?: boolean | null;
    defaultVolumesToRestic?: boolean | null;
    excludedClusterScopedResources?: string[] | null;
    excludedNamespaceScopedResources?: string[] | null;
    excludedNamespaces?: string[] | null;
    excludedResources?: string[] | null;
    hooks?: {
      resources?:
        | {
            excludedNamespaces?: string[] | null;
            excludedResources?: string[] | null;
            includedNamespaces?: string[] | null;
            includedResources?: string[] | null;
            labelSelector?: {
              matchExpressions?: {
                key: string;
                operator: string;
                values?: string[];
              }[];
              matchLabels?: {
                [k: string]: string;
              };
            } | null;
            name: string;
            post?: {
              exec: {
                /**
                 * @minItems 1
                 */
                command: [string, ...string[]];
                container?: string;
                onError?: 'Continue' | 'Fail';
                timeout?: string;
              };
            }[];
            pre?: {
              exec: {
                /**
                 * @minItems 1
                 */
                command: [string, ...string[]];
                container?: string;
                onError?: 'Continue' | 'Fail';
                timeout?: string;
              };
            }[];
          }[]
        | null;
    };
    includeClusterResources?: boolean | null;
    includedClusterScopedResources?: string[] | null;
    includedNamespaceScopedResources?: string[] | null;
    includedNamespaces?: string[] | null;
    includedResources?: string[] | null;
    itemOperationTimeout?: string;
    labelSelector?: {
      matchExpressions?: {
        key: string;
        operator: string;
        values?: string[];
      }[];
      matchLabels?: {
        [k: string]: string;
      };
    } | null;
    metadata?: {
      labels?: {
        [k: string]: string;
      };
    };
    orLabelSelectors?:
      | {
          matchExpressions?: {
            key: string;
            operator: string;
            values?: string[];
          }[];
          matchLabels?: {
            [k: string]: string;
          };
        }[]
      | null;
    orderedResources?: {
      [k: string]: string;
    } | null;
    resourcePolicy?: {
      apiGroup?: string;
      kind: string;
      name: string;
    };
    snapshotMoveData?: boolean | null;
    snapshotVolumes?: boolean | null;
    storageLocation?: string;
    ttl?: string;
    uploaderConfig?: {
      parallelFilesUpload?: number;
    } | null;
    volumeGroupSnapshotLabelKey?: string;
    volumeSnapshotLocations?: string[];
  };
  useOwnerReferencesInBackup?: boolean | null;
}

export interface ScheduleStatus {
  lastBackup?: string | null;
  lastSkipped?: string | null;
  phase?: 'New' | 'Enabled' | 'FailedValidation';
  validationErrors?: string[];
}

export interface ServerStatusRequestSpec {
  [k: string]: unknown;
}

export interface ServerStatusRequestStatus {
  phase?: 'New' | 'Processed';
  plugins?:
    | {
        kind: string;
        name: string;
      }[]
    | null;
  processedTimestamp?: string | null;
  serverVersion?: string;
}
