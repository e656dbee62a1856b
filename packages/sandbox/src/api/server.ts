import seeds from '../../data/seeds.json' with { type: 'json' };
import version from '../../data/version.json' with { type: 'json' };
import { resourceKey } from '@kubectl-dr/core/ports/kubernetes';
import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import type { Clock } from '@kubectl-dr/core/ports/clock';
import { administrator, authenticate, impersonation, lookUp } from './authentication.ts';
import type { Tokens, User } from './authentication.ts';
import { Authorizer } from './authorization.ts';
import type { Runner } from './call.ts';
import { discovery } from './discovery.ts';
import { ControlPlane } from '../simulators/control-plane/control-plane.ts';
import { download, isDownload } from '../simulators/object-store.ts';
import { Disconnected, suffer } from '../simulators/faults/faults.ts';
import type { Fault } from '../simulators/faults/faults.ts';
import { openApiDocument, openApiIndex, openApiV2 } from './openapi.ts';
import { operate } from './operations.ts';
import { Registry } from './registry.ts';
import { readRecord, requestInfo } from './request.ts';
import type { RequestInfo, Target } from './request.ts';
import { json, text } from './respond.ts';
import { answerReview } from './reviews.ts';
import { ServiceAccountTokens } from './service-account-tokens.ts';
import { ServiceAddresses } from './services.ts';
import { ApiError, methodNotAllowed, notServed } from './status.ts';
import { Store } from './store.ts';
import { createObject, readObject, timestamp } from './writer.ts';
import type { Cluster } from './cluster.ts';

export interface ApiOptions {
  /** What people call the cluster. */
  name: string;
  clock: Clock;
  /** Bearer token -> user. Without it every request is the administrator's. */
  tokens?: Tokens;
  /** Failures on purpose; the list is read at each request. */
  faults?: Fault[];
  /** CustomResourceDefinitions that are there from the start. */
  crds?: KubeObject[];
  /** Number of changes that watches can be resumed over. Default 20,000. */
  historySize?: number;
  /** What runs in containers, for `pods/exec`. */
  run?: Runner;
  /** Real milliseconds between bookmarks of a watch. Default 10,000. */
  bookmarkEvery?: number;
}

export interface Api {
  readonly name: string;
  fetch(request: Request): Promise<Response>;
  /** The same for the cluster's own controllers: as administrator, without a token, and spared by faults. */
  fetchInside(request: Request): Promise<Response>;
  /** Everything that the cluster holds, for reading; writes belong through `fetch`. */
  readonly store: Store;
  /** Blobs served without authentication at `GET /_objects/<key>`: what engines hand out download links for. */
  readonly objects: Map<string, Uint8Array>;
  /** Finishes what happens after writes (garbage collection, ends of namespaces) at once. */
  settle(): void;
  /** Ends every watch. */
  close(): void;
}

