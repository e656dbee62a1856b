import type { DrError } from '../errors.ts';
import { ConflictError } from '../errors.ts';
import { placesOf } from '../planning/places.ts';
import { comparePolicies, withOwned } from '../policy/rendering/compare.ts';
import type { PolicyChange, PolicyRendering } from '../policy/rendering/model.ts';
import { renderReplications } from '../policy/rendering/replications.ts';
import { renderPolicies } from '../policy/rendering/render.ts';
import type { ClusterClient } from '../ports/cluster.ts';
import { labels } from '../application/model.ts';
import { type KubeObject, resourceKey } from '../ports/kubernetes.ts';
import type { Reason } from '../reason.ts';
import type { Assessment } from './assess.ts';
import { type LookDeps, findApplication } from './look.ts';
import { namespacesAt, whoseAt } from './moves/namespaces.ts';
import type { ApplicationStatus, ComponentStatus, Fleet } from './model.ts';
import { clientOf, isExclusive } from './plan-ground.ts';

/** Every application, or one. */
export function renderFleet(deps: LookDeps, assessment: Assessment, name: string | undefined): PolicyRendering {
  const fleet = assessment.fleet(name === undefined ? assessment.applications : [findApplication(assessment, name)]);
  const unread = unreadable(assessment, deps.engines);
  const all = fleet.applications.map((status) => renderApplication(deps, assessment, fleet, status, unread));
  return { changes: all.flatMap(({ changes }) => changes), reasons: all.flatMap(({ reasons }) => reasons) };
}

/**
 * `status`: one of the fleet's. Places that did not agree, or that cannot be read, are left out and told as reasons; what
 * is there of ours is then not called superfluous, because nobody knows.
 */
export function renderApplication(
  { engines, tenancy }: Pick<LookDeps, 'engines' | 'tenancy'>,
  assessment: Assessment,
  fleet: Fleet,
  status: ApplicationStatus,
  unread: ReadonlyMap<string, DrError> = unreadable(assessment, engines),
): PolicyRendering {
  const { application } = status;
  const asking = status.components.some(({ policy }) => policy?.schedule ?? policy?.replication);
  const { components, leftOut } = asking ? agreed(fleet, status, unread) : { components: [], leftOut: [] };
  const own = new Set(application.components.map((component) => component.name));
  // Components without a policy are seen as well: what they share a namespace with is not taken whole.
  const places = placesOf(fleet, application, components, () => false);
  const readable = places.filter(({ cluster }) => !unread.has(cluster));
  const rendering = renderPolicies({
    fleet,
    status,
    places: readable.map((place) => ({ ...place, exclusive: isExclusive(assessment.applications, application, own, place) })),
    engines,
  });
  const copies = renderReplications({
    fleet,
    status,
    places: readable,
    engines,
    inventory: assessment.inventory,
    tenancy,
    namespaceAt: (to, one, namespace) =>
      namespacesAt({ application, components: [one], to, request: {}, assessment })[namespace] ?? namespace,
    isTaken: (place) => whoseAt(place, application, assessment, tenancy) === 'others',
  });
  const readings = assessment.readings().flatMap(({ reading }) => (unread.has(reading.cluster) ? [] : [reading]));
  const unsure = new Set(leftOut.map(({ cluster }) => cluster));
  const changes = comparePolicies(application.name, [...rendering.objects, ...copies.objects], readings, engines).filter(
    ({ action, cluster }) => action !== 'remove' || !(unsure.has(cluster) || unsure.has(undefined)),
  );
  const reasons = [...leftOut, ...rendering.reasons, ...copies.reasons].map((reason) => ({ ...reason, application: application.name }));
  return { changes, reasons };
}

/** Clusters that do not answer, or do not tell what engines keep there: what is missing there may be there. */
function unreadable(assessment: Assessment, engines: LookDeps['engines']): Map<string, DrError> {
  const keys = engines.flatMap(({ schedule }) => (schedule ? [resourceKey(schedule.type)] : []));
  return new Map(
    assessment.readings().flatMap(({ reading: { cluster, unreachable, failures } }) => {
      const error = unreachable ?? keys.map((key) => failures.get(key)).find((failure) => failure && failure.name !== 'NotFoundError');
      return error ? [[cluster, error] as const] : [];
    }),
  );
}

/**
 * The components with those of their places that agreed and can be read. A namespace of which one component may not speak is
 * left out for all of them: taken whole, it would be taken with that one.
 */
