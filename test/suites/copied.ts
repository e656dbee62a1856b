import { claimManifest } from '@kubectl-dr/core/application/claim-manifest';
import { labels } from '@kubectl-dr/core/application/model';
import { engine as volsync } from '@kubectl-dr/core/engines/volsync/index';
import type { Clock } from '@kubectl-dr/core/ports/clock';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import type { ReplicationRequest } from '@kubectl-dr/core/ports/replication';
import { createAll } from '@kubectl-dr/sandbox/simulators/create-all';
import { repositorySecrets } from '@kubectl-dr/sandbox/simulators/volsync/pair.testing';
import { Between } from '@kubectl-dr/sandbox/simulators/volsync/repositories';
import { volsyncControllers } from '@kubectl-dr/sandbox/simulators/volsync/volsync';
import type { SiteGround } from './site-ground.ts';

/**
 * The database of `shop` is copied from `east` to `west` every so many milliseconds, as a person sets it up: VolSync on both sides, a
 * namespace that agrees, a repository for each way, and both ends.
 */
export async function copyBetween({ east, west }: SiteGround['clusters'], clock: Clock, every: number): Promise<void> {
  const between = new Between();
  const owner = { 'kubectl-dr.dev/owner': 'group:default/team-shop' };
  await createAll(west.client, [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop', annotations: owner } }]);
  const claim = await east.client.get({ type: types.persistentVolumeClaims, namespace: 'shop', name: 'data-orders-db-0' });
  const request = (source: string, target: string): ReplicationRequest => ({
    name: 'dr-shop',
    source: { cluster: source, namespace: 'shop' },
    target: { cluster: target, namespace: 'shop' },
    claims: [claimManifest(claim)],
    every,
    labels: { [labels.application]: 'shop', [labels.componentOf]: 'orders-db' },
    annotations: {},
  });
  const there = request('east', 'west');
  for (const site of [east, west]) {
    const { client, volumes, durations } = site;
    await site.serve('volsync');
    site.run(volsyncControllers({ cluster: client, clock, volumes, durations, between }));
    await createAll(client, [...repositorySecrets(there, 'shop'), ...repositorySecrets(request('west', 'east'), 'shop')]);
  }
  for (const { end, object } of volsync.replicator!.render(there))
    await createAll((there[end].cluster === 'east' ? east : west).client, [object]);
}
