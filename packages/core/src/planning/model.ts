import type { Placement } from '../application/model.ts';
import type { BackupRequest, RestoreRequest } from '../ports/engine.ts';
import type { KubeObject, ResourceType } from '../ports/kubernetes.ts';
import type { MovePreview, MoveRequest } from '../ports/mover.ts';
import type { PromoteRequest, ReplicationRef, ReplicationRequest, SyncRequest } from '../ports/replication.ts';
import type { RecoveryPoint } from '../protection/model.ts';
import type { Reason } from '../reason.ts';
import type { SuspendMechanism } from './suspension.ts';

export type Intent = 'Backup' | 'Restore' | 'Drill' | 'Failover' | 'Failback' | 'Relocate';

/** Of a restore. `clone` goes beside, into a new namespace: the safe default. */
export type RestoreMode = 'clone' | 'inPlace' | 'dataOnly' | 'configOnly';

/**
 * What a step does. Each action is idempotent: carrying it out twice has the effect of once, and each says what
 * undoes it. New actions are added here, their executor in `execution/actions/<kind>.ts`.
 */
export type StepAction =
  | { kind: 'namespace.create'; namespace: string; labels: Record<string, string>; annotations: Record<string, string> }
  | { kind: 'namespace.isolate'; namespace: string; policyName: string }
  /** Deletes a namespace that this operation made, with its volumes, and waits until nothing of them is left. */
  | { kind: 'namespace.remove'; namespace: string; timeoutSeconds: number }
  /** Deletes a namespace that this operation made if nothing is in it any more; else, or without the right to, it is left. */
  | { kind: 'namespace.remove.empty'; namespace: string; timeoutSeconds: number }
  /**
   * Stops what runs of an application, and waits until nothing does. `accepted`: why it may go on although the cluster does not
   * answer, as somebody said it.
   */
  | { kind: 'copy.stop'; namespace: string; labelSelectors?: string[]; accepted?: string; timeoutSeconds: number }
  /** Cuts the cluster `of` off from its storage, or lets it in again, by the NetworkFence of this name, which was prepared for that. */
  | { kind: 'fence.set'; fence: string; of: string; state: 'Fenced' | 'Unfenced'; timeoutSeconds: number }
  /**
   * What was stopped runs again, as it was: workloads as the note on them says, cron jobs that were suspended by us. `workloads`:
   * only these. It does not wait.
   */
  | { kind: 'copy.start'; namespace: string; labelSelectors?: string[]; workloads?: ObjectTarget[] }
  /** Writes objects of another cluster, or of a point, as they are there, with what the mapping says; `stopped`: to be started later. */
  | { kind: 'objects.carry'; from: CarrySource; namespace: string; objects: CarriedObject[]; mapping: Mapping }
  /** One more sync of the ends, to its end: of volumes that nothing writes to, if so. */
  | ({ kind: 'replication.sync'; engine: string } & BothEnds & Pick<SyncRequest, 'quiesced'>)
  /** The ends of the step `sync` go on by their own timetable, as far as they can be reached. */
  | ({ kind: 'replication.sync.end'; engine: string; sync: string } & BothEnds)
  /** Volumes of what was received. `marks`: on the claims. */
  | { kind: 'replication.promote'; engine: string; request: Promotion }
  /** Takes away what the step `promote` left besides the claims. */
  | { kind: 'replication.promote.end'; engine: string; promote: string; request: Promotion }
  /** Copies the other way from now on. `accepted`: a side that does not answer is told, and left for another time. */
  | { kind: 'replication.reverse'; engine: string; request: ReplicationRequest; former: ReplicationRef[]; accepted?: true }
  /** Of the ends on this cluster; one that is gone is no matter. */
  | { kind: 'replication.pause'; engine: string; ends: ReplicationRef[]; paused: boolean }
  /**
   * The engine moves by itself what it manages: it is asked once, by the object that steers it, and waited for until its own end, however
   * long that takes. `stages`: what it says on the way, in its order, for people.
   */
  | { kind: 'mover.move'; engine: string; order: MoveOrder; stages: MovePreview['stages'] }
  /**
   * Takes away what the step `move` leaves. Without `order.accepted` a source that does not answer is an error. A test is taken back;
   * `quiet`: where nothing of it may run at the target then.
   */
  | { kind: 'mover.finish'; engine: string; move: string; order: MoveOrder; quiet?: Pick<Placement, 'namespace' | 'labelSelector'>[] }
  | { kind: 'engine.backup'; engine: string; engineNamespace: string; request: BackupRequest }
  /** Removes a point for good, with its data: one that its policy keeps no longer. */
  | { kind: 'point.remove'; engine: string; engineNamespace: string; point: RestoreRequest['point'] }
  /**
   * The native name is the operation's, so that every execution of a plan has its own. `claims` are those whose data
   * comes back. With `until: 'claims'` the step is done as soon as they exist: a data mover waits for the pods that use
   * them, which a later step starts; `engine.restore.end` waits for the rest.
   */
  | {
      kind: 'engine.restore';
      engine: string;
      engineNamespace: string;
      request: Omit<RestoreRequest, 'name'>;
      claims?: RestoredClaim[];
      until?: 'ended' | 'claims';
      /** The point is what this step of the plan captured, whatever it was called in the end, as it has arrived here. */
      captured?: string;
    }
  /** Until the point that the step `backup` made on another cluster can be read here, with the data of these claims. */
  | {
      kind: 'point.await';
      engine: string;
      engineNamespace: string;
      backup: string;
      claims: { namespace: string; claim: string }[];
      timeoutSeconds: number;
    }
  /** Waits for the end of what the step `restore` began. `any`: however it ends, for an undo, after asking it to stop. */
  | { kind: 'engine.restore.end'; engine: string; engineNamespace: string; restore: string; outcome: 'success' | 'any' }
  /** Takes away what the engine left of what the step `restore` began, when nobody takes it back any more, or when it was. */
  | { kind: 'engine.restore.release'; engine: string; engineNamespace: string; restore: string; namespaces: string[] }
  | { kind: 'await.ready'; namespaces: string[]; labelSelector?: string; workloads?: AwaitedWorkload[]; timeoutSeconds: number }
  /** Sets `spec.replicas`. A workload that is gone: an error, or nothing to do (`ifPresent`, for undo). */
  | { kind: 'workload.scale'; target: ObjectTarget; replicas: number; ifPresent?: boolean }
  /** A rolling restart, as `kubectl rollout restart` does it. */
  | { kind: 'workload.restart'; target: ObjectTarget }
  /** Stops a controller from acting; `previous` (absent: it was not set) is what `object.resume` gives back. */
  | { kind: 'object.suspend'; mechanism: SuspendMechanism; target: ObjectTarget }
  | { kind: 'object.resume'; mechanism: SuspendMechanism; target: ObjectTarget; previous?: string | boolean }
  /** Until no pod uses the claims and no node holds their volumes. */
  | { kind: 'await.quiet'; namespace: string; claims: string[]; volumes: string[]; timeoutSeconds: number }
  | { kind: 'await.claims'; namespace: string; claims: string[]; timeoutSeconds: number }
  /** Makes the volume outlive its claim, and writes on it whose it is and what it was. */
  | ({ kind: 'volume.keep' } & KeptVolume)
  /** Deletes the claim of a kept volume, and of no other. */
  | { kind: 'claim.remove'; namespace: string; claim: string; uid: string; volume: string }
  /** Deletes a claim that was not there before, when it is the step `restore` that brought it back. */
  | { kind: 'claim.discard'; namespace: string; claim: string; engine: string; engineNamespace: string; restore: string }
  /** The claim as it was, on its kept volume, in place of whatever claim is there now. Undoes keep and remove alike. */
  | ({ kind: 'volume.rebind' } & KeptVolume & { manifest: KubeObject })
  /** The undo is given up: the kept volume goes the way that its own reclaim policy says. */
  | ({ kind: 'volume.release' } & KeptVolume)
  /** Writes exactly these objects as a point holds them, field by field; of `except` the live value stays. */
  | { kind: 'objects.restore'; engine: string; engineNamespace: string; source: ObjectSource; objects: RestoredObject[] }
  /** Deletes these objects: those with a uid only when it still fits, those without only when this operation made them. */
  | {
      kind: 'objects.remove';
      objects: (ObjectTarget & { uid?: string })[];
      /** Also those that the step `restore` brought back. */
      restored?: { engine: string; engineNamespace: string; restore: string };
    }
  /** Of a workload that an undo has to make again as it was. */
  | { kind: 'object.create'; target: ObjectTarget; manifest: KubeObject }
  /** A path through the API server's service proxy has to answer with 2xx. */
  | ({ kind: 'check.http'; service: string; port: string; path: string } & Declared)
  /** A command in a ready pod of the workload has to end with 0. */
  | ({ kind: 'check.exec'; container?: string; command: string[] } & Declared);

