import { matches, parseSelector } from '../application/selector.ts';
import { ConflictError, InputError, NotFoundError, ServiceUnavailableError } from '../errors.ts';
import type { DrError } from '../errors.ts';
import type { Clock } from '../ports/clock.ts';
import type {
  ClusterClient,
  DeleteOptions,
  ListOptions,
  ObjectList,
  PatchType,
  RequestOptions,
  WatchEvent,
  WatchOptions,
  WriteOptions,
} from '../ports/cluster.ts';
import type { KubeObject, ObjectRef, ResourceType } from '../ports/kubernetes.ts';
import { apiVersionOf, resourceKey, types } from '../ports/kubernetes.ts';
import { jsonPatch, mergePatch } from './memory-patch.ts';

export interface Call {
  verb: 'get' | 'list' | 'watch' | 'create' | 'replace' | 'patch' | 'delete' | 'discover' | 'download';
  /** `backups.velero.io`; empty for discover and download. */
  resource: string;
  namespace?: string;
  name?: string;
}

export interface MemoryClusterOptions {
  name: string;
  clock: Clock;
  identity?: string;
  /** Types served besides the built-in ones that core knows. */
  types?: readonly ResourceType[];
  username?: string;
  version?: string;
}

/** Verbs that change something. */
export const writes: readonly Call['verb'][] = ['create', 'replace', 'patch', 'delete'];

/**
 * A cluster in a Map, for tests of everything above the port. Every call is logged; `intercept` may refuse one or end
 * the world before or after it.
 */
export class MemoryCluster implements ClusterClient {
  readonly name: string;
  readonly calls: Call[] = [];
  /** URL -> bytes, for `download`. */
  readonly blobs = new Map<string, Uint8Array>();
  /** Called before each call is carried out; throw to fail it. */
  intercept?: (call: Call) => void | Promise<void>;
  /** Called after each call was carried out, before the caller hears of it; throw to lose the answer. */
  afterwards?: (call: Call) => void | Promise<void>;

  private readonly clock: Clock;
  private readonly options: MemoryClusterOptions;
  private readonly served: Map<string, ResourceType>;
  private readonly stored = new Map<string, Map<string, KubeObject>>();
  private readonly history: { resource: string; version: number; event: Extract<WatchEvent, { object: KubeObject }> }[] = [];
  private readonly waiting = new Set<() => void>();
  private latest = 1;
  private oldest = 0;

  constructor(options: MemoryClusterOptions) {
    this.name = options.name;
    this.clock = options.clock;
    this.options = options;
    this.served = new Map([...Object.values(types), ...(options.types ?? [])].map((type) => [resourceKey(type), type]));
    this.seed([
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kube-system', uid: options.identity ?? `uid-of-${options.name}` } },
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default' } },
    ]);
  }

  /** Puts objects there as they are, without rules and without a call in the log. */
  seed(objects: readonly KubeObject[]): void {
    for (const object of objects) {
      const type = [...this.served.values()].find(
        (candidate) => candidate.kind === object.kind && apiVersionOf(candidate) === object.apiVersion,
      );
      if (!type) throw new Error(`${object.apiVersion} ${object.kind} is not served by the cluster ${this.name}`);
      this.store(
        type,
        { ...object, metadata: { uid: crypto.randomUUID(), creationTimestamp: this.clock.now().toISOString(), ...object.metadata } },
        'ADDED',
      );
    }
  }

  /** Everything of a type, without a call in the log. */
  peek(type: ResourceType, namespace?: string): KubeObject[] {
    return [...this.bucket(type).values()].filter((object) => namespace === undefined || object.metadata.namespace === namespace);
  }

  /** Forgets history: a watch from before is told RESOURCE_EXPIRED. */
  compact(): void {
    this.oldest = this.latest;
    this.history.length = 0;
  }

  get(ref: ObjectRef, options: RequestOptions = {}): Promise<KubeObject> {
    return this.call({ verb: 'get', ...callOf(ref) }, options.signal, () => structuredClone(this.find(ref)));
  }

