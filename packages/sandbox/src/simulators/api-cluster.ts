import {
  AuthenticationError,
  ConflictError,
  InputError,
  NotAllowedError,
  NotFoundError,
  ServiceUnavailableError,
} from '@kubectl-dr/core/errors';
import type { DrError } from '@kubectl-dr/core/errors';
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
} from '@kubectl-dr/core/ports/cluster';
import type { KubeObject, ObjectRef, ResourceType } from '@kubectl-dr/core/ports/kubernetes';
import { execOutputLimit } from '@kubectl-dr/core/ports/cluster';
import { apiVersionOf, resourceKey, types } from '@kubectl-dr/core/ports/kubernetes';
import type { ExecOutcome } from './workloads/exec.ts';
import { at, isRecord, listAt, recordAt, textAt, textsAt } from '../api/json.ts';

const fieldManager = 'kubectl-dr-sandbox';

export interface ApiClusterOptions {
  name: string;
  /** `Api.fetchInside`, or any other way to an API server. */
  fetch(request: Request): Promise<Response>;
  /** Without a path at the end: `https://sandbox.invalid`. */
  base?: string;
  headers?: Record<string, string>;
}

const patchTypes: Record<PatchType, string> = {
  merge: 'application/merge-patch+json',
  json: 'application/json-patch+json',
  apply: 'application/apply-patch+yaml',
};

/** Controllers also write what lies behind subresources; nothing in core does. */
export interface ControlledCluster extends ClusterClient {
  /** RFC 7396 on `/status`. */
  patchStatus(ref: ObjectRef, status: Record<string, unknown>): Promise<KubeObject>;
  /** A pod's node, which is chosen once. */
  bind(ref: ObjectRef, node: string): Promise<void>;
}

/** What is posted to `/binding` of a pod. */
export function bindingOf({ name }: ObjectRef, node: string): Record<string, unknown> {
  return { apiVersion: 'v1', kind: 'Binding', metadata: { name }, target: { apiVersion: 'v1', kind: 'Node', name: node } };
}

/** The client with which the simulators act: the port of core over a function, with no network in between. */
export class ApiCluster implements ControlledCluster {
  readonly name: string;
  readonly #options: ApiClusterOptions;

  constructor(options: ApiClusterOptions) {
    this.name = options.name;
    this.#options = options;
  }

