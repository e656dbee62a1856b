import { types } from '@kubectl-dr/core/ports/kubernetes';
import { definition } from '@kubectl-dr/sandbox/simulators/definition';
import { ifThere } from '@kubectl-dr/sandbox/simulators/find';
import { customTypes } from '../../suites/custom-types.ts';
import type { Ground } from '../../suites/ground.ts';
import { livingGround } from '../../suites/living.ts';
import { asStandby } from '../../suites/standby.ts';
import { stillWorlds } from '../../suites/still.ts';
import type { LivingWorlds, Worlds, WorldsOptions } from '../../suites/world.ts';
import { World } from '../../suites/world.ts';
import type { TargetName } from './harness.ts';
import { realVelero } from './real-velero.ts';
import { clientOf, realCluster } from './real.ts';
import { removeNamespace } from './stage.ts';
import type { ProtectedCluster } from './velero.ts';
import { newStore, withVelero } from './velero.ts';

/** Worlds of a target; those of a real cluster share it, each in a namespace of its own. */
export async function worldsOf(target: TargetName, options: WorldsOptions = {}): Promise<Worlds> {
  // There `npm test` tries many more.
  return target === 'real' ? livingWorlds(target, 10, options) : { ...stillWorlds(target, options), sample: 40 };
}

/** Worlds that share one cluster, each in a namespace of its own, and live by the clock on the wall, `haste` times as fast. */
export async function livingWorlds(target: 'sandbox' | 'real', haste = 10, { standby = false }: WorldsOptions = {}): Promise<LivingWorlds> {
  const definitions = target === 'real' && realVelero() !== undefined ? Object.values(customTypes).map((type) => definition(type, {})) : [];
  const store = newStore();
  const east = await withVelero(target, 'east', store, definitions);
  const west = standby ? await withVelero(target, 'west', store, definitions) : undefined;
  const there = west && (await asStandby({ cluster: west.client, read: (volume) => west.disks.read(volume) }));
  const names: string[] = [];
  return {
    atOnce: 4,
    sample: process.env.CLUSTER_SHORT === '1' ? 75 : 25,
    kubeconfig: east.kubeconfig!,
    haste,
    open() {
      // As long as `shop`, so that what is printed has the same shape.
      const name = `sh${names.length.toString(36).padStart(2, '0')}`;
      names.push(name);
      // What it leaves behind goes while the next one works.
      const close = () => ifThere(east.client.delete({ type: types.namespaces, name }));
      return World.open({ ...groundOf(east, target, name, haste), ...(there && { standby: there }) }, name, close);
    },
    async close() {
      await Promise.all(names.map((name) => removeNamespace(east.client, name)));
      const kept = (await east.client.list(types.persistentVolumes)).items.filter(({ spec }) =>
        names.includes((spec as { claimRef?: { namespace?: string } }).claimRef?.namespace ?? ''),
      );
      await Promise.all(kept.map(({ metadata: { name } }) => ifThere(east.client.delete({ type: types.persistentVolumes, name }))));
      await east.close();
      await west?.close();
    },
  };
}

function groundOf(east: ProtectedCluster, target: 'sandbox' | 'real', namespace: string, haste: number): Ground {
  const { client, disks, durations, velero } = east;
  return livingGround(
    {
      cluster: client,
      haste,
      read: (volume) => disks.read(volume),
      write: (volume, files) => disks.write(volume, files),
      ...(target === 'real' && { user: (name: string) => clientOf(realCluster('east'), { impersonate: { user: name } }) }),
      // No kubelet stands behind the API server.
      runsCommands: false,
      nodeAgent: velero !== undefined,
      durations,
      ...(velero && { velero }),
    },
    namespace,
  );
}
