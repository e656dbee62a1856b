import { ConflictError, DrError, InputError, NotFoundError, ServiceUnavailableError } from '../errors.ts';
import { canonicalJson } from '../planning/hash.ts';
import type { Clock } from '../ports/clock.ts';
import type {
  ClusterClient,
  DeleteOptions,
  ExecResult,
  ExecTarget,
  ListOptions,
  ObjectList,
  PatchType,
  RequestOptions,
  WatchEvent,
  WatchOptions,
  WriteOptions,
} from '../ports/cluster.ts';
import type { KubeObject, ObjectMeta, ObjectRef, ResourceType } from '../ports/kubernetes.ts';
import { accessReviewType, apiVersionOf, resourceKey, types } from '../ports/kubernetes.ts';
import { selectionOf } from './memory-cluster-selection.ts';
import type { Change } from './memory-cluster-store.ts';
import { MemoryStore } from './memory-cluster-store.ts';
import { jsonPatch } from '../engines/json-patch.ts';
import { jsonCopy } from './json-copy.ts';
import { mergePatch } from './memory-patch.ts';

export interface Call {
  verb:
    | 'get'
    | 'list'
    | 'watch'
    | 'create'
    | 'replace'
    | 'patch'
    | 'delete'
    | 'discover'
    | 'version'
    | 'whoami'
    | 'raw'
    | 'exec'
    | 'download';
  /** `backups.velero.io`; empty where there is none. */
  resource: string;
  namespace?: string;
  /** Object; URL of a download. */
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

/** Fields that must be equal, or a decision. */
export type CallMatcher = Partial<Call> | ((call: Call) => boolean);

/**
 * A cluster in a Map, for tests of everything above the port. Every call is logged; `failNext` refuses one, `intercept`
 * and `afterwards` may end the world before or after it. No admission, no defaults, no status subresource.
 */
export class MemoryCluster implements ClusterClient {
  readonly name: string;
  readonly calls: Call[] = [];
  /** URL -> bytes, for `download`. */
  readonly blobs = new Map<string, Uint8Array>();
  /** Path -> text, for `raw`. */
  readonly pages = new Map<string, string>();
  /** What a command prints and how it ends, in a pod that exists; undefined: there is no such program. */
  runs: (target: ExecTarget, command: readonly string[]) => ExecResult | undefined = () => undefined;
  /** What a SelfSubjectAccessReview is told. */
  allows: (review: KubeObject) => boolean = () => true;
  /** Called before each call is carried out; throw to fail it. */
  intercept?: (call: Call) => void | Promise<void>;
  /** Called after each call was carried out, before the caller hears of it; throw to lose the answer. */
  afterwards?: (call: Call) => void | Promise<void>;

  private readonly options: MemoryClusterOptions;
  private readonly served: readonly ResourceType[];
  private readonly store: MemoryStore;
  private faults: { matcher: CallMatcher; error: Error }[] = [];
  /** Raised to end every watch that is open. */
  private streams = 0;

  constructor(options: MemoryClusterOptions) {
    this.name = options.name;
    this.options = options;
    this.store = new MemoryStore(options.clock);
    this.served = [
      ...new Map(
        [...Object.values(types), ...(options.types ?? [])].map((type) => [`${apiVersionOf(type)} ${type.resource}`, type]),
      ).values(),
    ];
    this.seed([
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kube-system', uid: options.identity ?? `uid-of-${options.name}` } },
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default' } },
    ]);
  }

  /** Puts objects there as they are, without rules and without a call in the log; the same object again replaces it. */
  seed(objects: readonly KubeObject[]): void {
    for (const object of objects) {
      const type = this.served.find((candidate) => candidate.kind === object.kind && apiVersionOf(candidate) === object.apiVersion);
      if (!type) throw new Error(`${object.apiVersion} ${object.kind} is not served by the cluster ${this.name}`);
      const metadata = { uid: crypto.randomUUID(), creationTimestamp: this.store.timestamp(), ...jsonCopy(object.metadata) };
      this.store.put(type, { ...jsonCopy(object), metadata });
    }
  }

