import { claimManifest } from '@kubectl-dr/core/application/claim-manifest';
import { labels } from '@kubectl-dr/core/application/model';
import { engine as volsync } from '@kubectl-dr/core/engines/volsync/index';
import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import type { ReplicationRequest } from '@kubectl-dr/core/ports/replication';
import { systemClock } from '@kubectl-dr/core/system-clock';
import { createAll } from '@kubectl-dr/sandbox/simulators/create-all';
import { repositorySecrets } from '@kubectl-dr/sandbox/simulators/volsync/pair.testing';
import { Between } from '@kubectl-dr/sandbox/simulators/volsync/repositories';
import { volsyncControllers, volsyncDefinitions } from '@kubectl-dr/sandbox/simulators/volsync/volsync';
import type { TargetName } from './harness.ts';
import { missingStorage } from './real.ts';
import { owner } from './shop.ts';
import { shippedDefinitions } from './snapshots.ts';
import type { LivingCluster } from './stage.ts';
import { missingVelero } from './velero.ts';

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
