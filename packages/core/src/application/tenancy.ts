import type { NamespaceInventory } from './cluster-inventory.ts';
import { ownerRef, parseRef } from './entity-ref.ts';
import type { FleetInventory } from './fleet-inventory.ts';
import { type Application, type Component, type Placement, annotations, labels } from './model.ts';
import { inventoryOf } from './inventory.ts';

/** The operator's word (`dr.tenancy`) that a namespace belongs to an owner, whatever the namespace says itself. */
export interface TenancyRule {
  namespace: string;
  /** Absent: on every cluster. */
  cluster?: string;
  /** `group:default/team-shop`, or short. */
  owner: string;
}

/** Does the cluster, or the operator, agree that the namespace belongs to `owner`? */
export function claimOf(
  where: { cluster?: string; namespace: string },
  owner: string | undefined,
  namespace: NamespaceInventory | undefined,
  rules: readonly TenancyRule[],
): Placement['claim'] {
  if (owner !== undefined && rules.some((rule) => applies(rule, where, owner))) return 'mapped';
  // A namespace that was not read can neither agree nor disagree.
  if (!namespace?.observed) return 'unknown';
  return owner !== undefined && isClaimed(namespace, owner) ? 'claimed' : 'unclaimed';
}

/** Does the namespace itself, as it is or as it was captured, say that it belongs to `owner` (`group:default/team-shop`)? */
export function isClaimed(namespace: Pick<NamespaceInventory, 'annotations' | 'labels'>, owner: string): boolean {
  const annotated = namespace.annotations[annotations.owner];
  if (annotated !== undefined) return ownerRef(annotated) === owner;
  // A label cannot hold `:` and `/`, so it carries the last part of the reference only.
  const labelled = namespace.labels[labels.owner]?.toLowerCase();
  return labelled !== undefined && labelled === parseRef(owner)?.name;
}

function applies(rule: TenancyRule, where: { cluster?: string; namespace: string }, owner: string): boolean {
  if (rule.namespace !== where.namespace || ownerRef(rule.owner) !== owner) return false;
  return rule.cluster === undefined || rule.cluster === where.cluster;
}

/** The owner that a namespace names itself, as a full reference. */
export function ownerOfNamespace(namespace: NamespaceInventory): string | undefined {
  return ownerRef(namespace.annotations[annotations.owner]) ?? ownerRef(namespace.labels[labels.owner]);
}

/**
 * A catalog's application with its placements settled: those without a cluster spread over the clusters that have the
 * namespace, lookups answered, and each compared with its cluster.
 */
export function settle(application: Application, fleet: FleetInventory, rules: readonly TenancyRule[]): Application {
  return { ...application, components: application.components.map((component) => settleComponent(component, application, fleet, rules)) };
}

function settleComponent(component: Component, application: Application, fleet: FleetInventory, rules: readonly TenancyRule[]): Component {
  const owner = component.owner ?? application.owner;
  const judge = (placement: Placement): Placement => {
    const namespace = placement.cluster === undefined ? undefined : fleet.get(placement.cluster)?.namespace(placement.namespace);
    return { ...placement, claim: claimOf(placement, owner, namespace, rules) };
  };
  const placements = component.placements.flatMap((placement) => spread(placement, fleet)).map(judge);
  if (!component.lookup || placements.length > 0) return { ...component, placements };
  const found = locate(component.lookup, fleet).map(judge);
  // Others may use the same label: only when nobody agrees are the disagreeing ones shown, to say so.
  const agreed = found.filter(({ claim }) => claim !== 'unclaimed');
  return { ...component, placements: agreed.length > 0 ? agreed : found };
}

/** One placement per cluster that has the namespace; as it is when none does. Clusters get the name the fleet uses. */
function spread(placement: Placement, fleet: FleetInventory): Placement[] {
  if (placement.cluster !== undefined)
    return [{ ...placement, cluster: fleet.get(placement.cluster)?.reading.cluster ?? placement.cluster }];
  const having = fleet.clusters.filter((cluster) => cluster.namespace(placement.namespace) !== undefined);
  return having.length === 0 ? [placement] : having.map(({ reading }) => ({ ...placement, cluster: reading.cluster }));
}

/** Where a label is found that the catalog names without a namespace. A clone carries it too, and is not the component. */
function locate(lookup: NonNullable<Component['lookup']>, fleet: FleetInventory): Placement[] {
  const wanted = new Set(lookup.clusters.map((name) => fleet.get(name)));
  return fleet.clusters
    .filter((cluster) => wanted.size === 0 || wanted.has(cluster))
    .flatMap((cluster) =>
      cluster.names().flatMap((name): Placement[] => {
        const placement = { labelSelector: lookup.labelSelector };
        const namespace = cluster.namespace(name)!;
        if (namespace.labels[labels.cloneOf] !== undefined || inventoryOf(placement, namespace).workloads.length === 0) return [];
        return [{ cluster: cluster.reading.cluster, namespace: name, ...placement, claim: 'unknown' }];
      }),
    );
}
