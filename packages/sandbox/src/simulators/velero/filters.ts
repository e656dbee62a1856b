import type { KubeObject, ResourceType } from '@kubectl-dr/core/ports/kubernetes';
import { resourceKey } from '@kubectl-dr/core/ports/kubernetes';
import { matchesPattern } from '@kubectl-dr/core/text/glob';
import { isRecord, listAt, recordAt, textsAt } from '../../api/json.ts';
import { labelSelector, selectorText } from '../../api/selectors.ts';

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

  get everything(): boolean {
    return this.includes.length === 0 || this.includes.includes('*');
  }

  /** The names that are included one by one, when no pattern stands among them. */
  get listed(): readonly string[] | undefined {
    return this.everything || this.includes.some((name) => /[*?[]/.test(name)) ? undefined : this.includes;
  }

  admits(name: string): boolean {
    if (this.excludes.some((pattern) => pattern === '*' || matchesPattern(pattern, name))) return false;
    return this.everything || this.includes.some((pattern) => matchesPattern(pattern, name));
  }
}

export function namespaceFilter(spec: unknown): NameFilter {
  return new NameFilter(textsAt(spec, 'includedNamespaces'), textsAt(spec, 'excludedNamespaces'));
}

/** Is the type called by one of these names: plural, plural with group, kind, or a short name? */
export function namesType(names: readonly string[], type: Pick<ResourceType, 'group' | 'resource'> & { kind?: string }): boolean {
  return names.some((name) => {
    const lower = name.toLowerCase();
    return [resourceKey(type), type.resource, type.kind?.toLowerCase(), '*'].includes(shortNames[lower] ?? lower);
  });
}

/**
 * Whether objects of a type are taken, by the old or the new style of filters. `related`: only those that belong to
 * what is taken, as the volumes of claims do.
 */
export function typeFilter(spec: unknown): (type: ResourceType) => boolean | 'related' {
  const included = textsAt(spec, 'includedResources');
  const excluded = textsAt(spec, 'excludedResources');
  const clusterIncluded = textsAt(spec, 'includedClusterScopedResources');
  const clusterExcluded = textsAt(spec, 'excludedClusterScopedResources');
  const insideIncluded = textsAt(spec, 'includedNamespaceScopedResources');
  const insideExcluded = textsAt(spec, 'excludedNamespaceScopedResources');
  const { includeClusterResources } = recordAt({ spec }, 'spec');
  const everyNamespace = namespaceFilter(spec).everything;
  return (type) => {
    if (namesType(excluded, type)) return false;
    if (included.length > 0 && !namesType(included, type)) return false;
    if (type.namespaced) {
      if (namesType(insideExcluded, type)) return false;
      return insideIncluded.length === 0 || namesType(insideIncluded, type);
    }
    if (namesType(clusterExcluded, type)) return false;
    if (clusterIncluded.length > 0) return namesType(clusterIncluded, type);
    if (includeClusterResources === false) return false;
    return includeClusterResources === true || everyNamespace ? true : 'related';
  };
}

/** `labelSelector`, or any of `orLabelSelectors`. */
export function labelFilter(spec: unknown): { selects: boolean; admits(object: KubeObject): boolean } {
  const one = recordAt(spec, 'labelSelector');
  const selectors = [...(Object.keys(one).length > 0 ? [one] : []), ...listAt(spec, 'orLabelSelectors').filter(isRecord)];
  const tests = selectors.map((selector) => labelSelector(selectorText(selector)) ?? (() => true));
  return { selects: tests.length > 0, admits: (object) => tests.length === 0 || tests.some((test) => test(object)) };
}