  /** Everything of a type, without a call in the log. */
  peek(type: ResourceType, namespace?: string): KubeObject[] {
    return jsonCopy(this.store.all(type, namespace));
  }

  /** The next call that matches fails with this error, before it is carried out. Several wait for their turn. */
  failNext(matcher: CallMatcher, error: Error): void {
    this.faults.push({ matcher, error });
  }

  /** Forgets history: a watch from before is told RESOURCE_EXPIRED. */
  compact(): void {
    this.store.compact();
  }

  /** Ends every open watch without an error, as servers do from time to time. */
  endWatches(): void {
    this.streams += 1;
    this.store.wake();
  }

  get(ref: ObjectRef, options: RequestOptions = {}): Promise<KubeObject> {
    return this.call({ verb: 'get', ...callOf(ref) }, options.signal, () => jsonCopy(this.find(ref)));
  }

  list(type: ResourceType, options: ListOptions = {}): Promise<ObjectList> {
    return this.call({ verb: 'list', ...callOfType(type, options.namespace) }, options.signal, () => {
      this.assertServed(type);
      const items = this.store.all(type).filter(this.selection(type, options));
      return { items: jsonCopy(items), resourceVersion: String(this.store.latest) };
    });
  }

  async *watch(type: ResourceType, options: WatchOptions): AsyncIterable<WatchEvent> {
    const { signal } = options;
    if (signal?.aborted) return;
    const seen = Number(options.resourceVersion);
    const selected = await this.call({ verb: 'watch', ...callOfType(type, options.namespace) }, signal, () => {
      this.assertServed(type);
      if (seen < this.store.oldest) throw this.expired(type, seen);
      return this.selection(type, options);
    }).catch((error: unknown) => {
      if (signal?.aborted) return undefined;
      throw error;
    });
    if (!selected) return;
    const stream = this.streams;
    for (let position = this.store.positionAfter(seen); !signal?.aborted && stream === this.streams;) {
      const change = this.store.changeAt(position);
      if (change === 'expired') throw this.expired(type, seen);
      if (!change) {
        await this.store.nextChange(signal);
        continue;
      }
      position += 1;
      const event = change.resource === resourceKey(type) ? eventOf(change, selected) : undefined;
      if (event) yield event;
    }
  }

  create(type: ResourceType, object: KubeObject, options: WriteOptions = {}): Promise<KubeObject> {
    // A question in the form of a write: nothing is stored.
    if (type.resource === accessReviewType.resource)
      return this.call({ verb: 'whoami', ...callOfType(type, undefined) }, options.signal, () => ({
        ...jsonCopy(object),
        status: { allowed: this.allows(object) },
      }));
    const metadata: ObjectMeta = jsonCopy(object.metadata);
    const named = metadata.name || metadata.generateName;
    if (!metadata.name && metadata.generateName) metadata.name = `${metadata.generateName}${suffix()}`;
    const call: Call = { verb: 'create', ...callOfType(type, metadata.namespace), ...(metadata.name ? { name: metadata.name } : {}) };
    return this.call(call, options.signal, () => {
      this.assertServed(type);
      if (!named) throw this.invalid(`a ${type.kind} without a name cannot be created`);
      if (metadata.resourceVersion) throw this.invalid('resourceVersion should not be set on objects to be created');
      return this.added(type, { ...jsonCopy(object), metadata }, options);
    });
  }

  replace(type: ResourceType, object: KubeObject, options: WriteOptions = {}): Promise<KubeObject> {
    const { name, namespace } = object.metadata;
    const ref: ObjectRef = { type, name, ...(namespace === undefined ? {} : { namespace }) };
    return this.call({ verb: 'replace', ...callOf(ref) }, options.signal, () => this.update(ref, object, options));
  }

