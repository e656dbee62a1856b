import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import { eventually } from '@kubectl-dr/core/testing/cluster-conformance-harness';
import { createAll } from '@kubectl-dr/sandbox/simulators/create-all';
import { kinds } from '@kubectl-dr/sandbox/simulators/velero/kinds';
import { kubectlDr } from '../../e2e/command-line.ts';
import type { ExampleFleet } from '../../suites/example-fleet.ts';
import { exampleCatalog, recommender } from '../../suites/example-fleet.ts';
import { hurried } from '../../suites/living.ts';
import type { TargetName } from './harness.ts';
import { openShop } from './shop.ts';
import { newStore, withVelero } from './velero.ts';

/** The example on living clusters of a target, by kubeconfig where there is one: authentication and TLS are then part of what is tried. */
export async function openExampleFleet(target: TargetName): Promise<ExampleFleet> {
  const folder = mkdtempSync(path.join(tmpdir(), 'kubectl-dr-fleet-'));
  const [east, west] = [await withVelero(target, 'east', newStore()), await withVelero(target, 'west', newStore())];
  await openShop(east);
  await createAll(west.cluster, recommender);
  await eventually(async () => {
    const { status } = await west.client.get({ type: types.deployments, namespace: 'shop-ml', name: 'recommender' });
    return (status as { readyReplicas?: number } | undefined)?.readyReplicas === 1;
  }, 'the recommender is running');
  const write = (file: string, text: string): void => writeFileSync(path.join(folder, file), text);
  write('catalog.yaml', exampleCatalog);
  const clusters = [east, west].flatMap(({ name, kubeconfig }) => (kubeconfig === undefined ? [] : [{ name, kubeconfig }]));
  write('app-config.yaml', JSON.stringify({ dr: { catalog: ['catalog.yaml'], ...(clusters.length === 2 && { clusters }) } }));
  const clock = hurried(10);
  return {
    folder,
    at: (name) => ({ east, west })[name].client,
    run: (line, options = {}) =>
      kubectlDr(line, { cwd: folder, clock, ...(clusters.length < 2 && { clusters: [east.client, west.client] }), ...options }),
    async backUp(name) {
      const points = [
        // No kubelet stands behind a real API server, and no node agent beside a real Velero.
        { cluster: east, spec: { includedNamespaces: ['shop'], ...(east.velero && { defaultVolumesToFsBackup: true }) } },
        // Nor has a machine room for a second real one.
        ...(west.velero ? [{ cluster: west, spec: { includedNamespaces: ['shop-ml'] } }] : []),
      ];
      for (const { cluster, spec } of points) {
        const metadata = { name, namespace: 'velero' };
        await createAll(cluster.client, [{ apiVersion: 'velero.io/v1', kind: 'Backup', metadata, spec }]);
        await eventually(
          async () => {
            const { status } = await cluster.client.get({ type: kinds.backups, ...metadata });
            return (status as { phase?: string } | undefined)?.phase === 'Completed';
          },
          `the backup ${name} of ${cluster.name} is completed`,
          60_000,
        );
      }
    },
    write,
    async close() {
      await Promise.all([east.close(), west.close()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
