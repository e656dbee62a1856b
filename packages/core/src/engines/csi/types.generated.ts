// Generated from the schemas of volume snapshots by `npm run generate`.

export interface VolumeGroupSnapshotSpec {
  source: {
    selector?: {
      matchExpressions?: {
        key: string;
        operator: string;
        values?: string[];
      }[];
      matchLabels?: {
        [k: string]: string;
      };
    };
    volumeGroupSnapshotContentName?: string;
  };
  volumeGroupSnapshotClassName?: string;
}

export interface VolumeGroupSnapshotStatus {
  boundVolumeGroupSnapshotContentName?: string;
  creationTime?: string;
  error?: {
    message?: string;
    time?: string;
  };
  readyToUse?: boolean;
}

export interface VolumeSnapshotContentSpec {
  deletionPolicy: 'Delete' | 'Retain';
  driver: string;
  source: {
    snapshotHandle?: string;
    volumeHandle?: string;
  };
  sourceVolumeMode?: string;
  volumeSnapshotClassName?: string;
  volumeSnapshotRef: {
    apiVersion?: string;
    fieldPath?: string;
    kind?: string;
    name?: string;
    namespace?: string;
    resourceVersion?: string;
    uid?: string;
  };
}

export interface VolumeSnapshotContentStatus {
  creationTime?: number;
  error?: {
    message?: string;
    time?: string;
  };
  readyToUse?: boolean;
  restoreSize?: number;
  snapshotHandle?: string;
  volumeGroupSnapshotHandle?: string;
}

export interface VolumeSnapshotSpec {
  source: {
    persistentVolumeClaimName?: string;
    volumeSnapshotContentName?: string;
  };
  volumeSnapshotClassName?: string;
}

export interface VolumeSnapshotStatus {
  boundVolumeSnapshotContentName?: string;
  creationTime?: string;
  error?: {
    message?: string;
    time?: string;
  };
  readyToUse?: boolean;
  restoreSize?: number | string;
  volumeGroupSnapshotName?: string;
}
