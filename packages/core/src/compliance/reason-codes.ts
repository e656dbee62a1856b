import type { ReasonText } from './reason-text.ts';
import { doctorTexts } from '../doctor/reason-texts.ts';

/**
 * Every reason there is, with what it means and what to do. CLI `explain`, portal and docs read this table; a code is
 * never renamed. `severity` is the usual one.
 */
const table = {
  // could not be judged
  CLUSTER_UNREACHABLE: {
    title: 'A cluster of the application does not answer',
    why: 'What cannot be read cannot be called safe: the points on that cluster may be fine or gone.',
    fix: 'Check the network and your credentials with: kubectl --context CLUSTER get --raw /readyz',
  },
  UNKNOWN_CLUSTER: {
    title: 'The component is placed on a cluster that is not known here',
    why: 'A cluster that is not looked at cannot be judged.',
    fix: 'Add the cluster (--contexts, or dr.clusters), or correct the annotation backstage.io/kubernetes-cluster.',
  },
  READING_FORBIDDEN: {
    title: 'You may not read what is needed to judge',
    why: 'Backups or workloads are hidden from you, so their state is unknown, not good.',
    fix: 'Ask for read access to the types that the message names.',
  },
  CONTENTS_UNREADABLE: {
    title: 'The contents of a recovery point could not be read',
    why: 'A backup that says Completed may have skipped volumes; only its contents tell.',
    fix: 'Check the storage location and the engine, then look again.',
  },
  NO_PLACEMENT: {
    title: 'Nothing says where the component runs',
    why: 'Without a namespace the component cannot be matched with any backup.',
    fix: 'Add the annotation backstage.io/kubernetes-namespace to the catalog entity.',
  },
  PLACEMENT_UNCLAIMED: {
    title: 'The namespace does not agree that it belongs to this owner',
    why: "Anybody can write an annotation that names another team's namespace; the cluster has to confirm it.",
    fix: 'Annotate the namespace: kubectl annotate namespace NAMESPACE kubectl-dr.dev/owner=OWNER',
  },
  NAMESPACE_MISSING: {
    title: 'The namespace does not exist on the cluster',
    why: 'The catalog names a place where nothing runs: it was deleted, renamed or never deployed.',
    fix: 'Correct the annotation, or restore the namespace.',
  },
  NOTHING_SELECTED: {
    title: 'The selector matches nothing in the namespace',
    why: 'Without a workload nobody can say which volumes belong to the component, so calling it safe would be a guess.',
    fix: 'Put the label on the workloads, or correct the annotation of the catalog entity.',
  },
  // unprotected
  NO_ENGINE: {
    title: 'No backup engine is installed',
    why: 'Nothing on this cluster can make or restore a recovery point.',
    fix: 'Install Velero (or another supported engine) on the cluster.',
  },
  NEVER_BACKED_UP: {
    title: 'There is no recovery point at all',
    why: 'If it is lost today, nothing brings it back.',
    fix: 'Make one now: kubectl dr backup APP',
  },
  NO_SCHEDULE: {
    title: 'No schedule covers it',
    why: 'Points are only made by hand, so their age grows until somebody remembers.',
    fix: 'Assign a DRPolicy, or create a Schedule that includes the namespace.',
  },
  NO_USABLE_POINT: {
    title: 'There are points, but none brings it back',
    why: 'Each failed, or left out the volumes of this component.',
    fix: 'Look at the reasons of each point: kubectl dr describe app APP',
  },
  SCHEDULE_PAUSED: {
    title: 'The schedule is paused',
    why: 'A paused schedule protects nothing; its last point only gets older.',
    fix: 'Unpause it, or say in the policy that the component needs no protection.',
  },
  SCHEDULE_INVALID: {
    title: 'The engine rejects the schedule',
    why: 'It will never run until it is corrected.',
    fix: "Correct what the engine's message names.",
  },
  POINT_FAILED: {
    title: 'The point failed',
    why: 'The engine gave up, so there is nothing, or not everything, to restore.',
    fix: "Read the engine's message, correct the cause, back up again.",
  },
  POINT_UNFINISHED: {
    title: 'The point is not finished',
    why: 'What is still being captured cannot be restored yet.',
    fix: 'Wait until it is finished.',
  },
  POINT_EXPIRED: {
    title: 'The point has expired or is being deleted',
    why: 'The engine may remove its data at any moment, also in the middle of a restore.',
    fix: 'Choose a newer point.',
  },
  // breached
  RPO_BREACHED: {
    title: 'The newest usable data is older than the objective',
    why: 'The recovery point objective (RPO) is the most data, in time, that the owner accepts to lose.',
    fix: 'Back up now, then find out why the schedule did not: kubectl dr backup APP',
  },
  REPLICATION_LAGS: {
    title: 'The continuous copy lags behind',
    why: 'What was written since the last synchronisation exists in one place only.',
    fix: 'Look at the replication object and at the network between the clusters.',
  },
  // at risk
  REPLICATION_EMPTY: {
    title: 'The continuous copy never received anything',
    why: 'There is nothing that a failover could continue with.',
    fix: 'Look at its source, and at what lies between: kubectl dr get replications',
  },
  REPLICATION_FAILED: {
    title: 'The last synchronisation failed',
    why: 'What the target holds gets older until one succeeds.',
    fix: "Read the engine's message and the log of its mover.",
  },
  LAST_RUN_FAILED: {
    title: 'The last run failed',
    why: 'An older point still protects, but the next failure may leave only expired ones.',
    fix: "Read the engine's message and its log.",
  },
  LAST_RUN_DEGRADED: {
    title: 'The last run was only partly successful',
    why: 'Some items failed; components whose items all succeeded can still be restored from it.',
    fix: 'Look at the errors of the point.',
  },
  VOLUME_NOT_CAPTURED: {
    title: 'A volume is not in the point',
    why: 'The backup says Completed, but no method matched the volume, so its data would come back empty.',
    fix: 'Enable snapshots or file-system backup for it, e.g. by the pod annotation backup.velero.io/backup-volumes.',
  },
  VOLUME_EMPTY: {
    title: 'The point holds zero bytes of a volume',
    why: 'A capture without data restores an empty disk.',
    fix: 'Check the snapshot driver and the node agent, then back up again.',
  },
  ITEMS_FAILED: {
    title: 'Objects of the component failed to be captured',
    why: 'The point is incomplete for this component.',
    fix: 'Read the errors of the point, correct them, back up again.',
  },
  LOCATION_UNAVAILABLE: {
    title: 'The storage location is unavailable',
    why: 'Points that lie there cannot be restored, and new ones cannot be made, until it answers.',
    fix: 'Check bucket, credentials and network of the location.',
  },
  LOCATION_MISSING: {
    title: 'The storage location was deleted',
    why: 'The points name a location that the engine no longer knows.',
    fix: 'Create the location again; the engine finds its points by itself.',
  },
  LOCATION_READ_ONLY: {
    title: 'The storage location is read-only',
    why: 'Existing points can be restored, but new ones cannot be made.',
    fix: 'Set its access mode to ReadWrite, or use another location.',
  },
  SCHEDULE_TOO_SLOW: {
    title: 'The schedule can never meet the RPO',
    why: 'Between two runs the data gets older than the objective allows, even if every run succeeds.',
    fix: 'Shorten the interval, or raise the RPO.',
  },
  SCHEDULE_OVERDUE: {
    title: 'The schedule did not run when it was due',
    why: 'A schedule that is enabled and does not run looks safe and protects nothing.',
    fix: "Check that the engine's controller is running.",
  },
  RETENTION_TOO_SHORT: {
    title: 'Points are kept shorter than the policy promises',
    why: 'Damage that is noticed late can only be undone with a point from before it.',
    fix: 'Raise the time to live of the schedule.',
  },
  POINT_EXPIRES_FIRST: {
    title: 'The only good point expires before the next run',
    why: 'For a while there would be nothing to restore from.',
    fix: 'Keep points longer than two intervals.',
  },
  WORKLOAD_NOT_READY: {
    title: 'A workload is not ready',
    why: 'A backup of something broken restores something broken.',
    fix: 'Look at its events: kubectl describe',
  },
  DATABASE_WITHOUT_HOOK: {
    title: 'A database is captured without a hook',
    why: 'A copy of files in motion may not start again; a hook flushes or freezes first.',
    fix: "Add pre and post backup hooks, or use the database's own backup.",
  },
  MOVE_UNFINISHED: {
    title: 'A move to another cluster has steps of its clean-up still open',
    why: 'An old copy that was not seen to be stopped may run beside the new one when its cluster comes back; and until data is copied back there is no way back.',
    fix: 'As soon as its cluster answers: kubectl dr confirm OPERATION; of one that stopped halfway: kubectl dr resume OPERATION',
  },
  // unproven
  NEVER_DRILLED: {
    title: 'It was never restored as a test',
    why: 'A backup that was never restored is a hope, not a proof.',
    fix: 'Try it: kubectl dr drill APP',
  },
  DRILL_OVERDUE: {
    title: "The last successful drill is older than the policy's period",
    why: 'What could be restored then may not be restorable now: images, classes and secrets change.',
    fix: 'Try it: kubectl dr drill APP',
  },
  RTO_EXCEEDED: {
    title: 'The measured recovery took longer than the objective',
    why: 'The recovery time objective (RTO) is how long the owner accepts to be without the service.',
    fix: 'Look at the slowest step of the drill, or raise the objective.',
  },
  // model
  FORMER_COPY: {
    title: 'A copy that a move left stands stopped',
    why: 'The application runs elsewhere: nothing new is written there, so that nothing of it has to be backed up.',
    fix: 'Leave it as it is: a move there starts from it.',
  },
  DEPENDENCY_CYCLE: {
    title: 'The dependencies form a cycle',
    why: 'There is no order in which the components can be started.',
    fix: 'Remove one of the dependencies that the message prints.',
  },
  DANGLING_REFERENCE: {
    title: 'A reference points to nothing',
    why: 'The named entity is not in the catalog.',
    fix: 'Correct the name, or add the entity.',
  },
  UNKNOWN_POLICY: {
    title: 'The assigned policy does not exist',
    why: 'Without it there is no objective to judge by.',
    fix: 'Correct the annotation kubectl-dr.dev/policy, or create the DRPolicy.',
  },
  BAD_POLICY: {
    title: 'The policy is not valid',
    why: 'Its components are judged as if they had none.',
    fix: 'Correct the field that the message names.',
  },
  BAD_CATALOG: {
    title: 'A catalog document could not be read',
    why: 'Its entities are missing here; the rest works.',
    fix: 'Correct the file at the line that the message names.',
  },
  BAD_OBJECT: {
    title: 'An object in the cluster is malformed',
    why: 'It is shown as far as it can be read and believed in nothing.',
    fix: 'Look at it with kubectl get -o yaml.',
  },
  NO_POLICY: {
    title: 'No policy applies',
    why: 'Nobody said how much data may be lost, so the age of the data cannot be judged.',
    fix: 'Add the annotation kubectl-dr.dev/policy to the component or its system.',
  },
  // plans
  POINT_UNUSABLE: {
    title: 'The chosen point does not bring the component back',
    why: 'Restoring it would give an incomplete or empty component.',
    fix: 'Choose another point: kubectl dr get points',
  },
  NEWER_DATA_LEFT: {
    title: 'Newer data than the chosen is there, and would be left behind',
    why: 'Going back to an older moment loses everything since: that is wanted after damage, and never by accident.',
    fix: 'Accept the loss with --accept-data-loss, or leave --point out.',
  },
  SKEW_EXCEEDED: {
    title: 'Components would go on with data of moments that are too far apart',
    why: 'What one of them knows of another (an order of a customer) may be missing there; the policy says how far apart is too far.',
    fix: 'Choose a moment of which all have data, or leave one of them out.',
  },
  MAPPING_NOT_APPLIED: {
    title: 'What is called otherwise at the target is not rewritten',
    why: 'An engine that moves an application by itself brings its objects as they are: a storage class, a host or a node label of the source may mean nothing there.',
    fix: 'Let the engine rewrite them by its own rules, or call things alike on both clusters.',
  },
  EARLIER_DATA_UNKNOWN: {
    title: 'Nobody can tell beforehand whether so old data is kept',
    why: 'A copy through a repository keeps earlier states there, by rules that neither end tells.',
    fix: 'Look into the repository, or let the policy set the copy up, which notes what is kept.',
  },
  REPLICATION_SECRET_MISSING: {
    title: 'The continuous copy has no repository',
    why: 'Where its data goes is told by a Secret in the namespace, on both clusters.',
    fix: 'Create the Secret that the message names.',
  },
  TARGET_EXISTS: {
    title: 'The target namespace already exists',
    why: 'A clone goes into a namespace of its own, so that nothing that runs is touched.',
    fix: 'Choose another name with --as.',
  },
  POINTS_LEFT_BEHIND: {
    title: 'Older points do not count under the other name',
    why: 'Points are known by the namespace that they captured: what goes on under another name is not protected until it is backed up there.',
    fix: 'Back it up as soon as it runs there: kubectl dr backup; its policy does so at its next run.',
  },
  STORAGE_CLASS_MISSING: {
    title: 'A StorageClass is missing on the target',
    why: 'Claims that name it would stay Pending for ever.',
    fix: 'Create the StorageClass, or map it to another.',
  },
  NAMESPACE_NAMED_IN_CONFIG: {
    title: 'Configuration names the old namespace',
    why: 'A clone that calls `service.old-namespace` talks to the original, not to its own copy; what has moved under another name, to nobody.',
    fix: 'Correct the named objects; keep a clone isolated; call services by names that are rewritten (NAME.NAMESPACE.svc).',
  },
  HOST_IS_NAME: {
    title: 'An object is called like the host that it answers for',
    why: 'A DomainMapping of Knative with another host is another object: a copy goes without it, and what moves keeps its host.',
    fix: 'Create one that is called like the new host, there.',
  },
  CLONE_REWRITE: {
    title: 'The clone differs from the original on purpose',
    why: "A copy must not act in the world: it may not answer for the original's host names, take its ports or run its cron jobs.",
    fix: 'Nothing to do; each rewrite is listed in the plan.',
  },
  UNLABELLED_LEFT_OUT: {
    title: 'Objects without the labels of the component are left out',
    why: 'In a namespace that others share, backups and restores of a part select by labels; a Secret without them would be missing in what comes back.',
    fix: 'Label what the component uses, or back up and restore the whole application.',
  },
  ENGINE_DOWN: {
    title: 'The engine does not answer',
    why: 'Its objects would be written and nobody would act on them: the operation would wait for ever.',
    fix: "Look at the engine's own workload, and restart it.",
  },
  PERMISSION_MISSING: {
    title: 'A permission is missing',
    why: 'A step of the plan would be refused half-way.',
    fix: 'Grant what the message names.',
  },
  GITOPS_MANAGED: {
    title: 'A GitOps controller manages the object',
    why: 'It would change back what the restore changes.',
    fix: 'Pause its synchronisation first.',
  },
  VOLUME_NOT_IN_POINT: {
    title: 'A volume is younger than the point',
    why: 'It did not exist then, so it cannot go back; the others would be older than it.',
    fix: 'Choose a newer point when they belong together.',
  },
  VOLUME_SHARED: {
    title: 'A volume is used by others as well',
    why: 'Taking it back under a workload that keeps writing would corrupt what it writes.',
    fix: 'Name those components too, or stop them first.',
  },
  VOLUME_UNBOUND: {
    title: 'A claim has no volume',
    why: 'There is nothing to keep and nothing to exchange.',
    fix: 'Delete the claim, or wait until it is bound.',
  },
  VOLUME_KEPT: {
    title: 'The volume is kept by an earlier restore',
    why: 'Its undo would be lost if it were exchanged again.',
    fix: 'Undo or confirm that operation first.',
  },
  VOLUME_ATTACHED: {
    title: 'A volume is attached although nothing uses it',
    why: 'A disk for one node cannot be given to another before it is released.',
    fix: 'Look at the VolumeAttachment and its node.',
  },
  WORKLOAD_CANNOT_STOP: {
    title: 'What uses the volume cannot be scaled to nothing',
    why: 'Data that is exchanged under a running program is lost or mixed.',
    fix: 'Stop it by hand, then plan again.',
  },
  OPERATOR_MANAGED: {
    title: 'An operator runs the workload',
    why: 'It would start the pods again while their volumes are exchanged.',
    fix: "Use the operator's own restore, or restore beside.",
  },
  OPERATOR_PAUSED: {
    title: 'An operator is told to wait',
    why: 'It would start the pods again while their volumes are exchanged; and while it waits it repairs nothing else of its own.',
    fix: 'Nothing to do: it is let act again at the end, as it was.',
  },
  NO_CONSUMER: {
    title: 'Nothing would use the restored volume',
    why: 'This way of capture brings data back only to a pod; without one the restore waits for ever.',
    fix: 'Restore configuration and data together.',
  },
  NOTHING_TO_DO: {
    title: 'Nothing differs from the point',
    why: 'A restore would change nothing.',
    fix: 'Choose another point or mode.',
  },
  KIND_NOT_SERVED: {
    title: 'The cluster does not serve a kind or version that the point holds',
    why: 'Its objects cannot come back; an engine skips them silently.',
    fix: 'Install the CustomResourceDefinition, in that version.',
  },
  FIELD_IMMUTABLE: {
    title: 'Fields differ that the server does not let change',
    why: 'An update is refused; only deleting and making the object again would do.',
    fix: 'Restore beside and compare, or delete the object first.',
  },
  CONFIG_SHARED: {
    title: 'Configuration is shared with components that are not restored',
    why: 'Taking it back would change them as well.',
    fix: 'Name those components too.',
  },
  CLAIMS_COME_ALONG: {
    title: 'Claims come back that were not asked for',
    why: 'Engines select by labels, and no label tells them apart.',
    fix: 'Delete them afterwards.',
  },
  WORKLOAD_UNNAMED: {
    title: 'Workloads belong to no component',
    why: 'Nobody said which volumes are theirs.',
    fix: 'Label them, or name them in the catalog.',
  },
  DEPENDENTS_KEEP_RUNNING: {
    title: 'Components that depend on it keep running',
    why: 'They lose their connections for a while, and may remember what is no longer so.',
    fix: 'Restart them with it: --restart-dependents',
  },
  CHECK_UNREADABLE: {
    title: 'A declared check cannot be made',
    why: 'Only readiness tells whether it works, which is less than the owner asked for.',
    fix: 'Declare an HTTP path (http://SERVICE:PORT/PATH) or a command (exec: COMMAND) in kubectl-dr.dev/check on the workload.',
  },
  CSI_DRIVER_MISSING: {
    title: 'The CSI driver of a snapshot is missing',
    why: 'A snapshot lives in its storage system; without its driver nobody reads it.',
    fix: 'Install the driver, or choose a point whose data was moved.',
  },
  SNAPSHOT_CLASS_MISSING: {
    title: 'No VolumeSnapshotClass for the driver',
    why: 'The snapshot controller would not know how to handle the snapshot.',
    fix: 'Create a VolumeSnapshotClass for the driver.',
  },
  CONFIGURATION_NOT_CAPTURED: {
    title: 'Only data is captured, no objects',
    why: 'When the namespace is lost, volumes alone do not bring the program back that used them.',
    fix: 'Let an engine that captures objects make a point as well.',
  },
  SNAPSHOTS_ONLY: {
    title: 'Every usable copy lies in the storage that it protects',
    why: 'A snapshot is no backup: it shares the fate of its storage system, and is lost with it.',
    fix: 'Move the data of some points elsewhere, e.g. with a data mover.',
  },
  CSI_DRIVER_MISMATCH: {
    title: 'The StorageClass belongs to another driver than the snapshot',
    why: 'A snapshot lies inside one storage system, and only its own driver makes volumes from it.',
    fix: 'Make the StorageClass again with the provisioner that took the snapshot, or choose a point whose data was moved.',
  },
  VOLUME_NOT_SNAPSHOTTABLE: {
    title: 'No snapshot can be taken of a volume',
    why: 'Snapshots are made by CSI drivers; this volume has none, or one that never learned it.',
    fix: 'Let an engine copy it file by file, or move it to a class whose driver takes snapshots.',
  },
  NOT_ONE_INSTANT: {
    title: 'Volumes that belong together are captured one after the other',
    why: 'What was written in between is on one of them and not on the other, so that a program may not start from them.',
    fix: 'Give the driver a VolumeGroupSnapshotClass and the claims a label in common, or quiesce the writers.',
  },
  SNAPSHOT_GOES_WITH_NAMESPACE: {
    title: 'Deleting the namespace deletes its snapshots',
    why: 'The deletion policy Delete takes the data with the object, and the object lies in the namespace that it is meant to protect.',
    fix: 'Use a VolumeSnapshotClass whose deletionPolicy is Retain, and keep another copy elsewhere.',
  },
  LATE_BINDING: {
    title: 'Data moves only when pods want it',
    why: 'With WaitForFirstConsumer a volume comes with its first pod; waiting for the data first would wait for ever.',
    fix: 'Nothing to do: the plan starts the pods first.',
  },
  QUOTA_EXCEEDED: {
    title: 'A quota leaves no room',
    why: 'The server would refuse the claims half-way.',
    fix: 'Raise the quota.',
  },
  NO_NODE_SELECTED: {
    title: 'No node has the labels that a workload selects',
    why: 'Its pods would stay Pending.',
    fix: 'Label a node, or change the selector.',
  },
  NO_NODE_TOLERATED: {
    title: 'Every possible node has a taint that is not tolerated',
    why: 'Its pods would stay Pending.',
    fix: 'Remove the taint, or add a toleration.',
  },
  NO_DEVICE: {
    title: 'No node offers a device that a workload asks for',
    why: 'Its pods would stay Pending.',
    fix: 'Add a node with it, or leave the component out.',
  },
  DEVICE_CLASS_MISSING: {
    title: 'A class of devices does not exist on the target',
    why: 'Pods that claim a device of it (ResourceClaim) would stay Pending for ever.',
    fix: 'Install the driver that brings the class, or choose another cluster.',
  },
  RUNTIME_CLASS_MISSING: {
    title: 'A RuntimeClass is missing on the target',
    why: 'The server refuses pods that name it, so that nothing of the workload runs.',
    fix: 'Create the RuntimeClass, or leave the component out.',
  },
  NETWORK_CLASH: {
    title: 'A port, address or host is taken',
    why: 'Who came later does not get it, or both answer.',
    fix: 'Free it first.',
  },
  AUTOSCALED: {
    title: 'An autoscaler decides the number of replicas',
    why: 'What is scaled down must stay down until it is done.',
    fix: 'Nothing to do: it rests or is paused meanwhile.',
  },
  DISRUPTION_BUDGET: {
    title: 'A PodDisruptionBudget allows no disruption',
    why: 'It does not hold up scaling, but it says that somebody cares.',
    fix: 'Nothing to do.',
  },
  WEBHOOK_INSIDE: {
    title: 'An admission webhook is served from inside',
    why: 'While its server is away, the API server refuses what it guards.',
    fix: 'Set its failurePolicy to Ignore meanwhile.',
  },
  CRON_JOBS_START: {
    title: 'Cron jobs start to run again',
    why: 'What they do may be done elsewhere already.',
    fix: 'Make sure that they run only once.',
  },
  VERSION_SKEW: {
    title: 'The point was made on another version of Kubernetes',
    why: 'Fields and versions come and go between versions.',
    fix: 'Restore beside first and look.',
  },
  // failover
  SOURCE_MAY_BE_ALIVE: {
    title: 'The cluster that is left does not answer',
    why: 'A cluster that cannot be reached may still run everything: two copies that both write are worse than none.',
    fix: 'Switch it off or cut it off and say so with --override, or wait until it answers.',
  },
  SPLIT_BRAIN_RISK: {
    title: 'Two copies may run for a while, and somebody took that risk',
    why: 'Without a fence nobody can know whether the old copy stands still.',
    fix: 'Stop the old copy as soon as its cluster is back: kubectl dr confirm OPERATION',
  },
  SOURCE_FENCED: {
    title: 'The cluster that is left is cut off from its storage first',
    why: 'What may still run there can write nothing any more, so that two copies never do; nor can anything else on that cluster.',
    fix: 'Let it in again when its old copy has been stopped: kubectl dr confirm OPERATION',
  },
  TARGET_FENCED: {
    title: 'The cluster that it would go to is cut off from its storage',
    why: 'A fence that was closed while it did not answer is not open again: what starts there could write nothing.',
    fix: 'Let it in again when the copy there has been stopped: kubectl dr undo OPERATION, or kubectl dr confirm OPERATION',
  },
  VOLUME_NOT_PORTABLE: {
    title: 'The data of the point lies in the storage of one cluster alone',
    why: 'A snapshot shares the fate of its storage; another cluster cannot make a volume of it.',
    fix: 'Let backups move the data, or copy files.',
  },
  VOLUME_NOT_REPLICATED: {
    title: 'A volume is not copied to the other cluster',
    why: 'What is not copied continuously cannot be brought along without loss, and cannot come back from the other side.',
    fix: 'Let its policy copy it (replication: { to, every }), or fail over from a point.',
  },
  SOURCE_SILENT: {
    title: 'The cluster that is left does not answer',
    why: 'A planned move loses nothing because it copies once more after everything has stopped: for that both sides have to answer.',
    fix: 'Wait until it answers; or go on without it, with what has arrived: kubectl dr failover APP --to CLUSTER',
  },
  CONFIGURATION_MISSING: {
    title: 'Nothing tells what runs there',
    why: 'A copy of volumes holds data alone. Workloads and their configuration come from the source while it answers, else from a point that has arrived.',
    fix: 'Let backups reach the other cluster (a shared location), or wait until the source answers.',
  },
  OBJECT_CONFLICT: {
    title: 'An object of that name is there, and cannot be made like the one that comes',
    why: 'Some fields cannot be changed on an object that exists.',
    fix: 'Delete it, or let the source be like it.',
  },
  ALREADY_RUNS_THERE: {
    title: 'Something of the application runs at the target already',
    why: 'Two copies that both write are worse than none.',
    fix: 'Stop it, or name only the components that are not there.',
  },
  REPLICATION_AGE_UNKNOWN: {
    title: 'Nobody can tell how old the copy is',
    why: 'When the last sync ended says nothing about when the data was captured.',
    fix: 'Look at it: kubectl dr describe replication NAME; or take a point: --point',
  },
  COMPONENT_LEFT_BEHIND: {
    title: 'A component stays where it is while others move',
    why: 'It was left out, for instance because the target has no device for it; where its cluster does not answer, it is not running.',
    fix: 'Move it as well when the target can run it: kubectl dr relocate APP --component COMPONENT --to CLUSTER',
  },
  DEPENDENCY_LEFT_BEHIND: {
    title: 'After the move a component is on another cluster than what it depends on',
    why: 'It reaches it only where the clusters reach each other, and not at all while the other one does not run.',
    fix: 'See that it works without it, or move both.',
  },
  COMPONENT_INSEPARABLE: {
    title: 'A component cannot move without another one',
    why: 'No label tells their workloads apart, or one object of an engine moves both: what stops one would stop the other.',
    fix: 'Label the workloads of each, or let them go together.',
  },
  OTHERS_MOVE_ALONG: {
    title: "An engine would move what is not the application's",
    why: 'It stops and moves whole namespaces, and whoever owns the rest of them did not ask for it.',
    fix: 'Let the engine cover the namespaces of the application alone, or place what belongs to it in the catalog.',
  },
  ENGINE_CANNOT_TEST: {
    title: 'The engine that moves the application has no test of that',
    why: 'What a failover would go on with cannot be tried without failing over in earnest.',
    fix: 'Update the engine, or drill from a recovery point: kubectl dr drill APP --point POINT',
  },
  TEST_NOT_ISOLATED: {
    title: "The engine's test could not be kept apart from the world",
    why: "It runs in the application's own namespace on the other cluster, which is shut off before anything starts there; its own network policies add to that.",
    fix: 'See that this namespace is there, holds nothing else, and that no policy lets its pods out; or drill from a recovery point: --point POINT',
  },
  TEST_UNCHANGED: {
    title: "The engine's test runs the application as it is",
    why: 'Hosts, cron jobs and network policies are not changed as in a copy of ours; only the network of its namespace is shut off.',
    fix: 'See that nothing outside the cluster acts on its objects, as a controller for DNS does.',
  },
  FAILBACK_WITHOUT_REVERSE: {
    title: 'Nothing has come back yet from where the application went',
    why: 'What was written there would be lost: a failback needs a copy the other way that has succeeded since.',
    fix: 'Wait for its first sync: kubectl dr get replications',
  },
  // the doctor's own
  ...doctorTexts,
} as const satisfies Record<string, ReasonText>;

export type ReasonCode = keyof typeof table;
export const reasonCodes: Readonly<Record<ReasonCode, ReasonText>> = table;
