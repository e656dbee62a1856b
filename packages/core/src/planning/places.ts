import type { Application } from '../application/model.ts';
import { isClaimed } from '../application/tenancy.ts';
import type { DrError } from '../errors.ts';
import { InputError, NotAllowedError, NotFoundError } from '../errors.ts';
import type { KubeObject } from '../ports/kubernetes.ts';
import { nearest } from '../text/nearest.ts';
import type { ApplicationStatus, ComponentStatus, Fleet } from '../service/model.ts';

/** Where components lie, per cluster and namespace: the unit that an engine captures and restores. */
export interface Place {
  cluster: string;
  namespace: string;
  /** Name of the application whose components lie here. */
  application: string;
  /**
   * The namespace is gone, so nobody can ask it whose it is: the captured one has to name this owner
   * (`assertCapturedOwner`). Absent: it agreed, or the operator's word stands for it.
   */
  ownerToProve?: string;
  components: { status: ComponentStatus; labelSelector?: string; workloads?: string[] }[];
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
export function placesOf(
  fleet: Fleet,
  application: Application,
  components: readonly ComponentStatus[],
  isGone: (cluster: string, namespace: string) => boolean,
): Place[] {
  const places = new Map<string, Place>();
  const reachable = fleet.clusters.filter((cluster) => cluster.reachable).map((cluster) => cluster.name);
  for (const status of components) {
    for (const placement of status.component.placements) {
      const { namespace, labelSelector, workloads } = placement;
      // A cluster that does not answer can agree to nothing: that it is silent is said before anything about claims.
      if (placement.cluster !== undefined && !reachable.includes(placement.cluster)) {
        throw silence(fleet, placement.cluster, status.component.name);
      }
      const owner = status.component.owner ?? application.owner;
      const lost = placement.claim === 'unknown' && placement.cluster !== undefined && isGone(placement.cluster, namespace);
      if (placement.claim === 'unclaimed' || (placement.claim === 'unknown' && !(lost && owner !== undefined))) {
        throw notAgreed(namespace, owner, status.component.name);
      }
      const clusters = placement.cluster === undefined ? clustersWith(status, namespace, reachable) : [placement.cluster];
      for (const cluster of clusters) {
        const key = `${cluster}/${namespace}`;
        const place: Place = places.get(key) ?? {
          cluster,
          namespace,
          application: application.name,
          components: [],
          ...(lost && { ownerToProve: owner! }),
        };
        place.components.push({ status, ...(labelSelector === undefined ? {} : { labelSelector }), ...(workloads && { workloads }) });
        places.set(key, place);
      }
    }
  }
  return [...places.values()];
}

function silence(fleet: Fleet, cluster: string, component: string): DrError {
  const known = fleet.clusters.find((candidate) => candidate.name === cluster);
  if (known?.error) return known.error;
  return new InputError(`the cluster ${cluster} of ${component} is not configured`, {
    code: 'UNKNOWN_CLUSTER',
    hint: `clusters: ${fleet.clusters.map(({ name }) => name).join(', ')}`,
  });
}

/** A namespace that is gone belongs to whom it named when it was captured. */
export function assertCapturedOwner(place: Place, captured: readonly KubeObject[]): void {
  if (place.ownerToProve === undefined) return;
  const namespace = captured.find(
    ({ kind, apiVersion, metadata }) => kind === 'Namespace' && apiVersion === 'v1' && metadata.name === place.namespace,
  );
  const { annotations = {}, labels = {} } = namespace?.metadata ?? {};
  if (namespace && isClaimed({ annotations, labels }, place.ownerToProve)) return;
  throw notAgreed(place.namespace, place.ownerToProve, place.components.map(({ status }) => status.component.name).join(', '));
}

function notAgreed(namespace: string, owner: string | undefined, component: string): NotAllowedError {
  return new NotAllowedError(`the namespace ${namespace} has not agreed that it belongs to ${owner ?? 'the owner'} of ${component}`, {
    code: 'UNCLAIMED_PLACEMENT',
    hint: `kubectl annotate namespace ${namespace} kubectl-dr.dev/owner=${owner ?? 'OWNER'}; or let the operator map it in dr.tenancy`,
  });
}

/** A placement without a cluster is wherever the namespace is: where workloads, volumes or points of it were seen. */
function clustersWith(status: ComponentStatus, namespace: string, reachable: readonly string[]): string[] {
  const seen = new Set<string>();
  for (const item of [...status.workloads, ...status.volumes]) if (item.namespace === namespace) seen.add(item.cluster);
  if (seen.size === 0) for (const { point } of status.points) seen.add(point.cluster);
  return reachable.filter((cluster) => seen.has(cluster));
}
