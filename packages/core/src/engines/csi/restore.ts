import { labels } from '../../application/model.ts';
import { at, textAt } from '../../application/raw.ts';
import { matches, parseSelector } from '../../application/selector.ts';
import { ConflictError, InputError, NotFoundError } from '../../errors.ts';
import { quantity } from '../../planning/quantity.ts';
import type { RestoreRequest, Rewrite } from '../../ports/engine.ts';
import type { EngineContext } from '../../ports/engine-context.ts';
import type { KubeObject } from '../../ports/kubernetes.ts';
import { types } from '../../ports/kubernetes.ts';
import { createOnce } from '../create-once.ts';
import { jsonPatch } from '../json-patch.ts';
import { assertOwnNamespace } from './backup.ts';
import { readPoint } from './contents.ts';
import { snapshotGroup } from '../snapshot-kinds.ts';
import { claimOf, labelOf, notes } from './record.ts';
import { offerBeside } from './source.ts';

const type = types.persistentVolumeClaims;

/** A claim of the point, and the snapshot that holds its data. */
export interface Returning {
  claim: KubeObject;
  snapshot: KubeObject;
}

/** What of a point a request asks for. */
export async function returningOf(
  context: EngineContext,
  request: Pick<RestoreRequest, 'point' | 'namespaces' | 'claims' | 'labelSelector' | 'includedResources' | 'excludedResources'>,
): Promise<Returning[]> {
  const { point, namespaces, claims, labelSelector, includedResources, excludedResources } = request;
  const admitted = (includedResources?.includes(type.resource) ?? true) && !excludedResources?.includes(type.resource);
  if (!admitted || !namespaces.includes(point.namespace)) return [];
  const requirements = parseSelector(labelSelector ?? '');
  if (!requirements) throw new InputError(`the selector "${labelSelector}" cannot be read`);
  const { snapshots } = await readPoint(context, point);
  const found = snapshots.flatMap((snapshot): Returning[] => {
    const claim = claimOf(snapshot);
    return claim && matches(requirements, claim.metadata.labels ?? {}) ? [{ claim, snapshot }] : [];
  });
  const missing = (claims ?? []).filter((name) => !found.some(({ claim }) => claim.metadata.name === name));
  if (missing.length > 0)
    throw new NotFoundError(`${point.name} on ${context.cluster.name} does not hold ${missing.join(', ')}`, {
      cluster: context.cluster.name,
      hint: 'choose another point: kubectl dr get points',
    });
  return claims ? found.filter(({ claim }) => claims.includes(claim.metadata.name)) : found;
}

/** Makes the claims anew, each with its snapshot as the source of its data. Everything is looked at before anything is made. */
export async function startRestore(context: EngineContext, request: RestoreRequest): Promise<void> {
  const { cluster, namespace, signal } = context;
  const { point } = request;
  assertOwnNamespace(context, [request.namespaceMapping[point.namespace] ?? point.namespace]);
  const restore = labelOf(request.name);
  const returning = await returningOf(context, request);
  const { items: live } = await cluster.list(type, { namespace, ...(signal && { signal }) });
  const wanted: Returning[] = [];
  for (const item of returning) {
    const { name } = item.claim.metadata;
    const there = live.find(({ metadata }) => metadata.name === name);
    if (there && isForeign(there, request)) throw inTheWay(there, context);
    // One that nobody asked for by name stays as it is.
    if (there && there.metadata.labels?.[labels.restore] !== restore) {
      if (request.claims) throw inTheWay(there, context);
      continue;
    }
    if (at(item.snapshot, 'status', 'readyToUse') !== true) {
      const { namespace: where, name: snapshot } = item.snapshot.metadata;
      const why = textAt(item.snapshot, 'status', 'error', 'message') ?? 'it is not ready to use';
      throw new InputError(`VolumeSnapshot ${where}/${snapshot} on ${cluster.name} cannot be restored: ${why}`, { cluster: cluster.name });
    }
    wanted.push(item);
  }
  if (wanted.length === 0)
    throw new InputError(`there is nothing to restore from ${point.name} into ${namespace} on ${cluster.name}: its claims exist already`, {
      cluster: cluster.name,
    });
  for (const { claim, snapshot } of wanted) {
    const source = point.namespace === namespace ? snapshot.metadata.name : await offerBeside(context, snapshot, request);
    await createOnce(context, type, claimFrom(claim, snapshot, source, context, request));
  }
}

/** From a restore of the same name that is not ours. */
function isForeign({ metadata }: KubeObject, request: RestoreRequest): boolean {
  if (metadata.labels?.[labels.restore] !== request.name) return false;
  return [labels.operation, labels.step].some((key) => metadata.labels?.[key] !== request.labels[key]);
}

function inTheWay({ metadata: { name, deletionTimestamp } }: KubeObject, { cluster, namespace }: EngineContext): ConflictError {
  const how = deletionTimestamp === undefined ? 'exists and was not made by this restore' : 'is still being deleted';
  return new ConflictError(`the PersistentVolumeClaim ${namespace}/${name} on ${cluster.name} ${how}: nothing is restored over it`, {
    code: 'ALREADY_EXISTS',
    cluster: cluster.name,
    hint: `look who made it: kubectl --context ${cluster.name} -n ${namespace} get pvc ${name} -o yaml`,
  });
}

function claimFrom(
  claim: KubeObject,
  snapshot: KubeObject,
  source: string,
  { namespace }: EngineContext,
  request: RestoreRequest,
): KubeObject {
  const { metadata, ...rest } = rewritten(claim, request.rewrites);
  const spec = rest.spec as { resources?: { requests?: Record<string, unknown> } };
  const asked = spec.resources?.requests?.storage;
  const size = at(snapshot, 'status', 'restoreSize');
  // A volume cannot be smaller than its snapshot, which a claim of a volume that was grown may be.
  const storage = quantity(size) > quantity(asked) ? size : asked;
  const { [notes.stopped]: _, ...annotations } = metadata.annotations ?? {};
  return {
    ...rest,
    metadata: {
      name: metadata.name,
      namespace,
      labels: { ...metadata.labels, ...pick(request.labels, [labels.operation, labels.step]), [labels.restore]: request.name },
      ...(Object.keys(annotations).length > 0 && { annotations }),
    },
    spec: {
      ...spec,
      resources: { ...spec.resources, requests: { ...spec.resources?.requests, storage } },
      dataSource: { apiGroup: snapshotGroup, kind: 'VolumeSnapshot', name: source },
    },
  };
}

function pick(values: Record<string, string>, keys: readonly string[]): Record<string, string> {
  return Object.fromEntries(keys.flatMap((key) => (values[key] === undefined ? [] : [[key, values[key]]])));
}

function rewritten(claim: KubeObject, rewrites: readonly Rewrite[]): KubeObject {
  const { namespace, name } = claim.metadata;
  const own = rewrites.filter((rewrite) => rewrite.resource === type.resource && rewrite.namespace === namespace && rewrite.name === name);
  return own.reduce((object, { patches }) => jsonPatch(object, patches) as KubeObject, claim);
}
