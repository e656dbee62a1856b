import { claimManifest } from '../../application/claim-manifest.ts';
import type { FleetInventory } from '../../application/fleet-inventory.ts';
import { annotations, labels } from '../../application/model.ts';
import { type TenancyRule, claimOf } from '../../application/tenancy.ts';
import { arrivalWith } from '../../planning/mapping.ts';
import { nameFor } from '../../planning/assemble.ts';
import type { Place } from '../../planning/places.ts';
import type { Engine } from '../../ports/engine.ts';
import { resourceKey, types } from '../../ports/kubernetes.ts';
import { objectsOf } from '../../ports/reading.ts';
import type { ReplicationRequest } from '../../ports/replication.ts';
import type { Reason } from '../../reason.ts';
import type { ApplicationStatus, Fleet } from '../../service/model.ts';
import type { RenderedObject } from './model.ts';

export interface ReplicationInputs {
  fleet: Fleet;
  status: ApplicationStatus;
  places: readonly Place[];
  engines: readonly Engine[];
  inventory: FleetInventory;
  tenancy: readonly TenancyRule[];
  /** What the namespace of a place is called on another cluster. */
  namespaceAt(cluster: string, status: Place['components'][number]['status'], namespace: string): string;
  /** Whether a namespace of another name is there already and not the application's alone. */
  isTaken(place: { cluster: string; namespace: string }): boolean;
}

/**
 * What `replication: { to, every }` asks for: both ends of the copy of each claim, component by component. Where the component is
 * on the target already (after a failover) nothing is asked for. The namespace of the target has to agree as any place does.
 */
export function renderReplications(inputs: ReplicationInputs): { objects: RenderedObject[]; reasons: Reason[] } {
  const objects: RenderedObject[] = [];
  const reasons: Reason[] = [];
  for (const place of inputs.places) {
    for (const { status } of place.components) {
      const { policy } = status;
      if (!policy?.replication || policy.replication.to === place.cluster) continue;
      const request = requestOf(inputs, place, status);
      if (request.claims.length === 0) continue;
      const { replicator, why } = replicatorFor(inputs, place, request, policy.engines);
      if (!replicator) {
        reasons.push({ ...why, severity: 'warning', component: status.component.name });
        continue;
      }
      for (const { end, type, object, owns } of replicator.render(request)) {
        objects.push({
          application: inputs.status.application.name,
          policy: policy.name,
          cluster: request[end].cluster,
          type,
          owns,
          object,
        });
      }
    }
  }
  return { objects, reasons };
}

function requestOf(
  { status: { application }, inventory, namespaceAt }: ReplicationInputs,
  place: Place,
  status: Place['components'][number]['status'],
): ReplicationRequest {
  const { component, policy, volumes } = status;
  const { cluster, namespace } = place;
  const { to, every } = policy!.replication!;
  const mapping = policy!.mapping?.[to] ?? {};
  const reading = inventory.get(cluster)?.reading;
  const own = new Set(volumes.filter((volume) => volume.cluster === cluster && volume.namespace === namespace).map(({ claim }) => claim));
  const claims = (reading ? objectsOf(reading, resourceKey(types.persistentVolumeClaims)) : [])
    .filter(({ metadata }) => metadata.namespace === namespace && own.has(metadata.name))
    .toSorted((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  return {
    name: nameFor(`dr-${application.name}`, 30),
    source: { cluster, namespace },
    // As they are called where they go.
    target: { cluster: to, namespace: namespaceAt(to, status, namespace) },
    claims: claims.map((claim) => claimManifest(arrivalWith(mapping).as(claim))),
    every,
    labels: {
      [labels.application]: nameFor(application.name),
      [labels.componentOf]: nameFor(component.name),
      [labels.policy]: nameFor(policy!.name),
      [labels.policyRevision]: policy!.revision,
    },
    annotations: {
      ...(application.owner !== undefined && { [annotations.owner]: application.owner }),
      ...(application.entityRef !== undefined && { [annotations.entityRef]: application.entityRef }),
    },
  };
}

/** The first in the policy's order that is installed at both ends, or why there is none. */
function replicatorFor(
  { fleet, engines, inventory, tenancy, status, isTaken }: ReplicationInputs,
  { cluster, namespace: own }: Place,
  { target }: ReplicationRequest,
  order: readonly string[],
):
  | { replicator: NonNullable<Engine['replicator']>; why?: undefined }
  | { replicator?: undefined; why: Pick<Reason, 'code' | 'message' | 'cluster' | 'fix'> } {
  const name = status.application.name;
  const there = fleet.clusters.find((one) => one.name === target.cluster);
  const refuse = (code: Reason['code'], why: string, fix: string) => ({
    why: { code, message: `no copy of ${name} to ${target.cluster} is rendered: ${why}`, cluster: target.cluster, fix },
  });
  if (!there)
    return refuse('UNKNOWN_CLUSTER', 'the cluster is not known here', `clusters: ${fleet.clusters.map((one) => one.name).join(', ')}`);
  if (!there.reachable)
    return refuse('CLUSTER_UNREACHABLE', there.error?.message ?? 'the cluster does not answer', 'try again when it does');
  const owner = status.application.owner;
  const namespace = inventory.get(target.cluster)?.namespace(target.namespace);
  if (owner !== undefined && !['claimed', 'mapped'].includes(claimOf(target, owner, namespace, tenancy))) {
    const annotate = `kubectl --context ${target.cluster} annotate namespace ${target.namespace} ${annotations.owner}=${owner}`;
    return namespace?.observed
      ? refuse('PLACEMENT_UNCLAIMED', `the namespace ${target.namespace} there has not agreed that it belongs to ${owner}`, annotate)
      : refuse(
          'NAMESPACE_MISSING',
          `there is no namespace ${target.namespace} there`,
          `kubectl --context ${target.cluster} create namespace ${target.namespace}, then ${annotate}`,
        );
  }
  if (target.namespace !== own && isTaken(target))
    return refuse(
      'PLACEMENT_UNCLAIMED',
      `the namespace ${target.namespace} there is not of ${name} alone`,
      `name one that is free: mapping.${target.cluster}.namespaces in the policy`,
    );
  const installed = (where: string, id: string): boolean =>
    fleet.clusters.some((one) => one.name === where && one.engines.some((engine) => engine.engine === id && engine.installed));
  for (const id of new Set([...order, ...engines.map((engine) => engine.id)])) {
    const replicator = engines.find((engine) => engine.id === id)?.replicator;
    if (!replicator || !installed(cluster, id) || !installed(target.cluster, id)) continue;
    // What cannot be seen may be there already.
    const failures = [cluster, target.cluster].map((where) => inventory.get(where)?.reading.failures);
    const unseen = failures.flatMap((one) => replicator.types.flatMap((type) => one?.get(resourceKey(type)) ?? []))[0];
    if (unseen) return refuse('READING_FORBIDDEN', unseen.message, unseen.hint ?? 'ask for the right to list it');
    return { replicator };
  }
  const known = engines.filter((engine) => engine.replicator).map(({ title }) => title);
  return refuse(
    'NO_ENGINE',
    `no engine that copies continuously is installed on both ${cluster} and ${target.cluster}`,
    `Install one on both: ${known.join(', ')}.`,
  );
}
