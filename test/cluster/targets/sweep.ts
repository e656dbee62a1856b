import type { ClusterClient } from '@kubectl-dr/core/ports/cluster';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import { textAt } from '@kubectl-dr/sandbox/api/json';
import { ifThere } from '@kubectl-dr/sandbox/simulators/find';
import { kinds } from '@kubectl-dr/sandbox/simulators/velero/kinds';

/**
 * Takes away what outlives the namespaces that it belonged to: volumes that were to be retained, and snapshots in the
 * storage. An object that a later test makes under the same name would otherwise find itself in the wrong company.
 */
export async function sweep(cluster: ClusterClient, namespaces: readonly string[]): Promise<void> {
  const volumes = (await cluster.list(types.persistentVolumes)).items.filter(({ spec }) =>
    namespaces.includes(textAt(spec, 'claimRef', 'namespace')),
  );
  const contents = (await cluster.list(kinds.snapshotContents)).items.filter(({ spec }) =>
    namespaces.includes(textAt(spec, 'volumeSnapshotRef', 'namespace')),
  );
  for (const { metadata } of volumes) {
    const ref = { type: types.persistentVolumes, name: metadata.name };
    // A released volume whose policy becomes Delete goes with its data.
    await ifThere(cluster.patch(ref, 'merge', { spec: { persistentVolumeReclaimPolicy: 'Delete' } }));
  }
  for (const { metadata } of contents) {
    const ref = { type: kinds.snapshotContents, name: metadata.name };
    await ifThere(cluster.patch(ref, 'merge', { spec: { deletionPolicy: 'Delete' } }));
    await ifThere(cluster.delete(ref));
  }
}
