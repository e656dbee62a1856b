import type { KubeObject, ResourceType } from './kubernetes.ts';
import type { ClusterReading } from './reading.ts';
import type { Mover } from './mover.ts';
import type { Replicator } from './replication.ts';
import type { PointContents, ProtectionState, RecoveryPoint } from '../protection/model.ts';
import type { Reason } from '../reason.ts';
import type { Checkup } from '../doctor/check.ts';
import type { EngineContext, NativeProgress } from './engine-context.ts';

/** What an engine can do, as data: edges offer only what is declared, and no list of engines exists elsewhere. */
export interface EngineCapabilities {
  /** Makes recovery points on demand. */
  backup: boolean;
  /** Restores a point beside the original, into another namespace. */
  clone: boolean;
  /** Restores over what exists. */
  inPlace: boolean;
  /** Lists what is inside a point (objects and volumes). */
  contents: boolean;
  /**
   * Captures the objects of a namespace. Without it a point holds the data of volumes and their claims alone: what runs
   * does not come back from it, and configuration has to be captured by another engine.
   */
  configuration: boolean;
  /** Copies continuously to another cluster (`Engine.replicator`). */
  replication: boolean;
  /** A point made on one cluster can be restored on another. */
  crossCluster: boolean;
}

/** What to capture. The caller has already checked that every namespace belongs to the application. */
export interface BackupRequest {
  /** Deterministic: asking twice with the same name yields one backup. */
  name: string;
  namespaces: string[];
  labelSelector?: string;
  /**
   * Names of the claims whose data is wanted, and no others. Only for engines without the capability `configuration`,
   * which need no labels to find them.
   */
  claims?: string[];
  location?: string;
  /** Milliseconds. */
  keepFor?: number;
  /**
   * `none`: objects only. `moved`: of volumes that nothing uses the data itself, to where other clusters get at it; only for engines
   * that are `movesAtRest`. Default: with the data of their volumes.
   */
  volumes?: 'all' | 'none' | 'moved';
  /** `group`: all volumes at one instant, where the storage can do that. An engine that cannot takes them one by one. */
  consistency?: 'group';
  labels: Record<string, string>;
  annotations: Record<string, string>;
}

/** Points by a timetable, as a policy asks for them: either `cron` in a time zone, or `every`. */
export interface ScheduleRequest {
  /** Deterministic: rendering the same policy again gives the same name. */
  name: string;
  namespaces: string[];
  labelSelector?: string;
  /** Five fields. */
  cron?: string;
  timeZone?: string;
  /** Milliseconds. */
  every?: number;
  /** Milliseconds. */
  keepFor: number;
  location?: string;
  /** Kept on the schedule and on every point that it makes. */
  labels: Record<string, string>;
  annotations: Record<string, string>;
}

/** A change of an object on its way back, so that a clone cannot act in the world. Rules: `planning/neutralise.ts`. */
export interface Rewrite {
  /** `services`, `ingresses.networking.k8s.io`. */
  resource: string;
  /** The ORIGINAL namespace. */
  namespace: string;
  name: string;
  /** RFC 6902, applied to the object as captured. */
  patches: { op: 'add' | 'replace' | 'remove' | 'test'; path: string; value?: unknown }[];
}

export interface RestoreRequest {
  /** Deterministic, as for backups. */
  name: string;
  point: Pick<RecoveryPoint, 'id' | 'name' | 'namespace' | 'cluster'>;
  /** Source namespaces to take from the point. */
  namespaces: string[];
  /**
   * source -> target. Every namespace of `namespaces` that is absent here goes back under its own name. One that is mapped
   * to itself does so too, and a volume that would come back under its own name (native snapshots) gets another where that
   * is taken: the present one can be kept beside it.
   */
  namespaceMapping: Record<string, string>;
  labelSelector?: string;
  /** As in `BackupRequest`: these claims, under their names in the point. One that exists already is a conflict. */
  claims?: string[];
  /** `resourceKey`s; absent: all. */
  includedResources?: string[];
  excludedResources?: string[];
  rewrites: Rewrite[];
  labels: Record<string, string>;
  annotations: Record<string, string>;
}

/** Outcome of a restore, object by object, read from the engine when it ended. */
export interface RestoreOutcome {
  created: number;
  updated: number;
  skipped: number;
  failed: number;
  warnings: string[];
  errors: string[];
}

