import type { ReasonCode } from '../compliance/reason-codes.ts';

/** `BP-`: good practice of backup and recovery, whatever the engine. `D`: what goes wrong with an engine and its storage. */
export type CheckNumber = keyof typeof checklist;

export interface ChecklistEntry {
  title: string;
  /** Reasons that say that it is not so. */
  codes: readonly ReasonCode[];
}

/** What is checked, by number, with the reasons that tell of it. Numbers are stable: a new check gets a new one. */
const checklist = {
  'BP-01': { title: 'Copies lie in more than one place', codes: ['ONE_COPY', 'SNAPSHOTS_ONLY'] },
  'BP-02': { title: 'Snapshots are not the only copy', codes: ['SNAPSHOTS_ONLY'] },
  'BP-05': { title: 'No two clusters write to one place', codes: ['LOCATION_SHARED'] },
  'BP-06': {
    title: 'Storage locations answer, and were looked at lately',
    codes: ['LOCATION_UNAVAILABLE', 'LOCATION_MISSING', 'LOCATION_STALE'],
  },
  'BP-07': { title: 'Snapshots survive their namespace', codes: ['SNAPSHOT_GOES_WITH_NAMESPACE'] },
  'BP-10': { title: 'The newest usable data is younger than the objective', codes: ['RPO_BREACHED', 'REPLICATION_LAGS'] },
  'BP-11': {
    title: 'A policy applies that its schedule can keep',
    codes: ['NO_POLICY', 'UNKNOWN_POLICY', 'BAD_POLICY', 'SCHEDULE_TOO_SLOW'],
  },
  'BP-12': { title: 'Restoring was tried lately, and was fast enough', codes: ['NEVER_DRILLED', 'DRILL_OVERDUE', 'RTO_EXCEEDED'] },
  'BP-13': { title: 'Nothing that protects is paused', codes: ['SCHEDULE_PAUSED', 'REPLICATION_PAUSED'] },
  'BP-14': { title: 'Nothing hangs, and schedules run when they are due', codes: ['SCHEDULE_OVERDUE', 'POINT_STUCK'] },
  'BP-15': { title: 'What says Completed holds data', codes: ['VOLUME_EMPTY', 'VOLUME_NOT_CAPTURED', 'NO_USABLE_POINT'] },
  'BP-16': { title: 'Points do not shrink', codes: ['POINT_SHRUNK'] },
  'BP-17': { title: 'Points are kept as long as promised', codes: ['RETENTION_TOO_SHORT'] },
  'BP-20': { title: 'Databases are captured with a hook', codes: ['DATABASE_WITHOUT_HOOK'] },
  'BP-21': { title: 'Volumes that belong together are captured together', codes: ['NOT_ONE_INSTANT'] },
  'BP-22': { title: 'A hook that fails fails the backup, and has its time', codes: ['HOOK_LENIENT', 'HOOK_WITHOUT_TIMEOUT'] },
  'BP-23': { title: 'Whatever freezes also thaws', codes: ['HOOK_UNPAIRED'] },
  'BP-24': { title: 'Operators back up their own databases', codes: ['OPERATOR_HAS_BACKUP'] },
  'BP-30': { title: 'Every kind in the point is served', codes: ['KIND_NOT_SERVED'] },
  'BP-31': { title: 'No admission webhook depends on what is restored', codes: ['WEBHOOK_INSIDE'] },
  'BP-33': { title: 'Classes that the application needs exist', codes: ['STORAGE_CLASS_MISSING', 'SNAPSHOT_CLASS_MISSING'] },
  'BP-34': { title: 'Images have a fixed version', codes: ['IMAGE_UNPINNED'] },
  'BP-38': { title: 'Cron jobs do not start twice', codes: ['CRON_JOBS_START'] },
  'BP-40': { title: 'Storage drivers fit the snapshots', codes: ['CSI_DRIVER_MISSING', 'CSI_DRIVER_MISMATCH'] },
  'BP-41': { title: 'Snapshots can be taken of every volume', codes: ['VOLUME_NOT_SNAPSHOTTABLE'] },
  'BP-43': { title: 'Quotas leave room', codes: ['QUOTA_EXCEEDED'] },
  'BP-44': { title: 'There are nodes for every workload', codes: ['NO_NODE_SELECTED', 'NO_NODE_TOLERATED'] },
  'BP-45': { title: 'Devices and runtimes that workloads ask for exist', codes: ['NO_DEVICE', 'RUNTIME_CLASS_MISSING'] },
  'BP-47': { title: 'The version of Kubernetes fits the point', codes: ['VERSION_SKEW'] },
  'BP-48': { title: 'Hosts, ports and addresses are free', codes: ['NETWORK_CLASH'] },
  'BP-49': { title: 'Configuration names no namespace', codes: ['NAMESPACE_NAMED_IN_CONFIG'] },
  'BP-50': { title: 'Continuous copies succeed, and hold something', codes: ['REPLICATION_FAILED', 'REPLICATION_EMPTY'] },
  'BP-60': { title: 'GitOps and restores do not fight', codes: ['GITOPS_MANAGED'] },
  'BP-62': { title: 'What runs is what the policy says', codes: ['POLICY_DRIFT', 'POLICY_LOCATION_UNUSED', 'NO_SCHEDULE'] },
  'BP-63': { title: 'Autoscalers do not fight a restore', codes: ['AUTOSCALED'] },
  'BP-70': { title: 'Everything has an owner who may act', codes: ['NO_OWNER', 'PLACEMENT_UNCLAIMED', 'PERMISSION_MISSING'] },
  'BP-75': { title: 'The newest run is judged, not old failures', codes: ['LAST_RUN_FAILED', 'LAST_RUN_DEGRADED'] },
  D1: { title: 'The engine answers', codes: ['NO_ENGINE', 'ENGINE_DOWN'] },
  D2: {
    title: 'One location is the default, and all are validated',
    codes: ['NO_DEFAULT_LOCATION', 'LOCATION_UNAVAILABLE', 'LOCATION_STALE'],
  },
  D3: { title: 'No schedule writes to a read-only location', codes: ['LOCATION_READ_ONLY'] },
  D4: { title: 'Every location has one writer', codes: ['LOCATION_SHARED'] },
  D5: { title: 'The standby only reads', codes: ['LOCATION_SHARED'] },
  D6: { title: 'The node agent runs on every node', codes: ['NODE_AGENT_INCOMPLETE'] },
  D11: { title: 'Repositories are ready and maintained', codes: ['REPOSITORY_UNHEALTHY'] },
  D12: { title: 'What should be gone is gone', codes: ['DELETION_STUCK'] },
  D13: { title: 'Everything is covered by a schedule', codes: ['NO_SCHEDULE', 'NEVER_BACKED_UP', 'SCHEDULE_INVALID'] },
  D14: { title: 'The newest usable data is young enough', codes: ['RPO_BREACHED', 'SCHEDULE_PAUSED', 'NO_USABLE_POINT'] },
  D15: { title: 'Runs do not keep succeeding only in part', codes: ['RUNS_KEEP_DEGRADING'] },
  D16: { title: 'The last good point outlives the next run', codes: ['POINT_EXPIRES_FIRST'] },
  D17: { title: 'Points are kept for two intervals', codes: ['KEPT_TOO_BRIEFLY'] },
  D18: { title: 'Schedules name a time zone and are spread', codes: ['SCHEDULES_TOGETHER', 'SCHEDULE_WITHOUT_ZONE'] },
  D19: { title: 'Every volume can be captured, and is', codes: ['VOLUME_NOT_CAPTURED', 'VOLUME_UNBOUND', 'VOLUME_ON_NODE'] },
  D20: { title: 'Hooks can run, and thaw what they freeze', codes: ['DATABASE_WITHOUT_HOOK', 'HOOK_UNPAIRED', 'HOOK_CONTAINER_MISSING'] },
  D22: { title: 'Volumes of one pod carry one group label', codes: ['NOT_ONE_INSTANT'] },
  D23: { title: 'Copies leave the storage that they protect', codes: ['SNAPSHOTS_ONLY'] },
  D24: { title: 'There is a second location', codes: ['ONE_COPY'] },
  D25: { title: 'One snapshot class of each driver is marked', codes: ['SNAPSHOT_CLASS_AMBIGUOUS', 'SNAPSHOT_CLASS_MISSING'] },
  D26: { title: 'Storage drivers are the same on both sides', codes: ['CSI_DRIVER_MISMATCH'] },
  D27: { title: 'Volumes of sets go with their claims', codes: ['VOLUME_RETAINED'] },
  D28: { title: 'Backups outlive their schedule', codes: ['OWNER_REFERENCES_KEPT'] },
  D29: { title: 'The last rehearsal is young enough', codes: ['NEVER_DRILLED', 'DRILL_OVERDUE'] },
  D30: { title: 'The target serves what the point holds', codes: ['KIND_NOT_SERVED', 'STORAGE_CLASS_MISSING', 'VERSION_SKEW'] },
  D31: { title: 'Webhooks do not depend on what is restored', codes: ['WEBHOOK_INSIDE'] },
  D32: { title: 'Nobody else owns the objects', codes: ['GITOPS_MANAGED', 'OPERATOR_MANAGED', 'OPERATOR_HAS_BACKUP'] },
  D33: { title: 'Node ports and addresses are free', codes: ['NETWORK_CLASH'] },
  D34: { title: 'Data movers do not wait for pods for ever', codes: ['LATE_BINDING'] },
  D36: { title: "The engine's server does not restart", codes: ['ENGINE_RESTARTS'] },
  D37: { title: 'Backups do not wait for each other', codes: ['BACKUPS_QUEUE'] },
  D39: { title: 'No label keeps objects out of backups', codes: ['EXCLUDED_BY_LABEL'] },
} as const satisfies Record<string, ChecklistEntry>;