  patch(ref: ObjectRef, patchType: PatchType, body: unknown, options: WriteOptions = {}): Promise<KubeObject> {
    return this.call({ verb: 'patch', ...callOf(ref) }, options.signal, () => {
      this.assertServed(ref.type);
      if (patchType === 'apply') return this.apply(ref, body as KubeObject, options);
      const live = this.find(ref);
      return this.update(ref, this.patched(ref, live, patchType, body), options);
    });
  }

  delete(ref: ObjectRef, options: DeleteOptions = {}): Promise<void> {
    return this.call({ verb: 'delete', ...callOf(ref) }, options.signal, () => {
      const live = this.find(ref);
      const { uid, resourceVersion } = options.preconditions ?? {};
      if (uid !== undefined && uid !== live.metadata.uid) throw this.changed(ref);
      if (resourceVersion !== undefined && resourceVersion !== live.metadata.resourceVersion) throw this.changed(ref);
      if (!options.dryRun) this.store.remove(ref.type, live, options.propagation ?? 'Background');
    });
  }

  discover(options: RequestOptions = {}): Promise<ResourceType[]> {
    // One version of each type: of several, the first that was named.
    const preferred = new Map(this.served.toReversed().map((type) => [resourceKey(type), type]));
    return this.call({ verb: 'discover', resource: '' }, options.signal, () => [...preferred.values()].toReversed());
  }

  async now(options: RequestOptions = {}): Promise<Date> {
    options.signal?.throwIfAborted();
    return this.options.clock.now();
  }

  async identity(options: RequestOptions = {}): Promise<string> {
    return (await this.get({ type: types.namespaces, name: 'kube-system' }, options)).metadata.uid!;
  }

  whoami(options: RequestOptions = {}): Promise<{ username: string; groups: string[] }> {
    return this.call({ verb: 'whoami', resource: '' }, options.signal, () => ({
      username: this.options.username ?? 'tester',
      groups: ['system:authenticated'],
    }));
  }

  version(options: RequestOptions = {}): Promise<string> {
    return this.call({ verb: 'version', resource: '' }, options.signal, () => this.options.version ?? 'v1.34.4');
  }

  raw(path: string, options: RequestOptions = {}): Promise<string> {
    return this.call({ verb: 'raw', resource: '', name: path }, options.signal, () => {
      const text = this.pages.get(path);
      if (text === undefined)
        throw new ServiceUnavailableError(`${this.name}: no endpoints behind ${path}`, { code: 'CLUSTER_ERROR', cluster: this.name });
      return text;
    });
  }

  exec(target: ExecTarget, command: readonly string[], options: RequestOptions = {}): Promise<ExecResult> {
    const { namespace, pod } = target;
    const ref = { type: types.pods, namespace, name: pod };
    return this.call({ verb: 'exec', ...callOf(ref) }, options.signal, () => {
      this.find(ref);
      const result = this.runs(target, command);
      if (!result)
        throw new ServiceUnavailableError(`${this.name} failed to exec pods "${pod}": executable file not found in $PATH: ${command[0]}`, {
          code: 'CLUSTER_ERROR',
          cluster: this.name,
        });
      return { ...result };
    });
  }

  download(url: string, options: RequestOptions = {}): Promise<Uint8Array> {
    return this.call({ verb: 'download', resource: '', name: url }, options.signal, () => {
      // What signs a link is no part of where it leads.
      const bytes = this.blobs.get(url) ?? this.blobs.get(url.split('?')[0]!);
      if (!bytes) throw new NotFoundError(`there is nothing at ${url}`, { cluster: this.name });
      return bytes.slice();
    });
  }

