import type { ReasonText } from '../compliance/reason-text.ts';

/** Reasons that only the doctor finds: what works today and will hurt on the day it is needed. Part of `reasonCodes`. */
export const doctorTexts = {
  POINT_STUCK: {
    title: 'A backup has been running far longer than usual',
    why: 'An engine that hangs reports no failure: nothing is protected until somebody looks.',
    fix: "Look at the engine's log, and restart its controller when nothing moves.",
  },
  POINT_SHRUNK: {
    title: 'The newest point holds far fewer objects than the one before',
    why: 'A backup that lost half of its contents still says Completed.',
    fix: 'Compare both points, and look at what was excluded since.',
  },
  RUNS_KEEP_DEGRADING: {
    title: 'One run after the other succeeds only in part',
    why: 'What fails every time is missing from every point, and nobody reads the warning any more.',
    fix: 'Read the errors of the newest point and correct their cause.',
  },
  KEPT_TOO_BRIEFLY: {
    title: 'Points are kept for less than two intervals',
    why: 'When one run fails, the last good point expires before the next one is made.',
    fix: 'Keep points for at least two intervals of the schedule.',
  },
  BACKUPS_QUEUE: {
    title: 'Backups wait for each other',
    why: 'Data is as old as the start of its capture: time in a queue counts against the objective.',
    fix: 'Spread the schedules over the hour, or let the engine work on more at a time.',
  },
  VOLUME_ON_NODE: {
    title: 'Data lies in a directory of a node',
    why: 'No engine captures a hostPath, and the data stays behind when the pod moves.',
    fix: 'Use a PersistentVolumeClaim.',
  },
  IMAGE_UNPINNED: {
    title: 'An image has no fixed version',
    why: 'What is restored later may start another program than the one whose data comes back.',
    fix: 'Name a version or a digest.',
  },
  OPERATOR_HAS_BACKUP: {
    title: 'An operator runs the database',
    why: 'It knows how to make a consistent copy; raw volumes restored behind its back may be refused or rebuilt by it.',
    fix: "Use the operator's own backup as well, and restore its custom resource before its volumes.",
  },
  NO_OWNER: {
    title: 'Nobody owns the application',
    why: 'When it fails nobody is told, and nobody but an operator may restore it.',
    fix: 'Give it an owner in the catalog (spec.owner), or annotate its namespace with kubectl-dr.dev/owner.',
  },
  ONE_COPY: {
    title: 'All copies lie in one storage location',
    why: 'One deleted bucket, one leaked credential or one region is enough to lose every copy.',
    fix: 'Let a second schedule write to another location.',
  },
  POLICY_LOCATION_UNUSED: {
    title: 'The policy promises a location that nothing writes to',
    why: 'The copy that somebody counts on does not exist.',
    fix: 'Apply the policy: kubectl dr policy apply',
  },
  POLICY_DRIFT: {
    title: 'What runs is not what the policy says',
    why: 'Somebody changed it by hand, or the policy changed and was not applied.',
    fix: 'Look at the difference: kubectl dr policy render APP --diff, then kubectl dr policy apply APP',
  },
  REPLICATION_PAUSED: {
    title: 'The continuous copy is paused',
    why: 'A paused copy only gets older, and its status still says that the last run went well.',
    fix: 'Let it run again.',
  },
  LOCATION_SHARED: {
    title: 'Two clusters write to the same place',
    why: 'Each sees the points of the other, deletes them when they expire, and may mix up its repository.',
    fix: 'Give each its own prefix, and let the other read it with accessMode ReadOnly.',
  },
  VOLUME_RETAINED: {
    title: 'Volumes of a StatefulSet outlive their claims',
    why: 'With the reclaim policy Retain an old volume stays beside the restored one, and a set that comes back may wait for either.',
    fix: 'Nothing to do now; look for volumes that are Released after a restore.',
  },
  ENGINE_RESTARTS: {
    title: "The engine's server keeps restarting",
    why: 'A restart fails every backup and restore that runs at the time.',
    fix: 'Look at why it ended (memory is the usual reason) and raise its limit.',
  },
  NODE_AGENT_INCOMPLETE: {
    title: 'The node agent does not run on every node',
    why: 'Volumes of pods on the other nodes are neither copied nor restored; backups of them fail or wait.',
    fix: 'Look at the taints and at the pods of the agent.',
  },
  NO_DEFAULT_LOCATION: {
    title: 'There is not exactly one default storage location',
    why: 'What names no location fails, or goes to a place that nobody expects.',
    fix: 'Mark exactly one location as the default.',
  },
  LOCATION_STALE: {
    title: 'The storage location was not validated lately',
    why: 'It says Available, but nobody has looked since: its credentials may have expired meanwhile.',
    fix: "Look whether the engine's server runs.",
  },
  REPOSITORY_UNHEALTHY: {
    title: 'The repository of file backups is not ready, or is not maintained',
    why: 'Without maintenance it grows and gets slow, and one that is not ready takes no backup.',
    fix: 'Look at its message and at its maintenance jobs.',
  },
  DELETION_STUCK: {
    title: 'A backup that should be gone is still there',
    why: 'It costs storage, and one day its half-deleted data is taken for a copy.',
    fix: 'Look at its DeleteBackupRequest and at the rights on the bucket.',
  },
  OWNER_REFERENCES_KEPT: {
    title: 'Backups belong to their schedule',
    why: 'Whoever deletes the schedule deletes every backup that it made.',
    fix: 'Set useOwnerReferencesInBackup to false.',
  },
  SCHEDULES_TOGETHER: {
    title: 'Many schedules run in the same minute',
    why: 'They queue up, and load the API server and the storage all at once.',
    fix: 'Spread them over the hour.',
  },
  SCHEDULE_WITHOUT_ZONE: {
    title: 'A daily schedule names no time zone',
    why: "It follows the server's own zone, which may be another than the people's and may change with a new image.",
    fix: 'Write CRON_TZ=Europe/Berlin (or the zone that is meant) before the expression.',
  },
  SNAPSHOT_CLASS_AMBIGUOUS: {
    title: 'It is not clear which VolumeSnapshotClass is used',
    why: 'With none or several marked for a driver the engine takes any, or none, and volumes are skipped.',
    fix: 'Mark exactly one class of each driver with velero.io/csi-volumesnapshot-class=true.',
  },
  HOOK_UNPAIRED: {
    title: 'A hook freezes and nothing thaws',
    why: 'After the backup the file system stays frozen, and everything that writes to it hangs.',
    fix: 'Add a post hook that undoes what the pre hook does.',
  },
  HOOK_LENIENT: {
    title: 'The backup of a database goes on when its hook fails',
    why: 'The point then says Completed and holds files in motion.',
    fix: 'Set its on-error to Fail.',
  },
  HOOK_WITHOUT_TIMEOUT: {
    title: 'The hook of a database has no timeout of its own',
    why: 'It is given up after 30 seconds, whatever it does; a database that is large enough needs longer, on the worst day.',
    fix: 'Give it the time that it may take.',
  },
  HOOK_CONTAINER_MISSING: {
    title: 'A hook names a container that the pod does not have',
    why: 'It can never run.',
    fix: "Correct the container's name in the annotation.",
  },
  EXCLUDED_BY_LABEL: {
    title: 'A label keeps objects out of every backup',
    why: 'They are missing from every point, which is a surprise on the day of the restore.',
    fix: 'Remove the label, unless it is meant.',
  },
} as const satisfies Record<string, ReasonText>;
