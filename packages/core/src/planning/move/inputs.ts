import type { Workload } from '../../application/workload.ts';
import type { Operation } from '../../execution/model.ts';
import type { BackupRequest, Engine, Rewrite } from '../../ports/engine.ts';
import type { KubeObject, ResourceType } from '../../ports/kubernetes.ts';
import type { ReplicationRef, ReplicationRequest } from '../../ports/replication.ts';
import type { RecoveryPoint } from '../../protection/model.ts';
import type { Reason } from '../../reason.ts';
import type { ApplicationStatus, ComponentStatus } from '../../service/model.ts';
import type { CarrySource, FieldChange, KeptVolume, Mapping, PlanRequest } from '../model.ts';
import type { SetSource } from '../recovery-set.ts';
import type { TargetFacts } from '../target-facts.ts';
import type { CheckAction } from '../verification.ts';

/** Where the application runs, or ran. */
export interface Origin {
  cluster: string;
  namespace: string;
  /** Whether it answered when the plan was made. */
  reachable: boolean;
  /** Absent: all of the namespace. Several: of the chosen components. */
  labelSelectors?: string[];
}

/** A claim whose data a continuous copy holds at the target. */
export interface CopiedClaim {
  claim: string;
  target: ReplicationRef;
  /** Absent where its cluster does not answer. */
  source?: ReplicationRef;
  capturedAt?: string;
  /** From then to now. */
  seconds?: number;
  /** As it has to be made at the target; absent: as the copy knows it. */
  manifest?: KubeObject;
  /** What of it is called otherwise there. */
  mapped?: FieldChange[];
  /** That is there now: of an earlier stay. It makes room, and is kept. */
  now?: KeptVolume & { uid: string; manifest: KubeObject };
}

/** A claim whose data comes with a last backup. `bytes`: as an earlier one held. */
export interface CapturedClaim extends Pick<CopiedClaim, 'claim' | 'manifest' | 'mapped' | 'now'> {
  bytes?: number;
}

/** Where the data of a component comes from. */
export type PartData =
  | { kind: 'none' }
  /** `asOf`: RFC 3339, the newest data that is not younger than this, in place of the newest. */
  | { kind: 'copy'; engine: Engine; claims: CopiedClaim[]; asOf?: string; reverse?: ReplicationRequest }
  /** Of a planned move: a last backup, made at the source when nothing writes any more, that arrives at the target. */
  | {
      kind: 'capture';
      engine: Engine;
      /** At the target. */
      engineNamespace: string;
      /** Of the engine at the source, and what is asked of it. */
      sourceNamespace: string;
      request: BackupRequest;
      rewrites: Rewrite[];
      claims: CapturedClaim[];
    }
  | {
      kind: 'point';
      engine: Engine;
      engineNamespace: string;
      point: RecoveryPoint;
      labelSelector?: string;
      rewrites: Rewrite[];
      claims: Pick<CopiedClaim, 'claim' | 'now'>[];
    };

/** One component in one place. */
export interface MovePart {
  status: ComponentStatus;
  labelSelector?: string;
  workloads: Workload[];
  data: PartData;
  checks: { checks: CheckAction[]; unreadable: string[] };
}

/** An object that goes along. `live`: what is of that name at the target now. */
export interface MovedObject {
  object: KubeObject;
  type: ResourceType;
  live?: KubeObject;
  /** The component whose workload it is, or that alone needs it. */
  component?: string;
}

export interface MovePlace {
  /** Of the target. */
  cluster: string;
  namespace: string;
  exists: boolean;
  /** At the target: nothing of anybody else is there. */
  exclusive: boolean;
  origin: Origin;
  from: CarrySource;
  parts: MovePart[];
  objects: MovedObject[];
  facts: TargetFacts;
  namespaceLabels: Record<string, string>;
  owner?: string;
}

export interface MoveInputs {
  request: PlanRequest & { to: string };
  status: ApplicationStatus;
  components: readonly ComponentStatus[];
  places: readonly MovePlace[];
  mapping: Mapping;
  /** Labels and annotations that engines put on what they restored. */
  isMark: (key: string) => boolean;
  blockers: readonly Reason[];
  warnings: readonly Reason[];
  basis: Readonly<Record<string, string>>;
  /** Of a failover: where else the data of its components could come from. */
  sources: readonly SetSource[];
  past: readonly Operation[];
  now: Date;
}
