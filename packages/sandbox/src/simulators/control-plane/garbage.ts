import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { resourceKey } from '@kubectl-dr/core/ports/kubernetes';
import { withPath } from '../../api/json.ts';
import type { Location } from '../../api/store.ts';
import type { Cluster } from '../../api/cluster.ts';
import { deleteObject, propagationFinalizers, release } from '../../api/writer.ts';
import type { Duty } from './duty.ts';
import { locationOf, Owners, references } from './owners.ts';

/** The garbage collector: what has no owner left goes, and deletions that wait for dependents, or let them be, come to their end. */
export function garbageCollector(cluster: Cluster): Duty {
  const owners = new Owners(cluster.store);
  const collector = new Collector(cluster, owners);
  return ({ type, resource, object }, later) => {
    const { uid = '', deletionTimestamp, finalizers = [] } = object.metadata;
    if (type === 'DELETED') {
      for (const dependent of owners.dependents(uid)) later(() => collector.checkOwners(dependent));
      for (const owner of references(object)) later(() => collector.finishForeground(owner.uid));
      return;
    }
    if (references(object).length > 0) later(() => collector.checkOwners(locationOf(resource, object)));
    if (deletionTimestamp === undefined) return;
    if (finalizers.includes(propagationFinalizers.Foreground)) later(() => collector.startForeground(uid));
    if (finalizers.includes(propagationFinalizers.Orphan)) later(() => collector.orphan(uid));
  };
}

class Collector {
  readonly #cluster: Cluster;
  readonly #owners: Owners;

  constructor(cluster: Cluster, owners: Owners) {
    this.#cluster = cluster;
    this.#owners = owners;
  }

  /** Deletes what has no owner left. An owner of a kind that is not served is left alone, as the real collector does. */
  checkOwners(at: Location): void {
    const { registry } = this.#cluster;
    const object = this.#read(at);
    if (object === undefined || object.metadata.deletionTimestamp !== undefined) return;
    const all = references(object);
    const absent = all.filter((owner) => {
      const type = registry.findKind(owner.apiVersion, owner.kind);
      if (type === undefined) return false;
      const found = this.#owners.locate(owner.uid);
      return found?.resource !== resourceKey(type) || (type.namespaced && found.namespace !== at.namespace);
    });
    if (absent.length === 0) return;
    if (absent.length === all.length) this.#delete(at, 'Background');
    else
      this.#disown(
        at,
        absent.map((owner) => owner.uid),
      );
  }

  startForeground(uid: string): void {
    for (const dependent of this.#owners.dependents(uid)) this.#delete(dependent, 'Foreground');
    this.finishForeground(uid);
  }

  finishForeground(uid: string): void {
    const blocked = this.#owners
      .dependents(uid)
      .some((dependent) => references(this.#read(dependent)!).some((owner) => owner.uid === uid && owner.blockOwnerDeletion === true));
    if (!blocked) this.#release(uid, propagationFinalizers.Foreground);
  }

  orphan(uid: string): void {
    for (const dependent of this.#owners.dependents(uid)) this.#disown(dependent, [uid]);
    this.#release(uid, propagationFinalizers.Orphan);
  }

  #read({ resource, namespace, name }: Location): KubeObject | undefined {
    return this.#cluster.store.get(resource, namespace, name);
  }

  #delete({ resource, namespace, name }: Location, propagation: 'Background' | 'Foreground'): void {
    const type = this.#cluster.registry.stored(resource);
    if (type !== undefined) deleteObject(this.#cluster, type, namespace, name, { propagation });
  }

  #disown(at: Location, uids: readonly string[]): void {
    const object = this.#read(at)!;
    const rest = references(object).filter(({ uid }) => !uids.includes(uid));
    this.#cluster.store.put(at.resource, withPath(object, ['metadata', 'ownerReferences'], rest.length === 0 ? undefined : rest));
  }

  #release(uid: string, finalizer: string): void {
    const at = this.#owners.locate(uid);
    const object = at && this.#read(at);
    if (at && object?.metadata.finalizers?.includes(finalizer)) release(this.#cluster, at.resource, object, finalizer);
  }
}