function agreed(
  { clusters }: Fleet,
  { application, components }: ApplicationStatus,
  unread: ReadonlyMap<string, DrError>,
): { components: ComponentStatus[]; leftOut: Reason[] } {
  const leftOut: Reason[] = [];
  const refused = new Set<string>();
  for (const { component } of components) {
    for (const { cluster, namespace, claim } of component.placements) {
      const silent = cluster === undefined ? undefined : unread.get(cluster);
      let why: Pick<Reason, 'code' | 'message' | 'fix'>;
      if (cluster !== undefined && !clusters.some(({ name }) => name === cluster)) {
        why = { code: 'UNKNOWN_CLUSTER', message: `the cluster ${cluster} is not known here` };
      } else if (silent) {
        why = { code: 'CLUSTER_UNREACHABLE', message: silent.message, ...(silent.hint !== undefined && { fix: silent.hint }) };
      } else if (claim !== 'claimed' && claim !== 'mapped') {
        const owner = component.owner ?? application.owner;
        why = {
          code: 'PLACEMENT_UNCLAIMED',
          message: `the namespace ${namespace} has not agreed that it belongs to ${owner ?? 'anybody'}`,
          fix: `kubectl annotate namespace ${namespace} kubectl-dr.dev/owner=${owner ?? 'OWNER'}`,
        };
      } else continue;
      refused.add(placeKey(cluster, namespace));
      const message = `nothing is rendered for ${component.name} of ${application.name}: ${why.message}`;
      leftOut.push({ ...why, severity: 'warning', component: component.name, ...(cluster !== undefined && { cluster }), message });
    }
  }
  const some = components.map((status) => {
    const { component } = status;
    const placements = component.placements.filter(
      ({ cluster, namespace }) => !refused.has(placeKey(cluster, namespace)) && !refused.has(placeKey(undefined, namespace)),
    );
    return { ...status, component: { ...component, placements } };
  });
  return { components: some, leftOut };
}

function placeKey(cluster: string | undefined, namespace: string): string {
  return `${cluster ?? '*'}/${namespace}`;
}

/** See `DrService.applyPolicies`. */
export async function applyChanges(
  clusters: readonly ClusterClient[],
  changes: readonly PolicyChange[],
  { dryRun = false, prune = false, signal }: { dryRun?: boolean; prune?: boolean; signal?: AbortSignal },
): Promise<PolicyChange[]> {
  const wanted = changes.filter(({ action }) => action === 'create' || action === 'change' || (action === 'remove' && prune));
  const options = signal ? { signal } : {};
  // One that has gone since the comparison ends it before anything is written anywhere.
  const clients = wanted.map((change) => ({ change, cluster: clientOf({ clusters }, change.cluster) }));
  for (const only of dryRun ? [true] : [true, false]) {
    for (const { change, cluster } of clients) await write(cluster, change, { ...options, ...(only && { dryRun: true }) });
  }
  return wanted;
}

async function write(cluster: ClusterClient, change: PolicyChange, options: { dryRun?: boolean; signal?: AbortSignal }): Promise<void> {
  const { type, object, action } = change;
  const { name, namespace } = object.metadata;
  const ref = { type, name, ...(namespace !== undefined && { namespace }) };
  if (action === 'create') {
    await cluster.create(type, object, options);
    return;
  }
  const live = await cluster.get(ref, options.signal ? { signal: options.signal } : {});
  assertOurs(live, change);
  const { uid, resourceVersion } = live.metadata;
  if (action === 'remove') {
    await cluster.delete(ref, { ...options, preconditions: { ...(uid !== undefined && { uid }) } });
    return;
  }
  const { labels: marks, annotations } = object.metadata;
  const { spec } = withOwned(object, change.owns);
  const metadata = { ...(resourceVersion !== undefined && { resourceVersion }), labels: marks, annotations };
  // A merge leaves what others added; null takes away what is ours and not asked for.
  await cluster.patch(ref, 'merge', JSON.parse(JSON.stringify({ metadata, spec }, (_, value: unknown) => value ?? null)), options);
}

function assertOurs({ metadata }: KubeObject, { cluster, type, object }: PolicyChange): void {
  if (
    metadata.labels?.[labels.policy] !== undefined &&
    metadata.labels[labels.application] === object.metadata.labels?.[labels.application]
  )
    return;
  throw new ConflictError(`${type.kind} ${metadata.name} on ${cluster} is not made by a policy any more, and is left alone`, {
    cluster,
    hint: 'look at it: kubectl dr policy render --diff',
  });
}
