import { type Claim, type PlacementInventory, inventoryOf } from '../application/inventory.ts';
import { applicationKinds } from '../application/cluster-inventory.ts';
import type { FleetInventory } from '../application/fleet-inventory.ts';
import type { Application, Component, Placement } from '../application/model.ts';
import { timeOf } from '../application/raw.ts';
import { resourceKey } from '../ports/kubernetes.ts';
import type { Policies } from '../policy/resolve.ts';
import type { Replication, VolumeCapture } from '../protection/model.ts';
import { copiesOf } from '../protection/replication.ts';
import type { PointUse } from '../service/model.ts';
import { covers } from './coverage.ts';
import type { DrillRecord, Facts, UnfinishedMove } from './facts.ts';
import type { ClusterProtection } from './fleet-protection.ts';
import { type ContentsKnown, pointUse } from './usable.ts';
import { captureOf } from './volume-capture.ts';

/** Everything that was read, indexed: what the facts of any place are taken from. */
export interface Sources {
  fleet: FleetInventory;
  /** By the name under which a cluster is judged. */
  protection: ReadonlyMap<string, ClusterProtection>;
  policies: Policies;
  drills: readonly DrillRecord[];
  /** Of the application. */
  unfinishedMoves: readonly UnfinishedMove[];
  /** By point id; absent: nobody has looked yet. */
  contents(pointId: string): ContentsKnown;
  /** For a place whose cluster cannot be read. */
  now: Date;
}

/** One place of a component, with what decides about it and what is shown of it. */
export interface PlaceFacts {
  facts: Facts;
  /** Newest first. Points that operations made for their own way back decide nothing, so the facts are without them. */
  safety: PointUse[];
  volumes: { cluster: string; namespace: string; claim: string; capture?: VolumeCapture }[];
}

const nothing: PlacementInventory = { workloads: [], claims: [], references: [] };

/** `placement` undefined: nothing says where the component runs. */
export function placeFacts(application: Application, component: Component, placement: Placement | undefined, sources: Sources): PlaceFacts {
  const { fleet, protection, policies } = sources;
  const name = placement?.cluster ?? '';
  const inventory = fleet.get(name);
  const cluster = protection.get(name);
  const reading = inventory?.reading;
  const namespace = placement && inventory?.namespace(placement.namespace);
  const outside =
    placement && reading?.limited && !reading.limited.namespaces.includes(placement.namespace) ? reading.limited.error : undefined;
  // Of a namespace that did not agree nothing is told: neither what runs there nor how it is protected.
  const agreed = placement !== undefined && placement.claim !== 'unclaimed';
  const own = namespace && agreed ? inventoryOf(placement, namespace) : nothing;
  const uses = placement && cluster && agreed ? usesOf(component, placement, own, cluster, sources) : [];
  const points = uses.filter(({ point }) => !point.safety);
  const usable = points.find((use) => use.usable === 'yes');
  const volumes = own.claims.map((claim) => ({ claim, capture: usable && cluster && captureIn(claim, usable, cluster, sources) }));
  const labels = labelsOf(own);
  const { policy, reason: policyProblem } = policies.of(component, application);
  const now = reading?.now ?? sources.now;
  const facts: Facts = {
    application: application.name,
    component,
    ...(placement && { placement }),
    ...(policy && { policy }),
    ...(policyProblem && { policyProblem }),
    now,
    cluster: {
      name,
      known: inventory !== undefined,
      ...(reading?.unreachable && { unreachable: reading.unreachable }),
      namespaceExists: namespace !== undefined || outside !== undefined,
      failures: [
        ...(outside ? [{ type: 'namespaces', error: outside }] : []),
        ...applicationKinds.flatMap((type) => {
          const error = reading?.failures.get(resourceKey(type));
          // Who may not list namespaces may still see what is in them.
          return error && !(namespace && type.resource === 'namespaces') ? [{ type: resourceKey(type), error }] : [];
        }),
      ],
      fleet: fleet.names(),
    },
    engines: {
      installed: cluster?.installed ?? [],
      failures: cluster?.failures ?? [],
      hookAnnotations: cluster?.hookAnnotations ?? [],
    },
    workloads: own.workloads,
    claims: own.claims,
    points,
    captureMethods: [...new Set(volumes.flatMap(({ capture }) => (capture ? [capture.method] : [])))],
    schedules:
      placement && cluster && agreed
        ? cluster
            .schedulesAround(placement.namespace)
            .filter(({ schedule }) => covers(schedule.scope, { namespace: placement.namespace, labels }))
        : [],
    replications: placement && cluster && agreed ? replicationsOf(placement.namespace, own, cluster, protection) : [],
    unfinishedMoves: sources.unfinishedMoves.filter(({ components }) => components.includes(component.name)),
    drills: sources.drills
      .filter((drill) => drill.application === application.name && (drill.component === undefined || drill.component === component.name))
      .toSorted((a, b) => (timeOf(b.at) ?? 0) - (timeOf(a.at) ?? 0)),
  };
  return {
    facts,
    safety: uses.filter(({ point }) => point.safety),
    volumes: volumes.map(({ claim, capture }) => ({
      cluster: name,
      namespace: claim.namespace,
      claim: claim.name,
      ...(capture && { capture }),
    })),
  };
}

/** Sources of the claims here, each followed by its target where the fleet has it. A target that lies here copies from elsewhere. */
function replicationsOf(
  namespace: string,
  own: PlacementInventory,
  cluster: ClusterProtection,
  protection: Sources['protection'],
): Replication[] {
  const sources = cluster
    .replicationsOf(namespace)
    .filter(({ role, claims }) => role === 'source' && claims.some((claim) => own.claims.some(({ name }) => name === claim)));
  if (sources.length === 0) return [];
  const there = [...new Set(sources.map((source) => source.peerNamespace ?? namespace))];
  const targets = [...protection.values()].flatMap((each) => (each === cluster ? [] : there.flatMap((name) => each.replicationsOf(name))));
  const copies = copiesOf([...sources, ...targets.filter(({ role }) => role === 'target')]);
  return [...new Set(copies.flatMap(({ source, target }) => (source ? [source, ...(target ? [target] : [])] : [])))];
}

function labelsOf(own: PlacementInventory): Readonly<Record<string, string>>[] {
  return [
    ...own.workloads.flatMap((workload) => [workload.labels, workload.podLabels]),
    ...own.claims.flatMap((claim) => (claim.object ? [claim.object.labels] : [])),
  ].filter((labels) => Object.keys(labels).length > 0);
}

function usesOf(
  component: Component,
  placement: Placement,
  own: PlacementInventory,
  cluster: ClusterProtection,
  sources: Sources,
): PointUse[] {
  const target = {
    component: component.name,
    namespace: placement.namespace,
    placement,
    workloads: own.workloads,
    claims: own.claims,
  };
  const place = { namespace: placement.namespace, labels: labelsOf(own), claims: own.claims.map(({ name }) => name) };
  return cluster
    .pointsOf(placement.namespace)
    .filter((point) => covers(point.scope, place))
    .map((point) => pointUse(point, target, sources.contents(point.id), cluster.evidenceOf(point), cluster.troubleOf(point)));
}

function captureIn(claim: Claim, use: PointUse, cluster: ClusterProtection, sources: Sources): VolumeCapture | undefined {
  const known = sources.contents(use.point.id);
  return captureOf(claim, typeof known === 'object' && 'pointId' in known ? known : undefined, cluster.evidenceOf(use.point));
}
