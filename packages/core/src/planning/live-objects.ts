import { DrError } from '../errors.ts';
import type { ClusterClient } from '../ports/cluster.ts';
import type { KubeObject, ResourceType } from '../ports/kubernetes.ts';
import { apiVersionOf, resourceKey, types } from '../ports/kubernetes.ts';
import { mechanismFor } from './suspension.ts';

/** What is in one namespace now, of the kinds that a restore is about. */
export interface LiveNamespace {
  objects: KubeObject[];
  /** Kinds that could not be listed, by `resourceKey`: of them nothing is known. */
  failures: Map<string, DrError>;
}

/** Kinds that are looked at even when the point holds none of them: what exists now and did not then. */
const usual: readonly ResourceType[] = [
  types.configMaps,
  types.secrets,
  types.services,
  types.serviceAccounts,
  types.persistentVolumeClaims,
  types.pods,
  types.deployments,
  types.statefulSets,
  types.daemonSets,
  types.jobs,
  types.cronJobs,
  types.ingresses,
  types.networkPolicies,
  types.horizontalPodAutoscalers,
  types.podDisruptionBudgets,
  types.roles,
  types.roleBindings,
  types.resourceQuotas,
];
/** The served types of a restore into a namespace: those captured, the usual ones, and those of controllers to suspend. */
export function kindsToRead(captured: readonly KubeObject[], served: readonly ResourceType[]): ResourceType[] {
  const wanted = new Set(captured.map(({ apiVersion, kind }) => `${groupOf(apiVersion)}/${kind}`));
  for (const type of usual) wanted.add(`${type.group}/${type.kind}`);
  const isController = (type: ResourceType): boolean => mechanismFor({ apiVersion: apiVersionOf(type), kind: type.kind }) !== undefined;
  return served.filter((type) => type.namespaced && (wanted.has(`${type.group}/${type.kind}`) || isController(type)));
}

/**
 * The served types, with those older or newer versions that the point was written in and the server still takes: it
 * tells only the preferred one of each.
 */
export async function withCapturedVersions(
  cluster: ClusterClient,
  namespace: string,
  captured: readonly KubeObject[],
  served: readonly ResourceType[],
  signal?: AbortSignal,
): Promise<ResourceType[]> {
  const known = new Set(served.map((type) => `${apiVersionOf(type)}/${type.kind}`));
  const wanted = new Map<string, ResourceType>();
  for (const { apiVersion, kind } of captured) {
    const type = served.find((candidate) => candidate.kind === kind && candidate.group === groupOf(apiVersion));
    if (!type?.namespaced || known.has(`${apiVersion}/${kind}`)) continue;
    wanted.set(`${apiVersion}/${kind}`, { ...type, version: apiVersion.slice(apiVersion.indexOf('/') + 1) });
  }
  const found = await Promise.all(
    [...wanted.values()].map(async (type) => {
      try {
        await cluster.list(type, { namespace, ...(signal && { signal }) });
        return [type];
      } catch (error) {
        if (error instanceof DrError && error.code === 'NOT_FOUND') return [];
        if (error instanceof DrError && error.code === 'FORBIDDEN') return [type];
        throw error;
      }
    }),
  );
  return [...served, ...found.flat()];
}

/** One list per kind, however many objects there are. */
export async function readLive(
  cluster: ClusterClient,
  namespace: string,
  kinds: readonly ResourceType[],
  signal?: AbortSignal,
): Promise<LiveNamespace> {
  const failures = new Map<string, DrError>();
  const lists = await Promise.all(
    kinds.map(async (type) => {
      try {
        const { items } = await cluster.list(type, { namespace, ...(signal && { signal }) });
        // Lists leave apiVersion and kind out of their items.
        return items.map((item) => ({ ...item, apiVersion: apiVersionOf(type), kind: type.kind }));
      } catch (error) {
        if (!(error instanceof DrError) || (error.code !== 'FORBIDDEN' && error.code !== 'NOT_FOUND')) throw error;
        failures.set(resourceKey(type), error);
        return [];
      }
    }),
  );
  return { objects: lists.flat(), failures };
}

export function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf('/');
  return slash < 0 ? '' : apiVersion.slice(0, slash);
}

/** `apps/Deployment/web`: the same object in whatever version it is written. */
export function objectKey({ apiVersion, kind, metadata }: KubeObject): string {
  return `${groupOf(apiVersion)}/${kind}/${metadata.name}`;
}