/** A check is made only as long as this workload's own annotation still declares it. */
export interface Declared {
  namespace: string;
  declaredBy: ObjectTarget;
  timeoutSeconds: number;
}

export interface ObjectTarget {
  type: ResourceType;
  /** Absent for cluster-scoped objects. */
  namespace?: string;
  name: string;
}

/**
 * `least`: ready with so many replicas only, for its operator starts it again by itself, in its own time. `comes`: somebody else brings
 * it, so that one that is not there is waited for; without, one that is gone is not.
 */
export interface AwaitedWorkload extends ObjectTarget {
  least?: number;
  comes?: true;
}

export interface RestoredClaim {
  namespace: string;
  claim: string;
  /** Name of the PersistentVolume that was kept; absent when there was none. */
  kept?: string;
  /** That have to be copied; absent where none have, or nobody knows how many. */
  bytes?: number;
}

export interface KeptVolume {
  namespace: string;
  claim: string;
  /** Name of the PersistentVolume. */
  volume: string;
  /** Of the volume before, as it is written there: Delete, Retain. */
  reclaimPolicy: string;
}

/** The two ends of copies; the step's own cluster is that of the targets. */
export interface BothEnds {
  /** Cluster of the sources. */
  from: string;
  sources: ReplicationRef[];
  targets: ReplicationRef[];
}

