import { claimManifest } from '@kubectl-dr/core/application/claim-manifest';
import { labels } from '@kubectl-dr/core/application/model';
import { engine as volsync } from '@kubectl-dr/core/engines/volsync/index';
import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import type { ReplicationRequest } from '@kubectl-dr/core/ports/replication';
import { systemClock } from '@kubectl-dr/core/system-clock';
import { createAll } from '@kubectl-dr/sandbox/simulators/create-all';
import { ifThere } from '@kubectl-dr/sandbox/simulators/find';
import { nodes } from '@kubectl-dr/sandbox/simulators/hardware';
import { kinds as veleroKinds } from '@kubectl-dr/sandbox/simulators/velero/kinds';
import { repositorySecrets } from '@kubectl-dr/sandbox/simulators/volsync/pair.testing';
import { Between } from '@kubectl-dr/sandbox/simulators/volsync/repositories';
import { volsyncControllers, volsyncDefinitions } from '@kubectl-dr/sandbox/simulators/volsync/volsync';
import type { SplitSites } from '../../suites/split.ts';
import type { TargetName } from './harness.ts';
import { missingStorage } from './real.ts';
import { openShop, owner, readOrders, writeOrders } from './shop.ts';
import { shippedDefinitions } from './snapshots.ts';
import type { LivingCluster } from './stage.ts';
import type { ProtectedCluster } from './velero.ts';
import { missingVelero, newStore, withVelero } from './velero.ts';

/** Why a target cannot have two clusters with continuous copies here, if it cannot. */
export function missingCopies(target: TargetName): string | undefined {
  if (target === 'real' && missingStorage() === undefined)
    return 'with CSI_BIN_DIR volumes are real, which the simulated VolSync cannot read';
  return missingVelero(target);
}

/** What VolSync is asked with: as its project ships it, where the server is a real one. */
export async function copyDefinitions(target: TargetName): Promise<KubeObject[]> {
  return target === 'real' ? shippedDefinitions('volsync') : volsyncDefinitions();
}

/** The database of the shop is copied from `east` to `west` every minute, as a person sets it up. */
export async function copyDatabase(east: LivingCluster, west: LivingCluster): Promise<void> {
  const between = new Between();
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop', annotations: { 'kubectl-dr.dev/owner': owner } } };
  await createAll(west.cluster, [namespace]);
  const claim = await east.client.get({ type: types.persistentVolumeClaims, namespace: 'shop', name: 'data-db-0' });
  const request = (source: string, to: string): ReplicationRequest => ({
    name: 'dr-shop',
    source: { cluster: source, namespace: 'shop' },
    target: { cluster: to, namespace: 'shop' },
    claims: [claimManifest(claim)],
    every: 60_000,
    labels: { [labels.application]: 'shop', [labels.componentOf]: 'db' },
    annotations: {},
  });
  for (const { cluster, volumes, durations, run } of [east, west]) {
    run(volsyncControllers({ cluster, clock: systemClock, volumes: volumes!, durations, between }));
    await createAll(cluster, [
      ...repositorySecrets(request('east', 'west'), 'shop'),
      ...repositorySecrets(request('west', 'east'), 'shop'),
    ]);
  }
  for (const { end, object } of volsync.replicator!.render(request('east', 'west')))
    await createAll((end === 'source' ? east : west).cluster, [object]);
}

/** The shop on `east`, whose database is copied to `west`, with Velero on both and backups that either can read. */
export async function openTwoSites(target: TargetName): Promise<SplitSites> {
  const definitions = await copyDefinitions(target);
  const store = newStore();
  const [east, west] = (await Promise.all((['east', 'west'] as const).map((name) => withVelero(target, name, store, definitions)))) as [
    ProtectedCluster,
    ProtectedCluster,
  ];
  const sides = { east, west };
  const location = { type: veleroKinds.locations, namespace: 'velero', name: 'default' };
  await west.client.patch(location, 'merge', { spec: { backupSyncPeriod: '1s' } });
  await openShop(east);
  await copyDatabase(east, west);
  return {
    clients: { east: east.client, west: west.client },
    async setGpu(name, there) {
      const [node] = nodes([{ name: `gpu-${name}`, zone: `${name}-1a`, gpus: 1 }]) as [KubeObject];
      const ref = { type: types.nodes, name: node.metadata.name };
      const { cluster } = sides[name];
      if (!there) return void (await ifThere(cluster.delete(ref)));
      await cluster.patch(ref, 'apply', node);
      await cluster.patchStatus(ref, node.status as Record<string, unknown>);
      // The admission of a real server taints a node that has not told that it is ready.
      await cluster.patch(ref, 'merge', { spec: { taints: null } });
    },
    write: (name, rows) => writeOrders(sides[name], { 'orders.csv': rows }),
    read: async (name) => (await readOrders(sides[name]))?.['orders.csv'],
    async close() {
      // The suites of a run share the real clusters.
      for (const { client, name } of [east, west]) await ifThere(client.delete({ type: types.nodes, name: `gpu-${name}` }));
      for (const { client } of [east, west])
        for (const { metadata } of definitions)
          await ifThere(client.delete({ type: types.customResourceDefinitions, name: metadata.name }));
      await Promise.all([east.close(), west.close()]);
    },
  };
}
