import { types } from '@kubectl-dr/core/ports/kubernetes';
import type { SandboxCluster } from './cluster.ts';
import type { Controller } from './controller.ts';
import { createAll } from './create-all.ts';
import { find } from './find.ts';
import { location } from './velero/install.ts';

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

/** Each cluster reads what the other backs up, so that either can go on when the other is lost. */
export async function standBy(clusters: Readonly<Record<string, SandboxCluster>>): Promise<void> {
  for (const here of Object.values(clusters))
    for (const { name } of Object.values(clusters)) {
      if (name === here.name) continue;
      const shared = location({ name, bucket: 'backups', prefix: name, readOnly: true });
      await createAll(here.client, [{ ...shared, spec: { ...(shared.spec as object), backupSyncPeriod: '5s' } }]);
    }
}