/** What is about to be asked of an engine, as far as it is known when a plan is made. */
export type Intended =
  | { backup: BackupRequest }
  | { restore: Pick<RestoreRequest, 'point' | 'namespaces' | 'namespaceMapping' | 'claims'> };

/**
 * A backup or replication system, in one folder under `engines/`. Nothing else knows its name, its types or its words: what
 * it can do is in `capabilities`, and whoever plans asks these, never the id.
 *
 * What an engine must guarantee. Each has a check of its number in `testing/engine-conformance.ts`, which runs for every
 * engine on the three targets of `test/cluster`.
 *
 * Reading
 * - R1 `interpret` is pure, total and permissive: missing status, unknown phases, absurd dates and huge lists give a value
 *   with phase `Unknown`, never an exception; one bad object never hides the others.
 * - R2 What anybody may write into a namespace (labels, annotations) tells about that namespace alone.
 * - R3 `installed` is false where its types are not served, and true where they may not be seen.
 * - R4 A point id has four parts, `cluster/engine/namespace/name`, and stays the same for the life of the point.
 * - R5 `capturedAt` is the START of the capture, by the cluster's clock: data is as old as that. Succeeded means that
 *   everything of its scope is inside.
 * - R6 `pointKinds` alone give the same points, and say as well whether it is installed.
 * - R7 `volumeEvidence` lists only what is proven; what still runs proves nothing.
 * - R8 `contents` and `objects` work for points with phase Succeeded or Degraded, else InputError; they are bounded in time
 *   (30 s) and tell the cause: ServiceUnavailableError with code CONTENTS_UNREADABLE or ENGINE_DOWN, NotFoundError for a point
 *   that is gone. Every object that is given is listed in the contents, and nothing of a namespace that was not asked for is.
 * - R9 A point that holds no objects says so (`holds: 'data'`), and one whose data lies where the volumes lie (`keptIn`). Without
 *   the capability `configuration` the objects are the claims, as they have to be made again.
 *
 * Asking
 * - A1 `ping`, `pingMover` and `foresee` change nothing of anybody; at most `ping` leaves a question in the engine's namespace.
 * - A2 `progressOf*` never waits. Something of that name that vanished, or never was, is NotFoundError.
 * - A3 Everything ends: what nobody acts on is Failed after a bounded time, by the cluster's clock, with a message that names
 *   the object.
 *
 * Writing
 * - W1 `start*` is idempotent by `name`: killed half-way and called again, it makes what is missing and nothing twice.
 * - W2 If something of that name exists and carries our labels of this request (operation, step), it is taken as ours; if it
 *   carries others, ConflictError.
 * - W3 What can be known beforehand to fail is refused before the first write.
 * - W4 `start*` writes only in the engine's namespace. An engine that has none (no `installation.namespace`) may only CREATE
 *   objects of its own and the claims that were asked for, in the one namespace of its context and, for a clone, beside what
 *   it needs there; each carries the labels of the request. It never changes or deletes what it did not make.
 * - W5 A claim that exists is never overwritten or adopted: it is left as it is, or a conflict where it was asked for by name.
 * - W6 What a restore brings back carries marks of that very restore, or is in the engine's record of it (`isRestoredBy`): an undo
 *   removes that and nothing else. `marks` names them, so that no diff sees them.
 * - W7 `stopRestore`, `finishRestore` and `releaseRestore` are idempotent, do nothing for what never was, and take nothing that
 *   came back nor any data of a point: it can be restored again.
 * - W8 Points go only by their engine's own expiry, which `expiresAt` tells, or by `removePoint`, which only a plan calls
 *   (`removedBy: 'plan'`), and which refuses one that is pinned. Removing one leaves the others as they are.
 */
export interface Engine {
  /** The folder's name. */
  readonly id: string;
  readonly title: string;
  readonly capabilities: EngineCapabilities;
  /** Types that `interpret` wants to see. */
  readonly kinds: readonly ResourceType[];
  /** Those of `kinds` that say which points there are, whether it is installed among them. Absent: all of them. */
  readonly pointKinds?: readonly ResourceType[];
  /** The record of its restores, for `interpret`; read only when somebody asks for them. Absent: it keeps none. */
  readonly restoreKinds?: readonly ResourceType[];
  /** Annotations of pods that make this engine run a command before it captures them. Absent: it has no such thing. */
  readonly hookAnnotations?: readonly string[];
  /** It can capture volumes of stopped workloads so that their data leaves the storage (`BackupRequest.volumes: 'moved'`). */
  readonly movesAtRest?: true;
  /** `false`: it brings objects back as they were captured and changes none on their way, so no copy can be made harmless. */
  readonly rewrites?: false;
  /** Labels and annotations that it puts on what it restored: a diff does not see them. */
  readonly marks?: readonly string[];

