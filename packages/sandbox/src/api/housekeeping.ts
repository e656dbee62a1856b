import { resourceKey } from '@kubectl-dr/core/ports/kubernetes';
import type { KubeObject, OwnerReference } from '@kubectl-dr/core/ports/kubernetes';
import { equal, isRecord, listAt, textAt, withPath } from './json.ts';
import { ApiError } from './status.ts';
import type { Location, StoreEvent } from './store.ts';
import { cleanupFinalizer, createObject, deleteObject, disown, foregroundFinalizer, release, replaceObject, timestamp } from './writer.ts';
import type { Cluster } from './writer.ts';

const definitions = 'customresourcedefinitions.apiextensions.k8s.io';

const claimsKey = 'persistentvolumeclaims';
/** Finalizers that keep what is in use. */
const protections: Record<string, string> = {
  [claimsKey]: 'kubernetes.io/pvc-protection',
  persistentvolumes: 'kubernetes.io/pv-protection',
};

/**
 * What a control plane does behind the API's back, as far as backup and restore meet it: the contents of a new
 * namespace, the end of a namespace, of owned objects and of custom resources. Works between requests.
 */
export class Housekeeping {
  readonly #cluster: Cluster;
  readonly #queue: (() => void)[] = [];
  readonly #stop: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
    this.#stop = cluster.store.subscribe((event) => this.#react(event));
  }

  close(): void {
    this.#stop();
    clearTimeout(this.#timer);
    this.#queue.length = 0;
  }

  /** Does everything that is waiting, at once. */
  settle(): void {
    for (let work = this.#queue.shift(); work !== undefined; work = this.#queue.shift()) {
      try {
        work();
      } catch (thrown) {
        // Somebody else was faster, or the namespace is gone: the world is already as it should be.
        if (!(thrown instanceof ApiError)) throw thrown;
      }
    }
  }

  #later(work: () => void): void {
    this.#queue.push(work);
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.settle();
    }, 0);
  }

  #react({ type, resource, object }: StoreEvent): void {
    const { namespace, name, uid = '' } = object.metadata;
    const gone = type === 'DELETED';
    const leaving = object.metadata.deletionTimestamp !== undefined;
    if (resource === 'namespaces' && type === 'ADDED') this.#furnish(name);
    if (resource === 'namespaces' && leaving && !gone) this.#later(() => this.#emptyNamespace(name));
    if (resource === definitions && leaving && !gone) this.#later(() => this.#emptyDefinition(name));
    if (resource === 'pods' && gone) for (const claim of claimsOf(object)) this.#later(() => this.#letGo(claimsKey, namespace, claim));
    if (gone) {
      for (const dependent of this.#cluster.store.dependents(uid)) this.#later(() => this.#checkOwners(dependent));
      for (const owner of references(object)) this.#later(() => this.#finishForeground(owner.uid));
      if (namespace !== undefined) this.#later(() => this.#afterRemoval(resource, namespace, name));
      this.#later(() => this.#finishDefinition(resource));
      return;
    }
    const here: Location = { resource, name, ...(namespace === undefined ? {} : { namespace }) };
    if (references(object).length > 0) this.#later(() => this.#checkOwners(here));
    if (leaving && object.metadata.finalizers?.includes(foregroundFinalizer)) this.#later(() => this.#startForeground(uid));
    if (leaving && protections[resource] !== undefined) this.#later(() => this.#letGo(resource, namespace, name));
  }

  /** The two objects that every namespace has, and that come back when deleted. */
  #furnish(namespace: string): void {
    const { store, registry } = this.#cluster;
    const accounts = registry.stored('serviceaccounts');
    const maps = registry.stored('configmaps');
    if (accounts !== undefined && store.get('serviceaccounts', namespace, 'default') === undefined) {
      createObject(this.#cluster, accounts, namespace, { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default' } });
    }
    if (maps !== undefined && store.get('configmaps', namespace, 'kube-root-ca.crt') === undefined) {
      const description = 'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints.';
      createObject(this.#cluster, maps, namespace, {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'kube-root-ca.crt', annotations: { 'kubernetes.io/description': description } },
        data: { 'ca.crt': '' },
      });
    }
  }

  #afterRemoval(resource: string, name: string, removed: string): void {
    const namespace = this.#cluster.store.get('namespaces', undefined, name);
    if (namespace === undefined) return;
    if (namespace.metadata.deletionTimestamp !== undefined) this.#emptyNamespace(name);
    else if (resource === 'serviceaccounts' ? removed === 'default' : resource === 'configmaps' && removed === 'kube-root-ca.crt')
      this.#furnish(name);
  }

  #emptyNamespace(name: string): void {
    const { store, registry } = this.#cluster;
    for (const item of store.contents(name)) {
      const resource = registry.stored(item.resource);
      const leaving = store.get(item.resource, name, item.name)?.metadata.deletionTimestamp !== undefined;
      if (resource !== undefined && !leaving) deleteObject(this.#cluster, resource, name, item.name);
    }
    const namespace = store.get('namespaces', undefined, name);
    const resource = registry.stored('namespaces');
    if (namespace === undefined || resource === undefined) return;
    const rest = store.contents(name);
    if (rest.length === 0) {
      const emptied = withPath(namespace, ['spec', 'finalizers'], []);
      if (!equal(namespace, emptied)) replaceObject(this.#cluster, resource, undefined, name, emptied, { subresource: 'finalize' });
      return;
    }
    const conditions = remaining(rest, (item) => store.get(item.resource, item.namespace, item.name), timestamp(this.#cluster.clock));
    const known = listAt(namespace, 'status', 'conditions');
    const message = (list: unknown[]): string => list.map((condition) => textAt(condition, 'message')).join();
    if (message(known) !== message(conditions)) store.put('namespaces', withPath(namespace, ['status', 'conditions'], conditions));
  }

  #emptyDefinition(name: string): void {
    const { store, registry } = this.#cluster;
    const definition = store.get(definitions, undefined, name);
    const resource = registry.stored(name);
    if (definition === undefined || resource === undefined) return;
    for (const object of store.list(name)) {
      if (object.metadata.deletionTimestamp === undefined)
        deleteObject(this.#cluster, resource, object.metadata.namespace, object.metadata.name);
    }
    this.#finishDefinition(name);
  }

  #finishDefinition(name: string): void {
    const definition = this.#cluster.store.get(definitions, undefined, name);
    if (definition?.metadata.deletionTimestamp === undefined || this.#cluster.store.count(name) > 0) return;
    if (definition.metadata.finalizers?.includes(cleanupFinalizer)) release(this.#cluster, definitions, definition, cleanupFinalizer);
  }

  /** A claim goes when no pod uses it any more, a volume when no claim does. */
  #letGo(resource: string, namespace: string | undefined, name: string): void {
    const { store } = this.#cluster;
    const object = store.get(resource, namespace, name);
    const finalizer = protections[resource]!;
    if (object?.metadata.deletionTimestamp === undefined || !object.metadata.finalizers?.includes(finalizer)) return;
    const used =
      resource === claimsKey
        ? store.list('pods', namespace).some((pod) => textAt(pod, 'spec', 'nodeName') !== '' && claimsOf(pod).includes(name))
        : textAt(object, 'status', 'phase') === 'Bound';
    if (!used) release(this.#cluster, resource, object, finalizer);
  }

  /** Deletes what has no owner left. An owner of a kind that is not served is left alone, as the real collector does. */
  #checkOwners(at: Location): void {
    const { store, registry } = this.#cluster;
    const object = store.get(at.resource, at.namespace, at.name);
    if (object === undefined || object.metadata.deletionTimestamp !== undefined) return;
    const owners = references(object);
    const absent = owners.filter((owner) => {
      const type = registry.findKind(owner.apiVersion, owner.kind);
      if (type === undefined) return false;
      const found = store.locate(owner.uid);
      return found?.resource !== resourceKey(type) || (type.namespaced && found.namespace !== at.namespace);
    });
    const resource = registry.stored(at.resource);
    if (absent.length === 0 || resource === undefined) return;
    if (absent.length === owners.length) deleteObject(this.#cluster, resource, at.namespace, at.name);
    else
      disown(
        this.#cluster,
        at,
        absent.map((owner) => owner.uid),
      );
  }

  #startForeground(uid: string): void {
    for (const dependent of this.#cluster.store.dependents(uid)) {
      const resource = this.#cluster.registry.stored(dependent.resource);
      if (resource !== undefined) deleteObject(this.#cluster, resource, dependent.namespace, dependent.name, { propagation: 'Foreground' });
    }
    this.#finishForeground(uid);
  }

  #finishForeground(uid: string): void {
    const { store } = this.#cluster;
    const found = store.locate(uid);
    const owner = found && store.get(found.resource, found.namespace, found.name);
    if (found === undefined || owner === undefined || !owner.metadata.finalizers?.includes(foregroundFinalizer)) return;
    const blocked = store.dependents(uid).some(({ resource, namespace, name }) => {
      const dependent = store.get(resource, namespace, name);
      return (
        dependent !== undefined && references(dependent).some((reference) => reference.uid === uid && reference.blockOwnerDeletion === true)
      );
    });
    if (!blocked) release(this.#cluster, found.resource, owner, foregroundFinalizer);
  }
}

function claimsOf(pod: KubeObject): string[] {
  return listAt(pod, 'spec', 'volumes').map((volume) => textAt(volume, 'persistentVolumeClaim', 'claimName'));
}

function references(object: KubeObject): OwnerReference[] {
  const list = object.metadata.ownerReferences;
  return Array.isArray(list) ? (list.filter(isRecord) as unknown as OwnerReference[]) : [];
}

/** The conditions with which a namespace says why it does not go away. */
function remaining(rest: Location[], read: (at: Location) => KubeObject | undefined, now: string): Record<string, unknown>[] {
  const resources = new Map<string, number>();
  const finalizers = new Map<string, number>();
  for (const item of rest) {
    resources.set(item.resource, (resources.get(item.resource) ?? 0) + 1);
    for (const finalizer of read(item)?.metadata.finalizers ?? []) finalizers.set(finalizer, (finalizers.get(finalizer) ?? 0) + 1);
  }
  const told = (counts: Map<string, number>, say: (name: string, count: number) => string): string =>
    [...counts].map(([name, count]) => say(name, count)).join(', ');
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
      `Some resources are remaining: ${told(resources, (name, count) => `${name} has ${count} resource instances`)}`,
    ),
    condition(
      'NamespaceFinalizersRemaining',
      'SomeFinalizersRemain',
      `Some content in the namespace has finalizers remaining: ${told(finalizers, (name, count) => `${name} in ${count} resource instances`)}`,
    ),
  ];
}
