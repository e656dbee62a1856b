import type { NamespaceInventory } from '../application/cluster-inventory.ts';
import type { Reason } from '../reason.ts';

/** One enum over all engines; the native word is always kept beside it. */
export type PointPhase = 'Pending' | 'Running' | 'Succeeded' | 'Degraded' | 'Failed' | 'Deleting' | 'Unknown';

/** What a point or a schedule covers. `namespaces: '*'` is every namespace. */
export interface Scope {
  namespaces: string[] | '*';
  excludedNamespaces: string[];
  /** Selector text; objects without a match are not in the point. */
  labelSelector?: string;
  /** Names of the claims whose data it is limited to, in each of its namespaces. */
  claims?: string[];
  /** Set when resources were limited by type: the native lists, for display. */
  includedResources?: string[];
  excludedResources?: string[];
}

/** A state to which components can be brought back. All instants are RFC 3339, by the cluster's clock. */
export interface RecoveryPoint {
  /** `cluster/engine/namespace/name`: stable, and what a user may type (the last part is enough when unique). */
  id: string;
  name: string;
  /** Namespace of the native object (Velero: the server's own). */
  namespace: string;
  uid?: string;
  engine: string;
  cluster: string;
  phase: PointPhase;
  /** The engine's own word, as it stands. Untrusted text. */
  nativePhase: string;
  /** Age of the data counts from here. Absent: never started, or the engine did not say. */
  capturedAt?: string;
  completedAt?: string;
  /** When the native object appeared. Places points in time that never started. */
  createdAt?: string;
  expiresAt?: string;
  /**
   * `plan`: its engine removes nothing by itself, so that it stays usable after `expiresAt` until a plan to back up removes
   * it. Absent: the engine may remove it at any moment after `expiresAt`.
   */
  removedBy?: 'plan';
  /** Somebody wrote on it that it has to stay (annotation `kubectl-dr.dev/pinned`): no plan removes it. */
  pinned?: true;
  scope: Scope;
  location?: string;
  /** Name of the schedule that made it. */
  schedule?: string;
  /** From our labels, where we or a schedule of ours made it. */
  application?: string;
  component?: string;
  /**
   * Made by an operation of the state that it was about to leave: the way back from it. It is taken only by name, and
   * counts for no objective: nobody means it by "the newest".
   */
  safety?: true;
  /** Commands were run in pods before it was captured, by a rule of the engine's own and not by annotations of the pods. */
  hooks?: true;
  /** `data`: it holds the data of volumes and their claims, and no other objects. Absent: objects and data. */
  holds?: 'data';
  /** `storage`: the data lies in the storage system of the volumes, and is lost with it. Absent: elsewhere, or unknown. */
  keptIn?: 'storage';
  /** Deleting its namespace deletes the data as well. */
  goesWithNamespace?: true;
  /** The engine's own sentence about a failure. Untrusted text. */
  message?: string;
  errors?: number;
  warnings?: number;
  /** Items captured, as far as the engine counts them. */
  items?: number;
  /** Version of the Kubernetes on which it was made, as `v1.34.4`, where the engine kept it. */
  madeOn?: string;
}

export type CaptureMethod = 'csi-snapshot' | 'data-mover' | 'file-system' | 'native-snapshot' | 'unknown';

export interface VolumeCapture {
  namespace: string;
  /** PersistentVolumeClaim. */
  claim: string;
  method: CaptureMethod;
  state: 'captured' | 'skipped' | 'failed';
  bytes?: number;
  /** Why skipped or failed, in the engine's words. */
  message?: string;
}

/** `apps/v1/Deployment`, namespace (absent: cluster-scoped), name. */
export interface CapturedObject {
  apiVersion: string;
  kind: string;
  namespace?: string;
  name: string;
}

/** What is inside a finished point, read from the engine's artefacts. Immutable for a given point uid. */
export interface PointContents {
  pointId: string;
  objects: CapturedObject[];
  volumes: VolumeCapture[];
  /** Items that failed, per namespace; the key `''` holds errors about the cluster or the engine itself. */
  errors: Record<string, string[]>;
  /** What ran in a namespace, by its name, as far as its objects were read as well: no engine tells this. */
  inventories?: ReadonlyMap<string, NamespaceInventory>;
}

export interface Schedule {
  id: string;
  name: string;
  namespace: string;
  engine: string;
  cluster: string;
  /** Cron text or `@every 6h`, as written. */
  expression: string;
  timeZone?: string;
  paused: boolean;
  valid: boolean;
  message?: string;
  scope: Scope;
  location?: string;
  /** Time to live of the points it makes, milliseconds. */
  keepFor?: number;
  /** Last submission, not last success. */
  lastRun?: string;
  createdAt?: string;
  application?: string;
  component?: string;
  policy?: string;
}

export interface StorageLocation {
  id: string;
  name: string;
  engine: string;
  cluster: string;
  phase: 'Available' | 'Unavailable' | 'Unknown';
  message?: string;
  accessMode: 'ReadWrite' | 'ReadOnly';
  isDefault: boolean;
  provider?: string;
  /** `bucket/prefix`, for people. Never a credential. */
  target?: string;
  /** Where the buckets of that name are: address of the store or region, where it is told. */
  endpoint?: string;
  lastValidated?: string;
}

/** Of the last `within` milliseconds at least one state is kept of every `every` milliseconds. */
export interface KeptSpan {
  within: number;
  every: number;
}

