import type { Clock } from '@kubectl-dr/core/ports/clock';
import type { ClusterClient } from '@kubectl-dr/core/ports/cluster';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import { systemClock } from '@kubectl-dr/core/system-clock';
import { ifThere } from '@kubectl-dr/sandbox/simulators/find';
import { kinds } from '@kubectl-dr/sandbox/simulators/velero/kinds';
import type { Ground } from '../../suites/ground.ts';
import { stillWorlds } from '../../suites/still.ts';
import type { Worlds } from '../../suites/world.ts';
import { World } from '../../suites/world.ts';
import type { TargetName } from './harness.ts';
import { clientOf, realCluster } from './real.ts';
import { removeNamespace } from './stage.ts';
import type { ProtectedCluster } from './velero.ts';
import { newStore, withVelero } from './velero.ts';

/** Worlds of a target; those of a real cluster share it, each in a namespace of its own. */
export async function worldsOf(target: TargetName): Promise<Worlds> {
  // There `npm test` tries many more.
  if (target !== 'real') return { ...stillWorlds(target), sample: 40 };
  const east = await withVelero('real', 'east', newStore());
  const names: string[] = [];
  return {
    atOnce: 4,
    sample: 25,
    open() {
      // As long as `shop`, so that what is printed has the same shape.
      const name = `sh${names.length.toString(36).padStart(2, '0')}`;
      names.push(name);
      // What it leaves behind goes while the next one works.
      return World.open(groundOf(east, name), name, () => ifThere(east.client.delete({ type: types.namespaces, name })));
    },
    async close() {
      await Promise.all(names.map((name) => removeNamespace(east.client, name)));
      const kept = (await east.client.list(types.persistentVolumes)).items.filter(({ spec }) =>
        names.includes((spec as { claimRef?: { namespace?: string } }).claimRef?.namespace ?? ''),
      );
      await Promise.all(kept.map(({ metadata: { name } }) => ifThere(east.client.delete({ type: types.persistentVolumes, name }))));
      await east.close();
    },
  };
}

const haste = 10;

/** Leases run out and polls come round in a tenth of their time: all processes of a world agree on it, and nobody waits for half minutes. */
const hurried: Clock = {
  now: () => systemClock.now(),
  sleep: (milliseconds, signal) => systemClock.sleep(milliseconds / haste, signal),
};

function groundOf(east: ProtectedCluster, namespace: string): Ground {
  const { client, disks, durations, velero } = east;
  return {
    cluster: client,
    clock: hurried,
    haste,
    read: (volume) => disks.read(volume),
    write: (volume, files) => disks.write(volume, files),
    async settle() {
      for (let before = ''; ;) {
        const now = await stateOf(client, namespace);
        if (now === before) return;
        before = now;
        await systemClock.sleep(250);
      }
    },
    pass: (milliseconds) => systemClock.sleep(milliseconds),
    async age(backup, minutes) {
      const ref = { type: kinds.backups, namespace: 'velero', name: backup };
      const { status } = (await client.get(ref)) as { status?: Record<'startTimestamp' | 'completionTimestamp', string> };
      const earlier = (time: string): string => new Date(Date.parse(time) - minutes * 60_000).toISOString().replace(/\.\d+Z$/, 'Z');
      await client.patch(ref, 'merge', {
        status: { startTimestamp: earlier(status!.startTimestamp), completionTimestamp: earlier(status!.completionTimestamp) },
      });
    },
    user: (name) => clientOf(realCluster('east'), { impersonate: { user: name } }),
    // No kubelet stands behind the API server.
    runsCommands: false,
    durations,
    ...(velero && { velero }),
    close: async () => undefined,
  };
}

/** Versions of everything that controllers of a namespace write. */
async function stateOf(cluster: ClusterClient, namespace: string): Promise<string> {
  const kinds = [
    types.pods,
    types.persistentVolumeClaims,
    types.statefulSets,
    types.deployments,
    types.replicaSets,
    types.persistentVolumes,
  ];
  const lists = await Promise.all(kinds.map((type) => cluster.list(type, type.namespaced ? { namespace } : {})));
  return lists
    .flatMap(({ items }) => items)
    .filter(
      ({ metadata, spec }) => (metadata.namespace ?? (spec as { claimRef?: { namespace?: string } }).claimRef?.namespace) === namespace,
    )
    .map(({ metadata: { uid, resourceVersion } }) => `${uid} ${resourceVersion}`)
    .join();
}