/** A move as an engine is asked for it; the step's own cluster is where the object lies that steers. */
export interface MoveOrder extends Omit<MoveRequest, 'name'> {
  /** Names in the fleet; of the source only where it answered when the plan was made. */
  source?: string;
  target: string;
  /** Cluster that it leaves, in the fleet, whether it answers or not. */
  leaves: string;
  /** What the object that steers may cover, and nothing else. */
  namespaces: string[];
}

export type Promotion = Omit<PromoteRequest, 'name' | 'targets'> & { targets: ReplicationRef[] };

/** Where objects are carried from: as they are there now, or as a point holds them. */
export type CarrySource =
  | { cluster: string; namespace: string }
  | { engine: string; engineNamespace: string; point: Pick<RecoveryPoint, 'id' | 'name' | 'namespace' | 'cluster'>; namespace: string };

export interface CarriedObject extends ObjectTarget {
  /** It is written so that nothing of it runs; `copy.start` lets it run. */
  stopped?: true;
}

/** What is called otherwise at the target. */
export interface Mapping {
  /** Of what our own steps bring; what an engine moves by itself keeps them. */
  namespaces?: Record<string, string>;
  storageClasses?: Record<string, string>;
  /** Of Ingresses, routes, gateways and names for a DNS: a host, or the end of one (`.east.example` -> `.west.example`). */
  hosts?: Record<string, string>;
  /** Of node selectors: `key=value` -> `key=value`; to the empty text: left out. */
  nodeLabels?: Record<string, string>;
}

/** A point, or what the step of this id of the same plan captured. */
export type ObjectSource = { point: Pick<RecoveryPoint, 'id' | 'name' | 'namespace' | 'cluster'> } | { backup: string };