/**
 * One end of a continuous copy of volumes to another cluster: what one cluster alone tells of it, for the other may be lost.
 * The ends of one copy are found by `protection/replication.ts`.
 */
export interface Replication {
  /** `cluster/engine/namespace/name`; with `/target` at the end where the engine calls both ends alike. */
  id: string;
  name: string;
  namespace: string;
  engine: string;
  /** Of this end. */
  cluster: string;
  /** `source` sends; `target` receives, and is what a failover promotes. */
  role: 'source' | 'target';
  /** Cluster of the other end, as far as this end knows it: for a source where it goes to. */
  to?: string;
  /** For a target: where it comes from. */
  from?: string;
  /** Namespace of the other end, where that is called otherwise there. */
  peerNamespace?: string;
  claims: string[];
  /** Milliseconds between syncs. Absent: always, by hand, or not told. */
  interval?: number;
  /** When the last sync that succeeded ended, by the clock of this cluster. */
  lastSync?: string;
  /**
   * The data that this end sent or holds is as old as this: the START of its capture. Absent: this end cannot tell (one that
   * pulls from a repository knows when it pulled, not how old what it found was).
   */
  capturedAt?: string;
  nextSync?: string;
  /** Milliseconds that the last sync took. */
  duration?: number;
  paused: boolean;
  /** Succeeded: the last sync did and the next is waited for. */
  phase: PointPhase;
  nativePhase: string;
  /** The engine's own sentence about a failure. Untrusted text. */
  message?: string;
  /** Of a source: what it tells that it sent lies at the other end, which tells nothing itself. */
  delivers?: true;
  /** Of a target: there is something that can be promoted. */
  holds?: boolean;
  /** When this end was set up, by the clock of its cluster: what it carries is not older. */
  since?: string;
  /** Earlier data that is kept beside the newest. Empty: none is; absent: this end cannot tell. */
  keeps?: KeptSpan[];
  application?: string;
  component?: string;
  /** Of the policy that made it. */
  policy?: string;
}

/**
 * An application as a whole that an engine moves from cluster to cluster by itself (`ports/mover.ts`): where that is so it is steered,
 * and its volumes are promoted by nobody else.
 */
export interface ManagedApplication {
  /** `cluster/engine/namespace/name` of the object that steers it. */
  id: string;
  name: string;
  namespace: string;
  engine: string;
  /** Where that object lies. */
  cluster: string;
  /** What it covers, at the place where it runs. */
  namespaces: string[];
  /** Everything in them moves, whosever it is, as far as `labelSelector` lets it; else only what uses the `claims`. */
  wholeNamespaces: boolean;
  /** Selector text; absent: everything of the namespaces. */
  labelSelector?: string;
  claims: string[];
  /** Clusters between which it moves, as the engine calls them. */
  places: string[];
  /** Where it runs now; absent: nobody can tell, or nowhere. */
  placedAt?: string;
  /** That can be asked for now. */
  moves: ('failover' | 'relocate' | 'failback' | 'test')[];
  /** The move that is under way, in the engine's words, by whomever it was asked for. */
  moving?: string;
  /** Something of an earlier move is still to be taken away, or waits for a person: one sentence. */
  pending?: string;
  /** START of the capture of what the other side holds. Absent: never copied, or not told. */
  capturedAt?: string;
  /** Milliseconds between copies. */
  interval?: number;
  /** Succeeded: it is protected and nothing moves. */
  phase: PointPhase;
  nativePhase: string;
  /** The engine's own sentence. Untrusted text. */
  message?: string;
}

/** What an engine was asked to bring back, by whomever. */
export interface NativeRestore {
  /** `cluster/engine/namespace/name`. */
  id: string;
  name: string;
  namespace: string;
  engine: string;
  cluster: string;
  phase: PointPhase;
  nativePhase: string;
  /** Name of the point that it takes from. */
  point?: string;
  /** Namespaces of the point that are taken, `*` for all of it. */
  namespaces: string[] | '*';
  /** Those that come back under another name. */
  namespaceMapping: Record<string, string>;
  createdAt?: string;
  startedAt?: string;
  endedAt?: string;
  /** As labelled by us. */
  application?: string;
  /** The operation that asked for it. */
  operation?: string;
  errors?: number;
  warnings?: number;
  items?: number;
  /** The engine's own sentence about a failure. Untrusted text. */
  message?: string;
}

/** Is an engine there, and does it answer? */
export interface EngineInstallation {
  engine: string;
  cluster: string;
  installed: boolean;
  /** Namespace of the engine's own objects. Absent for one whose points lie in the application's namespaces. */
  namespace?: string;
  version?: string;
  problems: Reason[];
}

/** Everything one engine says about one cluster. */
export interface ProtectionState {
  installation: EngineInstallation;
  points: RecoveryPoint[];
  schedules: Schedule[];
  locations: StorageLocation[];
  replications: Replication[];
  /** Absent where its engine moves no application as a whole. */
  managed?: ManagedApplication[];
  /** Absent where its engine keeps no record of them; empty where their type was not read (`Engine.restoreKinds`). */
  restores?: NativeRestore[];
  /**
   * Volumes that the engine's own objects prove to be captured, without reading artefacts (Velero: PodVolumeBackups
   * and DataUploads), by point id.
   */
  volumeEvidence: Record<string, VolumeCapture[]>;
}
