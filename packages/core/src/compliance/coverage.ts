import { matches, parseSelector } from '../application/selector.ts';
import type { Scope } from '../protection/model.ts';
import { matchesPattern } from '../text/glob.ts';

/** What a scope is compared with: the objects of a component in one namespace. */
export interface CoverageTarget {
  namespace: string;
  /** Labels of its workloads and claims. Empty: nothing is known of its objects. */
  labels: readonly Readonly<Record<string, string>>[];
  /** Names of its claims. */
  claims?: readonly string[];
}

/** Does the scope reach into the namespace at all? */
export function reachesNamespace(scope: Scope, namespace: string): boolean {
  if (scope.excludedNamespaces.some((pattern) => matchesPattern(pattern, namespace))) return false;
  return scope.namespaces === '*' || scope.namespaces.some((pattern) => matchesPattern(pattern, namespace));
}

/**
 * Could the scope hold the component? False only when that is certain: the namespace is outside, or the selector takes
 * none of the component's objects. What exactly is inside, the contents of a point tell.
 */
export function covers(scope: Scope, target: CoverageTarget): boolean {
  if (!reachesNamespace(scope, target.namespace)) return false;
  // Of volumes alone it is known exactly which; of a component without any nothing could be inside.
  if (scope.claims) return target.claims?.some((name) => scope.claims!.includes(name)) ?? false;
  if (scope.labelSelector === undefined || target.labels.length === 0) return true;
  const requirements = parseSelector(scope.labelSelector);
  return requirements === undefined || target.labels.some((labels) => matches(requirements, labels));
}

/** Is everything of a reached namespace taken, so that a finished point needs no look inside to believe its objects? */
export function takesEverything(scope: Scope): boolean {
  const unlimited = (list: readonly string[] | undefined) => list === undefined || list.length === 0 || list.includes('*');
  return scope.labelSelector === undefined && unlimited(scope.includedResources) && (scope.excludedResources ?? []).length === 0;
}
