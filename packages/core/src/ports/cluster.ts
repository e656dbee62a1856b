import type { KubeObject, ObjectRef, ResourceType } from './kubernetes.ts';

export interface ListOptions {
  /** Absent: all namespaces. */
  namespace?: string;
  /** Kubernetes selector text, e.g. `app=web,tier in (a,b)`. */
  labelSelector?: string;
  fieldSelector?: string;
  /** Items per request; the client pages by itself. Default 500. */
  pageSize?: number;
  signal?: AbortSignal;
}

export interface ObjectList {
  items: KubeObject[];
  /** Version of the collection: where a watch may start. */
  resourceVersion: string;
}

export type WatchEvent =
  | { type: 'ADDED' | 'MODIFIED' | 'DELETED'; object: KubeObject }
  /** Nothing changed, but everything up to this version has been delivered. */
  | { type: 'BOOKMARK'; resourceVersion: string };

export interface WatchOptions {
  namespace?: string;
  labelSelector?: string;
  fieldSelector?: string;
  /** Deliver what happened strictly after this version, taken from a list or an earlier event. */
  resourceVersion: string;
  signal?: AbortSignal;
}

export type PatchType = 'merge' | 'json' | 'apply';

export interface WriteOptions {
  /** Validate and return, store nothing. */
  dryRun?: boolean;
  signal?: AbortSignal;
}

export interface DeleteOptions extends WriteOptions {
  propagation?: 'Background' | 'Foreground' | 'Orphan';
  preconditions?: { uid?: string; resourceVersion?: string };
}

export interface RequestOptions {
  signal?: AbortSignal;
}

export interface DownloadOptions extends RequestOptions {
  /** Certificates (PEM) that are trusted besides for this download; undefined when nobody names any. */
  authorities?(): Promise<string | undefined>;
}

export interface ExecTarget {
  namespace: string;
  pod: string;
  /** Absent: the pod has only one, or names its default. */
  container?: string;
}

/** How a command ended. Each output is cut after `execOutputLimit` bytes. */
export interface ExecResult {
  exitCode: number;
  stdout: string;
  stderr: string;
}

export const execOutputLimit = 64 * 1024;

/**
 * One Kubernetes API server. The only way in which core touches a cluster.
 *
 * Contract, checked by the conformance suite in `testing/cluster-conformance.ts` for every implementation:
 * - Objects go in and come out as raw JSON; a field that the client does not know survives.
 * - Every failure is a DrError that names the object and `cluster`: NotFoundError (404), ConflictError with code
 *   ALREADY_EXISTS (409 on create) or CONFLICT (409 otherwise), RESOURCE_EXPIRED (410), InputError (400, 422),
 *   AuthenticationError (401), NotAllowedError (403, with identity, verb and resource in `details` when the server told
 *   them), ServiceUnavailableError (TOO_MANY_REQUESTS for 429, CLUSTER_ERROR for 5xx, CLUSTER_UNREACHABLE when there
 *   was no answer, TIMEOUT when the request's time was over).
 * - A type that the server does not serve is NotFoundError, on list as well.
 * - Nothing is retried except 429 and 503 with a Retry-After header, at most three times.
 * - `signal` ends a call at once with the signal's reason; a watch it ends without an error.
 */
export interface ClusterClient {
  /** What people call it: a kubeconfig context or a configured name. Not an identity. */
  readonly name: string;

  get(ref: ObjectRef, options?: RequestOptions): Promise<KubeObject>;

  /**
   * The whole collection, however many pages it takes, in the server's order. Each object is whole but for
   * `metadata.managedFields`, which may be left out: half of a small object on a real server, and nobody's business here.
   */
  list(type: ResourceType, options?: ListOptions): Promise<ObjectList>;

  /**
   * Changes, in order, until the server ends the stream, the signal fires or the iterator is left; none of these is an
   * error. Objects are as `list` tells them. Throws RESOURCE_EXPIRED when the version is older than the server remembers:
   * list again, then watch. A stream may end at any time without an error: watch again from the last version seen.
   */
  watch(type: ResourceType, options: WatchOptions): AsyncIterable<WatchEvent>;

  /** `metadata.namespace` decides where (InputError without it); `generateName` is honoured. Returns the object as stored. */
  create(type: ResourceType, object: KubeObject, options?: WriteOptions): Promise<KubeObject>;

  /** Full update; `metadata.resourceVersion`, when set, must still be the current one (else CONFLICT). */
  replace(type: ResourceType, object: KubeObject, options?: WriteOptions): Promise<KubeObject>;

  /** `body`: RFC 7396 for `merge`, RFC 6902 operations for `json`, the desired object for `apply` (server-side). */
  patch(ref: ObjectRef, patchType: PatchType, body: unknown, options?: WriteOptions): Promise<KubeObject>;

  /** Resolves when the server has accepted; the object may linger while finalizers run. */
  delete(ref: ObjectRef, options?: DeleteOptions): Promise<void>;

  /** Every type the server offers, preferred versions, without subresources. */
  discover(options?: RequestOptions): Promise<ResourceType[]>;

  /**
   * The cluster's own clock, from the `Date` header of its latest answer (asked for when there was none yet),
   * advanced by the time passed since. Ages are computed with this, never with the local clock.
   */
  now(options?: RequestOptions): Promise<Date>;

  /** uid of the namespace `kube-system`: the cluster's identity, equal for two contexts of one cluster. */
  identity(options?: RequestOptions): Promise<string>;

  /** Who the server takes us for, and its version (`v1.34.4`). */
  whoami(options?: RequestOptions): Promise<{ username: string; groups: string[] }>;
  version(options?: RequestOptions): Promise<string>;

  /**
   * The text under a path of the server itself, e.g. behind a service's proxy; any status but 2xx is the error that it is
   * for every other call.
   */
  raw(path: string, options?: RequestOptions): Promise<string>;

  /**
   * Runs a command in a running container and resolves when it has ended, whatever its exit code; without a terminal or
   * input. After `timeout` milliseconds it is left alone (ServiceUnavailableError, TIMEOUT). A program that could not be started at all is ServiceUnavailableError (CLUSTER_ERROR), a container that is not
   * the pod's InputError. Who may `get` but not `create` `pods/exec` is refused by newer servers: both rights are needed.
   */
  exec(target: ExecTarget, command: readonly string[], options?: RequestOptions & { timeout?: number }): Promise<ExecResult>;

  /**
   * Bytes behind a URL that the cluster handed out (an engine's signed download link). 404 is NotFoundError; a host
   * that cannot be reached is ServiceUnavailableError with code CONTENTS_UNREADABLE and the host in the message.
   * No credential of the cluster is sent. `authorities` is asked when nobody that this machine trusts vouches for the host.
   */
  download(url: string, options?: DownloadOptions): Promise<Uint8Array>;
}
