import type { ClusterClient } from './cluster.ts';
import type { Clock } from './clock.ts';
import type { KubeObject, ResourceType } from './kubernetes.ts';
import type { ClusterReading } from './reading.ts';
import type { PointContents, PointPhase, ProtectionState, RecoveryPoint } from '../protection/model.ts';

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
  /** Copies continuously to another cluster. */
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
  location?: string;
  /** Milliseconds. */
  keepFor?: number;
  /** `none`: objects only. Default: with the data of their volumes. */
  volumes?: 'all' | 'none';
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
  /** source -> target. Every namespace of `namespaces` that is absent here goes back under its own name. */
  namespaceMapping: Record<string, string>;
  labelSelector?: string;
  /** `resourceKey`s; absent: all. */
  includedResources?: string[];
  excludedResources?: string[];
  rewrites: Rewrite[];
  labels: Record<string, string>;
  annotations: Record<string, string>;
}

export type NativeProgress = {
  phase: PointPhase;
  nativePhase: string;
  done?: number;
  total?: number;
  message?: string;
};

/** Outcome of a restore, object by object, read from the engine when it ended. */
export interface RestoreOutcome {
  created: number;
  updated: number;
  skipped: number;
  failed: number;
  warnings: string[];
  errors: string[];
}

export interface EngineContext {
  cluster: ClusterClient;
  clock: Clock;
  /** Namespace of the engine's objects, from `ProtectionState.installation.namespace`. */
  namespace: string;
  signal?: AbortSignal;
}

/**
 * A backup or replication system, in one folder under `engines/`.
 *
 * A third engine must guarantee (the conformance suite checks it):
 * - `interpret` is pure, total and permissive: missing status, unknown phases, absurd dates and huge lists give a value
 *   with phase `Unknown`, never an exception; one bad object never hides the others.
 * - `capturedAt` is the START of the capture: data is as old as that.
 * - `start*` is idempotent by `name`: if an object of that name exists and carries our labels of this request, it is
 *   taken as ours; if it carries others, ConflictError.
 * - `start*` writes only in the engine's namespace and never in the application's.
 * - `progressOf*` never waits. A native object that vanished is NotFoundError.
 * - what a restore brings back carries marks of that very restore (`isRestoredBy`): an undo removes what carries them and
 *   nothing else.
 * - `contents` works for points with phase Succeeded or Degraded, else InputError; it is bounded in time (30 s) and
 *   tells the cause: ServiceUnavailableError with code CONTENTS_UNREADABLE or ENGINE_DOWN.
 */
export interface Engine {
  /** The folder's name. */
  readonly id: string;
  readonly title: string;
  readonly capabilities: EngineCapabilities;
  /** Types that `interpret` wants to see. */
  readonly kinds: readonly ResourceType[];
  /** Annotations of pods that make this engine run a command before it captures them. Absent: it has no such thing. */
  readonly hookAnnotations?: readonly string[];
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

  contents(context: EngineContext, point: RecoveryPoint): Promise<PointContents>;

  /** The captured objects themselves, raw, of the given namespaces, and these Namespace objects. For diffs and for neutralising a clone. */
  objects(context: EngineContext, point: RecoveryPoint, namespaces: string[]): Promise<KubeObject[]>;

  startBackup(context: EngineContext, request: BackupRequest): Promise<void>;
  progressOfBackup(context: EngineContext, name: string): Promise<NativeProgress>;

  startRestore(context: EngineContext, request: RestoreRequest): Promise<void>;
  progressOfRestore(context: EngineContext, name: string): Promise<NativeProgress>;
  outcomeOfRestore(context: EngineContext, name: string): Promise<RestoreOutcome>;
  /** Did the restore of this name bring the object back? By the marks that the engine puts on it; what it found there has none. */
  isRestoredBy(object: KubeObject, name: string): Promise<boolean>;
  /**
   * Asks a restore that runs to end early, for an undo; how it ended is told by `progressOfRestore`. Absent restores and
   * ended ones: nothing. An engine that cannot stop leaves it out, and the undo waits.
   */
  stopRestore?(context: EngineContext, name: string): Promise<void>;
  /** Removes what `startRestore` left in the engine's namespace and is not evidence (rewrite rules). Idempotent. */
  finishRestore(context: EngineContext, name: string): Promise<void>;
}
