import type { ClusterSupplier } from '@kubectl-dr/backstage-plugin-dr-node';
import { NotFoundError } from '@kubectl-dr/core/errors';
import type { ClusterClient } from '@kubectl-dr/core/ports/cluster';
import type { LocatedClusters } from './FoundClusters.ts';

/**
 * What a supplier of another module offers. Its clients are its own: they are never closed here. A name that somebody else has already,
 * or that it offers twice, is left out, with a sentence that says so. `clusters`: all of the portal.
 */
export function suppliedClusters(supplier: ClusterSupplier, clusters: readonly ClusterClient[]): LocatedClusters {
  const ours = new Set<ClusterClient>();
  let offered = new Map<string, ClusterClient>();
  const says = `The supplier ${supplier.id}`;
  return {
    says,
    async names() {
      const now = new Map<string, ClusterClient>();
      const problems: string[] = [];
      for (const client of await supplier.clusters()) {
        const { name } = client;
        const taken = now.has(name) || clusters.some((other) => other.name === name && !ours.has(other));
        if (taken) problems.push(`${says} offers the cluster ${name}, which exists already under this name: give each its own name`);
        else now.set(name, client);
      }
      offered = now;
      return { names: [...now.keys()], problems };
    },
    async clusterOf(name) {
      const client = offered.get(name);
      if (!client) throw new NotFoundError(`${says} does not offer the cluster ${name}`, { code: 'UNKNOWN_CLUSTER' });
      ours.add(client);
      return { client, close: async () => void ours.delete(client) };
    },
  };
}
