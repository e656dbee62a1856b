import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { freeze } from './json.ts';
import { expired } from './status.ts';

export interface StoreEvent {
  type: 'ADDED' | 'MODIFIED' | 'DELETED';
  /** `pods`, `backups.velero.io`: see `resourceKey` of core. */
  resource: string;
  /** Carries the version of this event, DELETED included. */
  object: KubeObject;
  previous?: KubeObject;
  version: number;
}

export interface Location {
  resource: string;
  namespace?: string;
  name: string;
}

interface Collection {
  objects: Map<string, KubeObject>;
  /** Keys of `objects` in order: `namespace/name`, or `name` for what has no namespace. */
  keys: string[];
}

/**
 * Every object of one cluster, in memory. Objects are frozen when they enter and never change afterwards, so that they
 * are handed out without copying. One version counter for all types, as etcd has. Events reach every listener in the
 * order of their versions, also when a listener writes again.
 */
export class Store {
  readonly #collections = new Map<string, Collection>();
  readonly #listeners = new Set<(event: StoreEvent) => void>();
  readonly #pending: StoreEvent[] = [];
  readonly #historySize: number;
  #history: StoreEvent[] = [];
  #version = 0;
  /** Changes up to and including this version cannot be told any more. */
  #forgotten = 0;
  #delivering = false;

  constructor(options: { historySize?: number } = {}) {
    this.#historySize = options.historySize ?? 20_000;
  }

  get version(): number {
    return this.#version;
  }

  get(resource: string, namespace: string | undefined, name: string): KubeObject | undefined {
    return this.#collections.get(resource)?.objects.get(keyOf(namespace, name));
  }

  /** In the order of namespace and name; all namespaces when none is given. */
  list(resource: string, namespace?: string): KubeObject[] {
    const collection = this.#collections.get(resource);
    if (collection === undefined) return [];
    const found: KubeObject[] = [];
    const prefix = namespace === undefined ? '' : `${namespace}/`;
    for (let index = position(collection.keys, prefix); index < collection.keys.length; index++) {
      const key = collection.keys[index]!;
      if (!key.startsWith(prefix)) break;
      found.push(collection.objects.get(key)!);
    }
    return found;
  }

  /** The collection as it was when `version` was the current one: today's, with later changes undone. */
  listAt(resource: string, namespace: string | undefined, version: number): KubeObject[] {
    const later = this.since(version).filter((event) => event.resource === resource);
    if (later.length === 0) return this.list(resource, namespace);
    const past = new Map(this.list(resource, namespace).map((object) => [keyOfObject(object), object]));
    for (const event of later.reverse()) {
      if (namespace !== undefined && event.object.metadata.namespace !== namespace) continue;
      if (event.previous === undefined) past.delete(keyOfObject(event.object));
      else past.set(keyOfObject(event.object), event.previous);
    }
    return [...past.keys()].sort(byText).map((key) => past.get(key)!);
  }

  /** Every namespaced object of a namespace, whatever its type. */
  contents(namespace: string): Location[] {
    return [...this.#collections.keys()].flatMap((resource) =>
      this.list(resource, namespace).map((object) => ({ resource, namespace, name: object.metadata.name })),
    );
  }

  count(resource: string): number {
    return this.#collections.get(resource)?.keys.length ?? 0;
  }

  /** Whether everything that happened after `version` can still be told. */
  remembers(version: number): boolean {
    return version >= this.#forgotten;
  }

  /** What happened strictly after `version`, oldest first; throws 410 when that is partly forgotten. */
  since(version: number): StoreEvent[] {
    if (!this.remembers(version)) throw expired(`too old resource version: ${version} (${this.#forgotten})`);
    let low = 0;
    let high = this.#history.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#history[middle]!.version <= version) low = middle + 1;
      else high = middle;
    }
    return this.#history.slice(low);
  }

  /** Adds or replaces an object under the next version. Nothing is checked or filled in: that is the caller's part. */
  put(resource: string, object: KubeObject): KubeObject {
    let collection = this.#collections.get(resource);
    if (collection === undefined) this.#collections.set(resource, (collection = { objects: new Map(), keys: [] }));
    const key = keyOfObject(object);
    const previous = collection.objects.get(key);
    const stored = this.#stamp(object);
    collection.objects.set(key, stored);
    if (previous === undefined) insert(collection.keys, key);
    this.#record({ type: previous === undefined ? 'ADDED' : 'MODIFIED', resource, object: stored, previous, version: this.#version });
    return stored;
  }

  /** Takes an object out; what is returned, and told to watchers, carries the version of the removal. */
  remove(resource: string, namespace: string | undefined, name: string): KubeObject | undefined {
    const collection = this.#collections.get(resource);
    const key = keyOf(namespace, name);
    const previous = collection?.objects.get(key);
    if (collection === undefined || previous === undefined) return undefined;
    collection.objects.delete(key);
    collection.keys.splice(position(collection.keys, key), 1);
    const object = this.#stamp(previous);
    this.#record({ type: 'DELETED', resource, object, previous, version: this.#version });
    return object;
  }

  /** Called for every later event, in order. Returns the way to stop it. */
  subscribe(listener: (event: StoreEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #stamp(object: KubeObject): KubeObject {
    this.#version++;
    return freeze({ ...object, metadata: { ...object.metadata, resourceVersion: String(this.#version) } });
  }

  #record(event: StoreEvent): void {
    this.#history.push(event);
    // Trimmed in halves, so that the cost of a write stays constant.
    if (this.#history.length >= this.#historySize * 2) {
      const dropped = this.#history.length - this.#historySize;
      this.#forgotten = this.#history[dropped - 1]!.version;
      this.#history = this.#history.slice(dropped);
    }
    this.#pending.push(event);
    if (this.#delivering) return;
    this.#delivering = true;
    try {
      for (let next = this.#pending.shift(); next !== undefined; next = this.#pending.shift()) {
        for (const listener of this.#listeners) listener(next);
      }
    } finally {
      this.#delivering = false;
    }
  }
}

export function keyOf(namespace: string | undefined, name: string): string {
  return namespace === undefined || namespace === '' ? name : `${namespace}/${name}`;
}

export function keyOfObject(object: KubeObject): string {
  return keyOf(object.metadata.namespace, object.metadata.name);
}

function byText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Index of the first key that is not before `key`. */
function position(keys: string[], key: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (keys[middle]! < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

function insert(keys: string[], key: string): void {
  if (keys.length === 0 || keys[keys.length - 1]! < key) keys.push(key);
  else keys.splice(position(keys, key), 0, key);
}