  async get(ref: ObjectRef, options: RequestOptions = {}): Promise<KubeObject> {
    return (await this.#json('GET', pathOf(ref.type, ref.namespace, ref.name), options)) as KubeObject;
  }

  async list(type: ResourceType, options: ListOptions = {}): Promise<ObjectList> {
    const items: KubeObject[] = [];
    const query = selectors(options);
    query.set('limit', String(options.pageSize ?? 500));
    for (;;) {
      const page = await this.#json('GET', `${pathOf(type, options.namespace)}?${query.toString()}`, options);
      for (const item of listAt(page, 'items')) {
        // Items of built-in lists come without their type.
        if (isRecord(item)) items.push({ ...item, apiVersion: apiVersionOf(type), kind: type.kind, metadata: item.metadata } as KubeObject);
      }
      const next = textAt(page, 'metadata', 'continue');
      if (next === '') return { items, resourceVersion: textAt(page, 'metadata', 'resourceVersion') };
      query.set('continue', next);
    }
  }

  async *watch(type: ResourceType, options: WatchOptions): AsyncIterable<WatchEvent> {
    const query = selectors(options);
    query.set('watch', 'true');
    query.set('allowWatchBookmarks', 'true');
    query.set('resourceVersion', options.resourceVersion);
    const left = new AbortController();
    const signal = options.signal ? AbortSignal.any([options.signal, left.signal]) : left.signal;
    try {
      const response = await this.#send('GET', `${pathOf(type, options.namespace)}?${query.toString()}`, { signal });
      for await (const line of linesOf(response)) yield this.#eventOf(line, type);
      options.signal?.throwIfAborted();
    } finally {
      left.abort(new Error('nobody listens any more'));
    }
  }

  async create(type: ResourceType, object: KubeObject, options: WriteOptions = {}): Promise<KubeObject> {
    return (await this.#json('POST', `${pathOf(type, object.metadata.namespace)}${dry(options)}`, options, object)) as KubeObject;
  }

  async replace(type: ResourceType, object: KubeObject, options: WriteOptions = {}): Promise<KubeObject> {
    const { namespace, name } = object.metadata;
    return (await this.#json('PUT', `${pathOf(type, namespace, name)}${dry(options)}`, options, object)) as KubeObject;
  }

  async patch(ref: ObjectRef, patchType: PatchType, body: unknown, options: WriteOptions = {}): Promise<KubeObject> {
    const query = new URLSearchParams(options.dryRun ? { dryRun: 'All' } : {});
    if (patchType === 'apply')
      for (const [key, value] of [
        ['fieldManager', fieldManager],
        ['force', 'true'],
      ] as const)
        query.set(key, value);
    const path = `${pathOf(ref.type, ref.namespace, ref.name)}?${query.toString()}`;
    return (await this.#json('PATCH', path, options, body, patchTypes[patchType])) as KubeObject;
  }

  async patchStatus(ref: ObjectRef, status: Record<string, unknown>): Promise<KubeObject> {
    const path = `${pathOf(ref.type, ref.namespace, ref.name)}/status`;
    return (await this.#json('PATCH', path, {}, { status }, patchTypes.merge)) as KubeObject;
  }

  async bind(ref: ObjectRef, node: string): Promise<void> {
    await this.#json('POST', `${pathOf(ref.type, ref.namespace, ref.name)}/binding`, {}, bindingOf(ref, node));
  }

  async delete(ref: ObjectRef, options: DeleteOptions = {}): Promise<void> {
    const body = {
      apiVersion: 'v1',
      kind: 'DeleteOptions',
      propagationPolicy: options.propagation ?? 'Background',
      ...(options.preconditions && { preconditions: options.preconditions }),
    };
    await this.#json('DELETE', `${pathOf(ref.type, ref.namespace, ref.name)}${dry(options)}`, options, body);
  }

  async discover(options: RequestOptions = {}): Promise<ResourceType[]> {
    const groups = listAt(await this.#json('GET', '/apis', options), 'groups');
    const versions = [
      { group: '', version: 'v1' },
      ...groups.map((group) => ({ group: textAt(group, 'name'), version: textAt(group, 'preferredVersion', 'version') })),
    ];
    // A type that only an older version of its group serves (Velero's two versions, say) is found there.
    for (const group of groups) {
      for (const served of listAt(group, 'versions')) {
        const entry = { group: textAt(group, 'name'), version: textAt(served, 'version') };
        if (!versions.some((known) => known.group === entry.group && known.version === entry.version)) versions.push(entry);
      }
    }
    const found = new Map<string, ResourceType>();
    for (const { group, version } of versions) {
      const list = await this.#json('GET', group === '' ? `/api/${version}` : `/apis/${group}/${version}`, options);
      for (const item of listAt(list, 'resources')) {
        const resource = textAt(item, 'name');
        if (resource === '' || resource.includes('/')) continue;
        const type: ResourceType = { group, version, resource, kind: textAt(item, 'kind'), namespaced: at(item, 'namespaced') === true };
        if (textsAt(item, 'verbs').includes('list') && !found.has(resourceKey(type))) found.set(resourceKey(type), type);
      }
    }
    return [...found.values()];
  }

  async now(options: RequestOptions = {}): Promise<Date> {
    const response = await this.#send('GET', '/version', options);
    await response.body?.cancel();
    return new Date(response.headers.get('date') ?? Date.now());
  }

  async identity(options: RequestOptions = {}): Promise<string> {
    return (await this.get({ type: types.namespaces, name: 'kube-system' }, options)).metadata.uid ?? '';
  }

  async whoami(options: RequestOptions = {}): Promise<{ username: string; groups: string[] }> {
    const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
    const answer = await this.#json('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', options, review);
    const info = recordAt(answer, 'status', 'userInfo');
    return { username: textAt(info, 'username'), groups: textsAt(info, 'groups') };
  }

  async version(options: RequestOptions = {}): Promise<string> {
    return textAt(await this.#json('GET', '/version', options), 'gitVersion');
  }

  async raw(path: string, options: RequestOptions = {}): Promise<string> {
    return (await this.#send('GET', path, options)).text();
  }

  async exec({ namespace, pod, container }: ExecTarget, command: readonly string[], options: RequestOptions = {}): Promise<ExecResult> {
    const query = new URLSearchParams([
      ...command.map((word) => ['command', word]),
      ...(container === undefined ? [] : [['container', container]]),
    ]);
    const path = `${pathOf(types.pods, namespace, pod)}/exec?${query.toString()}`;
    const outcome = (await this.#json('GET', path, options, undefined, undefined, { upgrade: 'websocket' })) as ExecOutcome;
    const { status, stdout = '', stderr = '' } = outcome;
    const code = Number(textAt(listAt(status, 'details', 'causes')[0], 'message'));
    if (textAt(status, 'status') !== 'Success' && textAt(status, 'reason') !== 'NonZeroExitCode')
      throw new ServiceUnavailableError(textAt(status, 'message'), { code: 'CLUSTER_ERROR', cluster: this.name });
    const cut = (text: string): string => text.slice(0, execOutputLimit);
    return { exitCode: textAt(status, 'status') === 'Success' ? 0 : code, stdout: cut(stdout), stderr: cut(stderr) };
  }

  async download(url: string, options: RequestOptions = {}): Promise<Uint8Array> {
    const { pathname, host } = new URL(url);
    // Behind the HTTPS door a cluster lies under a path of its own; inside there is only the one.
    const path = pathname.slice(Math.max(0, pathname.indexOf('/_objects/')));
    const response = await this.#options.fetch(new Request(new URL(path, this.#base()), options.signal ? { signal: options.signal } : {}));
    if (response.status === 404) throw new NotFoundError(`there is nothing at the download link of ${host}`, { cluster: this.name });
    if (!response.ok) {
      throw new ServiceUnavailableError(`the download from ${host} failed: it answered ${response.status}`, {
        code: 'CONTENTS_UNREADABLE',
        cluster: this.name,
      });
    }
    return new Uint8Array(await response.arrayBuffer());
  }

  #base(): string {
    return this.#options.base ?? 'https://sandbox.invalid';
  }

  #eventOf(line: unknown, type: ResourceType): WatchEvent {
    const kind = textAt(line, 'type');
    const object = recordAt(line, 'object');
    if (kind === 'BOOKMARK') return { type: 'BOOKMARK', resourceVersion: textAt(object, 'metadata', 'resourceVersion') };
    if (kind === 'ERROR') throw failure(this.name, 'watch', pathOf(type), Number(object.code ?? 500), object);
    return { type: kind as 'ADDED' | 'MODIFIED' | 'DELETED', object: object as unknown as KubeObject };
  }

  async #json(
    method: string,
    path: string,
    options: RequestOptions,
    body?: unknown,
    contentType?: string,
    headers?: Record<string, string>,
  ): Promise<unknown> {
    const response = await this.#send(method, path, options, body, contentType, headers);
    return (await response.json()) as unknown;
  }

  async #send(
    method: string,
    path: string,
    { signal }: RequestOptions,
    body?: unknown,
    contentType = 'application/json',
    headers: Record<string, string> = {},
  ): Promise<Response> {
    signal?.throwIfAborted();
    const request = new Request(new URL(path, this.#base()), {
      method,
      headers: {
        accept: 'application/json',
        ...this.#options.headers,
        ...headers,
        ...(body === undefined ? {} : { 'content-type': contentType }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal ? { signal } : {}),
    });
    const response = await this.#options.fetch(request);
    if (response.ok) return response;
    throw failure(this.name, method, path, response.status, await response.json().catch(() => undefined));
  }
}

function pathOf(type: ResourceType, namespace?: string, name?: string): string {
  const root = type.group === '' ? `/api/${type.version}` : `/apis/${type.group}/${type.version}`;
  const parts = [...(type.namespaced && namespace ? ['namespaces', namespace] : []), type.resource, ...(name === undefined ? [] : [name])];
  return `${root}/${parts.map(encodeURIComponent).join('/')}`;
}

function selectors({ labelSelector, fieldSelector }: { labelSelector?: string; fieldSelector?: string }): URLSearchParams {
  return new URLSearchParams({ ...(labelSelector && { labelSelector }), ...(fieldSelector && { fieldSelector }) });
}

function dry(options: WriteOptions): string {
  return options.dryRun ? '?dryRun=All' : '';
}

async function* linesOf(response: Response): AsyncIterable<unknown> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of (response.body ?? []) as unknown as AsyncIterable<Uint8Array>) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line !== '') yield JSON.parse(line) as unknown;
  }
}

function failure(cluster: string, verb: string, path: string, status: number, body: unknown): DrError {
  const said = textAt(body, 'message') || `the server answered ${status}`;
  const message = `${verb} ${path.split('?')[0]!} on ${cluster}: ${said}`;
  const options = { cluster, details: { status, said } };
  if (status === 400 || status === 422) return new InputError(message, options);
  if (status === 401) return new AuthenticationError(message, options);
  if (status === 403) return new NotAllowedError(message, options);
  if (status === 404) return new NotFoundError(message, options);
  if (status === 409)
    return new ConflictError(message, { ...options, code: textAt(body, 'reason') === 'AlreadyExists' ? 'ALREADY_EXISTS' : 'CONFLICT' });
  if (status === 410) return new ConflictError(message, { ...options, code: 'RESOURCE_EXPIRED' });
  return new ServiceUnavailableError(message, { ...options, code: status === 429 ? 'TOO_MANY_REQUESTS' : 'CLUSTER_ERROR' });
}
