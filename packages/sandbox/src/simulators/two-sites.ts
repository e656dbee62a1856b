import { claimManifest } from '@kubectl-dr/core/application/claim-manifest';
import { labels } from '@kubectl-dr/core/application/model';
import { engine as volsync } from '@kubectl-dr/core/engines/volsync/index';
import { repositoryName } from '@kubectl-dr/core/engines/volsync/render';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import type { SandboxCluster } from './cluster.ts';
import type { Controller } from './controller.ts';
import { createAll } from './create-all.ts';
import { find } from './find.ts';
import { location } from './velero/install.ts';
import { Between } from './volsync/repositories.ts';
import { volsyncControllers, volsyncDefinitions } from './volsync/volsync.ts';

const namespace = 'default';
/** On the cluster that is left, in the namespace `default`: a ConfigMap of this name means that the other one is lost. */
export const switchOf = (lost: string): string => `lost-${lost}`;
/** Key of that ConfigMap: with the value `go-on` only the API server of the lost cluster is cut off. */
export const workloadsKey = 'workloads';

/** What happens to the clusters as wholes, told by objects so that any client can tell it. */
export function switches(clusters: Readonly<Record<string, SandboxCluster>>): void {
  for (const on of Object.values(clusters))
    for (const other of Object.values(clusters)) if (on !== other) on.stage.run([powerSwitch(on, other)]);
}

function powerSwitch({ client }: SandboxCluster, other: SandboxCluster): Controller {
  const name = switchOf(other.name);
  return {
    name: `power of ${other.name}`,
    watches: [
      {
        type: types.configMaps,
        keys: ({ metadata }) => (metadata.name === name && metadata.namespace === namespace ? [{ namespace, name }] : []),
      },
    ],
    async reconcile() {
      const found = await find(client, { type: types.configMaps, namespace, name });
      const data = (found?.data ?? {}) as Record<string, string>;
      if (found) other.lose({ workloads: data[workloadsKey] !== 'go-on' });
      else other.comeBack();
    },
  };
}

/**
 * Each cluster reads what the other backs up, so that either can go on when the other is lost. The database of `warehouse` is copied
 * from `east` to `west` every minute besides, by VolSync, as a person sets that up.
 */
export async function standBy(clusters: Readonly<Record<'east' | 'west', SandboxCluster>>): Promise<void> {
  await copyWarehouse(clusters);
  for (const here of Object.values(clusters))
    for (const { name } of Object.values(clusters)) {
      if (name === here.name) continue;
      const shared = location({ name, bucket: 'backups', prefix: name, readOnly: true });
      await createAll(here.client, [{ ...shared, spec: { ...(shared.spec as object), backupSyncPeriod: '5s' } }]);
    }
}

async function copyWarehouse({ east, west }: Readonly<Record<'east' | 'west', SandboxCluster>>): Promise<void> {
  const namespace = 'warehouse';
  const claim = await find(east.client, { type: types.persistentVolumeClaims, namespace, name: 'data-stock-db-0' });
  // Without the story there is none.
  if (!claim) return;
  const owner = { 'kubectl-dr.dev/owner': 'group:default/team-shop' };
  await createAll(west.client, [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, annotations: owner } }]);
  const between = new Between();
  for (const { client, stage, durations } of [east, west]) {
    await createAll(client, volsyncDefinitions());
    const { clock, volumes, cluster } = stage;
    stage.run(volsyncControllers({ cluster, clock, volumes, durations, between }));
    for (const source of ['east', 'west']) {
      const name = repositoryName({ source: { cluster: source, namespace } }, claim.metadata.name);
      const data = { RESTIC_REPOSITORY: btoa(`s3:https://store.invalid/${name}`), RESTIC_PASSWORD: btoa('sandbox') };
      await createAll(client, [{ apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace }, data }]);
    }
  }
  const [from, to] = ['east', 'west'].map((cluster) => ({ cluster, namespace }));
  const request = {
    name: 'dr-warehouse',
    source: from!,
    target: to!,
    claims: [claimManifest(claim)],
    every: 60_000,
    labels: { [labels.application]: 'warehouse', [labels.componentOf]: 'stock-db' },
    annotations: {},
  };
  for (const { end, object } of volsync.replicator!.render(request)) await createAll((end === 'source' ? east : west).client, [object]);
}
