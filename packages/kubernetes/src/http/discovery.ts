import type { ResourceType } from '@kubectl-dr/core/ports/kubernetes';
import type { Transport } from './transport.ts';

const aggregated = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json';
const target = { verb: 'discover', what: 'API resources' };

interface GroupDiscovery {
  metadata?: { name?: string };
  versions?: {
    version?: string;
    freshness?: string;
    resources?: { resource?: string; scope?: string; verbs?: string[]; responseKind?: { kind?: string } }[];
  }[];
}

/**
 * Every type whose objects can be listed, in its preferred version, by two requests; servers without aggregated discovery
 * by one per group version. Reviews and bindings are questions and commands: nothing of them is ever stored.
 */
export async function discover(transport: Transport, signal?: AbortSignal): Promise<ResourceType[]> {
  const options = signal ? { signal } : {};
  const answers = await Promise.all(
    ['/api', '/apis'].map(
      (path) =>
        transport.json({ method: 'GET', path, accept: aggregated, target, ...options }) as Promise<{
          kind?: string;
          items?: GroupDiscovery[];
        }>,
    ),
  );
  if (answers.every((answer) => answer.kind === 'APIGroupDiscoveryList'))
    return answers.flatMap((answer) => (answer.items ?? []).flatMap(typesOfGroup));
  return legacy(transport, options);
}

function typesOfGroup(group: GroupDiscovery): ResourceType[] {
  const types = new Map<string, ResourceType>();
  // Versions come in order of preference; a type that only an older one serves is still a type.
  for (const { version, resources } of group.versions ?? []) {
    for (const { resource, scope, verbs, responseKind } of resources ?? []) {
      if (!version || !resource || !responseKind?.kind || !verbs?.includes('list') || types.has(resource)) continue;
      types.set(resource, {
        group: group.metadata?.name ?? '',
        version,
        resource,
        kind: responseKind.kind,
        namespaced: scope === 'Namespaced',
      });
    }
  }
  return [...types.values()];
}

async function legacy(transport: Transport, options: { signal?: AbortSignal }): Promise<ResourceType[]> {
  const { groups } = (await transport.json({ method: 'GET', path: '/apis', target, ...options })) as {
    groups?: { name: string; preferredVersion: { version: string } }[];
  };
  const roots = [
    { group: '', version: 'v1', path: '/api/v1' },
    ...(groups ?? []).map(({ name, preferredVersion: { version } }) => ({ group: name, version, path: `/apis/${name}/${version}` })),
  ];
  const lists = await Promise.all(
    roots.map(async ({ group, version, path }) => {
      const { resources } = (await transport.json({ method: 'GET', path, target, ...options })) as {
        resources?: { name: string; kind: string; namespaced: boolean; verbs?: string[] }[];
      };
      return (resources ?? [])
        .filter(({ name, verbs }) => !name.includes('/') && verbs?.includes('list'))
        .map(({ name, kind, namespaced }) => ({ group, version, resource: name, kind, namespaced }));
    }),
  );
  return lists.flat();
}
