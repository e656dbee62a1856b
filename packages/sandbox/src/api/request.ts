import { parse as parseYaml } from 'yaml';
import { isRecord } from './json.ts';
import type { JsonRecord } from './json.ts';
import { decodeProtobuf } from './protobuf.ts';
import { ApiError, badRequest, notServed, unsupportedMediaType } from './status.ts';

/** A request as authorization and routing see it. */
export interface RequestInfo {
  /** `get`, `list`, `watch`, `create`, `update`, `patch`, `delete`, `deletecollection`; the lower-case method otherwise. */
  verb: string;
  method: string;
  path: string;
  parameters: URLSearchParams;
  /** Absent when the path is not one of resources. */
  target?: Target;
}

export interface Target {
  group: string;
  version: string;
  resource: string;
  namespace: string | undefined;
  name: string | undefined;
  subresource: string | undefined;
}

export function requestInfo(request: Request): RequestInfo {
  const url = new URL(request.url);
  const target = targetOf(url.pathname);
  const base = { method: request.method, path: url.pathname, parameters: url.searchParams };
  if (target === undefined) return { ...base, verb: request.method.toLowerCase() };
  return { ...base, target, verb: verbOf(request.method, target, url.searchParams) };
}

function verbOf(method: string, target: Target, parameters: URLSearchParams): string {
  const one = target.name !== undefined;
  switch (method) {
    case 'GET':
    case 'HEAD':
      if (one) return 'get';
      return isTrue(parameters.get('watch')) ? 'watch' : 'list';
    case 'POST':
      return 'create';
    case 'PUT':
      return 'update';
    case 'PATCH':
      return 'patch';
    case 'DELETE':
      return one ? 'delete' : 'deletecollection';
    default:
      return method.toLowerCase();
  }
}

export function isTrue(value: string | null): boolean {
  return value === 'true' || value === '1';
}

/** `/api/v1/…` and `/apis/<group>/<version>/…` taken apart; undefined for discovery and for what is no resource. */
function targetOf(path: string): Target | undefined {
  let parts: string[];
  try {
    parts = path
      .split('/')
      .filter((part) => part !== '')
      .map(decodeURIComponent);
  } catch {
    throw badRequest(`the path ${path} is not well-formed`);
  }
  const [root, ...rest] = parts;
  if (root !== 'api' && root !== 'apis') return undefined;
  const group = root === 'api' ? '' : rest.shift();
  const version = rest.shift();
  if (group === undefined || version === undefined || rest.length === 0) return undefined;
  // `/namespaces/x/status` is a subresource of the namespace, `/namespaces/x/pods` a type inside it.
  if (rest[0] === 'namespaces' && rest.length > 2 && !(rest.length === 3 && (rest[2] === 'status' || rest[2] === 'finalize'))) {
    const [, namespace, resource, name, ...sub] = rest;
    return target(group, version, resource!, name, sub, namespace);
  }
  const [resource, name, ...sub] = rest;
  return target(group, version, resource!, name, sub);
}

function target(group: string, version: string, resource: string, name: string | undefined, sub: string[], namespace?: string): Target {
  if (sub.length > 1 && sub[0] !== 'proxy') throw notServed();
  return { group, version, resource, namespace, name, subresource: sub[0] };
}

export function mediaType(request: Request): string {
  return (request.headers.get('content-type') ?? '').split(';')[0]!.trim().toLowerCase();
}

const largestBody = 3 * 1024 * 1024;

/** The body as a value: JSON, YAML or the protobuf of the kinds that kubectl writes that way. Undefined when empty. */
export async function readBody(request: Request): Promise<unknown> {
  const bytes = new Uint8Array(await request.arrayBuffer());
  if (bytes.length === 0) return undefined;
  if (bytes.length > largestBody) {
    throw new ApiError(413, 'RequestEntityTooLarge', `Request entity too large: limit is ${largestBody}`);
  }
  const type = mediaType(request);
  if (type === 'application/vnd.kubernetes.protobuf') return decodeProtobuf(bytes);
  const text = new TextDecoder().decode(bytes);
  if (type === 'application/yaml' || type === 'application/apply-patch+yaml')
    return parseText(() => parseYaml(text, { maxAliasCount: 100 }) as unknown);
  if (type === '' || type === 'application/json' || type.endsWith('+json')) return parseText(() => JSON.parse(text) as unknown);
  throw unsupportedMediaType(
    `the body of the request was in an unknown format - accepted media types include: application/json, application/yaml, application/vnd.kubernetes.protobuf`,
  );
}

export async function readRecord(request: Request): Promise<JsonRecord> {
  const body = await readBody(request);
  if (!isRecord(body)) throw badRequest('the body of the request must be an object');
  return body;
}

function parseText(parse: () => unknown): unknown {
  try {
    return parse();
  } catch (thrown) {
    throw badRequest(
      `the object provided is unrecognized (must be of type object): ${thrown instanceof Error ? thrown.message : String(thrown)}`,
    );
  }
}
