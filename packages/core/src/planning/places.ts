import { InputError, NotAllowedError, NotFoundError } from '../errors.ts';
import { nearest } from '../text/nearest.ts';
import type { ApplicationStatus, ComponentStatus, Fleet } from '../service/model.ts';

/** Where components lie, per cluster and namespace: the unit that an engine captures and restores. */
export interface Place {
  cluster: string;
  namespace: string;
  components: { status: ComponentStatus; labelSelector?: string }[];
}

export function chosenComponents(status: ApplicationStatus, names: string[] | undefined): ComponentStatus[] {
  if (names === undefined || names.length === 0) return status.components;
  return names.map((name) => {
    const found = status.components.find((candidate) => candidate.component.name === name || candidate.component.entityRef === name);
    if (found) return found;
    const guess = nearest(
      name,
      status.components.map((candidate) => candidate.component.name),
    );
    throw new NotFoundError(`the application ${status.application.name} has no component "${name}"`, {
      hint: guess ? `did you mean "${guess}"?` : `kubectl dr status ${status.application.name}`,
    });
  });
}

/**
 * Every place of the components on clusters that answer. A namespace that has not agreed is refused here, before anything
 * is planned: a catalog entry is a claim, not a right.
 */
export function placesOf(fleet: Fleet, components: readonly ComponentStatus[]): Place[] {
  const places = new Map<string, Place>();
  const reachable = fleet.clusters.filter((cluster) => cluster.reachable).map((cluster) => cluster.name);
  for (const status of components) {
    for (const placement of status.component.placements) {
      const { namespace, labelSelector } = placement;
      if (placement.claim === 'unclaimed' || placement.claim === 'unknown') {
        throw new NotAllowedError(
          `the namespace ${namespace} has not agreed that it belongs to ${status.component.owner ?? 'the owner'} of ${status.component.name}`,
          {
            code: 'UNCLAIMED_PLACEMENT',
            hint: `kubectl annotate namespace ${namespace} kubectl-dr.dev/owner=${status.component.owner ?? 'OWNER'}`,
          },
        );
      }
      const clusters = placement.cluster === undefined ? clustersWith(status, namespace, reachable) : [placement.cluster];
      for (const cluster of clusters) {
        if (!reachable.includes(cluster)) {
          const error = fleet.clusters.find((candidate) => candidate.name === cluster)?.error;
          throw (
            error ??
            new InputError(`the cluster ${cluster} of ${status.component.name} is not configured`, {
              code: 'UNKNOWN_CLUSTER',
              hint: `clusters: ${reachable.join(', ')}`,
            })
          );
        }
        const key = `${cluster}/${namespace}`;
        const place = places.get(key) ?? { cluster, namespace, components: [] };
        place.components.push({ status, ...(labelSelector === undefined ? {} : { labelSelector }) });
        places.set(key, place);
      }
    }
  }
  return [...places.values()];
}

/** A placement without a cluster is wherever the namespace is: where workloads, volumes or points of it were seen. */
function clustersWith(status: ComponentStatus, namespace: string, reachable: readonly string[]): string[] {
  const seen = new Set<string>();
  for (const item of [...status.workloads, ...status.volumes]) if (item.namespace === namespace) seen.add(item.cluster);
  if (seen.size === 0) for (const { point } of status.points) seen.add(point.cluster);
  return reachable.filter((cluster) => seen.has(cluster));
}