  private async call<T>(call: Call, signal: AbortSignal | undefined, work: () => T): Promise<T> {
    signal?.throwIfAborted();
    this.calls.push(call);
    const fault = this.faults.find(({ matcher }) => matchesCall(matcher, call));
    if (fault) {
      this.faults = this.faults.filter((other) => other !== fault);
      throw fault.error;
    }
    if (this.intercept) await unless(signal, this.intercept(call));
    const result = work();
    if (this.afterwards) await unless(signal, this.afterwards(call));
    return result;
  }

  private added(type: ResourceType, object: KubeObject, options: WriteOptions): KubeObject {
    const { name, namespace } = object.metadata;
    if (type.namespaced && namespace === undefined) throw this.invalid(`${resourceKey(type)} "${name}" needs a namespace`);
    if (type.namespaced && !this.store.get(types.namespaces, undefined, namespace!))
      throw this.absent({ type: types.namespaces, name: namespace! });
    if (this.store.get(type, namespace, name))
      throw new ConflictError(`${resourceKey(type)} "${name}" already exists on ${this.name}`, {
        code: 'ALREADY_EXISTS',
        cluster: this.name,
      });
    const metadata = { ...object.metadata, uid: crypto.randomUUID(), generation: 1, creationTimestamp: this.store.timestamp() };
    const created: KubeObject = { ...object, apiVersion: apiVersionOf(type), kind: type.kind, metadata };
    return options.dryRun ? created : jsonCopy(this.store.put(type, created));
  }

  private update(ref: ObjectRef, object: KubeObject, options: WriteOptions): KubeObject {
    const live = this.find(ref);
    const wanted = object.metadata;
    if (wanted.resourceVersion && wanted.resourceVersion !== live.metadata.resourceVersion) throw this.changed(ref);
    if (wanted.uid && wanted.uid !== live.metadata.uid) throw this.changed(ref);
    const metadata: ObjectMeta = { ...jsonCopy(wanted) };
    // The server's own fields are not the caller's to change.
    for (const field of ['name', 'namespace', 'uid', 'creationTimestamp', 'generation', 'deletionTimestamp', 'resourceVersion']) {
      if (live.metadata[field] === undefined) delete metadata[field];
      else metadata[field] = live.metadata[field];
    }
    const next: KubeObject = { ...jsonCopy(object), apiVersion: live.apiVersion, kind: live.kind, metadata };
    if (canonicalJson(next) === canonicalJson(live)) return jsonCopy(live);
    if (specOf(next) !== specOf(live)) metadata.generation = (live.metadata.generation ?? 0) + 1;
    return options.dryRun ? next : jsonCopy(this.store.put(ref.type, next));
  }

  private apply(ref: ObjectRef, body: KubeObject, options: WriteOptions): KubeObject {
    const live = this.store.get(ref.type, ref.namespace, ref.name);
    const metadata: ObjectMeta = { ...body.metadata, name: ref.name, ...(ref.namespace === undefined ? {} : { namespace: ref.namespace }) };
    if (!live) return this.added(ref.type, { ...jsonCopy(body), metadata }, options);
    return this.update(ref, mergePatch(live, { ...body, metadata: body.metadata }) as KubeObject, options);
  }

  private patched(ref: ObjectRef, live: KubeObject, patchType: 'merge' | 'json', body: unknown): KubeObject {
    let next: KubeObject;
    try {
      next = (patchType === 'json' ? jsonPatch(live, body) : mergePatch(live, body)) as KubeObject;
    } catch (error) {
      throw this.invalid(`${whatOf(ref)}: ${error instanceof Error ? error.message : String(error)}`);
    }
    if (next?.metadata?.name !== ref.name) throw this.invalid(`${whatOf(ref)}: a patch cannot change the name`);
    return next;
  }

  private selection(type: ResourceType, options: Parameters<typeof selectionOf>[1]): (object: KubeObject) => boolean {
    try {
      return selectionOf(type, options);
    } catch (error) {
      if (error instanceof DrError) throw this.invalid(error.message);
      throw error;
    }
  }