export interface RestoredObject extends ObjectTarget {
  /** Paths of fields that are left as they are: `['spec', 'replicas']`. */
  except?: string[][];
}

export interface Step {
  /** `w1-orders-db-restore`: unique in the plan, stable over re-planning. */
  id: string;
  /** For people: "Restore orders-db into shop-restore". */
  title: string;
  cluster: string;
  component?: string;
  action: StepAction;
  /** Of an undo or a clean-up step: the forward step that it takes back. It is carried out only when that one was begun. */
  undoes?: string;
}

/** Cuts a cluster off from its storage, or lets it in again. */
export type FenceStep = Pick<Step, 'id' | 'title' | 'cluster'> & { action: Extract<StepAction, { kind: 'fence.set' }> };

/** What would happen to one object. Secret values never appear: a changed one is only named. */
export interface Change {
  action: 'create' | 'change' | 'leave' | 'remove' | 'conflict';
  cluster: string;
  apiVersion: string;
  kind: string;
  namespace?: string;
  name: string;
  component?: string;
  /** Why it is left, or cannot be changed, where that is not plain. */
  why?: string;
  /** Field by field, `path` as `spec.replicas`; for `create`, the rewrites of a clone (from captured to restored). */
  fields?: FieldChange[];
}

/** `path` as `spec.template.spec.containers[web].image`; an absent side means that the field is not there. */
export interface FieldChange {
  path: string;
  from?: unknown;
  to?: unknown;
  why?: string;
}

export interface DataLoss {
  component: string;
  /** Seconds from the data to `createdAt` of the plan, by the clock of who captured it: what is lost when it replaces the live data. 0 for a clone. */
  seconds: number;
  /** "12 minutes of orders-db", or why nothing is lost. */
  text: string;
  /** Nobody can tell how much: `seconds` says nothing. */
  unknown?: true;
}

/** Of the policy that holds for a component when the plan is made. */
export interface PlanObjective {
  component: string;
  policy: string;
  rpoSeconds?: number;
  rtoSeconds?: number;
}

export interface PlanPoint {
  component: string;
  cluster: string;
  /** Of the component, as it was captured. */
  namespace: string;
  pointId: string;
  name: string;
  capturedAt: string;
}

/** Data that a continuous copy holds at the target, claim by claim. */
export interface PlanCopy {
  component: string;
  claim: string;
  engine: string;
  from: string;
  to: string;
  /** Of the copy at the target. */
  name: string;
  namespace: string;
  /** START of the capture of what it holds. Absent: not known, or what there is when the source stands still. */
  capturedAt?: string;
  /** RFC 3339, where an earlier instant was asked for: the newest that is not younger than this is taken. */
  asOf?: string;
}

/** The newest of each component that is not younger than a moment, over all clusters and engines. */
export interface RecoverySet {
  /** RFC 3339: the `point` to ask for. */
  moment: string;
  /** Between the oldest and the newest that its parts may be of. */
  skewSeconds: number;
  /** From the oldest that its parts may be of to when the plan was made. */
  lossSeconds: number;
  /** Of a part nobody can tell beforehand whether it is there. */
  unknown?: true;
}

/**
 * A plan is a value: the same one is previewed, hashed, stored and executed, in CLI, portal and drill alike.
 * `hash` covers everything except id, createdAt, expiresAt and the hash itself, plus the inputs in `basis`.
 */
