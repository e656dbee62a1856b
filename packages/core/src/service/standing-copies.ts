import type { FleetInventory } from '../application/fleet-inventory.ts';
import { inventoryOf } from '../application/inventory.ts';
import type { Application, Placement } from '../application/model.ts';
import type { ManagedApplication } from '../protection/model.ts';

/**
 * What labels tell, without the copies that an engine which moves applications by itself keeps standing at the other end: they are no
 * parts of their own, and have no backups to miss. Only what stands still there is one, and only while the application has a place
 * elsewhere, in the catalog (`known`) or by its labels: a second copy that runs is shown, and so is one of which nothing else is left.
 */
export function withoutStandingCopies(
  fromLabels: readonly Application[],
  known: readonly Application[],
  managed: readonly ManagedApplication[],
  inventory: FleetInventory,
): Application[] {
  if (managed.length === 0) return [...fromLabels];
  const places = new Map<string, Set<string>>();
  for (const { cluster, namespace } of [...known, ...fromLabels].flatMap(({ components }) => components.flatMap((one) => one.placements))) {
    if (cluster === undefined) continue;
    places.set(namespace, (places.get(namespace) ?? new Set()).add(cluster));
  }
  const nameOf = (place: string | undefined): string | undefined =>
    place === undefined ? undefined : inventory.get(place)?.reading.cluster;
  const isCopy = (placement: Placement): boolean => {
    const { cluster, namespace } = placement;
    const there = cluster === undefined ? undefined : inventory.get(cluster)?.namespace(namespace);
    return (
      there !== undefined &&
      [...(places.get(namespace) ?? [])].some((other) => other !== cluster) &&
      managed.some(
        (one) =>
          one.namespaces.includes(namespace) &&
          one.places.some((place) => nameOf(place) === cluster) &&
          // Where only this end is known by its name, it runs at the other one.
          (one.placedAt === undefined ? one.places.length === 1 : nameOf(one.placedAt) !== cluster),
      ) &&
      inventoryOf(placement, there).workloads.every(({ stopped, finished }) => stopped === true || finished)
    );
  };
  return fromLabels.flatMap((application) => {
    const components = application.components.flatMap((component) => {
      const placements = component.placements.filter((placement) => !isCopy(placement));
      return placements.length === 0 ? [] : [placements.length === component.placements.length ? component : { ...component, placements }];
    });
    return components.length === 0 ? [] : [{ ...application, components }];
  });
}
