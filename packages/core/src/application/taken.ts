import type { FleetInventory } from './fleet-inventory.ts';
import { inventoryOf, takesAll } from './inventory.ts';
import type { Application, Placement } from './model.ts';
import { workloadKey } from './workload.ts';

/** Workloads by `cluster/namespace`, as `workloadKey` names them. */
export type Coverage = ReadonlyMap<string, ReadonlySet<string> | 'everything'>;

export function placeKey(placement: Pick<Placement, 'cluster' | 'namespace'>): string {
  return `${placement.cluster ?? ''}/${placement.namespace}`;
}

/** The workloads that confirmed placements of these applications take. */
export function coverage(applications: readonly Application[], fleet: FleetInventory): Coverage {
  const covered = new Map<string, Set<string> | 'everything'>();
  for (const placement of applications.flatMap(({ components }) => components.flatMap(({ placements }) => placements))) {
    const namespace = placement.cluster === undefined ? undefined : fleet.get(placement.cluster)?.namespace(placement.namespace);
    if (!namespace || (placement.claim !== 'claimed' && placement.claim !== 'mapped')) continue;
    const key = placeKey(placement);
    const known = covered.get(key);
    if (known === 'everything') continue;
    if (takesAll(placement)) covered.set(key, 'everything');
    else covered.set(key, new Set([...(known ?? []), ...inventoryOf(placement, namespace).workloads.map(workloadKey)]));
  }
  return covered;
}
