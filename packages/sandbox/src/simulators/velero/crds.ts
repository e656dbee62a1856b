import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import type { Column } from '../definition.ts';
import { age, definition } from '../definition.ts';
import { snapshotDefinitions } from '../volumes/snapshot-definitions.ts';
import { serverKinds } from './kinds.ts';
const moved: Column[] = [
  ['Status', '.status.phase', 'string'],
  ['Started', '.status.startTimestamp', 'date'],
  ['Bytes Done', '.status.progress.bytesDone', 'integer'],
  ['Total Bytes', '.status.progress.totalBytes', 'integer'],
  ['Storage Location', '.spec.backupStorageLocation', 'string'],
  age,
  ['Node', '.status.node', 'string'],
];

/** The columns that `kubectl get` shows, as Velero 1.18 declares them; none: name and age. */
const columns: Partial<Record<keyof typeof serverKinds, Column[]>> = {
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
};

const shortNames: Partial<Record<keyof typeof serverKinds, string[]>> = {
  locations: ['bsl'],
  snapshotLocations: ['vsl'],
  serverStatusRequests: ['ssr'],
};

/** Definitions of Velero, whose types have no status subresource, and of the volume snapshots that it works with. */
export function veleroDefinitions(): KubeObject[] {
  const own = (Object.keys(serverKinds) as (keyof typeof serverKinds)[]).map((name) =>
    definition(serverKinds[name], {
      ...(columns[name] && { columns: columns[name] }),
      ...(shortNames[name] && { shortNames: shortNames[name] }),
      labels: { component: 'velero' },
    }),
  );
  return [...own, ...snapshotDefinitions()];
}
