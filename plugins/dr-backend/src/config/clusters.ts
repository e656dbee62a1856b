import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Config } from '@backstage/config';
import { InputError } from '@kubectl-dr/core/errors';
import type { ClusterClient } from '@kubectl-dr/core/ports/cluster';
import { HttpCluster, loadKubeConfig, resolveContext } from '@kubectl-dr/kubernetes';
import type { ClusterConfig } from '@kubectl-dr/kubernetes';

export interface Surroundings {
  env: Record<string, string | undefined>;
  cwd: string;
}

export type ConfiguredCluster = ClusterClient & { close(): Promise<void> };

const serviceAccount = '/var/run/secrets/kubernetes.io/serviceaccount';

/** The clients of `dr.clusters[]`. Nothing is connected yet; a wrong value is refused by the path of its key. */
export async function configuredClusters(root: Config, { env, cwd }: Surroundings): Promise<ConfiguredCluster[]> {
  const clusters: ConfiguredCluster[] = [];
  for (const [index, config] of (root.getOptionalConfigArray('dr.clusters') ?? []).entries()) {
    const key = `dr.clusters[${index}]`;
    const name = config.getString('name');
    if (clusters.some((other) => other.name === name)) throw bad(`${key}.name repeats "${name}"`, 'give each cluster its own name');
    clusters.push(new HttpCluster({ name, config: await clusterConfig(config, key, name, { env, cwd }) }));
  }
  return clusters;
}

async function clusterConfig(config: Config, key: string, name: string, surroundings: Surroundings): Promise<ClusterConfig> {
  const url = config.getOptionalString('url');
  const kubeconfig = config.getOptionalString('kubeconfig');
  const inCluster = config.getOptionalBoolean('inCluster') ?? false;
  if ([url !== undefined, kubeconfig !== undefined, inCluster].filter(Boolean).length > 1)
    throw bad(`${key} has more than one of url, kubeconfig and inCluster`, 'keep one of them');
  if (url !== undefined) return fromUrl(config, key, name, url);
  if (inCluster) return ownCluster(key, name, surroundings.env);
  return fromKubeConfig(config, key, name, kubeconfig, surroundings);
}

function fromUrl(config: Config, key: string, name: string, url: string): ClusterConfig {
  if (!URL.canParse(url) || !/^https?:/.test(url)) throw bad(`${key}.url is not an http(s) address: ${JSON.stringify(url)}`);
  const token = config.getOptionalString('token');
  const tokenFile = config.getOptionalString('tokenFile');
  const caData = config.getOptionalString('caData');
  const caFile = config.getOptionalString('caFile');
  const skip = config.getOptionalBoolean('skipTLSVerify') ?? false;
  return {
    name,
    cluster: {
      name,
      server: url,
      ...(caData !== undefined && { caData }),
      ...(caFile !== undefined && { caFile }),
      ...(skip && { insecureSkipTlsVerify: true }),
    },
    user: { name, ...(token !== undefined && { token }), ...(tokenFile !== undefined && { tokenFile }) },
  };
}

function ownCluster(key: string, name: string, env: Surroundings['env']): ClusterConfig {
  const host = env.KUBERNETES_SERVICE_HOST;
  if (!host) throw bad(`${key}.inCluster is set, but this process does not run in a cluster`, 'use kubeconfig or url instead');
  const server = `https://${host.includes(':') ? `[${host}]` : host}:${env.KUBERNETES_SERVICE_PORT ?? '443'}`;
  return {
    name,
    cluster: { name, server, caFile: `${serviceAccount}/ca.crt` },
    user: { name, tokenFile: `${serviceAccount}/token` },
  };
}

async function fromKubeConfig(
  config: Config,
  key: string,
  name: string,
  kubeconfig: string | undefined,
  { env, cwd }: Surroundings,
): Promise<ClusterConfig> {
  const file = kubeconfig === undefined ? undefined : located(kubeconfig, key, cwd);
  try {
    const contents = await loadKubeConfig({ env, ...(file !== undefined && { file }) });
    const context = config.getOptionalString('context') ?? (contents.contexts.has(name) ? name : undefined);
    return { ...resolveContext(contents, context === undefined ? {} : { context }), name };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw bad(`${key} (${name}): ${error.message}`, error.hint);
  }
}

function located(file: string, key: string, cwd: string): string {
  if (path.isAbsolute(file)) return file;
  for (let directory = cwd; ; directory = path.dirname(directory)) {
    const candidate = path.join(directory, file);
    if (existsSync(candidate)) return candidate;
    if (directory === path.dirname(directory)) break;
  }
  throw bad(`${key}.kubeconfig: there is no ${file} in ${cwd} or above it`, 'for the sandbox of this repository: npm run sandbox');
}

function bad(message: string, hint?: string): InputError {
  return new InputError(message, { code: 'BAD_CONFIG', ...(hint !== undefined && { hint }) });
}
