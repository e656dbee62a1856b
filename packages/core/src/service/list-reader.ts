import { asDrError } from '../errors.ts';
import type { DrError } from '../errors.ts';
import type { ClusterClient } from '../ports/cluster.ts';
import type { KubeObject, ResourceType } from '../ports/kubernetes.ts';
import { resourceKey } from '../ports/kubernetes.ts';
import type { ClusterReader, ClusterReading, ReadScope } from '../ports/reading.ts';

/** Reads by lists: what a command does that looks once. */
export class ListReader implements ClusterReader {
  private readonly clusters: readonly ClusterClient[];

  constructor(clusters: readonly ClusterClient[]) {
    this.clusters = clusters;
  }

  read(kinds: readonly ResourceType[], scope: ReadScope = {}): Promise<ClusterReading[]> {
    return Promise.all(this.clusters.map((cluster) => readCluster(cluster, kinds, scope)));
  }
}

async function readCluster(cluster: ClusterClient, kinds: readonly ResourceType[], scope: ReadScope): Promise<ClusterReading> {
  const { signal } = scope;
  const objects = new Map<string, KubeObject[]>();
  const failures = new Map<string, DrError>();
  const lists = Promise.all(
    kinds.map(async (type) => {
      try {
        objects.set(resourceKey(type), await listAll(cluster, type, scope));
      } catch (thrown) {
        failures.set(resourceKey(type), asDrError(thrown));
      }
    }),
  );
  let identity: string | undefined;
  let unreachable: DrError | undefined;
  try {
    if (scope.identity !== false) identity = await cluster.identity(signal ? { signal } : {});
  } catch (thrown) {
    const error = asDrError(thrown);
    // Somebody who may not read kube-system can still see their own namespaces.
    if (error.code !== 'FORBIDDEN' && error.code !== 'NOT_FOUND') unreachable = error;
  }
  await lists;
  signal?.throwIfAborted();
  // With every list refused nothing was read: an empty cluster would be a wrong answer.
  if (objects.size === 0) unreachable ??= [...failures.values()].find(({ code }) => code !== 'NOT_FOUND');
  if (unreachable) return { cluster: cluster.name, now: new Date(), age: 0, objects: new Map(), failures: new Map(), unreachable };
  return {
    cluster: cluster.name,
    ...(identity === undefined ? {} : { identity }),
    now: await cluster.now(signal ? { signal } : {}),
    age: 0,
    objects,
    failures,
  };
}

async function listAll(cluster: ClusterClient, type: ResourceType, scope: ReadScope): Promise<KubeObject[]> {
  const options = scope.signal ? { signal: scope.signal } : {};
  if (!type.namespaced || scope.namespaces === undefined) return (await cluster.list(type, options)).items;
  const lists = await Promise.all(scope.namespaces.map((namespace) => cluster.list(type, { namespace, ...options })));
  return lists.flatMap((list) => list.items);
}
