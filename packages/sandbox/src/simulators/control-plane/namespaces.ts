import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import { equal, listAt, textAt, withPath } from '../../api/json.ts';
import type { Location } from '../../api/store.ts';
import type { Cluster } from '../../api/cluster.ts';
import { createObject, deleteObject, replaceObject, timestamp } from '../../api/writer.ts';
import type { Duty } from './duty.ts';

const bundle = 'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints.';
/** What every namespace has, and what comes back when it is deleted, by the name of its type. */
const furniture: Record<string, KubeObject> = {
  serviceaccounts: { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default' } },
  configmaps: {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'kube-root-ca.crt', annotations: { 'kubernetes.io/description': bundle } },
    data: { 'ca.crt': '' },
  },
};

/** Furnishes new namespaces, and takes along what is in those that go. */
export function namespaceController(cluster: Cluster): Duty {
  const { store, registry } = cluster;

  const furnish = (namespace: string, resource: string): void => {
    const object = furniture[resource];
    const type = registry.stored(resource);
    if (object === undefined || type === undefined || store.get(resource, namespace, object.metadata.name) !== undefined) return;
    createObject(cluster, type, namespace, object);
  };

  const empty = (name: string): void => {
    for (const item of store.contents(name)) {
      const resource = registry.stored(item.resource);
      const leaving = store.get(item.resource, name, item.name)?.metadata.deletionTimestamp !== undefined;
      if (resource !== undefined && !leaving) deleteObject(cluster, resource, name, item.name);
    }
    const namespace = store.get('namespaces', undefined, name);
    const resource = registry.stored('namespaces');
    if (namespace === undefined || resource === undefined) return;
    const rest = store.contents(name);
    if (rest.length === 0) {
      const emptied = withPath(namespace, ['spec', 'finalizers'], []);
      if (!equal(namespace, emptied)) replaceObject(cluster, resource, undefined, name, emptied, { subresource: 'finalize' });
      return;
    }
    const conditions = remaining(rest, (item) => store.get(item.resource, item.namespace, item.name), timestamp(cluster.clock));
    const message = (list: unknown[]): string => list.map((condition) => textAt(condition, 'message')).join();
    if (message(listAt(namespace, 'status', 'conditions')) !== message(conditions))
      store.put('namespaces', withPath(namespace, ['status', 'conditions'], conditions));
  };

  const afterRemoval = (resource: string, namespace: string): void => {
    const found = store.get('namespaces', undefined, namespace);
    if (found?.metadata.deletionTimestamp !== undefined) empty(namespace);
    else if (found !== undefined) furnish(namespace, resource);
  };

  return ({ type, resource, object: { metadata } }, later) => {
    const { namespace, name, deletionTimestamp } = metadata;
    if (type === 'DELETED') {
      if (namespace !== undefined) later(() => afterRemoval(resource, namespace));
    } else if (resource === types.namespaces.resource) {
      // At once: whoever creates a pod in a new namespace needs its account.
      if (type === 'ADDED') for (const each of Object.keys(furniture)) furnish(name, each);
      if (deletionTimestamp !== undefined) later(() => empty(name));
    }
  };
}

/** The conditions with which a namespace says why it does not go away. */
function remaining(rest: Location[], read: (at: Location) => KubeObject | undefined, now: string): Record<string, unknown>[] {
  const resources = new Map<string, number>();
  const finalizers = new Map<string, number>();
  const count = (counts: Map<string, number>, name: string): void => void counts.set(name, (counts.get(name) ?? 0) + 1);
  for (const item of rest) {
    count(resources, item.resource);
    for (const finalizer of read(item)?.metadata.finalizers ?? []) count(finalizers, finalizer);
  }
  const told = (counts: Map<string, number>, say: (name: string, count: number) => string): string =>
    [...counts].map(([name, number]) => say(name, number)).join(', ');
  const condition = (type: string, reason: string, message: string): Record<string, unknown> => ({
    lastTransitionTime: now,
    message,
    reason,
    status: 'True',
    type,
  });
  return [
    condition(
      'NamespaceContentRemaining',
      'SomeResourcesRemain',
      `Some resources are remaining: ${told(resources, (name, number) => `${name} has ${number} resource instances`)}`,
    ),
    condition(
      'NamespaceFinalizersRemaining',
      'SomeFinalizersRemain',
      `Some content in the namespace has finalizers remaining: ${told(finalizers, (name, number) => `${name} in ${number} resource instances`)}`,
    ),
  ];
}
