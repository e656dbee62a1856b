import type { ClaimObject, NamespaceInventory } from './cluster-inventory.ts';
import type { Placement } from './model.ts';
import type { ConfigReference } from './pod-references.ts';
import { matches, parseSelector } from './selector.ts';
import { type Workload, workloadKey } from './workload.ts';

/** What a component has in one namespace. */
export interface PlacementInventory {
  workloads: Workload[];
  /** Claims of the workloads, and in a whole-namespace placement or by their own labels also those nobody uses. */
  claims: Claim[];
  references: ConfigReference[];
}

/** A claim that the component uses. `object` is absent when it does not exist (yet). */
export interface Claim {
  namespace: string;
  name: string;
  object?: ClaimObject;
}

/** The whole namespace, so that every claim and every error in there is its own. */
export function takesAll({ labelSelector, workloads }: Pick<Placement, 'labelSelector' | 'workloads'>): boolean {
  return labelSelector === undefined && workloads === undefined;
}

/** A selector takes a workload by its own labels or by those of its pods, as people put them on either. */
export function inventoryOf(placement: Pick<Placement, 'labelSelector' | 'workloads'>, namespace: NamespaceInventory): PlacementInventory {
  const requirements = placement.labelSelector === undefined ? [] : parseSelector(placement.labelSelector);
  const named = placement.workloads && new Set(placement.workloads);
  const whole = named === undefined && requirements?.length === 0;
  const workloads = namespace.workloads.filter((workload) => {
    if (named && !named.has(workloadKey(workload))) return false;
    return requirements !== undefined && (matches(requirements, workload.labels) || matches(requirements, workload.podLabels));
  });
  const names = new Set(workloads.flatMap((workload) => workload.claims));
  for (const claim of namespace.claims.values()) {
    if (whole || (!named && requirements !== undefined && matches(requirements, claim.labels))) names.add(claim.name);
  }
  const references = new Map(
    workloads.flatMap((workload) => workload.references).map((reference) => [`${reference.kind}/${reference.name}`, reference]),
  );
  return {
    workloads,
    claims: [...names].sort().map((name) => {
      const object = namespace.claims.get(name);
      return { namespace: namespace.namespace, name, ...(object && { object }) };
    }),
    references: [...references.keys()].sort().map((key) => references.get(key)!),
  };
}
