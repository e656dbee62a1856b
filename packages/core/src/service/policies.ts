import { ConflictError, DrError } from '../errors.ts';
import { type Place, placesOf } from '../planning/places.ts';
import { comparePolicies, withOwned } from '../policy/rendering/compare.ts';
import type { PolicyChange, PolicyRendering } from '../policy/rendering/model.ts';
import { renderPolicies } from '../policy/rendering/render.ts';
import type { ClusterClient } from '../ports/cluster.ts';
import { labels } from '../application/model.ts';
import type { KubeObject } from '../ports/kubernetes.ts';
import type { Assessment } from './assess.ts';
import { type LookDeps, findApplication } from './look.ts';
import type { ApplicationStatus, Fleet } from './model.ts';
import { isExclusive } from './plan-ground.ts';

/** Every application, or one. */
export function renderFleet(deps: LookDeps, assessment: Assessment, name: string | undefined): PolicyRendering {
  const fleet = assessment.fleet(name === undefined ? assessment.applications : [findApplication(assessment, name)]);
  const all = fleet.applications.map((status) => renderApplication(deps, assessment, fleet, status));
  return { changes: all.flatMap(({ changes }) => changes), reasons: all.flatMap(({ reasons }) => reasons) };
}

/** `status`: one of the fleet's. */
export function renderApplication(
  { engines }: Pick<LookDeps, 'engines'>,
  assessment: Assessment,
  fleet: Fleet,
  status: ApplicationStatus,
): PolicyRendering {
  const { application } = status;
  const readings = assessment.readings().map(({ reading }) => reading);
  let places: Place[];
  try {
    const asking = status.components.filter(({ policy }) => policy?.schedule);
    if (asking.length === 0) return { changes: comparePolicies(application.name, [], readings, engines), reasons: [] };
    // Components without a policy are seen as well: what they share a namespace with is not taken whole.
    places = placesOf(fleet, application, status.components, () => false);
  } catch (thrown) {
    if (!(thrown instanceof DrError)) throw thrown;
    const { message, hint } = thrown;
    return {
      changes: [],
      reasons: [
        {
          code: 'PLACEMENT_UNCLAIMED',
          severity: 'warning',
          message: `nothing is rendered for ${application.name}: ${message}`,
          ...(hint !== undefined && { fix: hint }),
        },
      ],
    };
  }
  const own = new Set(application.components.map((component) => component.name));
  const rendering = renderPolicies({
    fleet,
    status,
    places: places.map((place) => ({ ...place, exclusive: isExclusive(assessment.applications, application, own, place) })),
    engines,
  });
  return { changes: comparePolicies(application.name, rendering.objects, readings, engines), reasons: rendering.reasons };
}

/** See `DrService.applyPolicies`. */
export async function applyChanges(
  clusters: readonly ClusterClient[],
  changes: readonly PolicyChange[],
  { dryRun = false, prune = false, signal }: { dryRun?: boolean; prune?: boolean; signal?: AbortSignal },
): Promise<PolicyChange[]> {
  const wanted = changes.filter(({ action }) => action === 'create' || action === 'change' || (action === 'remove' && prune));
  const options = signal ? { signal } : {};
  for (const only of dryRun ? [true] : [true, false]) {
    for (const change of wanted) {
      const cluster = clusters.find(({ name }) => name === change.cluster)!;
      await write(cluster, change, { ...options, ...(only && { dryRun: true }) });
    }
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
