import { NotFoundError } from '@kubectl-dr/core/errors';
import type { ClusterClient } from '@kubectl-dr/core/ports/cluster';
import type { KubeObject, ResourceType } from '@kubectl-dr/core/ports/kubernetes';
import { apiVersionOf } from '@kubectl-dr/core/ports/kubernetes';

/** Creates objects in the order given, whatever their types. They must not be there yet. */
export async function createAll(cluster: ClusterClient, objects: readonly KubeObject[]): Promise<void> {
  let served = await kindsOf(cluster);
  for (const object of objects) {
    const key = `${object.apiVersion} ${object.kind}`;
    // A definition among the objects may have brought the type.
    if (!served.has(key)) served = await kindsOf(cluster);
    const type = served.get(key);
    if (type === undefined) throw new NotFoundError(`${key} is not served by ${cluster.name}`, { cluster: cluster.name });
    await cluster.create(type, object);
  }
}

async function kindsOf(cluster: ClusterClient): Promise<Map<string, ResourceType>> {
  return new Map((await cluster.discover()).map((type) => [`${apiVersionOf(type)} ${type.kind}`, type]));
}
