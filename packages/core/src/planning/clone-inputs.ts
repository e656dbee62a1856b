import { matches, parseSelector } from '../application/selector.ts';
import type { Operation } from '../execution/model.ts';
import type { Engine } from '../ports/engine.ts';
import type { KubeObject } from '../ports/kubernetes.ts';
import type { ReplicationRef } from '../ports/replication.ts';
import type { PointContents, RecoveryPoint } from '../protection/model.ts';
import type { Reason } from '../reason.ts';
import type { ApplicationStatus, ComponentStatus, Fleet } from '../service/model.ts';
import { isCalledLikeItsHost } from './host-names.ts';
import type { PlanRequest } from './model.ts';
import type { neutralise } from './neutralise.ts';
import type { Place } from './places.ts';
import type { TargetFacts } from './target-facts.ts';

/** What changes on the way to another cluster. */
export interface Arrival {
  adapt(object: KubeObject, source: string, target: string): ReturnType<typeof neutralise>;
  /** The object with what is called otherwise there. */
  as(object: KubeObject): KubeObject;
  /** What of the application itself cannot be called otherwise there. */
  remarks(objects: readonly KubeObject[], cluster: string): Reason[];
  /** It is a copy, that must not act in the world; absent: the application itself. */
  copy?: true;
}

/** Data of a component that a continuous copy holds at the target: a claim is made of each. */
export interface CopiedData {
  engine: Engine;
  claims: { claim: string; target: ReplicationRef; from: string; capturedAt?: string; manifest: KubeObject }[];
}

/** One place of the application with everything that was read for it. */
export interface ClonePlace extends Place {
  engine: Engine;
  engineNamespace: string;
  target: string;
  /** Whether the target namespace exists now. */
  targetExists: boolean;
  /** Nobody else's components live in the source namespace, and all of this application's are wanted. */
  exclusive: boolean;
  /** The chosen point of each component, by component name. */
  points: Map<string, RecoveryPoint>;
  /** By component name, of those whose data comes from a copy; their configuration comes from the point. */
  copies: Map<string, CopiedData>;
  /** Captured objects by point id, raw. */
  captured: Map<string, KubeObject[]>;
  /** What the target cluster offers. */
  facts: TargetFacts;
  /** Absent: a copy on the cluster of the original. */
  arrival?: Arrival;
  /** How the volumes were captured, by point id. */
  contents: Map<string, PointContents | undefined>;
}

export interface CloneInputs {
  request: PlanRequest;
  fleet: Fleet;
  status: ApplicationStatus;
  components: readonly ComponentStatus[];
  places: readonly ClonePlace[];
  blockers: readonly Reason[];
  warnings: readonly Reason[];
  /** Ended restores, whose speed tells how long this one takes. */
  past: readonly Operation[];
  now: Date;
  home: string;
}

/** Not the application itself. */
export function isCopy({ arrival }: ClonePlace): boolean {
  return arrival === undefined || arrival.copy === true;
}

/** Of a copy: what answers for a host of the original whatever is rewritten of it. */
export function staysBehind(object: KubeObject, place: ClonePlace): boolean {
  return isCopy(place) && object.metadata.namespace === place.namespace && isCalledLikeItsHost(object);
}

/** What a point brings of the chosen components. Where others live beside them, what has no component of its own stays behind. */
export function broughtBy({ captured, exclusive, components }: ClonePlace, point: RecoveryPoint): KubeObject[] {
  const isTaken = ({ metadata }: KubeObject): boolean =>
    components.some(({ labelSelector }) => {
      const requirements = labelSelector === undefined ? [] : parseSelector(labelSelector);
      return requirements !== undefined && matches(requirements, metadata.labels ?? {});
    });
  return (captured.get(point.id) ?? []).filter((object) => exclusive || isTaken(object));
}
