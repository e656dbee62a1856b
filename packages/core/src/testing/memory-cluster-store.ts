import type { Clock } from '../ports/clock.ts';
import type { KubeObject, ResourceType } from '../ports/kubernetes.ts';
import { resourceKey } from '../ports/kubernetes.ts';

/** One change of one object. `before` decides whether a selector sees it as arriving or leaving. */
export interface Change {
  type: 'ADDED' | 'MODIFIED' | 'DELETED';
  resource: string;
  object: KubeObject;
  before?: KubeObject;
}

export type Propagation = 'Background' | 'Foreground' | 'Orphan';

/** Objects in Maps, one version for all of them, and the history that watches read. Knows finalizers and owners. */
export class MemoryStore {
  latest = 1;
  /** Watches may start at this version or later. */
  oldest = 0;
  private readonly clock: Clock;
  private readonly buckets = new Map<string, { type: ResourceType; objects: Map<string, KubeObject> }>();
  private history: Change[] = [];
  /** Number of changes forgotten, so that positions in history stay valid. */
  private forgotten = 0;
  private readonly waiting = new Set<() => void>();

  constructor(clock: Clock) {
    this.clock = clock;
  }

  get(type: ResourceType, namespace: string | undefined, name: string): KubeObject | undefined {
    return this.objects(type).get(`${type.namespaced ? (namespace ?? '') : ''}/${name}`);
  }

  /** In the order of an API server: by namespace, then name. */
  all(type: ResourceType, namespace?: string): KubeObject[] {
    return [...this.objects(type)]
      .filter(([, object]) => namespace === undefined || object.metadata.namespace === namespace)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, object]) => object);
  }

  /** Adds or changes, with the next version. An object under deletion that has lost its last finalizer goes. */
  put(type: ResourceType, object: KubeObject): KubeObject {
    const before = this.objects(type).get(keyOf(object));
    const stored = this.versioned(object);
    this.objects(type).set(keyOf(stored), stored);
    this.tell({ type: before ? 'MODIFIED' : 'ADDED', resource: resourceKey(type), object: stored, ...(before ? { before } : {}) });
    if (stored.metadata.deletionTimestamp && !hasFinalizers(stored)) this.erase(type, stored, 'Background');
    return stored;
  }

  /** Marks what has finalizers, takes away what has none. */
  remove(type: ResourceType, object: KubeObject, propagation: Propagation): void {
    if (!hasFinalizers(object)) this.erase(type, object, propagation);
    else if (!object.metadata.deletionTimestamp)
      this.put(type, { ...object, metadata: { ...object.metadata, deletionTimestamp: this.timestamp() } });
  }

  /** Now, as an API server writes it: to the second. */
  timestamp(): string {
    return `${this.clock.now().toISOString().slice(0, 19)}Z`;
  }

  /** Where a watch that has seen `version` continues. */
  positionAfter(version: number): number {
    const index = this.history.findIndex((change) => Number(change.object.metadata.resourceVersion) > version);
    return this.forgotten + (index === -1 ? this.history.length : index);
  }

  /** The change at a position; undefined when it has not happened yet, `expired` when it was forgotten. */
  changeAt(position: number): Change | undefined | 'expired' {
    return position < this.forgotten ? 'expired' : this.history[position - this.forgotten];
  }

  compact(): void {
    this.oldest = this.latest;
    this.forgotten += this.history.length;
    this.history = [];
  }

  /** Resolves at the next change or call of `wake`, or when the signal fires. */
  nextChange(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.waiting.delete(wake);
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      this.waiting.add(wake);
      signal?.addEventListener('abort', wake, { once: true });
    });
  }

  wake(): void {
    for (const wake of this.waiting) wake();
  }

  private erase(type: ResourceType, object: KubeObject, propagation: Propagation): void {
    this.objects(type).delete(keyOf(object));
    this.tell({ type: 'DELETED', resource: resourceKey(type), object: this.versioned(object), before: object });
    // Iterating over Maps while they change is well defined: what goes meanwhile is not visited any more.
    for (const other of this.buckets.values()) {
      for (const dependent of other.objects.values()) {
        if (type.kind === 'Namespace' && other.type.namespaced && dependent.metadata.namespace === object.metadata.name)
          this.remove(other.type, dependent, 'Background');
        else if (dependent.metadata.ownerReferences?.some((owner) => owner.uid === object.metadata.uid))
          this.abandon(other.type, dependent, object, propagation);
      }
    }
  }

  /** One of its owners is gone: it stays when others live or when the deletion said so. */
  private abandon(type: ResourceType, dependent: KubeObject, owner: KubeObject, propagation: Propagation): void {
    const others = dependent.metadata.ownerReferences!.filter((reference) => reference.uid !== owner.metadata.uid);
    if (propagation !== 'Orphan' && others.length === 0) return this.remove(type, dependent, propagation);
    const { ownerReferences: _, ...metadata } = dependent.metadata;
    this.put(type, { ...dependent, metadata: others.length > 0 ? { ...metadata, ownerReferences: others } : metadata });
  }

  private versioned(object: KubeObject): KubeObject {
    this.latest += 1;
    return { ...object, metadata: { ...object.metadata, resourceVersion: String(this.latest) } };
  }

  private tell(change: Change): void {
    this.history.push(change);
    this.wake();
  }

  private objects(type: ResourceType): Map<string, KubeObject> {
    const key = resourceKey(type);
    let bucket = this.buckets.get(key);
    if (!bucket) this.buckets.set(key, (bucket = { type, objects: new Map() }));
    return bucket.objects;
  }
}

function hasFinalizers(object: KubeObject): boolean {
  return (object.metadata.finalizers ?? []).length > 0;
}

function keyOf(object: Pick<KubeObject, 'metadata'>): string {
  return `${object.metadata.namespace ?? ''}/${object.metadata.name}`;
}