  list(type: ResourceType, options: ListOptions = {}): Promise<ObjectList> {
    const call: Call = {
      verb: 'list',
      resource: resourceKey(type),
      ...(options.namespace === undefined ? {} : { namespace: options.namespace }),
    };
    return this.call(call, options.signal, () => {
      this.assertServed(type);
      const items = this.peek(type, options.namespace)
        .filter(filterOf(options))
        .sort((a, b) => keyOf(a).localeCompare(keyOf(b)));
      return { items: structuredClone(items), resourceVersion: String(this.latest) };
    });
  }

  async *watch(type: ResourceType, options: WatchOptions): AsyncIterable<WatchEvent> {
    const resource = resourceKey(type);
    const from = Number(options.resourceVersion);
    await this.call({ verb: 'watch', resource }, options.signal, () => {
      this.assertServed(type);
      if (from < this.oldest)
        throw new ConflictError(`version ${from} of ${resource} on ${this.name} is too old`, {
          code: 'RESOURCE_EXPIRED',
          cluster: this.name,
        });
    });
    const matching = filterOf(options);
    let seen = from;
    while (!options.signal?.aborted) {
      const next = this.history.find((entry) => entry.resource === resource && entry.version > seen);
      if (!next) {
        await this.nextChange(options.signal);
        continue;
      }
      seen = next.version;
      if ((options.namespace === undefined || next.event.object.metadata.namespace === options.namespace) && matching(next.event.object))
        yield structuredClone(next.event);
    }
  }

