import type { Registry } from './registry.ts';
import type { Resource } from './resource.ts';
import { acceptRanges } from './respond.ts';

type Json = Record<string, unknown>;

/** Subresources of a type, with the kind they speak. */
function subresources(resource: Resource): { name: string; group: string; version: string; kind: string; verbs: string[] }[] {
  const { group, version, kind } = resource;
  const update = ['get', 'patch', 'update'];
  return [
    ...(resource.statusSubresource ? [{ name: 'status', group, version, kind, verbs: update }] : []),
    ...(resource.scale === undefined ? [] : [{ name: 'scale', group: 'autoscaling', version: 'v1', kind: 'Scale', verbs: update }]),
    ...(group === '' && kind === 'Namespace' ? [{ name: 'finalize', group, version, kind, verbs: ['update'] }] : []),
    ...(group === '' && kind === 'Pod' ? [{ name: 'eviction', group: 'policy', version: 'v1', kind: 'Eviction', verbs: ['create'] }] : []),
  ];
}

function inVersion(registry: Registry, group: string, version: string): Resource[] {
  return registry.all().filter((resource) => resource.group === group && resource.version === version);
}

function groupVersion(group: string, version: string): string {
  return group === '' ? version : `${group}/${version}`;
}

function preferredForm(request: Request): string | undefined {
  for (const { type, parameters } of acceptRanges(request.headers.get('accept'))) {
    if (type !== 'application/json') continue;
    if (parameters.as === undefined) return undefined;
    const known = parameters.g === 'apidiscovery.k8s.io' && (parameters.v === 'v2' || parameters.v === 'v2beta1');
    if (known && parameters.as === 'APIGroupDiscoveryList') return parameters.v;
  }
  return undefined;
}

/**
 * Answers `/api`, `/apis`, `/api/v1`, `/apis/<group>` and `/apis/<group>/<version>`: aggregated discovery for clients
 * that ask for it, the older lists for the others. Undefined for a path that is none of these, or not served.
 */
export function discovery(registry: Registry, request: Request, path: string): { body: Json; contentType: string } | undefined {
  const parts = path.split('/').filter((part) => part !== '');
  const plain = (body: Json | undefined): { body: Json; contentType: string } | undefined =>
    body === undefined ? undefined : { body, contentType: 'application/json' };
  const groups = registry.groups();
  if (parts.length === 1) {
    const form = preferredForm(request);
    const names = [...groups.keys()].filter((name) => (parts[0] === 'api') === (name === ''));
    if (form !== undefined) {
      return {
        body: aggregated(registry, names, groups, form),
        contentType: `application/json;g=apidiscovery.k8s.io;v=${form};as=APIGroupDiscoveryList`,
      };
    }
    if (parts[0] === 'api') return plain({ kind: 'APIVersions', versions: groups.get('') ?? [], serverAddressByClientCIDRs: [] });
    return plain({ kind: 'APIGroupList', apiVersion: 'v1', groups: names.map((name) => groupObject(name, groups.get(name) ?? [])) });
  }
  if (parts[0] === 'api') return parts.length === 2 ? plain(resourceList(registry, '', parts[1]!)) : undefined;
  const versions = groups.get(parts[1]!);
  if (versions === undefined) return undefined;
  if (parts.length === 2) return plain({ kind: 'APIGroup', apiVersion: 'v1', ...groupObject(parts[1]!, versions) });
  return parts.length === 3 ? plain(resourceList(registry, parts[1]!, parts[2]!)) : undefined;
}

function groupObject(name: string, versions: string[]): Json {
  const told = versions.map((version) => ({ groupVersion: groupVersion(name, version), version }));
  return { name, versions: told, preferredVersion: told[0] };
}

function resourceList(registry: Registry, group: string, version: string): Json | undefined {
  const resources = inVersion(registry, group, version);
  if (resources.length === 0) return undefined;
  const optional = (field: string, list: string[]): Json => (list.length === 0 ? {} : { [field]: list });
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: groupVersion(group, version),
    resources: resources.flatMap((resource) => [
      {
        name: resource.resource,
        singularName: resource.singular,
        namespaced: resource.namespaced,
        kind: resource.kind,
        verbs: resource.verbs,
        ...optional('shortNames', resource.shortNames),
        ...optional('categories', resource.categories),
      },
      ...subresources(resource).map((sub) => ({
        name: `${resource.resource}/${sub.name}`,
        singularName: '',
        namespaced: resource.namespaced,
        ...(sub.group === group ? {} : { group: sub.group, version: sub.version }),
        kind: sub.kind,
        verbs: sub.verbs,
      })),
    ]),
  };
}

function aggregated(registry: Registry, names: string[], groups: Map<string, string[]>, form: string): Json {
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: `apidiscovery.k8s.io/${form}`,
    metadata: {},
    items: names.map((name) => ({
      metadata: { ...(name === '' ? {} : { name }), creationTimestamp: null },
      versions: (groups.get(name) ?? []).map((version) => ({
        version,
        freshness: 'Current',
        resources: inVersion(registry, name, version).map((resource) => ({
          resource: resource.resource,
          responseKind: { group: name, version, kind: resource.kind },
          scope: resource.namespaced ? 'Namespaced' : 'Cluster',
          singularResource: resource.singular,
          verbs: resource.verbs,
          ...(resource.shortNames.length === 0 ? {} : { shortNames: resource.shortNames }),
          ...(resource.categories.length === 0 ? {} : { categories: resource.categories }),
          ...withSubresources(resource),
        })),
      })),
    })),
  };
}

function withSubresources(resource: Resource): Json {
  const subs = subresources(resource).map(({ name, group, version, kind, verbs }) => ({
    subresource: name,
    responseKind: { group, version, kind },
    verbs,
  }));
  return subs.length === 0 ? {} : { subresources: subs };
}
