import { adminNamespace, kinds } from '@kubectl-dr/core/engines/stork/kinds';
import { systemClock } from '@kubectl-dr/core/system-clock';
import { createAll } from '@kubectl-dr/sandbox/simulators/create-all';
import { ifThere } from '@kubectl-dr/sandbox/simulators/find';
import type { StorkBehaviour } from '@kubectl-dr/sandbox/simulators/stork/context';
import { storkBehaviour } from '@kubectl-dr/sandbox/simulators/stork/context';
import { StorkStore } from '@kubectl-dr/sandbox/simulators/stork/store';
import { backupLocation, storkControllers, storkDefinitions } from '@kubectl-dr/sandbox/simulators/stork/stork';
import type { TargetName } from './harness.ts';
import { missingClusters, missingStorage } from './real.ts';
import type { LivingCluster, StageOptions } from './stage.ts';
import { stages } from './stage.ts';

/** Why a target cannot have Stork here, if it cannot. Its definitions are no files of a project: Stork makes them when it starts. */
export function missingStork(target: TargetName): string | undefined {
  if (target !== 'real') return undefined;
  return (
    missingClusters() ??
    (missingStorage() === undefined ? 'with CSI_BIN_DIR volumes are real, which the simulated Stork cannot read' : undefined)
  );
}

/** A living cluster with Stork, whose one location `store` is in `kube-system`. What it left there goes at the end. */
export async function withStork(
  target: TargetName,
  name: StageOptions['name'],
  store = new StorkStore(),
): Promise<LivingCluster & { stork: StorkBehaviour }> {
  const stage = await stages[target]({ name, definitions: storkDefinitions() });
  const { cluster, volumes, durations, links } = stage;
  if (volumes === undefined) throw new Error(`the volumes of ${name} are real: the simulated Stork cannot read them`);
  const stork = storkBehaviour();
  store.serve(links.store);
  // Its objects lie in a namespace that outlives every test of a real cluster.
  const clear = async (): Promise<void> => {
    for (const type of Object.values(kinds)) {
      for (const { metadata } of (await cluster.list(type)).items) {
        const ref = { type, name: metadata.name, ...(metadata.namespace !== undefined && { namespace: metadata.namespace }) };
        if (metadata.finalizers) await ifThere(cluster.patch(ref, 'merge', { metadata: { finalizers: null } }).then(() => undefined));
        await ifThere(cluster.delete(ref));
      }
    }
  };
  await clear();
  if (target === 'memory' || target === 'sandbox')
    await createAll(cluster, [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: adminNamespace } }]).catch((error: Error) => {
      if (error.name !== 'ConflictError') throw error;
    });
  await createAll(cluster, [backupLocation('store', 'backups', links.store.address)]);
  stage.run(storkControllers({ cluster, clock: systemClock, durations, volumes, store, behaviour: stork }));
  return {
    ...stage,
    stork,
    async close() {
      await clear();
      await stage.close();
    },
  };
}