/** One small Kubernetes API server, in this process. See the README of this package for what it leaves out. */
export function createApi(options: ApiOptions): Api {
  const store = new Store(options.historySize === undefined ? {} : { historySize: options.historySize });
  const cluster: Cluster = { store, registry: new Registry(store), clock: options.clock, addresses: new ServiceAddresses(store) };
  const controlPlane = new ControlPlane(cluster);
  const authorizer = new Authorizer(store);
  const accounts = new ServiceAccountTokens(store, options.clock);
  const userOf = (token: string): User | undefined => lookUp(token, options.tokens ?? {}) ?? accounts.userOf(token);
  const objects = new Map<string, Uint8Array>();
  const closing = new AbortController();
  plant(cluster, options.crds ?? []);

  const handle = async (request: Request, inside: boolean): Promise<Response> => {
    if (isDownload(request)) return download(objects, request);
    const user = inside ? administrator : whoAsks(request);
    const info = requestInfo(request);
    const { target } = info;
    if (target === undefined) {
      authorizer.demand(user, { verb: info.verb, path: info.path });
      return plainPath(request, info);
    }
    const resource = cluster.registry.find(target.group, target.version, target.resource);
    const { group, resource: plural, namespace, name, subresource } = target;
    // A namespace counts as being inside itself, so that a Role in it can allow reading it.
    const within = group === '' && plural === 'namespaces' ? name : namespace;
    authorizer.demand(user, { verb: info.verb, group, resource: plural, namespace: within, name, subresource });
    if (resource === undefined && cluster.registry.inVersion(group, target.version).length === 0) return text(404, '404 page not found\n');
    if (resource === undefined) throw notServed();
    checkScope(resource.namespaced, target, info.verb);
    if (!resource.verbs.includes('get')) return review(request, info, target, user);
    if (group === '' && plural === 'serviceaccounts' && subresource === 'token' && info.verb === 'create') {
      return json(201, accounts.issue(readObject(cluster, resource, namespace, name!), await readRecord(request)));
    }
    const { bookmarkEvery = 10_000, run } = options;
    return operate({ cluster, request, info, target, resource, signal: closing.signal, bookmarkEvery, ...(run && { run }) });
  };

  const whoAsks = (request: Request): User => {
    const user = authenticate(request, options.tokens === undefined, userOf);
    const wanted = impersonation(request.headers);
    for (const need of wanted?.needs ?? []) authorizer.demand(user, { verb: 'impersonate', ...need });
    return wanted?.user ?? user;
  };

  const review = async (request: Request, info: RequestInfo, target: Target, user: User): Promise<Response> => {
    if (info.verb !== 'create') throw methodNotAllowed(info.method);
    const answer = answerReview(target.resource, await readRecord(request), user, authorizer, timestamp(options.clock));
    if (answer === undefined) throw notServed();
    return json(201, answer);
  };

  const plainPath = (request: Request, info: RequestInfo): Response => {
    if (info.method !== 'GET' && info.method !== 'HEAD') throw methodNotAllowed(info.method);
    const path = info.path === '/' ? '/' : info.path.replace(/\/+$/, '');
    if (path === '/version') return json(200, version);
    if (path === '/healthz' || path === '/livez' || path === '/readyz') return text(200, 'ok');
    if (path === '/')
      return json(200, { paths: ['/api', '/api/v1', '/apis', '/healthz', '/livez', '/openapi/v2', '/openapi/v3', '/readyz', '/version'] });
    if (path === '/openapi/v2') return openApiV2();
    if (path === '/openapi/v3') return json(200, openApiIndex(cluster.registry, definitionsVersion(store)));
    const [, root, group, apiVersion] = /^\/openapi\/v3\/(api|apis\/([^/]+))\/([^/]+)$/.exec(path) ?? [];
    if (root !== undefined && apiVersion !== undefined) {
      const document = openApiDocument(cluster.registry, `/${root}/${apiVersion}`, group ?? '', apiVersion);
      if (document !== undefined) return json(200, document);
    }
    const found =
      path === '/api' || path.startsWith('/api/') || path === '/apis' || path.startsWith('/apis/')
        ? discovery(cluster.registry, request, path)
        : undefined;
    if (found === undefined) throw notServed();
    return json(200, found.body, { 'content-type': found.contentType, vary: 'Accept' });
  };

  const answer = async (request: Request, inside: boolean): Promise<Response> => {
    // What stands for an object store has none of the faults of the API server.
    const faults = inside || isDownload(request) ? [] : (options.faults ?? []);
    const response = await suffer(faults, request, () => handle(request, inside)).catch(failed);
    response.headers.set('date', options.clock.now().toUTCString());
    response.headers.set('audit-id', crypto.randomUUID());
    return request.method === 'HEAD' ? new Response(null, response) : response;
  };

  return {
    name: options.name,
    store,
    objects,
    settle: () => controlPlane.settle(),
    close: () => {
      closing.abort(new Error('the API is closing'));
      controlPlane.close();
    },
    fetch: (request) => answer(request, false),
    fetchInside: (request) => answer(request, true),
  };
}

/** What a new cluster contains before anybody wrote to it, and its first custom types. */
function plant(cluster: Cluster, crds: KubeObject[]): void {
  for (const object of [...(seeds as KubeObject[]), ...crds]) {
    const resource = cluster.registry.findKind(object.apiVersion, object.kind);
    if (resource === undefined) throw new Error(`${object.apiVersion} ${object.kind} ${object.metadata.name} is not a type of this API`);
    createObject(cluster, resource, object.metadata.namespace, object);
  }
}

function failed(thrown: unknown): Response {
  if (thrown instanceof Disconnected) throw thrown;
  const error = thrown instanceof ApiError ? thrown : new ApiError(500, 'InternalError', `Internal error occurred: ${String(thrown)}`);
  const wait = error.details?.retryAfterSeconds;
  return json(error.code, error.status(), wait === undefined ? {} : { 'retry-after': String(wait) });
}

/** A namespaced object has a namespace in its path; lists and watches may go over all of them. */
function checkScope(namespaced: boolean, { namespace, name }: Target, verb: string): void {
  if (!namespaced && namespace !== undefined) throw notServed();
  if (!namespaced || namespace !== undefined) return;
  if (name !== undefined || !['list', 'watch', 'deletecollection'].includes(verb)) throw notServed();
}

/** Changes with every change of a custom type. */
function definitionsVersion(store: Store): number {
  const key = resourceKey({ group: 'apiextensions.k8s.io', resource: 'customresourcedefinitions' });
  return Math.max(store.count(key), ...store.list(key).map((object) => Number(object.metadata.resourceVersion)));
}
