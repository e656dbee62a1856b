import { apiVersionOf, resourceKey } from '@kubectl-dr/core/ports/kubernetes';
import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { isRecord, without } from './json.ts';
import { inVersion } from './registry.ts';
import type { Resource } from './resource.ts';
import { isTrue } from './request.ts';
import { selectorOf } from './selectors.ts';
import { Checks } from './schema/checks.ts';
import { ApiError, badRequest, expired, tooLargeVersion } from './status.ts';
import type { Store } from './store.ts';
import { keyOfObject } from './store.ts';

export interface Page {
  items: KubeObject[];
  /** `metadata` of the list. */
  metadata: { resourceVersion: string; continue?: string; remainingItemCount?: number };
}

interface Token {
  /** Undefined: whatever is there now, after a consistent answer had become impossible. */
  version?: number;
  /** Key of the last object of the page before. */
  after: string;
}

/** What a request for a collection asks for; 400 or 422, in the words of the real server, for what cannot be. */
export interface CollectionOptions {
  /** The version asked for; undefined when none was. */
  version?: number;
  exact: boolean;
  limit: number;
  token?: Token;
  /** Of a watch: the state first, as events. */
  initialEvents: boolean | undefined;
  seconds?: number;
}

export function collectionOptions(parameters: URLSearchParams, watch: boolean): CollectionOptions {
  const limit = integer(parameters.get('limit'));
  const seconds = integer(parameters.get('timeoutSeconds'));
  const sent = parameters.get('sendInitialEvents');
  refuseCombinations(parameters, watch);
  const token = tokenOf(parameters.get('continue'));
  const version = versionOf(parameters.get('resourceVersion') ?? '', watch);
  if (token !== undefined && version !== undefined) throw badRequest('specifying resource version is not allowed when using continue');
  return {
    exact: parameters.get('resourceVersionMatch') === 'Exact',
    limit: limit || Number.POSITIVE_INFINITY,
    initialEvents: sent === null ? undefined : isTrue(sent),
    ...(version !== undefined && { version }),
    ...(token !== undefined && { token }),
    ...(seconds && { seconds }),
  };
}

function integer(text: string | null): number {
  if (text !== null && !/^-?\d*$/.test(text)) throw badRequest(`strconv.ParseInt: parsing "${text}": invalid syntax`);
  return Number(text);
}

function versionOf(text: string, watch: boolean): number | undefined {
  if (text === '') return undefined;
  if (/^\d+$/.test(text)) return Number(text);
  const problem = `resourceVersion: Invalid value: "${text}": strconv.ParseUint: parsing "${text}": invalid syntax`;
  // A watch opens below the checks of requests there, and what fails is taken for the server's own fault.
  throw watch ? new ApiError(500, '', problem) : badRequest(`invalid resource version: ${problem}`);
}

/** `ValidateListOptions` of apimachinery's internalversion. */
function refuseCombinations(parameters: URLSearchParams, watch: boolean): void {
  const match = parameters.get('resourceVersionMatch') ?? '';
  const initial = parameters.get('sendInitialEvents') !== null;
  const version = parameters.get('resourceVersion') ?? '';
  const field = 'resourceVersionMatch';
  const known = watch ? ['NotOlderThan'] : ['Exact', 'NotOlderThan'];
  const checks = new Checks();
  const forbid = (when: boolean, why: string, of = field): void => {
    if (when) checks.forbidden(of, why);
  };
  if (watch && initial) forbid(match !== 'NotOlderThan', `sendInitialEvents requires setting ${field} to NotOlderThan`);
  if (match !== '') {
    if (watch) forbid(!initial, `${field} is forbidden for watch unless sendInitialEvents is provided`);
    else forbid(version === '', `${field} is forbidden unless resourceVersion is provided`);
    checks.oneOf(field, match, watch ? known : [...known, '']);
    forbid(parameters.has('continue'), `${field} is forbidden for continue`);
    forbid(!watch && match === 'Exact' && version === '0', `${field} "exact" is forbidden for resourceVersion "0"`);
  }
  if (!watch) forbid(initial, 'sendInitialEvents is forbidden for list', 'sendInitialEvents');
  checks.refuse({ group: 'meta.k8s.io', kind: 'ListOptions' }, '');
}

/** One page of a collection: selectors, `limit` and `continue`, `resourceVersion` and its match. */
export function listPage(store: Store, resource: Resource, namespace: string | undefined, parameters: URLSearchParams): Page {
  const key = resourceKey(resource);
  const { version: asked, exact, limit, token } = collectionOptions(parameters, false);
  const selector = selectorOf(parameters, resource);
  if (asked !== undefined && asked > store.version) throw tooLargeVersion(asked, store.version);
  const version = token?.version ?? (exact ? asked : undefined) ?? store.version;
  if (!store.remembers(version)) throw token === undefined ? expired(tooOld) : expired(tooOldToken, textOf({ after: token.after }));
  let objects = version === store.version ? store.list(key, namespace) : store.listAt(key, namespace, version);
  if (selector !== undefined) objects = objects.filter(selector);
  if (token !== undefined) objects = objects.filter((object) => keyOfObject(object) > token.after);
  const items = objects.length > limit ? objects.slice(0, limit) : objects;
  const metadata: Page['metadata'] = { resourceVersion: String(version) };
  const last = items.at(-1);
  if (items.length < objects.length && last !== undefined) {
    metadata.continue = textOf({ version, after: keyOfObject(last) });
    if (selector === undefined) metadata.remainingItemCount = objects.length - items.length;
  }
  return { items: items.map((object) => inVersion(resource, object)), metadata };
}

/** The list object: a typed kind, and for built-in types items without their own kind, as the real server sends them. */
export function listObject(resource: Resource, { items, metadata }: Page): Record<string, unknown> {
  return {
    kind: resource.listKind,
    apiVersion: apiVersionOf(resource),
    metadata,
    items: resource.builtIn ? items.map((item) => without(item, 'apiVersion', 'kind')) : items,
  };
}

const tooOld = 'The resourceVersion for the provided list is too old.';
const tooOldToken =
  'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.';

function textOf(token: Token): string {
  return btoa(JSON.stringify(token));
}

function tokenOf(text: string | null): Token | undefined {
  if (text === null || text === '') return undefined;
  const refused = (why: string): ApiError => badRequest(`invalid continue token: continue key is not valid: ${why}`);
  let decoded: string;
  try {
    decoded = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  } catch {
    throw refused('illegal base64 data');
  }
  try {
    const value: unknown = JSON.parse(decoded);
    if (isRecord(value) && typeof value.after === 'string')
      return { after: value.after, ...(typeof value.version === 'number' && { version: value.version }) };
  } catch {
    throw refused(`invalid character '\\u${decoded.charCodeAt(0).toString(16).padStart(4, '0')}' looking for beginning of value`);
  }
  throw refused('it is not a token of this server');
}
