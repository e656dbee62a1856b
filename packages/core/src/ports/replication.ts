import type { EngineContext, NativeProgress } from './engine-context.ts';
import type { KubeObject, ResourceType } from './kubernetes.ts';
import type { Replication } from '../protection/model.ts';
import type { Reason } from '../reason.ts';

/** One end of a copy, as a plan keeps it. */
export type ReplicationRef = Pick<Replication, 'id' | 'name' | 'namespace' | 'cluster' | 'role' | 'claims'>;

/** Contexts of the two ends. `namespace` of each: where the claims of that end live. */
export interface Ends {
  source: EngineContext;
  target: EngineContext;
}

/** `replication: { to, every }` of a policy, for the claims of one component in one place. */
export interface ReplicationRequest {
  /** Deterministic. What is made for a claim is called by this and the claim. */
  name: string;
  source: { cluster: string; namespace: string };
  target: { cluster: string; namespace: string };
  /** As they have to be made again at the target (`claimManifest`), the StorageClass mapped already. */
  claims: KubeObject[];
  /** Milliseconds. */
  every: number;
  labels: Record<string, string>;
  annotations: Record<string, string>;
}

/** An object that a request asks for, and the end where it has to be. `owns`: as of a schedule. */
export interface RenderedReplication {
  end: 'source' | 'target';
  type: ResourceType;
  object: KubeObject;
  owns: readonly string[];
}

export interface SyncRequest {
  /** Deterministic: names this sync for as long as it is asked for. At most 50 characters, as a label's value. */
  name: string;
  sources: readonly ReplicationRef[];
  targets: readonly ReplicationRef[];
  /** Nothing writes to the claims: an engine that waits for somebody to quiesce them first is told to go on. */
  quiesced?: boolean;
}

export interface PromoteRequest {
  /** Deterministic. */
  name: string;
  targets: readonly ReplicationRef[];
  /**
   * Where the claims are made. Absent: in the namespace of each target. Another one, of the same cluster, is for a drill:
   * the copy goes on then.
   */
  into?: string;
  /** RFC 3339: the newest data that is not younger than this. Only with the capability `asOf`. */
  asOf?: string;
  /** Claims to make instead of what the replication knows of them, by name: another class or size. */
  claims?: KubeObject[];
  /** On every claim that is made. */
  labels: Record<string, string>;
  annotations: Record<string, string>;
}

/** A state of a volume that a target has kept beside the newest. */
export interface EarlierImage {
  name: string;
  /** RFC 3339, when it was cut there: its data is not younger. */
  cutAt: string;
}

export interface ReplicationProgress extends NativeProgress {
  /** Claim by claim: from when the data is that the target holds, or that was promoted. Absent: nobody can tell. */
  claims: { claim: string; capturedAt?: string }[];
}

/**
 * How an engine copies volumes from one cluster to another. Two contexts, because some handshakes need both ends in turn.
 *
 * `sync` and `promote` are asked again and again, by the same name, until they have ended: each call does what is due now,
 * waits for nothing, and tells how far it is. So a process that dies in between leaves nothing undone.
 *
 * What an engine must guarantee; each has a check of its number in `testing/replication-conformance.ts`.
 *
 * - C1 `interpret` tells every end as a `Replication`: `role`, claims, interval, the last sync that succeeded, and `capturedAt`,
 *   the START of the capture of what the target holds, or nothing where it is not known. What is paused or failed says so.
 * - C2 `render` is pure, gives the same for the same request, and different objects for different claims; what it gives is
 *   accepted by both clusters.
 * - C3 What was in the volumes before `sync` was called for the first time by a name is at the target when that ends
 *   Succeeded. A sync that was running then does not count. No other sync begins after it until `endSync`.
 * - C4 `promote` without `into` stops the copy into these targets before it makes the first claim, and never needs the source.
 *   Each claim is made once, under its own name, with the newest data that the target can get at (`asOf`: not younger), and
 *   carries the marks of `Engine.isRestoredBy` for the request's name.
 * - C5 A claim that exists and was not made by this very request is never touched: ConflictError before anything is written.
 * - C6 A target that never received anything, or an empty repository, is Failed with a message that names it: nothing empty
 *   is ever promoted.
 * - C7 `pause` is idempotent, changes only the given ends, and keeps what is there. Until it is taken back no sync begins.
 * - C8 `reverse` leaves the former pair paused, wherever it can be reached, and lets another pair copy the other way; nothing of
 *   the former source reaches the new one. Called again when the missing cluster answers it does the rest.
 * - C9 Everything that fails for good ends Failed, by the clock of its cluster, with a message that names the object.
 */
export interface Replicator {
  /** It can go back to data of an earlier instant (`PromoteRequest.asOf`). */
  readonly asOf: boolean;
  /** Where earlier data lies at the target itself: what of it is there, newest first. Undefined: it lies where only a promotion looks. */
  earlier?(target: EngineContext, ref: ReplicationRef): Promise<EarlierImage[] | undefined>;
  /** Types of what `render` gives; among `Engine.kinds`. */
  readonly types: readonly ResourceType[];
  /** Rights that a promotion needs at its target, besides those to get and patch `types` and to make claims. */
  readonly promotes?: readonly { verb: string; type: ResourceType }[];
  /** Rights that it needs besides where the claims of a promotion are made in another namespace; those of a namespace are of that one. */
  readonly offers?: readonly { verb: string; type: ResourceType }[];
  /** Selector text of what it makes by itself in the namespaces that it works in, and of its pods: nobody's application. */
  readonly own?: string;

  render(request: ReplicationRequest): RenderedReplication[];

  /** What stands in the way of a copy that was rendered, or promoted, there. Changes nothing. */
  foresee?(
    context: EngineContext,
    intended: { render: ReplicationRequest; end: 'source' | 'target' } | { promote: PromoteRequest },
  ): Promise<Reason[]>;

  /** One more sync, now, over both ends: the final one of a planned move, or any. */
  sync(ends: Ends, request: SyncRequest): Promise<ReplicationProgress>;
  /** The ends go on by their own timetable. Idempotent; for a sync that never was: nothing. */
  endSync(ends: Partial<Ends>, request: SyncRequest): Promise<void>;

  /** Makes claims at the target of what was received. */
  promote(target: EngineContext, request: PromoteRequest): Promise<ReplicationProgress>;
  /** Removes what a promotion left besides the claims; lets the copy go on where `into` was another namespace. Idempotent. */
  endPromotion(target: EngineContext, request: PromoteRequest): Promise<void>;

  pause(context: EngineContext, refs: readonly ReplicationRef[], paused: boolean): Promise<void>;

  /**
   * From `former` to a pair the other way round, as `request` names it. A side that cannot be reached is left out, and named in
   * `pending`.
   */
  reverse(
    ends: Partial<Ends>,
    request: ReplicationRequest,
    former: readonly ReplicationRef[],
  ): Promise<{ pending: ('source' | 'target')[] }>;
}
