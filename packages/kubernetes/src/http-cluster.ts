import type { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import { DrError, InputError, NotFoundError, ServiceUnavailableError } from '@kubectl-dr/core/errors';
import type { Clock } from '@kubectl-dr/core/ports/clock';
import type {
  ClusterClient,
  DeleteOptions,
  DownloadOptions,
  ExecResult,
  ExecTarget,
  ListOptions,
  ObjectList,
  PatchType,
  RequestOptions,
  WatchEvent,
  WatchOptions,
  WriteOptions,
} from '@kubectl-dr/core/ports/cluster';
import type { KubeObject, ObjectRef, ResourceType } from '@kubectl-dr/core/ports/kubernetes';
import { apiVersionOf, resourceKey, types } from '@kubectl-dr/core/ports/kubernetes';
import { systemClock } from '@kubectl-dr/core/system-clock';
import { credentialsOf } from './auth/credentials.ts';
import { discover } from './http/discovery.ts';
import { errorOfStatus, isNotVouchedFor } from './http/errors.ts';
import { linesOf } from './http/lines.ts';
import { continueOf } from './http/list-text.ts';
import { pathOf, withQuery } from './http/paths.ts';
import { isServed } from './http/served.ts';
import { Transport } from './http/transport.ts';
import type { TransportOptions } from './http/transport.ts';
import type { ClusterConfig } from './kubeconfig/context.ts';

export interface HttpClusterOptions {
  config: ClusterConfig;
  /** What the fleet calls it; default: the context's name. */
  name?: string;
  dispatcher?: Dispatcher;
  clock?: Clock;
  /** Milliseconds; default 30 s, 0 for none. */
  requestTimeout?: number;
  trace?: TransportOptions['trace'];
  headers?: TransportOptions['headers'];
  /** Where proxies are named; default: that of this process. */
  env?: TransportOptions['env'];
}

/** kubectl's page size. */
const pageSize = 500;
/** What is longer than one page is asked for in larger ones: each costs a way there and back. */
const nextPageSize = 2_500;
const contentTypes: Record<PatchType, string> = {
  merge: 'application/merge-patch+json',
  json: 'application/json-patch+json',
  apply: 'application/apply-patch+yaml',
};

/** A ClusterClient over HTTP, raw JSON in and out. The contract is `ports/cluster.ts`. */
export class HttpCluster implements ClusterClient {
  readonly name: string;
  private readonly transport: Transport;
  private readonly clock: Clock;
  private readonly options: HttpClusterOptions;
  /** What has to be added to the local clock for the server's, milliseconds. */
  private ahead: number | undefined;

  constructor(options: HttpClusterOptions) {
    this.options = options;
    this.name = options.name ?? options.config.name;
    this.clock = options.clock ?? systemClock;
    const config = { ...options.config, name: this.name };
    this.transport = new Transport({
      config,
      credentials: credentialsOf(config, () => Date.now()),
      timeout: options.requestTimeout ?? 30_000,
      sleep: (milliseconds, signal) => this.clock.sleep(milliseconds, signal),
      ...(options.dispatcher ? { dispatcher: options.dispatcher } : {}),
      ...(options.trace ? { trace: options.trace } : {}),
      ...(options.headers ? { headers: options.headers } : {}),
      ...(options.env ? { env: options.env } : {}),
    });
    this.transport.onDate = (date) => {
      const ahead = Date.parse(date) - this.clock.now().getTime();
      if (Number.isNaN(ahead)) return;
      // The header is cut to whole seconds: the largest difference is the truest, and no answer makes time go back. More than
      // a second less means that one of the clocks was set.
      if (this.ahead === undefined || ahead > this.ahead || ahead < this.ahead - 1_000) this.ahead = ahead;
    };
  }

  /** Closes the connections; the client can be used again afterwards. */
  close(): Promise<void> {
    return this.transport.close();
  }

  async get(ref: ObjectRef, options: RequestOptions = {}): Promise<KubeObject> {
    return (await this.transport.json({
      method: 'GET',
      path: this.pathOf(ref),
      target: { verb: 'get', what: whatOf(ref) },
      ...options,
    })) as KubeObject;
  }

  async list(type: ResourceType, options: ListOptions = {}): Promise<ObjectList> {
    const { namespace, labelSelector, fieldSelector, signal } = options;
    const target = { verb: 'list', what: resourceKey(type) };
    const ask = (token: string | undefined): Promise<string> => {
      const limit = options.pageSize ?? (token === undefined ? pageSize : nextPageSize);
      const path = withQuery(pathOf(type, namespace), { labelSelector, fieldSelector, limit, continue: token });
      return this.transport.text({ method: 'GET', path, target, ...(signal ? { signal } : {}) });
    };
    for (let restarts = 0; ; restarts += 1) {
      const items: KubeObject[] = [];
      let resourceVersion = '';
      let token: string | undefined;
      let asked: Promise<string> | undefined;
      try {
        do {
          const text: string = await (asked ?? ask(token));
          // While this page is read, the server makes the next.
          const expected = continueOf(text);
          asked = expected === undefined ? undefined : ask(expected);
          asked?.catch(() => undefined);
          const page = this.transport.parse(text, { target }) as {
            items?: KubeObject[] | null;
            metadata?: { resourceVersion?: string; continue?: string };
          };
          // Items of typed lists carry no kind of their own.
          for (const item of page.items ?? []) {
            lighter(item);
            items.push(item.kind ? item : { ...item, apiVersion: apiVersionOf(type), kind: type.kind });
          }
          resourceVersion = page.metadata?.resourceVersion ?? resourceVersion;
          token = page.metadata?.continue || undefined;
          if (token !== expected) asked = undefined;
        } while (token !== undefined);
        return { items, resourceVersion };
      } catch (error) {
        if (error instanceof DrError && error.code === 'FORBIDDEN' && !(await isServed(this.transport, type, signal)))
          throw new NotFoundError(`${target.what} not found on ${this.name}`, { cluster: this.name, cause: error });
        // The snapshot that the token stood for is gone: a new one, once.
        if (!(error instanceof DrError) || error.code !== 'RESOURCE_EXPIRED' || token === undefined || restarts > 0) throw error;
      }
    }
  }

  async *watch(type: ResourceType, options: WatchOptions): AsyncIterable<WatchEvent> {
    const { namespace, labelSelector, fieldSelector, resourceVersion, signal } = options;
    const target = { verb: 'watch', what: resourceKey(type) };
    const query = { watch: true, allowWatchBookmarks: true, labelSelector, fieldSelector, resourceVersion };
    let body: Readable | undefined;
    try {
      ({ body } = await this.transport.stream({
        method: 'GET',
        path: withQuery(pathOf(type, namespace), query),
        target,
        ...(signal ? { signal } : {}),
      }));
      for await (const line of linesOf(body)) {
        const event = JSON.parse(line) as { type: string; object: KubeObject & { code?: number } };
        if (event.type === 'BOOKMARK')
          yield { type: 'BOOKMARK', resourceVersion: event.object.metadata.resourceVersion ?? resourceVersion };
        else if (event.type === 'ERROR')
          throw errorOfStatus(event.object.code ?? 500, JSON.stringify(event.object), { ...target, cluster: this.name, server: '' });
        else if (event.type === 'ADDED' || event.type === 'MODIFIED' || event.type === 'DELETED')
          yield { type: event.type, object: lighter(event.object) };
      }
    } catch (error) {
      // Whoever fired the signal knows why the stream ends.
      if (signal?.aborted) return;
      if (error instanceof DrError) throw error;
      // A stream may break at any time: like its end, the caller watches again.
    } finally {
      body?.destroy();
    }
  }

  async create(type: ResourceType, object: KubeObject, options: WriteOptions = {}): Promise<KubeObject> {
    const what = `${resourceKey(type)} "${object.metadata.name || object.metadata.generateName || ''}"`;
    // The server answers this with 500, as if it were its own fault.
    if (object.metadata.resourceVersion)
      throw new InputError(`${what} has a resourceVersion, so it was stored before: it cannot be created on ${this.name}`, {
        cluster: this.name,
      });
    const path = withQuery(this.pathTo(type, what, object.metadata.namespace), { dryRun: options.dryRun ? 'All' : undefined });
    return this.write({ method: 'POST', path, body: object, target: { verb: 'create', what } }, options);
  }

  async replace(type: ResourceType, object: KubeObject, options: WriteOptions = {}): Promise<KubeObject> {
    const { namespace, name } = object.metadata;
    const what = `${resourceKey(type)} "${name}"`;
    const path = withQuery(this.pathTo(type, what, namespace, name), { dryRun: options.dryRun ? 'All' : undefined });
    return this.write({ method: 'PUT', path, body: object, target: { verb: 'update', what } }, options);
  }

  async patch(ref: ObjectRef, patchType: PatchType, body: unknown, options: WriteOptions = {}): Promise<KubeObject> {
    const apply = patchType === 'apply' ? { fieldManager: 'kubectl-dr', force: true } : {};
    const path = withQuery(this.pathOf(ref), { ...apply, dryRun: options.dryRun ? 'All' : undefined });
    return this.write(
      { method: 'PATCH', path, body, contentType: contentTypes[patchType], target: { verb: 'patch', what: whatOf(ref) } },
      options,
    );
  }

  async delete(ref: ObjectRef, options: DeleteOptions = {}): Promise<void> {
    const body = {
      apiVersion: 'v1',
      kind: 'DeleteOptions',
      propagationPolicy: options.propagation ?? 'Background',
      ...(options.preconditions ? { preconditions: options.preconditions } : {}),
      ...(options.dryRun ? { dryRun: ['All'] } : {}),
    };
    await this.write({ method: 'DELETE', path: this.pathOf(ref), body, target: { verb: 'delete', what: whatOf(ref) } }, options);
  }

  discover(options: RequestOptions = {}): Promise<ResourceType[]> {
    return discover(this.transport, options.signal);
  }

  async now(options: RequestOptions = {}): Promise<Date> {
    if (this.ahead === undefined) await this.version(options);
    return new Date(this.clock.now().getTime() + (this.ahead ?? 0));
  }

  async identity(options: RequestOptions = {}): Promise<string> {
    const { metadata } = await this.get({ type: types.namespaces, name: 'kube-system' }, options);
    if (metadata.uid === undefined)
      throw new ServiceUnavailableError(`${this.name} gives no uid for the namespace kube-system`, {
        code: 'CLUSTER_ERROR',
        cluster: this.name,
      });
    return metadata.uid;
  }

  async whoami(options: RequestOptions = {}): Promise<{ username: string; groups: string[] }> {
    const path = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
    const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
    try {
      const answer = (await this.transport.json({
        method: 'POST',
        path,
        body: review,
        target: { verb: 'create', what: 'selfsubjectreviews' },
        ...options,
      })) as {
        status?: { userInfo?: { username?: string; groups?: string[] } };
      };
      return {
        username: answer.status?.userInfo?.username ?? this.options.config.user.name,
        groups: answer.status?.userInfo?.groups ?? [],
      };
    } catch (error) {
      // Servers before 1.28 do not serve it: the kubeconfig's word is the best there is.
      if (error instanceof NotFoundError) return { username: this.options.config.user.name, groups: [] };
      throw error;
    }
  }

  async version(options: RequestOptions = {}): Promise<string> {
    const answer = (await this.transport.json({
      method: 'GET',
      path: '/version',
      target: { verb: 'get', what: 'the version' },
      ...options,
    })) as { gitVersion?: string };
    return answer.gitVersion ?? 'unknown';
  }

  async raw(path: string, options: RequestOptions = {}): Promise<string> {
    return this.transport.text({ method: 'GET', path, accept: '*/*', target: { verb: 'get', what: path }, ...options });
  }

  async exec(target: ExecTarget, command: readonly string[], options: RequestOptions & { timeout?: number } = {}): Promise<ExecResult> {
    const { namespace, pod, container } = target;
    const ref: ObjectRef = { type: types.pods, namespace, name: pod };
    const query = new URLSearchParams([
      ...command.map((word): [string, string] => ['command', word]),
      ...(container === undefined ? [] : [['container', container] as [string, string]]),
      ['stdout', 'true'],
      ['stderr', 'true'],
    ]);
    const path = `${this.pathOf(ref)}/exec?${query.toString()}`;
    return (await import('./http/exec.ts')).exec(this.transport, { path, what: whatOf(ref), ...options });
  }

  async download(url: string, options: DownloadOptions = {}): Promise<Uint8Array> {
    const host = URL.canParse(url) ? new URL(url).host : url.slice(0, 100);
    const failed = (why: string, cause?: unknown): DrError =>
      new ServiceUnavailableError(`the download from ${host} that ${this.name} offers failed: ${why}`, {
        code: 'CONTENTS_UNREADABLE',
        cluster: this.name,
        cause,
        hint: isNotVouchedFor(cause)
          ? 'name the authority of its certificate where Velero looks for it as well: spec.objectStorage.caCert of the BackupStorageLocation'
          : `the storage location's address must be reachable from here; see publicUrl in its configuration`,
      });
    let answer: { status: number; bytes: Uint8Array };
    try {
      answer = await this.transport.download(new URL(url), options);
    } catch (error) {
      if (options.signal?.aborted) throw options.signal.reason;
      throw failed(error instanceof Error ? error.message : String(error), error);
    }
    if (answer.status === 404)
      throw new NotFoundError(`there is nothing at the download link that ${this.name} offers on ${host}`, { cluster: this.name });
    if (answer.status >= 300) throw failed(`it answered ${answer.status}`);
    return answer.bytes;
  }

  private pathOf(ref: ObjectRef): string {
    return this.pathTo(ref.type, whatOf(ref), ref.namespace, ref.name);
  }

  /** Of one object or, without a name, of its collection. Without a namespace the server would take it for all of them. */
  private pathTo(type: ResourceType, what: string, namespace?: string, name?: string): string {
    if (type.namespaced && !namespace) throw new InputError(`${what} needs a namespace on ${this.name}`, { cluster: this.name });
    return pathOf(type, namespace, name);
  }

  private async write(call: Parameters<Transport['json']>[0], options: WriteOptions): Promise<KubeObject> {
    return (await this.transport.json({ ...call, ...(options.signal ? { signal: options.signal } : {}) })) as KubeObject;
  }
}

/** In its place, so that ten thousand of them are never held. What has no metadata is the reader's to tell. */
function lighter(object: KubeObject): KubeObject {
  if (object.metadata?.managedFields) object.metadata.managedFields = undefined;
  return object;
}

function whatOf(ref: ObjectRef): string {
  return `${resourceKey(ref.type)} "${ref.name}"${ref.namespace === undefined ? '' : ` in ${ref.namespace}`}`;
}
