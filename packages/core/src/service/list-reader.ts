import { applicationKinds } from '../application/cluster-inventory.ts';
import { asDrError, NotAllowedError } from '../errors.ts';
import type { DrError } from '../errors.ts';
import type { ClusterClient } from '../ports/cluster.ts';
import type { KubeObject, ResourceType } from '../ports/kubernetes.ts';
import { resourceKey, types } from '../ports/kubernetes.ts';
import type { ClusterReader, ClusterReading, ReadScope } from '../ports/reading.ts';

/** Namespaces in which somebody works who may not look everywhere, by the name of the cluster. */
export type OwnNamespaces = (cluster: string) => readonly string[];

const namespacesKey = resourceKey(types.namespaces);

/**
 * Reads by lists: what a command does that looks once. Who may not list what runs everywhere is shown it in their own
 * namespaces. What an engine keeps in a namespace of its own is not looked for there: it would seem to be absent.
 */
export class ListReader implements ClusterReader {
  private readonly clusters: readonly ClusterClient[];
  private readonly own: OwnNamespaces;

  constructor(clusters: readonly ClusterClient[], own: OwnNamespaces = () => []) {
    this.clusters = clusters;
    this.own = own;
  }

  read(kinds: readonly ResourceType[], scope: ReadScope = {}): Promise<ClusterReading[]> {
    return Promise.all(this.clusters.map((cluster) => readCluster(cluster, kinds, scope, this.own(cluster.name))));
  }
}

async function readCluster(
  cluster: ClusterClient,
  kinds: readonly ResourceType[],
  scope: ReadScope,
  own: readonly string[],
): Promise<ClusterReading> {
  const { signal } = scope;
  let limited: DrError | undefined;
  const objects = new Map<string, KubeObject[]>();
  const failures = new Map<string, DrError>();
  const lists = Promise.all(
    kinds.map(async (type) => {
      try {
        objects.set(resourceKey(type), await listAll(cluster, type, scope));
      } catch (thrown) {
        const error = asDrError(thrown);
        const found = error.code === 'FORBIDDEN' && applicationKinds.includes(type) ? await listOwn(cluster, type, own, scope) : undefined;
        if (found) {
          objects.set(resourceKey(type), found);
          limited ??= error;
        } else failures.set(resourceKey(type), error);
      }
    }),
  );
  let identity: string | undefined;
  let unreachable: DrError | undefined;
  try {
    if (kinds.some((type) => resourceKey(type) === namespacesKey)) {
      await lists;
      identity = objects.get(namespacesKey)?.find(({ metadata }) => metadata.name === 'kube-system')?.metadata.uid;
    }
    if (scope.identity !== false) identity ??= await cluster.identity(signal ? { signal } : {});
  } catch (thrown) {
    const error = asDrError(thrown);
    // Somebody who may not read kube-system can still see their own namespaces.
    if (error.code !== 'FORBIDDEN' && error.code !== 'NOT_FOUND') unreachable = error;
  }
  await lists;
  signal?.throwIfAborted();
  // With every list refused nothing was read: an empty cluster would be a wrong answer.
  if (objects.size === 0) unreachable ??= await refusalOf(cluster, kinds, failures);
  if (unreachable) return { cluster: cluster.name, now: new Date(), age: 0, objects: new Map(), failures: new Map(), unreachable };
  return {
    cluster: cluster.name,
    ...(identity === undefined ? {} : { identity }),
    now: await cluster.now(signal ? { signal } : {}),
    age: 0,
    objects,
    failures,
    ...(limited && { limited: { namespaces: own, error: limited } }),
  };
}

/** Why nothing could be read: with the right to list all of it, where that is what is missing. */
async function refusalOf(
  { name }: ClusterClient,
  kinds: readonly ResourceType[],
  failures: ReadonlyMap<string, DrError>,
): Promise<DrError | undefined> {
  const failed = kinds.flatMap((type) => {
    const error = failures.get(resourceKey(type));
    return error && error.code !== 'NOT_FOUND' ? [{ type, error }] : [];
  });
  if (failed.length < 2 || failed.some(({ error }) => error.code !== 'FORBIDDEN')) return failed[0]?.error;
  const { refusal } = await import('../doctor/unseen.ts');
  const { message, types, identity } = refusal(name, failed);
  const { details, hint } = failed[0]!.error;
  const command = `kubectl create clusterrole kubectl-dr-reader --verb=list --resource=${types.join(',')}`;
  return new NotAllowedError(message, {
    cluster: name,
    ...(details && { details }),
    ...(hint !== undefined && {
      hint: identity === undefined ? hint : `somebody who may can grant it: ${command}, and bind it to ${identity}`,
    }),
  });
}

/** In the namespaces given, of those that may be read; undefined when none may. */
async function listOwn(
  cluster: ClusterClient,
  type: ResourceType,
  own: readonly string[],
  { signal }: ReadScope,
): Promise<KubeObject[] | undefined> {
  const options = signal ? { signal } : {};
  const lists = await Promise.all(
    own.map(async (namespace) => {
      try {
        return type.namespaced
          ? (await cluster.list(type, { namespace, ...options })).items
          : [await cluster.get({ type, name: namespace }, options)];
      } catch {
        signal?.throwIfAborted();
        return undefined;
      }
    }),
  );
  const found = lists.filter((list) => list !== undefined);
  return found.length > 0 ? found.flat() : undefined;
}

async function listAll(cluster: ClusterClient, type: ResourceType, scope: ReadScope): Promise<KubeObject[]> {
  const options = scope.signal ? { signal: scope.signal } : {};
  if (!type.namespaced || scope.namespaces === undefined) return (await cluster.list(type, options)).items;
  const lists = await Promise.all(scope.namespaces.map((namespace) => cluster.list(type, { namespace, ...options })));
  return lists.flatMap((list) => list.items);
}