  interpret(reading: ClusterReading): ProtectionState;

  /** Proves that the engine's controller is alive; throws ServiceUnavailableError (ENGINE_DOWN) when it is not. */
  ping(context: EngineContext): Promise<{ version?: string }>;

  /**
   * Proves that what carries data on the nodes is there, for points whose data was moved or copied file by file; throws
   * ServiceUnavailableError (ENGINE_DOWN) when it is not. An engine without such a thing leaves it out.
   */
  pingMover?(context: EngineContext): Promise<void>;

  /**
   * Looks at what stands in the way of what is about to be asked, and changes nothing: severity `blocker` for what
   * cannot succeed, others for what is worth knowing. An engine that finds out for itself when it runs leaves it out.
   */
  foresee?(context: EngineContext, intended: Intended): Promise<Reason[]>;

  /**
   * Makes points by a timetable. `render` is pure; `type` is one of `kinds`; `owns` names fields (`spec.template.labelSelector`)
   * whose absence from what is rendered means that they have to go. Absent: it has no timetable of its own.
   */
  readonly schedule?: {
    type: ResourceType;
    owns: readonly string[];
    render(request: ScheduleRequest, namespace: string): KubeObject;
    /** An object of its own that says when, for engines whose schedules refer to one. As for the schedule itself. */
    timetable?: { type: ResourceType; owns: readonly string[]; render(request: ScheduleRequest, namespace: string): KubeObject };
  };

  /** Present exactly with the capability `replication`. */
  readonly replicator?: Replicator;

  /** Where it moves applications as a whole by itself. */
  readonly mover?: Mover;

  /** What `doctor` looks after at the engine's own installation; loaded only for that. Absent: nothing. */
  checkup?(): Promise<Checkup>;

  contents(context: EngineContext, point: RecoveryPoint): Promise<PointContents>;

  /** The captured objects themselves, raw, of the given namespaces, and these Namespace objects. For diffs and for neutralising a clone. */
  objects(context: EngineContext, point: RecoveryPoint, namespaces: string[]): Promise<KubeObject[]>;

  startBackup(context: EngineContext, request: BackupRequest): Promise<void>;
  progressOfBackup(context: EngineContext, name: string): Promise<NativeProgress>;

  startRestore(context: EngineContext, request: RestoreRequest): Promise<void>;
  progressOfRestore(context: EngineContext, name: string): Promise<NativeProgress>;
  outcomeOfRestore(context: EngineContext, name: string): Promise<RestoreOutcome>;
  /**
   * Did the restore of this name bring the object back? By the marks that the engine puts on it; what it found there has none. An
   * engine that marks nothing looks into its own record of the restore, for which it needs the context.
   */
  isRestoredBy(object: KubeObject, name: string, context?: EngineContext): Promise<boolean>;
  /**
   * Asks a restore that runs to end early, for an undo; how it ended is told by `progressOfRestore`. Absent restores and
   * ended ones: nothing. An engine that cannot stop leaves it out, and the undo waits.
   */
  stopRestore?(context: EngineContext, name: string): Promise<void>;
  /** Removes what `startRestore` left besides what came back, and is no evidence (rewrite rules, helpers). Idempotent. */
  finishRestore(context: EngineContext, name: string): Promise<void>;

  /**
   * Removes what a restore left in these namespaces for as long as it may be taken back, when that is over: it was confirmed,
   * its time is up, or it was undone. Never the data of a point. Idempotent. An engine that leaves nothing leaves it out.
   */
  releaseRestore?(context: EngineContext, name: string, namespaces: readonly string[]): Promise<void>;

  /**
   * Removes a point for good, with its data. Idempotent; does not wait for the storage. An engine whose server removes what
   * has expired leaves it out; for the others a plan to back up does it, and lists it.
   */
  removePoint?(context: EngineContext, point: Pick<RecoveryPoint, 'id' | 'name' | 'namespace' | 'cluster'>): Promise<void>;
}
