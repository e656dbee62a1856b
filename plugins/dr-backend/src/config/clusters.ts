import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Config } from '@backstage/config';
import { InputError } from '@kubectl-dr/core/errors';
import type { ClusterClient } from '@kubectl-dr/core/ports/cluster';
import { HttpCluster } from '@kubectl-dr/kubernetes';
import type { ClusterConfig } from '@kubectl-dr/kubernetes';
import type { ClusterDefinition } from '@kubectl-dr/kubernetes/configured';
import { configuredCluster } from '@kubectl-dr/kubernetes/configured';

export interface Surroundings {
  env: Record<string, string | undefined>;
  cwd: string;
}

export type ConfiguredCluster = ClusterClient & { close(): Promise<void> };

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

/** What only a portal's configuration can say wrongly is told here; the rest is the same for every edge. */
function clusterConfig(config: Config, key: string, name: string, { env, cwd }: Surroundings): Promise<ClusterConfig> {
  const url = config.getOptionalString('url');
  const kubeconfig = config.getOptionalString('kubeconfig');
  const inCluster = config.getOptionalBoolean('inCluster') ?? false;
  const only = [url !== undefined, kubeconfig !== undefined, inCluster].filter(Boolean).length === 1;
  if (only && url !== undefined && (!URL.canParse(url) || !/^https?:/.test(url)))
    throw bad(`${key}.url is not an http(s) address: ${JSON.stringify(url)}`);
  if (only && inCluster && !env.KUBERNETES_SERVICE_HOST)
    throw bad(`${key}.inCluster is set, but this process does not run in a cluster`, 'use kubeconfig or url instead');
  const definition: ClusterDefinition = {
    name,
    url,
    inCluster,
    kubeconfig: only && kubeconfig !== undefined ? located(kubeconfig, key, cwd) : kubeconfig,
    context: config.getOptionalString('context'),
    token: config.getOptionalString('token'),
    tokenFile: config.getOptionalString('tokenFile'),
    caData: config.getOptionalString('caData'),
    caFile: config.getOptionalString('caFile'),
    skipTLSVerify: config.getOptionalBoolean('skipTLSVerify'),
  };
  return configuredCluster(definition, { env, directory: cwd, where: key });
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
