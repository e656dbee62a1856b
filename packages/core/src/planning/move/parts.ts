import type { ReplicationRef } from '../../ports/replication.ts';
import { types } from '../../ports/kubernetes.ts';
import { nameFor } from '../assemble.ts';
import type { BothEnds, ObjectTarget } from '../model.ts';
import { isStoppable } from './arriving.ts';
import type { CopiedClaim, MovePart, MovePlace, MovedObject, PartData } from './inputs.ts';

export type Copied = Extract<PartData, { kind: 'copy' }>;
export type Captured = Extract<PartData, { kind: 'capture' }>;
export type ThereClaim = Pick<CopiedClaim, 'claim' | 'now'>;

/** Of the objects that nothing runs of by their being there: written before anything is stopped, so that the source is needed no more. */
const inert = new Set([
  'ConfigMap',
  'Secret',
  'ServiceAccount',
  'Role',
  'RoleBinding',
  'LimitRange',
  'ResourceQuota',
  'NetworkPolicy',
  'PodDisruptionBudget',
]);

export function isInert({ object }: MovedObject): boolean {
  if (object.kind === 'Service') return (object.spec as { type?: string } | undefined)?.type !== 'LoadBalancer';
  return isStoppable(object) || inert.has(object.kind);
}

/** Workloads whose volumes come back from a point come with them: an engine leaves out what is there already, and would leave it stopped. */
export function writtenBefore({ objects, parts }: MovePlace): MovedObject[] {
  const restored = new Set(parts.filter(({ data }) => data.kind === 'point').map(({ status }) => status.component.name));
  return objects.filter(
    (moved) => isInert(moved) && !(isStoppable(moved.object) && moved.component !== undefined && restored.has(moved.component)),
  );
}

/** Claims of a part whose data comes from elsewhere, with what is there of that name. */
export function claimsInto({ data }: MovePart): readonly ThereClaim[] {
  return data.kind === 'none' ? [] : data.claims;
}

/** Workloads of a part that comes back from a point: an engine would leave one that is there, and so stopped. */
export function workloadsInTheWay({ objects }: MovePlace, { status, data }: MovePart): MovedObject[] {
  if (data.kind !== 'point') return [];
  return objects.filter((moved) => moved.component === status.component.name && isStoppable(moved.object) && moved.live !== undefined);
}

export function partId({ cluster, namespace }: MovePlace, { status }: MovePart): string {
  return `${nameFor(status.component.name, 50)}-${nameFor(`${cluster}-${namespace}`, 150)}`;
}

export function endsOf(place: MovePlace, { claims }: Copied): BothEnds {
  return {
    from: place.origin.cluster,
    sources: claims.flatMap(({ source }) => source ?? []),
    targets: claims.map(({ target }) => target),
  };
}

export function targetOf({ type, object }: MovedObject, namespace: string): ObjectTarget {
  return { type, namespace, name: object.metadata.name };
}

export function stoppableOf({ objects, namespace }: MovePlace, { status }: MovePart): ObjectTarget[] {
  return objects
    .filter(({ component, object }) => component === status.component.name && isStoppable(object))
    .map((moved) => targetOf(moved, namespace));
}

export function isAwaited(kind: string): boolean {
  return [types.deployments, types.statefulSets, types.daemonSets].some((type) => type.kind === kind);
}

export function namesOf({ claims }: Copied | Captured): string {
  const names = claims.map(({ claim }) => claim);
  return names.length <= 2 ? names.join(' and ') : `${names.length} volumes`;
}

/** The ends that a reversal makes, as far as they can be named before. */
export function reversedEnds(data: Copied): ReplicationRef[] {
  const { engine, reverse } = data;
  if (!reverse) return [];
  return engine.replicator!.render(reverse).map(({ end, object }) => {
    const { cluster, namespace } = reverse[end];
    const { name } = object.metadata;
    return {
      id: `${cluster}/${engine.id}/${namespace}/${name}${end === 'target' ? '/target' : ''}`,
      name,
      namespace,
      cluster,
      role: end,
      claims: [],
    };
  });
}
