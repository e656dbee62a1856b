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
 * namespace that agrees, a repository for each way, and both ends. `namespace`: of `west`.
 */
export async function copyBetween({ east, west }: SiteGround['clusters'], clock: Clock, every: number, namespace = 'shop'): Promise<void> {
  const between = new Between();
  const owner = { 'kubectl-dr.dev/owner': 'group:default/team-shop' };
  await createAll(west.client, [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, annotations: owner } }]);
  const claim = await east.client.get({ type: types.persistentVolumeClaims, namespace: 'shop', name: 'data-orders-db-0' });
  const request = (source: string, target: string): ReplicationRequest => ({
    name: 'dr-shop',
    source: { cluster: source, namespace: source === 'west' ? namespace : 'shop' },
    target: { cluster: target, namespace: target === 'west' ? namespace : 'shop' },
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
    const own = site === west ? namespace : 'shop';
    await createAll(client, [...repositorySecrets(there, own), ...repositorySecrets(request('west', 'east'), own)]);
  }
  for (const { end, object } of volsync.replicator!.render(there))
    await createAll((there[end].cluster === 'east' ? east : west).client, [object]);
}