export const checklistEntries = Object.entries(checklist) as [CheckNumber, ChecklistEntry][];

/** Reasons that nothing but a plan finds: whether they are so is known only of an application that was planned for. */
export const fromPlans: ReadonlySet<ReasonCode> = new Set<ReasonCode>([
  'AUTOSCALED',
  'CRON_JOBS_START',
  'CSI_DRIVER_MISMATCH',
  'CSI_DRIVER_MISSING',
  'KIND_NOT_SERVED',
  'LATE_BINDING',
  'NAMESPACE_NAMED_IN_CONFIG',
  'NETWORK_CLASH',
  'NO_DEVICE',
  'NO_NODE_SELECTED',
  'NO_NODE_TOLERATED',
  'OPERATOR_MANAGED',
  'PERMISSION_MISSING',
  'QUOTA_EXCEEDED',
  'RUNTIME_CLASS_MISSING',
  'SNAPSHOT_CLASS_MISSING',
  'SNAPSHOT_GOES_WITH_NAMESPACE',
  'STORAGE_CLASS_MISSING',
  'VERSION_SKEW',
  'VOLUME_NOT_SNAPSHOTTABLE',
  'WEBHOOK_INSIDE',
]);

/** Numbers under which a reason is told. */
export function numbersOf(code: ReasonCode): CheckNumber[] {
  return checklistEntries.filter(([, { codes }]) => codes.includes(code)).map(([number]) => number);
}
