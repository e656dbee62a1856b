import type { NamespaceInventory } from '../../application/cluster-inventory.ts';
import type { Engine } from '../../ports/engine.ts';
import type { KubeObject, ResourceType } from '../../ports/kubernetes.ts';
import type { PointContents, RecoveryPoint, VolumeCapture } from '../../protection/model.ts';
import type { Operation } from '../../execution/model.ts';
import type { Reason } from '../../reason.ts';
import type { ApplicationStatus, ComponentStatus } from '../../service/model.ts';
import type { TargetFacts } from '../target-facts.ts';
import type { PlanRequest, RestoreMode } from '../model.ts';
import type { Place } from '../places.ts';

/** One place of the application with everything that was read for it. */
export interface InPlacePlace extends Place {
  engine: Engine;
  engineNamespace: string;
  /** When the plan is made, by the clock of the cluster. */
  now: Date;
  /** Nobody else's components live in the namespace, and all of this application's are wanted. */
  exclusive: boolean;
  /** The chosen point of each component, by component name. */
  points: Map<string, RecoveryPoint>;
  /** Captured objects by point id, raw. */
  captured: Map<string, KubeObject[]>;
  contents: Map<string, PointContents | undefined>;
  evidence: Map<string, readonly VolumeCapture[]>;
  live: KubeObject[];
  /** What runs there now; undefined when the namespace is gone. */
  inventory: NamespaceInventory | undefined;
  served: ResourceType[];
  /** PersistentVolumes by name. */
  volumes: Map<string, KubeObject>;
  facts: TargetFacts;
}

export interface InPlaceInputs {
  request: PlanRequest & { at: string };
  mode: Exclude<RestoreMode, 'clone'>;
  status: ApplicationStatus;
  components: readonly ComponentStatus[];
  places: readonly InPlacePlace[];
  /** Ended restores, whose speed tells how long this one takes. */
  past: readonly Operation[];
  blockers: readonly Reason[];
  now: Date;
  home: string;
}