  private find(ref: ObjectRef): KubeObject {
    this.assertServed(ref.type);
    if (ref.type.namespaced && ref.namespace === undefined) throw this.invalid(`${whatOf(ref)} needs a namespace`);
    const object = this.store.get(ref.type, ref.namespace, ref.name);
    if (!object) throw this.absent(ref);
    return object;
  }

  private assertServed(type: ResourceType): void {
    if (!this.served.some((other) => other.resource === type.resource && apiVersionOf(other) === apiVersionOf(type)))
      throw new NotFoundError(`the cluster ${this.name} does not serve ${resourceKey(type)}`, { cluster: this.name });
  }

  private invalid(message: string): DrError {
    return new InputError(`${this.name}: ${message}`, { cluster: this.name });
  }

  private absent(ref: ObjectRef): DrError {
    return new NotFoundError(`${whatOf(ref)} not found on ${this.name}`, { cluster: this.name });
  }

  private changed(ref: ObjectRef): DrError {
    return new ConflictError(`${whatOf(ref)} on ${this.name} was changed by somebody else`, { cluster: this.name });
  }

  private expired(type: ResourceType, version: number): DrError {
    const message = `version ${version} of ${resourceKey(type)} on ${this.name} is too old`;
    return new ConflictError(message, { code: 'RESOURCE_EXPIRED', cluster: this.name });
  }
}

/** As if nothing answered: for `failNext` and `intercept`. */
export function unreachable(cluster: string): DrError {
  return new ServiceUnavailableError(`the cluster ${cluster} does not answer`, { cluster });
}

/** What a watch with this selector is told: an object that leaves the selection is deleted for it. */
function eventOf(change: Change, selected: (object: KubeObject) => boolean): WatchEvent | undefined {
  const was = change.before !== undefined && selected(change.before);
  const is = change.type !== 'DELETED' && selected(change.object);
  if (!was && !is) return undefined;
  if (is) return { type: was ? 'MODIFIED' : 'ADDED', object: jsonCopy(change.object) };
  // What leaves a selector is shown as it was when it was last selected, under the version of the change.
  const object = jsonCopy(change.before!);
  return {
    type: 'DELETED',
    object: { ...object, metadata: { ...object.metadata, resourceVersion: change.object.metadata.resourceVersion! } },
  };
}

function matchesCall(matcher: CallMatcher, call: Call): boolean {
  if (typeof matcher === 'function') return matcher(call);
  return Object.entries(matcher).every(([field, value]) => call[field as keyof Call] === value);
}

/** The signal's reason as soon as it fires, whatever else is waited for. */
async function unless(signal: AbortSignal | undefined, work: void | Promise<void>): Promise<void> {
  if (!signal) return work;
  let stop = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => (stop = () => reject(signal.reason)));
  signal.addEventListener('abort', stop, { once: true });
  try {
    await Promise.race([work, aborted]);
    signal.throwIfAborted();
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

function callOf(ref: ObjectRef): Omit<Call, 'verb'> {
  return { ...callOfType(ref.type, ref.namespace), name: ref.name };
}

function callOfType(type: ResourceType, namespace: string | undefined): Omit<Call, 'verb'> {
  return { resource: resourceKey(type), ...(namespace === undefined ? {} : { namespace }) };
}

function whatOf(ref: ObjectRef): string {
  return `${resourceKey(ref.type)} "${ref.name}"${ref.namespace === undefined ? '' : ` in ${ref.namespace}`}`;
}

/** What a change of it makes a new generation. */
function specOf(object: KubeObject): string {
  return canonicalJson({ ...object, metadata: undefined, status: undefined });
}

/** As API servers do: no vowels, so that no words come out. */
function suffix(): string {
  const alphabet = 'bcdfghjklmnpqrstvwxz2456789';
  return Array.from(crypto.getRandomValues(new Uint8Array(5)), (byte) => alphabet[byte % alphabet.length]).join('');
}