  create(type: ResourceType, object: KubeObject, options: WriteOptions = {}): Promise<KubeObject> {
    const metadata = { ...object.metadata };
    if (!metadata.name && metadata.generateName)
      metadata.name = `${metadata.generateName}${Math.random().toString(36).slice(2, 7).padEnd(5, 'x')}`;
    const call: Call = {
      verb: 'create',
      resource: resourceKey(type),
      name: metadata.name,
      ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }),
    };
    return this.call(call, options.signal, () => {
      this.assertServed(type);
      if (!metadata.name) throw new InputError(`a ${type.kind} without a name cannot be created on ${this.name}`, { cluster: this.name });
      if (metadata.resourceVersion)
        throw new InputError('resourceVersion should not be set on objects to be created', { cluster: this.name });
      if (type.namespaced && !this.bucket(types.namespaces).has(`/${metadata.namespace}`))
        throw this.absent({ type: types.namespaces, name: String(metadata.namespace) });
      if (this.bucket(type).has(keyOf({ metadata }))) {
        throw new ConflictError(`${resourceKey(type)} "${metadata.name}" already exists on ${this.name}`, {
          code: 'ALREADY_EXISTS',
          cluster: this.name,
        });
      }
      const created = {
        ...structuredClone(object),
        metadata: { ...metadata, uid: crypto.randomUUID(), generation: 1, creationTimestamp: this.clock.now().toISOString() },
      };
      return options.dryRun ? created : this.store(type, created, 'ADDED');
    });
  }

  replace(type: ResourceType, object: KubeObject, options: WriteOptions = {}): Promise<KubeObject> {
    const ref: ObjectRef = {
      type,
      name: object.metadata.name,
      ...(object.metadata.namespace === undefined ? {} : { namespace: object.metadata.namespace }),
    };
    return this.call({ verb: 'replace', ...callOf(ref) }, options.signal, () => this.update(ref, object, options));
  }

  patch(ref: ObjectRef, patchType: PatchType, body: unknown, options: WriteOptions = {}): Promise<KubeObject> {
    return this.call({ verb: 'patch', ...callOf(ref) }, options.signal, () => {
      const live = this.bucket(ref.type).get(keyOfRef(ref));
      if (!live && patchType === 'apply') {
        this.assertServed(ref.type);
        const desired = body as KubeObject;
        return this.store(
          ref.type,
          { ...desired, metadata: { ...desired.metadata, uid: crypto.randomUUID(), creationTimestamp: this.clock.now().toISOString() } },
          'ADDED',
        );
      }
      const current = this.find(ref);
      try {
        const next = patchType === 'json' ? jsonPatch(current, body as never) : mergePatch(current, body);
        return this.update(ref, next as KubeObject, options);
      } catch (error) {
        if (error instanceof Error && error.name === 'Error')
          throw new InputError(`${ref.type.kind} ${ref.name} on ${this.name}: ${error.message}`, { cluster: this.name });
        throw error;
      }
    });
  }

  delete(ref: ObjectRef, options: DeleteOptions = {}): Promise<void> {
    return this.call({ verb: 'delete', ...callOf(ref) }, options.signal, () => {
      const live = this.find(ref);
      const { uid, resourceVersion } = options.preconditions ?? {};
      if (
        (uid !== undefined && uid !== live.metadata.uid) ||
        (resourceVersion !== undefined && resourceVersion !== live.metadata.resourceVersion)
      )
        throw this.changed(ref);
      if (!options.dryRun) this.remove(ref.type, live);
    });
  }

  discover(options: RequestOptions = {}): Promise<ResourceType[]> {
    return this.call({ verb: 'discover', resource: '' }, options.signal, () => [...this.served.values()]);
  }

  async now(): Promise<Date> {
    return this.clock.now();
  }

  async identity(options: RequestOptions = {}): Promise<string> {
    return (await this.get({ type: types.namespaces, name: 'kube-system' }, options)).metadata.uid!;
  }

  async whoami(): Promise<{ username: string; groups: string[] }> {
    return { username: this.options.username ?? 'tester', groups: ['system:authenticated'] };
  }

  async version(): Promise<string> {
    return this.options.version ?? 'v1.34.4';
  }

  download(url: string, options: RequestOptions = {}): Promise<Uint8Array> {
    return this.call({ verb: 'download', resource: '', name: url }, options.signal, () => {
      const bytes = this.blobs.get(url);
      if (!bytes) throw new NotFoundError(`there is nothing at ${url}`, { cluster: this.name });
      return bytes;
    });
  }

  private async call<T>(call: Call, signal: AbortSignal | undefined, work: () => T): Promise<T> {
    signal?.throwIfAborted();
    this.calls.push(call);
    await this.intercept?.(call);
    const result = work();
    await this.afterwards?.(call);
    return result;
  }

  private update(ref: ObjectRef, object: KubeObject, options: WriteOptions): KubeObject {
    const live = this.find(ref);
    const wanted = object.metadata.resourceVersion;
    if (wanted !== undefined && wanted !== live.metadata.resourceVersion) throw this.changed(ref);
    const { uid, creationTimestamp, generation, namespace, deletionTimestamp } = live.metadata;
    const next: KubeObject = structuredClone(object);
    next.metadata = {
      ...next.metadata,
      uid: uid!,
      creationTimestamp: creationTimestamp!,
      ...(namespace === undefined ? {} : { namespace }),
    };
    if (generation !== undefined) next.metadata.generation = generation;
    if (deletionTimestamp !== undefined) next.metadata.deletionTimestamp = deletionTimestamp;
    next.metadata.resourceVersion = live.metadata.resourceVersion!;
    if (canonical(next) === canonical(live)) return structuredClone(live);
    if (canonical({ ...next, metadata: undefined, status: undefined }) !== canonical({ ...live, metadata: undefined, status: undefined }))
      next.metadata.generation = (generation ?? 0) + 1;
    return options.dryRun ? next : this.store(ref.type, next, 'MODIFIED');
  }

  private store(type: ResourceType, object: KubeObject, event: 'ADDED' | 'MODIFIED'): KubeObject {
    this.latest += 1;
    const stored = { ...object, metadata: { ...object.metadata, resourceVersion: String(this.latest) } };
    this.bucket(type).set(keyOf(stored), stored);
    this.tell(type, event, stored);
    if (stored.metadata.deletionTimestamp && (stored.metadata.finalizers ?? []).length === 0) this.erase(type, stored);
    return structuredClone(stored);
  }

  private remove(type: ResourceType, object: KubeObject): void {
    if ((object.metadata.finalizers ?? []).length > 0) {
      if (!object.metadata.deletionTimestamp)
        this.store(type, { ...object, metadata: { ...object.metadata, deletionTimestamp: this.clock.now().toISOString() } }, 'MODIFIED');
      return;
    }
    this.erase(type, object);
  }

  /** Takes what it owned along, and a namespace everything inside. */
  private erase(type: ResourceType, object: KubeObject): void {
    this.bucket(type).delete(keyOf(object));
    this.latest += 1;
    this.tell(type, 'DELETED', { ...object, metadata: { ...object.metadata, resourceVersion: String(this.latest) } });
    for (const other of this.served.values()) {
      for (const dependent of this.peek(other)) {
        const owned = dependent.metadata.ownerReferences?.some((owner) => owner.uid === object.metadata.uid);
        const inside = type.kind === 'Namespace' && other.namespaced && dependent.metadata.namespace === object.metadata.name;
        if (owned || inside) this.remove(other, dependent);
      }
    }
  }

  private tell(type: ResourceType, event: 'ADDED' | 'MODIFIED' | 'DELETED', object: KubeObject): void {
    this.history.push({ resource: resourceKey(type), version: this.latest, event: { type: event, object } });
    for (const wake of this.waiting) wake();
  }

  private nextChange(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.waiting.delete(wake);
        resolve();
      };
      this.waiting.add(wake);
      signal?.addEventListener('abort', wake, { once: true });
    });
  }

  private bucket(type: ResourceType): Map<string, KubeObject> {
    const key = resourceKey(type);
    const bucket = this.stored.get(key) ?? new Map<string, KubeObject>();
    this.stored.set(key, bucket);
    return bucket;
  }

  private find(ref: ObjectRef): KubeObject {
    this.assertServed(ref.type);
    const object = this.bucket(ref.type).get(keyOfRef(ref));
    if (!object) throw this.absent(ref);
    return object;
  }

  private assertServed(type: ResourceType): void {
    if (!this.served.has(resourceKey(type)))
      throw new NotFoundError(`the cluster ${this.name} does not serve ${resourceKey(type)}`, { cluster: this.name });
  }

  private absent(ref: ObjectRef): DrError {
    return new NotFoundError(`${resourceKey(ref.type)} "${ref.name}" not found on ${this.name}`, { cluster: this.name });
  }

  private changed(ref: ObjectRef): DrError {
    return new ConflictError(`${resourceKey(ref.type)} "${ref.name}" on ${this.name} was changed by somebody else`, { cluster: this.name });
  }
}

