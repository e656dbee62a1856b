import type { Application, Component } from '../../application/model.ts';
import { NotFoundError } from '../../errors.ts';
import type { Reason } from '../../reason.ts';
import { nearest } from '../../text/nearest.ts';
import type { PlanRequest } from '../model.ts';

/**
 * Names of the components that are meant: those that are named, or all, but for `without`. Undefined: nothing is said. A name that no
 * component has is a NotFoundError.
 */
export function componentsOf(
  { name: application, components }: Application,
  { components: named, without }: Pick<PlanRequest, 'components' | 'without'>,
): string[] | undefined {
  if (without === undefined || without.length === 0) return named;
  const found = (wanted: string): string => {
    const component = components.find(({ name, entityRef }) => name === wanted || entityRef === wanted);
    if (component) return component.name;
    const guess = nearest(
      wanted,
      components.map(({ name }) => name),
    );
    throw new NotFoundError(`the application ${application} has no component "${wanted}"`, {
      hint: guess ? `did you mean "${guess}"?` : `kubectl dr status ${application}`,
    });
  };
  const left = new Set(without.map(found));
  return (named?.map(found) ?? components.map(({ name }) => name)).filter((name) => !left.has(name));
}

/** What is known of the clusters that a move leaves components on. */
export interface Behind {
  to: string;
  isReachable(cluster: string): boolean;
  /** Why it goes on although a source does not answer. */
  override?: string;
}

/** What a move of some components does to those that stay on other clusters, and to what depends on either. */
export function remarksOnStaying({ components }: Application, moved: readonly string[], behind: Behind): Reason[] {
  const goes = new Set(moved);
  const stays = new Map(
    components.flatMap((component) => {
      const clusters = goes.has(component.name) ? [] : clustersLeft(component, behind.to);
      return clusters.length > 0 ? [[component.name, clusters] as const] : [];
    }),
  );
  const staying = [...stays].flatMap(([component, clusters]) => clusters.map((cluster) => remark(component, cluster, behind)));
  const edges = components.flatMap(({ name, dependsOn }) =>
    dependsOn.flatMap((other): Reason[] => {
      const [left, kept] = [stays.get(other), stays.get(name)];
      if (goes.has(name) && left) return [needed(name, other, left, behind)];
      return kept && goes.has(other) ? [taken(name, other, kept, behind)] : [];
    }),
  );
  return [...staying, ...edges];
}

function clustersLeft({ placements }: Component, to: string): string[] {
  return [...new Set(placements.flatMap(({ cluster }) => (cluster === undefined || cluster === to ? [] : [cluster])))];
}

function remark(component: string, cluster: string, { isReachable, override }: Behind): Reason {
  if (isReachable(cluster))
    return { code: 'COMPONENT_LEFT_BEHIND', severity: 'info', component, cluster, message: `${component} stays on ${cluster} as it is` };
  return {
    code: 'COMPONENT_LEFT_BEHIND',
    severity: 'warning',
    component,
    cluster,
    message: `${component} stays on ${cluster}, which does not answer: it counts as not running until ${cluster} is back`,
    ...(override !== undefined && { evidence: [`accepted: ${override}`] }),
    fix: `when ${cluster} answers again it goes on there by itself: kubectl dr status`,
  };
}

function needed(component: string, other: string, clusters: readonly string[], { to, isReachable }: Behind): Reason {
  const where = clusters.join(' and ');
  const runs = clusters.some(isReachable);
  return {
    code: 'DEPENDENCY_LEFT_BEHIND',
    severity: 'warning',
    component,
    cluster: to,
    message: `${component} goes to ${to} and depends on ${other}, which ${runs ? `stays on ${where}` : `is not running as long as ${where} does not answer`}`,
    evidence: [`${component} -> ${other}`],
    fix: runs
      ? `see that ${component} reaches it from ${to}, or leave it where it is as well: --without ${component}`
      : `see that ${component} works without it`,
  };
}

function taken(component: string, other: string, clusters: readonly string[], { to, isReachable }: Behind): Reason {
  const where = clusters.join(' and ');
  return {
    code: 'DEPENDENCY_LEFT_BEHIND',
    severity: clusters.some(isReachable) ? 'warning' : 'info',
    component,
    cluster: clusters[0]!,
    message: `${component} stays on ${where} and depends on ${other}, which goes to ${to}`,
    evidence: [`${component} -> ${other}`],
    fix: `see that ${component} reaches it at ${to}, or stop it meanwhile`,
  };
}
