import type { Registry } from './registry.ts';
import type { Resource } from './resource.ts';
import { acceptRanges } from './respond.ts';

type Json = Record<string, unknown>;

interface Subresource {
  name: string;
  /** Of the kind that it speaks. */
  group: string;
  version: string;
  kind: string;
  verbs: string[];
}

function subresources({ group, version, kind, statusSubresource, scale }: Resource): Subresource[] {
  const verbs = ['get', 'patch', 'update'];
  const builtIn: Record<string, Subresource> = {
    Namespace: { name: 'finalize', group, version, kind, verbs: ['update'] },
    ServiceAccount: { name: 'token', group: 'authentication.k8s.io', version: 'v1', kind: 'TokenRequest', verbs: ['create'] },
  };
  const own = group === '' ? builtIn[kind] : undefined;
  return [
    ...(statusSubresource ? [{ name: 'status', group, version, kind, verbs }] : []),
    ...(scale === undefined ? [] : [{ name: 'scale', group: 'autoscaling', version: 'v1', kind: 'Scale', verbs }]),
    ...(own === undefined ? [] : [own]),
  ];
}

function groupVersion(group: string, version: string): string {
  return group === '' ? version : `${group}/${version}`;
}

/** The version of aggregated discovery that the client asks for; undefined when it wants the older lists. */
function aggregatedVersion(request: Request): string | undefined {
  const wanted = acceptRanges(request.headers.get('accept')).find(({ type, parameters: { as, g, v } }) => {
    const known = as === 'APIGroupDiscoveryList' && g === 'apidiscovery.k8s.io' && (v === 'v2' || v === 'v2beta1');
    return type === 'application/json' && (known || as === undefined);
  });
  return wanted?.parameters.v;
}

/**
 * Answers `/api`, `/apis`, `/api/v1`, `/apis/<group>` and `/apis/<group>/<version>`: aggregated discovery for clients
 * that ask for it, the older lists for the others. Undefined for a path that is none of these, or not served.
 */
export function discovery(registry: Registry, request: Request, path: string): { body: Json; contentType: string } | undefined {
  const [root, ...parts] = path.split('/').filter((part) => part !== '');
  const groups = [...registry.groups()].filter(([name]) => (root === 'api') === (name === ''));
  const version = parts.length === 0 ? aggregatedVersion(request) : undefined;
  if (version !== undefined) {
    const contentType = `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`;
    return { body: aggregated(registry, groups, version), contentType };
  }
  const body = root === 'api' ? coreList(registry, groups, parts) : groupList(registry, groups, parts);
  return body && { body, contentType: 'application/json' };
}

function coreList(registry: Registry, groups: [string, string[]][], [version, ...rest]: string[]): Json | undefined {
  if (version === undefined) return { kind: 'APIVersions', versions: groups[0]?.[1] ?? [], serverAddressByClientCIDRs: [] };
  return rest.length === 0 ? resourceList(registry, '', version) : undefined;
}

function groupList(registry: Registry, groups: [string, string[]][], [name, version, ...rest]: string[]): Json | undefined {
  if (name === undefined) return { kind: 'APIGroupList', apiVersion: 'v1', groups: groups.map(groupObject) };
  const group = groups.find(([known]) => known === name);
  if (group === undefined || rest.length > 0) return undefined;
  return version === undefined ? { kind: 'APIGroup', apiVersion: 'v1', ...groupObject(group) } : resourceList(registry, name, version);
}

function groupObject([name, versions]: [string, string[]]): Json {
  const told = versions.map((version) => ({ groupVersion: groupVersion(name, version), version }));
  return { name, versions: told, preferredVersion: told[0] };
}

function optional(resource: Resource): Json {
  return Object.fromEntries(
    Object.entries({ shortNames: resource.shortNames, categories: resource.categories }).filter(([, list]) => list.length > 0),
  );
}

function resourceList(registry: Registry, group: string, version: string): Json | undefined {
  const resources = registry.inVersion(group, version);
  if (resources.length === 0) return undefined;
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: groupVersion(group, version),
    resources: resources.flatMap((resource) => {
      const { resource: name, singular: singularName, namespaced, kind, verbs } = resource;
      const others = subresources(resource).map((sub) => ({
        name: `${name}/${sub.name}`,
        singularName: '',
        namespaced,
        ...(sub.group === group ? {} : { group: sub.group, version: sub.version }),
        kind: sub.kind,
        verbs: sub.verbs,
      }));
      return [{ name, singularName, namespaced, kind, verbs, ...optional(resource) }, ...others];
    }),
  };
}

function aggregated(registry: Registry, groups: [string, string[]][], form: string): Json {
  const told = (resource: Resource): Json => ({
    resource: resource.resource,
    responseKind: { group: resource.group, version: resource.version, kind: resource.kind },
    scope: resource.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: resource.singular,
    verbs: resource.verbs,
    ...optional(resource),
    subresources: subresources(resource).map(({ name, verbs, ...responseKind }) => ({ subresource: name, responseKind, verbs })),
  });
  const items = groups.map(([name, versions]) => ({
    metadata: { ...(name !== '' && { name }), creationTimestamp: null },
    versions: versions.map((version) => ({ version, freshness: 'Current', resources: registry.inVersion(name, version).map(told) })),
  }));
  return { kind: 'APIGroupDiscoveryList', apiVersion: `apidiscovery.k8s.io/${form}`, metadata: {}, items };
}
