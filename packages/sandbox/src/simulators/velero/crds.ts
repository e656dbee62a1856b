import type { KubeObject, ResourceType } from '@kubectl-dr/core/ports/kubernetes';
import { resourceKey } from '@kubectl-dr/core/ports/kubernetes';
import { kinds } from './kinds.ts';

type Column = [name: string, path: string, type: string];

const age: Column = ['Age', '.metadata.creationTimestamp', 'date'];
const moved: Column[] = [
  ['Status', '.status.phase', 'string'],
  ['Started', '.status.startTimestamp', 'date'],
  ['Bytes Done', '.status.progress.bytesDone', 'integer'],
  ['Total Bytes', '.status.progress.totalBytes', 'integer'],
  ['Storage Location', '.spec.backupStorageLocation', 'string'],
  age,
  ['Node', '.status.node', 'string'],
];

/** The columns that `kubectl get` shows, as Velero 1.18 and the snapshot controller declare them; none: name and age. */
const columns: Partial<Record<keyof typeof kinds, Column[]>> = {
  schedules: [
    ['Status', '.status.phase', 'string'],
    ['Schedule', '.spec.schedule', 'string'],
    ['LastBackup', '.status.lastBackup', 'date'],
    age,
    ['Paused', '.spec.paused', 'boolean'],
  ],
  locations: [
    ['Phase', '.status.phase', 'string'],
    ['Last Validated', '.status.lastValidationTime', 'date'],
    age,
    ['Default', '.spec.default', 'boolean'],
  ],
  deletions: [
    ['BackupName', '.spec.backupName', 'string'],
    ['Status', '.status.phase', 'string'],
  ],
  podVolumeBackups: moved,
  podVolumeRestores: moved,
  dataUploads: moved,
  dataDownloads: moved,
  repositories: [age, ['Repository Type', '.spec.repositoryType', 'string']],
  snapshots: [
    ['ReadyToUse', '.status.readyToUse', 'boolean'],
    ['SourcePVC', '.spec.source.persistentVolumeClaimName', 'string'],
    ['SnapshotContent', '.status.boundVolumeSnapshotContentName', 'string'],
    age,
  ],
  snapshotContents: [
    ['ReadyToUse', '.status.readyToUse', 'boolean'],
    ['Driver', '.spec.driver', 'string'],
    ['VolumeSnapshot', '.spec.volumeSnapshotRef.name', 'string'],
    age,
  ],
  snapshotClasses: [['Driver', '.driver', 'string'], ['DeletionPolicy', '.deletionPolicy', 'string'], age],
};

const shortNames: Partial<Record<keyof typeof kinds, string[]>> = {
  locations: ['bsl'],
  snapshotLocations: ['vsl'],
  serverStatusRequests: ['ssr'],
  snapshots: ['vs'],
  snapshotContents: ['vsc', 'vscs'],
  snapshotClasses: ['vsclass'],
};

/**
 * CustomResourceDefinitions of Velero and of volume snapshots: names and columns of the real ones, open schemas. Like
 * the real ones of Velero, they have no status subresource.
 */
export function veleroDefinitions(): KubeObject[] {
  return (Object.keys(kinds) as (keyof typeof kinds)[]).map((name) => definition(kinds[name], columns[name], shortNames[name]));
}

function definition(type: ResourceType, shown: Column[] | undefined, short: string[] | undefined): KubeObject {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: resourceKey(type), labels: { component: 'velero' } },
    spec: {
      group: type.group,
      scope: type.namespaced ? 'Namespaced' : 'Cluster',
      names: {
        kind: type.kind,
        listKind: `${type.kind}List`,
        plural: type.resource,
        singular: type.kind.toLowerCase(),
        ...(short && { shortNames: short }),
      },
      versions: [
        {
          name: type.version,
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
          ...(shown && { additionalPrinterColumns: shown.map(([title, jsonPath, kind]) => ({ name: title, jsonPath, type: kind })) }),
        },
      ],
    },
  };
}
