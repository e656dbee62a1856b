import type { Config } from '@backstage/config';
import { InputError } from '@kubectl-dr/core/errors';
import { HttpCluster } from '@kubectl-dr/kubernetes';
import { configuredCluster } from '@kubectl-dr/kubernetes/configured';
import type { LocatedClusters } from '../clusters/FoundClusters.ts';
import type { ConfiguredCluster, Surroundings } from './clusters.ts';

/** How clusters of the Kubernetes plugin are reached: by their own address, through its proxy, or whichever works. */
export type ClusterAccess = 'auto' | 'direct' | 'proxy';

const accesses: readonly ClusterAccess[] = ['auto', 'direct', 'proxy'];
/** These let in whoever looks, and nobody looks in the background. All others, those of modules too, have credentials of the backend. */
const clientSide = new Set(['', 'aks', 'google', 'oidc']);

/** `/api/kubernetes` of the Kubernetes plugin, asked in this plugin's own name. */
export interface KubernetesPlugin {
  baseUrl(): Promise<string>;
  token(): Promise<string>;
  /** All that its locators find, those of modules too. */
  clusters(): Promise<{ name: string; authProvider: string }[]>;
}

export interface ClustersOfPlugin {
  clusters: ConfiguredCluster[];
  /** What is configured there and cannot be used, a sentence each. */
  problems: string[];
  /** Where the plugin is asked: what its locators find now. */
  found?: LocatedClusters;
}

/**
 * Clusters of `kubernetes.clusterLocatorMethods`, so that nobody writes them down twice. With `dr.clusterAccess: auto` only where
 * `dr.clusters` names none; a name of `dr.clusters` always means the cluster there. What is not in the configuration (locators of the
 * catalog, of clouds and of modules) is asked of the plugin: `found`.
 */
export async function clustersOfKubernetesPlugin(
  root: Config,
  { own, surroundings, plugin }: { own: readonly string[]; surroundings: Surroundings; plugin: KubernetesPlugin },
): Promise<ClustersOfPlugin> {
  const chosen = clusterAccess(root);
  if (chosen === 'auto' && own.length > 0) return { clusters: [], problems: [] };
  const clusters: ConfiguredCluster[] = [];
  const problems: string[] = [];
  /** Of clusters that are taken, or refused with a reason. */
  const decided = new Set(own);
  /** Locators that find their clusters by themselves. */
  const finders: string[] = [];
  for (const [at, method] of (root.getOptionalConfigArray('kubernetes.clusterLocatorMethods') ?? []).entries()) {
    const key = `kubernetes.clusterLocatorMethods[${at}]`;
    const type = method.getString('type');
    if (type !== 'config') {
      finders.push(`${key} (${type})`);
      continue;
    }
    for (const [index, config] of (method.getOptionalConfigArray('clusters') ?? []).entries()) {
      const where = `${key}.clusters[${index}]`;
      const name = config.getString('name');
      if (decided.has(name)) continue;
      const provider =
        config.getOptionalString('authProvider') ?? config.getOptionalString('authMetadata.kubernetes.io/auth-provider') ?? '';
      const direct = provider === 'serviceAccount' && config.has('serviceAccountToken');
      decided.add(name);
      const refused = refusal(where, name, provider);
      if (refused !== undefined) {
        problems.push(refused);
        continue;
      }
      if (direct && chosen !== 'proxy') clusters.push(await directCluster(config, name, where, surroundings));
      else if (chosen === 'direct')
        problems.push(`${where} (${name}) has no serviceAccountToken: set dr.clusterAccess to auto or proxy, or name it under dr.clusters`);
      else clusters.push(await proxiedCluster(name, plugin));
    }
  }
  if (chosen === 'direct')
    problems.push(...finders.map((where) => `${where} finds its clusters by itself: set dr.clusterAccess to auto or proxy for them`));
  if (chosen === 'direct' || (finders.length === 0 && chosen !== 'proxy')) return { clusters, problems };
  return {
    clusters,
    problems,
    found: {
      says: 'The Kubernetes plugin',
      names: () => located(plugin, finders, decided),
      async clusterOf(name) {
        const client = await proxiedCluster(name, plugin);
        return { client, close: () => client.close() };
      },
    },
  };
}

async function located(
  plugin: KubernetesPlugin,
  finders: readonly string[],
  decided: ReadonlySet<string>,
): Promise<{ names: string[]; problems: string[] }> {
  const found = (await plugin.clusters()).filter(({ name }) => !decided.has(name));
  const problems = found.flatMap(({ name, authProvider }) => refusal('A cluster of the Kubernetes plugin', name, authProvider) ?? []);
  if (found.length === 0 && finders.length > 0) problems.push(`${finders.join(', ')} found no cluster besides`);
  const usable = found.filter(({ authProvider }) => !clientSide.has(authProvider)).map(({ name }) => name);
  return { names: [...new Set(usable)], problems };
}

/** Why a cluster cannot be used, if so. */
function refusal(where: string, name: string, provider: string): string | undefined {
  if (!clientSide.has(provider)) return undefined;
  return `${where} (${name}) lets in whoever looks (${provider || 'no authProvider'}), and nobody looks in the background`;
}

/** InputError for another value. */
export function clusterAccess(root: Config): ClusterAccess {
  const text = root.getOptionalString('dr.clusterAccess') ?? 'auto';
  const found = accesses.find((access) => access === text);
  if (found) return found;
  throw new InputError(`dr.clusterAccess is not one of ${accesses.join(', ')}: ${JSON.stringify(text)}`, { code: 'BAD_CONFIG' });
}

async function directCluster(config: Config, name: string, where: string, { env, cwd }: Surroundings): Promise<ConfiguredCluster> {
  const definition = {
    name,
    url: config.getString('url'),
    token: config.getString('serviceAccountToken'),
    caData: config.getOptionalString('caData'),
    caFile: config.getOptionalString('caFile'),
    skipTLSVerify: config.getOptionalBoolean('skipTLSVerify'),
  };
  return new HttpCluster({ name, config: await configuredCluster(definition, { env, directory: cwd, where }) });
}

async function proxiedCluster(name: string, { baseUrl, token }: KubernetesPlugin): Promise<ConfiguredCluster> {
  return new HttpCluster({
    name,
    config: { name, cluster: { name, server: `${await baseUrl()}/proxy` }, user: { name: 'portal' } },
    headers: async () => ({ authorization: `Bearer ${await token()}`, 'backstage-kubernetes-cluster': name }),
  });
}