/** As if nothing answered: for `intercept`. */
export function unreachable(cluster: string): DrError {
  return new ServiceUnavailableError(`the cluster ${cluster} does not answer`, { cluster });
}

function callOf(ref: ObjectRef): Omit<Call, 'verb'> {
  return { resource: resourceKey(ref.type), name: ref.name, ...(ref.namespace === undefined ? {} : { namespace: ref.namespace }) };
}

function keyOf(object: Pick<KubeObject, 'metadata'>): string {
  return `${object.metadata.namespace ?? ''}/${object.metadata.name}`;
}

function keyOfRef(ref: ObjectRef): string {
  return `${ref.type.namespaced ? (ref.namespace ?? '') : ''}/${ref.name}`;
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

function filterOf(options: { labelSelector?: string; fieldSelector?: string }): (object: KubeObject) => boolean {
  const requirements = parseSelector(options.labelSelector ?? '');
  if (!requirements) throw new InputError(`the selector "${options.labelSelector}" cannot be read`);
  const fields = (options.fieldSelector ?? '')
    .split(',')
    .filter(Boolean)
    .map((part) => part.split('='));
  return (object) =>
    matches(requirements, object.metadata.labels) &&
    fields.every(([path, wanted]) => {
      const value = path!.split('.').reduce<unknown>((part, key) => (part as Record<string, unknown> | undefined)?.[key], object);
      return String(value ?? '') === wanted;
    });
}
