import type { KubeObject, ResourceType } from '@kubectl-dr/core/ports/kubernetes';
import { resourceKey } from '@kubectl-dr/core/ports/kubernetes';
import { isPattern, matchesPattern } from '@kubectl-dr/core/text/glob';
import { isRecord, listAt, recordAt, textsAt } from '../../api/json.ts';
import { selectorText } from '../../api/selector-text.ts';
import { labelSelector } from '../../api/selectors.ts';

export const excludeLabel = 'velero.io/exclude-from-backup';

const shortNames: Record<string, string> = {
  cm: 'configmaps',
  deploy: 'deployments',
  ds: 'daemonsets',
  ing: 'ingresses',
  ns: 'namespaces',
  po: 'pods',
  pv: 'persistentvolumes',
  pvc: 'persistentvolumeclaims',
  sa: 'serviceaccounts',
  sc: 'storageclasses',
  sts: 'statefulsets',
  svc: 'services',
};

/** Includes and excludes of names; an empty list of includes, or `*`, is everything. */
export class NameFilter {
  readonly includes: readonly string[];
  readonly excludes: readonly string[];

  constructor(includes: readonly string[], excludes: readonly string[]) {
    this.includes = includes;
    this.excludes = excludes;
  }

  /** Nothing is left out, so far as the words go. */
  get everyOne(): boolean {
    return this.everything && this.excludes.length === 0;
  }

  get everything(): boolean {
    return this.includes.length === 0 || this.includes.includes('*');
  }

  /** The names that are included one by one, when no pattern stands among them. */
  get listed(): readonly string[] | undefined {
    return this.everything || this.includes.some(isPattern) ? undefined : this.includes;
  }

  admits(name: string): boolean {
    if (this.excludes.some((pattern) => pattern === '*' || matchesPattern(pattern, name))) return false;
    return this.everything || this.includes.some((pattern) => matchesPattern(pattern, name));
  }
}

export function namespaceFilter(spec: unknown): NameFilter {
  return new NameFilter(textsAt(spec, 'includedNamespaces'), textsAt(spec, 'excludedNamespaces'));
}

/** Is the type called by one of these names: plural, plural with group, kind, a short name, or a pattern of plural and group? */
export function namesType(names: readonly string[], type: Pick<ResourceType, 'group' | 'resource'> & { kind?: string }): boolean {
  return names.some((name) => {
    const lower = shortNames[name.toLowerCase()] ?? name.toLowerCase();
    return [type.resource, type.kind?.toLowerCase()].includes(lower) || matchesPattern(lower, resourceKey(type));
  });
}

export interface TypeFilter {
  /** Are objects of the type listed? */
  lists(type: ResourceType): boolean;
  /** May they come along with what is listed, as the volumes of claims do? */
  admits(type: ResourceType): boolean;
}

/** Which types are taken, by the old or the new words of the spec (`includes_excludes.go`). */
export function typeFilter(spec: unknown): TypeFilter {
  return usesOldFilters(spec) ? globalFilter(spec) : scopedFilter(spec);
}

export function usesOldFilters(spec: unknown): boolean {
  const { includeClusterResources = null } = recordAt({ spec }, 'spec');
  return includeClusterResources !== null || textsAt(spec, 'includedResources').length > 0 || textsAt(spec, 'excludedResources').length > 0;
}

function globalFilter(spec: unknown): TypeFilter {
  const included = textsAt(spec, 'includedResources');
  const excluded = textsAt(spec, 'excludedResources');
  const { includeClusterResources = null } = recordAt({ spec }, 'spec');
  const everyNamespace = namespaceFilter(spec).everyOne;
  const named = (type: ResourceType): boolean => !namesType(excluded, type) && (included.length === 0 || namesType(included, type));
  return {
    lists(type) {
      if (!type.namespaced && includeClusterResources === false) return false;
      const onlyAlong = !type.namespaced && includeClusterResources === null && !everyNamespace && !isNamespaces(type);
      return !onlyAlong && named(type);
    },
    admits: (type) =>
      type.namespaced || includeClusterResources === null ? named(type) : includeClusterResources === true && !namesType(excluded, type),
  };
}

function scopedFilter(spec: unknown): TypeFilter {
  const inside = {
    included: textsAt(spec, 'includedNamespaceScopedResources'),
    excluded: textsAt(spec, 'excludedNamespaceScopedResources'),
  };
  const cluster = { included: textsAt(spec, 'includedClusterScopedResources'), excluded: textsAt(spec, 'excludedClusterScopedResources') };
  const lists = (type: ResourceType): boolean => {
    if (namesType(type.namespaced ? inside.excluded : cluster.excluded, type)) return false;
    // The server always passes over a type of the cluster: "everything" does not bring the others along.
    if (!type.namespaced) return isNamespaces(type) || namesType(cluster.included, type);
    return inside.included.length === 0 || namesType(inside.included, type);
  };
  return { lists, admits: (type) => (type.namespaced ? lists(type) : !namesType(cluster.excluded, type)) };
}

function isNamespaces({ group, resource }: ResourceType): boolean {
  return group === '' && resource === 'namespaces';
}

/** `labelSelector`, or any of `orLabelSelectors`. */
export function labelFilter(spec: unknown): { selects: boolean; admits(object: KubeObject): boolean } {
  const one = recordAt(spec, 'labelSelector');
  const selectors = [...(Object.keys(one).length > 0 ? [one] : []), ...listAt(spec, 'orLabelSelectors').filter(isRecord)];
  const tests = selectors.map((selector) => labelSelector(selectorText(selector)) ?? (() => true));
  return { selects: tests.length > 0, admits: (object) => tests.length === 0 || tests.some((test) => test(object)) };
}
