import { apiVersionOf, resourceKey } from '@kubectl-dr/core/ports/kubernetes';
import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { isRecord, without } from './json.ts';
import { inVersion } from './registry.ts';
import type { Resource } from './resource.ts';
import { selectorOf } from './selectors.ts';
import { badRequest, tooLargeVersion } from './status.ts';
import type { Store } from './store.ts';
import { keyOfObject } from './store.ts';

export interface Page {
  items: KubeObject[];
  /** `metadata` of the list. */
  metadata: { resourceVersion: string; continue?: string; remainingItemCount?: number };
}

interface Token {
  version: number;
  /** Key of the last object of the page before. */
  after: string;
}

/** A number out of a query, or undefined when it is absent or empty. */
export function versionOf(text: string | null): number | undefined {
  if (text === null || text === '') return undefined;
  if (!/^\d+$/.test(text)) throw badRequest(`Invalid value for resourceVersion: "${text}"`);
  return Number(text);
}

/** One page of a collection: selectors, `limit` and `continue`, `resourceVersion` and its match. */
export function listPage(store: Store, resource: Resource, namespace: string | undefined, parameters: URLSearchParams): Page {
  const key = resourceKey(resource);
  const selector = selectorOf(parameters, resource);
  const limit = Number(parameters.get('limit') ?? 0) || Number.POSITIVE_INFINITY;
  const token = tokenOf(parameters.get('continue'));
  const asked = versionOf(parameters.get('resourceVersion'));
  if (asked !== undefined && asked > store.version) throw tooLargeVersion(asked, store.version);
  const exact = parameters.get('resourceVersionMatch') === 'Exact' ? asked : undefined;
  const version = token?.version ?? exact ?? store.version;
  let objects = version === store.version ? store.list(key, namespace) : store.listAt(key, namespace, version);
  if (selector !== undefined) objects = objects.filter(selector);
  if (token !== undefined) objects = objects.filter((object) => keyOfObject(object) > token.after);
  const items = objects.length > limit ? objects.slice(0, limit) : objects;
  const metadata: Page['metadata'] = { resourceVersion: String(version) };
  const last = items.at(-1);
  if (items.length < objects.length && last !== undefined) {
    metadata.continue = btoa(JSON.stringify({ version, after: keyOfObject(last) }));
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

function tokenOf(text: string | null): Token | undefined {
  if (text === null || text === '') return undefined;
  try {
    const value: unknown = JSON.parse(atob(text));
    if (isRecord(value) && typeof value.version === 'number' && typeof value.after === 'string')
      return { version: value.version, after: value.after };
  } catch {
    // Said below.
  }
  throw badRequest('continue key is not valid: encoding/decoding error');
}