export interface Plan {
  id: string;
  hash: string;
  createdAt: string;
  /** After this, execution refuses with PLAN_EXPIRED. 30 minutes. */
  expiresAt: string;
  intent: Intent;
  /**
   * What was asked for, with everything decided that was left open (points, names, instant): planned again, it gives the
   * same hash as long as the world is the same.
   */
  request: PlanRequest;
  application: string;
  entityRef?: string;
  owner?: string;
  components: string[];
  points: PlanPoint[];
  /** Of a move to another cluster: the data that does not come from points. */
  copies?: PlanCopy[];
  /** Clusters and namespaces that execution may write to, besides the engines' own and `dr.namespace`. */
  target: { cluster: string; namespaces: string[] }[];
  mode?: RestoreMode;
  /** Waves run one after another; steps of a wave side by side. */
  waves: Step[][];
  /** Of a drill: what takes away all that it made. Carried out whether the waves succeeded, failed or were cancelled. */
  cleanUp?: Step[][];
  /** Of a drill: what it is held against, by component. */
  objectives?: PlanObjective[];
  changes: Change[];
  dataLoss: DataLoss[];
  /** `p95Seconds`: in nineteen of twenty earlier ones it took no longer. Absent where too few were seen. */
  estimate?: { seconds: number; basis: string; p95Seconds?: number };
  /** Seconds between the oldest and the newest data of the set, when components go on with that of different moments. */
  skewSeconds?: number;
  /** Of a move: what is called otherwise at the target, as the policy says it and, over that, the request. Absent: nothing. */
  mapping?: Mapping;
  /** Of a failover: older sets that could be chosen in place of this. */
  sets?: RecoverySet[];
  blockers: Reason[];
  warnings: Reason[];
  /** Of a move that its target blocks because it cannot run some components: the same without them is possible. */
  partial?: { without: string[] };
  undo: PlanUndo;
  /** What it was computed from: `east/Backup velero/x` -> version or digest. Compared to tell PLAN_STALE apart. */
  basis: Record<string, string>;
  /** Cluster that keeps journal and lease. */
  home: string;
}

export interface PlanUndo {
  /** How to get back: "delete the namespace shop-restore". */
  text: string;
  possible: boolean;
  /** The steps that do it (`kubectl dr undo`), in order, each with what it `undoes`. Absent: a person has to do it. */
  waves?: Step[][];
  /** What gives the kept state up, when it is confirmed or its time is over. */
  release?: Step[][];
}

export interface PlanRequest {
  intent: Intent;
  /** Application name or entity ref. */
  application: string;
  /** Absent: all. */
  components?: string[];
  /** Of a move: components that stay where they are. The plan names in `components` what is left. */
  without?: string[];
  /** A point's id or name, an instant (`14:05`, `2h ago`, RFC 3339) or `latest` (default). */
  point?: string;
  mode?: RestoreMode;
  /** For a clone or a drill: the namespace to restore into; absent: `<namespace>-restore-<suffix>`, `-drill-`. */
  namespace?: string;
  /** Deny egress from a clone (default true). */
  isolate?: boolean;
  /** Take points that lack volumes of the component as well: these come back empty (default false). Clone only. */
  allowMissingVolumes?: boolean;
  /** Remove what exists now and did not at the point (default false: it is left and listed). */
  prune?: boolean;
  /** Capture the present state first (default true). Without it, changed configuration cannot be undone. */
  safetyBackup?: boolean;
  /** Restart what depends on a component that went back (default false). */
  restartDependents?: boolean;
  /** How long an in-place restore can be undone, milliseconds (default 24 h). */
  undoWindow?: number;
  /** Of a failover, relocate or failback: the cluster to go on at. */
  to?: string;
  /** Of a drill: the cluster to try it on, from what has arrived there; absent: where it runs. */
  on?: string;
  /** Of a move, or of a drill on another cluster: what a class of the source is called there. */
  storageClasses?: Record<string, string>;
  /** Of the same: hosts, and labels of nodes, as in `Mapping`. What the policy says of the target holds besides. */
  hosts?: Record<string, string>;
  nodeLabels?: Record<string, string>;
  /** Of a move alone: a namespace of the application, as it is called where it runs now, and its name there. */
  namespaces?: Record<string, string>;
  /** Of a failover whose source does not answer: why it may go on all the same. Recorded. */
  override?: string;
  /** Of a failover to an older moment: newer data that the target has may be left behind (default false). Recorded. */
  acceptDataLoss?: boolean;
  /** RFC 3339: when it was asked. `point` is relative to it and names are made from it. Default: now. */
  at?: string;
  /** Exactly these points, whatever `point` says: by component and place. */
  pins?: { component: string; cluster: string; namespace: string; pointId: string }[];
}
