import type { ResourceType } from '../../ports/kubernetes.ts';

export const engineId = 'stork';

/** The namespace whose objects Stork lets speak about every other (`--admin-namespace`, which `kube-system` always is as well). */
export const adminNamespace = 'kube-system';

function stork(resource: string, kind: string, namespaced = true): ResourceType {
  return { group: 'stork.libopenstorage.org', version: 'v1alpha1', resource, kind, namespaced };
}

/** The custom resources of Stork that are read or written. */
export const kinds = {
  backups: stork('applicationbackups', 'ApplicationBackup'),
  backupSchedules: stork('applicationbackupschedules', 'ApplicationBackupSchedule'),
  restores: stork('applicationrestores', 'ApplicationRestore'),
  clones: stork('applicationclones', 'ApplicationClone'),
  locations: stork('backuplocations', 'BackupLocation'),
  policies: stork('schedulepolicies', 'SchedulePolicy', false),
  ownPolicies: stork('namespacedschedulepolicies', 'NamespacedSchedulePolicy'),
  migrations: stork('migrations', 'Migration'),
  migrationSchedules: stork('migrationschedules', 'MigrationSchedule'),
  pairs: stork('clusterpairs', 'ClusterPair'),
  actions: stork('actions', 'Action'),
} as const satisfies Record<string, ResourceType>;

/** Annotations of Stork. */
export const notes = {
  /** On a backup: the schedule that made it. */
  scheduleName: 'stork.libopenstorage.org/applicationBackupScheduleName',
  /** On a MigrationSchedule: the suspended mirror of one on the other cluster. */
  staticCopy: 'stork.libopenstorage.org/static-copy',
  /** On a MigrationSchedule, by whoever made it: name of the cluster at the other end. */
  peer: 'kubectl-dr.dev/replication-peer',
  /** On the last Migration of a failover or failback, whose name ends with the uid of its Action: the schedule. */
  lastMile: 'stork.libopenstorage.org/lastmile-migration-schedule-name',
  /** On an object: Stork leaves it where it is. */
  skip: 'stork.libopenstorage.org/skip-resource',
  /** On a workload that arrived by a Migration: how many replicas it had. */
  migrationReplicas: 'stork.libopenstorage.org/migrationReplicas',
} as const;
