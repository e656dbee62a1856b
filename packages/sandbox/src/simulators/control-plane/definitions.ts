import type { Cluster } from '../../api/cluster.ts';
import { cleanupFinalizer, deleteObject, release } from '../../api/writer.ts';
import type { Duty } from './duty.ts';

const definitions = 'customresourcedefinitions.apiextensions.k8s.io';

/** The end of a CustomResourceDefinition waits for that of its objects. */
export function definitionFinalizer(cluster: Cluster): Duty {
  const { store, registry } = cluster;
  const finish = (name: string): void => {
    const definition = store.get(definitions, undefined, name);
    if (definition?.metadata.deletionTimestamp === undefined || store.count(name) > 0) return;
    if (definition.metadata.finalizers?.includes(cleanupFinalizer)) release(cluster, definitions, definition, cleanupFinalizer);
  };
  const empty = (name: string): void => {
    const resource = registry.stored(name);
    if (resource === undefined) return;
    for (const { metadata } of store.list(name))
      if (metadata.deletionTimestamp === undefined) deleteObject(cluster, resource, metadata.namespace, metadata.name);
    finish(name);
  };
  return ({ type, resource, object }, later) => {
    if (type === 'DELETED') later(() => finish(resource));
    else if (resource === definitions && object.metadata.deletionTimestamp !== undefined) later(() => empty(object.metadata.name));
  };
}
