import { readFileSync } from 'node:fs';
import type { ClusterClient } from '@kubectl-dr/core/ports/cluster';
import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import { eventually } from '@kubectl-dr/core/testing/cluster-conformance-harness';
import { HttpCluster } from '@kubectl-dr/kubernetes/http-cluster';
import { resolveContext } from '@kubectl-dr/kubernetes/kubeconfig/context';
import type { ContextOverrides } from '@kubectl-dr/kubernetes/kubeconfig/context';
import { loadKubeConfig } from '@kubectl-dr/kubernetes/kubeconfig/load';
import { request } from 'undici';
import { inject } from 'vitest';
import type { RealCluster } from '../control-plane/global-setup.ts';

/** The clusters of this file; in one that is skipped by `missing`, never called. */
export function realCluster(name: 'east' | 'west'): RealCluster {
  const clusters = inject('clusters');
  if ('missing' in clusters) throw new Error(clusters.missing);
  // No two files that run have the same number: it goes from 1 to `maxWorkers`.
  return clusters.pairs[Number(process.env.VITEST_POOL_ID) - 1]![name];
}

/** Why there is no real cluster, if there is none. */
export function missingClusters(): string | undefined {
  const clusters = inject('clusters');
  return 'missing' in clusters ? clusters.missing : undefined;
}

/** Why volumes are only simulated on real clusters, if they are. */
export function missingStorage(): string | undefined {
  const clusters = inject('clusters');
  if ('missing' in clusters) return clusters.missing;
  return clusters.storage === 'real' ? undefined : clusters.storage.missing;
}

/** A client by the kubeconfig, as the command line makes it. */
export async function clientOf(cluster: RealCluster, overrides: ContextOverrides = {}): Promise<HttpCluster> {
  const config = await loadKubeConfig({ file: cluster.kubeconfig, env: {} });
  return new HttpCluster({ config: resolveContext(config, overrides), name: cluster.name });
}

/** Makes the server serve a custom type, and waits until it does. */
export async function define(cluster: ClusterClient, definition: KubeObject): Promise<void> {
  const ref = { type: types.customResourceDefinitions, name: definition.metadata.name };
  await cluster.patch(ref, 'apply', definition);
  const spec = definition.spec as { group: string; names: { plural: string } };
  // The condition Established comes before the handlers do: only the answer counts.
  await eventually(async () => {
    const type = (await cluster.discover()).find(({ group, resource }) => group === spec.group && resource === spec.names.plural);
    return (
      type !== undefined &&
      (await cluster.list(type).then(
        () => true,
        () => false,
      ))
    );
  }, `${definition.metadata.name} is served`);
}

/**
 * Makes a server forget all of its history: the store is compacted, and the API server dies, whose memory of recent events
 * would otherwise outlast the store's.
 */
export async function forget(cluster: RealCluster, client: ClusterClient): Promise<void> {
  const { etcd, apiServerPidFile } = cluster;
  if (etcd === undefined || apiServerPidFile === undefined) throw new Error(`the history of ${cluster.name} is not ours to take`);
  const call = async (path: string, body: object): Promise<{ header: { revision: string } }> => {
    const answer = await request(`${etcd}/v3/kv/${path}`, { method: 'POST', body: JSON.stringify(body) });
    return (await answer.body.json()) as { header: { revision: string } };
  };
  const { header } = await call('range', { key: btoa('/') });
  await call('compaction', { revision: header.revision, physical: true });
  const before = readFileSync(apiServerPidFile, 'utf8');
  process.kill(Number(before), 'SIGKILL');
  await eventually(async () => {
    if (readFileSync(apiServerPidFile, 'utf8') === before) return false;
    return client.list(types.configMaps).then(
      () => true,
      () => false,
    );
  }, `${cluster.name} is back`);
}
