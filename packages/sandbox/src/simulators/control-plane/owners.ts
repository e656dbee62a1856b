import type { KubeObject, OwnerReference } from '@kubectl-dr/core/ports/kubernetes';
import { isRecord } from '../../api/json.ts';
import type { Location, Store, StoreEvent } from '../../api/store.ts';
import { keyOfObject } from '../../api/store.ts';

/** Who owns whom, as the collector keeps it in mind: what it may have to delete is found without a look at everything. */
export class Owners {
  readonly #byUid = new Map<string, Location>();
  readonly #dependents = new Map<string, Map<string, Location>>();

  constructor(store: Store) {
    store.subscribe((event) => this.#follow(event));
  }

  /** Where an object with this uid is now. */
  locate(uid: string): Location | undefined {
    return this.#byUid.get(uid);
  }

  /** What names this uid in its `ownerReferences`. */
  dependents(uid: string): Location[] {
    return [...(this.#dependents.get(uid)?.values() ?? [])];
  }

  #follow({ type, resource, object, previous }: StoreEvent): void {
    const key = `${resource} ${keyOfObject(object)}`;
    if (previous !== undefined) {
      if (previous.metadata.uid !== undefined) this.#byUid.delete(previous.metadata.uid);
      for (const { uid } of references(previous)) {
        this.#dependents.get(uid)?.delete(key);
        if (this.#dependents.get(uid)?.size === 0) this.#dependents.delete(uid);
      }
    }
    if (type === 'DELETED') return;
    const location = locationOf(resource, object);
    if (object.metadata.uid !== undefined) this.#byUid.set(object.metadata.uid, location);
    for (const { uid } of references(object)) {
      if (!this.#dependents.has(uid)) this.#dependents.set(uid, new Map());
      this.#dependents.get(uid)!.set(key, location);
    }
  }
}

export function locationOf(resource: string, { metadata: { namespace, name } }: KubeObject): Location {
  return { resource, name, ...(namespace === undefined ? {} : { namespace }) };
}

export function references(object: KubeObject): OwnerReference[] {
  const list = object.metadata.ownerReferences;
  return Array.isArray(list) ? (list.filter(isRecord) as unknown as OwnerReference[]) : [];
}
