import type { EngineContext, NativeProgress } from './engine-context.ts';
import type { ResourceType } from './kubernetes.ts';
import type { ManagedApplication } from '../protection/model.ts';
import type { Reason } from '../reason.ts';

/**
 * `failover`: the source is lost, or given up. `relocate`: both sides answer, nothing is lost. `failback`: to where it came from
 * before. `test`: a copy at the target for as long as it is looked at, while the original runs on.
 */
export type MoveKind = 'failover' | 'relocate' | 'failback' | 'test';

/**
 * Contexts of a move. `steering`: where the object lies that the engine is steered by, on a hub or on one of the two. The
 * application's own clusters are there as far as they answer and are configured; `namespace` of both: the application's.
 */
export interface MoveContexts {
  steering: EngineContext;
  source?: EngineContext;
  target?: EngineContext;
}

/** What a plan keeps of a managed application. */
export type ManagedRef = Pick<ManagedApplication, 'id' | 'name' | 'namespace' | 'cluster' | 'placedAt'>;

export interface MoveRequest {
  /** Deterministic, at most 50 characters: names this move for as long as anybody asks about it. */
  name: string;
  kind: MoveKind;
  application: ManagedRef;
  /** Names of clusters as the engine knows them (`ManagedApplication.places`). */
  from: string;
  to: string;
  /** Of a test in namespaces of its own, which are there and shut off: by the namespace that is tried. */
  into?: Record<string, string>;
  /** Why it may go on although nobody knows whether the source stands still: as somebody said it. */
  accepted?: string;
  /** On every object that is made for it. */
  labels: Record<string, string>;
  annotations: Record<string, string>;
}

/** What would come of it, as far as it is known before. */
export interface MovePreview {
  /** Severity `blocker` for what the engine would refuse, or would get wrong without saying so. */
  reasons: Reason[];
  /**
   * Claim by claim: from when the data is that would be at the target. Absent: nobody can tell, of a claim or of all. Empty for a move
   * without loss.
   */
  claims?: { claim: string; capturedAt?: string }[];
  /** Every object that `start` and `finish` write, with what of it: the same values that are written then. */
  writes: MoveWrite[];
  /**
   * What the engine does by itself, in its order, one line each for people: they become the lines of the plan. `stage` is what
   * `MoveProgress.stage` says while that one is worked on.
   */
  stages: { stage: string; title: string; cluster?: string }[];
}

/** What is written on one object that steers. `path` as `spec.action`; of one that is made only `to` is there. */
export interface MoveWrite {
  action: 'create' | 'change';
  type: ResourceType;
  cluster: string;
  namespace: string;
  name: string;
  fields: { path: string; from?: unknown; to?: unknown }[];
}

export interface MoveProgress extends NativeProgress {
  /** Which of `MovePreview.stages` is worked on. Absent: one that we do not know (newer than us), told by `nativePhase`. */
  stage?: string;
  /** It goes on only when a person has done this, one sentence: "delete the old workloads in shop on east". */
  waitsForUser?: string;
  /** It failed, and the engine has made the source run again. */
  rolledBack?: true;
  claims: { claim: string; capturedAt?: string }[];
}

/**
 * An engine that moves a whole application by itself: volumes, objects, workloads and where it runs. It is steered and watched;
 * nothing of what it does is done beside it. An engine that copies volumes only has a `Replicator` instead.
 *
 * `start` and `finish` are asked again and again by the same name until they have had their effect; `progress` is asked until it
 * ends. None of them waits. So a process that dies in between leaves nothing undone and begins nothing twice.
 *
 * What an engine must guarantee:
 *
 * - M1 `interpret` tells every application that the engine manages as a `ManagedApplication`: where it runs, where it can go, what
 *   it covers, how old the data at the other side is (`capturedAt`, the START of the capture, or nothing), and the move that is
 *   under way, whoever asked for it. Unknown stages and fields newer than us are text, never an exception.
 * - M2 `preflight` changes nothing. Everything that the engine itself refuses is a blocker, and so is what it accepts and then
 *   gets wrong in silence: a peer that is not ready, a last copy that failed or never was, a test on data older than three
 *   intervals, both sides primary. A sentence names the object and what to do.
 * - M3 `start` writes only on objects that steer: it patches what people made, and makes requests of its own. It never touches what
 *   the engine makes of them (its volumes, its workloads). While another move is under way: ConflictError before anything is
 *   written. The same name again: nothing more.
 * - M4 `progress` is Succeeded only at the engine's own end state for this very move: not when a copy is primary, not when the
 *   phase says so while it still waits for readiness or cleans up. A state left over from an earlier move counts as Running.
 * - M5 A `relocate` that ends Succeeded lost nothing. An engine that cannot do a last copy at rest does not offer it.
 * - M6 Where the engine goes back by itself, it is Failed with `rolledBack`; what the engine would report as a success with parts
 *   left out is Failed.
 * - M7 `finish` takes away what a move leaves (requests, the copy of a `test`), and hands back what it left switched off. It is
 *   idempotent, and for a move that never was: nothing. `outcome: 'promote'` keeps the copy of a test as the application.
 * - M8 What cannot be done because a cluster does not answer is named in `pending`, and done when `finish` is called again.
 * - M9 Everything ends: a stage that nothing moves is Failed after a bounded time, by the clock of its cluster, with a message that
 *   names the object and stage. Waiting for a person does not count.
 * - M10 `abort` leads back to the state before as long as the source is whole, and refuses (ConflictError) after that.
 */
export interface Mover {
  /** What it offers at all; what one application can do now is in `ManagedApplication.moves`. */
  readonly moves: readonly MoveKind[];
  /** The engine itself sees to it that never two copies run (a fence of its own): no override is asked for. */
  readonly fences: boolean;
  /** A copy that its cluster kept from being stopped is taken away by the engine itself, and the move has not ended before that. */
  readonly clearsSource: boolean;
  /**
   * Where a test runs: in the application's own namespaces at the target (`place`), or in such as are made for it
   * (`MoveRequest.into`, `apart`), where its workloads arrive stopped.
   */
  readonly tests: 'place' | 'apart';
  /**
   * Rights that a move takes, in `namespace`, else in that of the object that steers, which of them without one: of cluster-scoped types.
   * `of`: of that kind alone.
   */
  readonly rights: readonly {
    on: 'steering' | 'source';
    verb: string;
    type: ResourceType;
    namespace?: string;
    of?: MoveKind;
  }[];

  preflight(contexts: MoveContexts, request: MoveRequest): Promise<MovePreview>;
  start(contexts: MoveContexts, request: MoveRequest): Promise<void>;
  progress(contexts: MoveContexts, request: MoveRequest): Promise<MoveProgress>;
  finish(
    contexts: Partial<MoveContexts>,
    request: MoveRequest,
    outcome: 'keep' | 'revert' | 'promote',
  ): Promise<{ done: boolean; pending: string[]; message?: string }>;
  /** Absent: what was begun has to end. */
  abort?(contexts: MoveContexts, request: MoveRequest): Promise<void>;
}
