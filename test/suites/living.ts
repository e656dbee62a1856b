import type { Clock } from '@kubectl-dr/core/ports/clock';
import type { ClusterClient } from '@kubectl-dr/core/ports/cluster';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import { systemClock } from '@kubectl-dr/core/system-clock';
import { kinds } from '@kubectl-dr/sandbox/simulators/velero/kinds';
import type { Ground } from './ground.ts';

/** Leases run out and polls come round so many times faster: all processes of a world agree on it, and nobody waits for half minutes. */
export function hurried(haste: number): Clock {
  return {
    now: () => systemClock.now(),
    sleep: (milliseconds, signal) => systemClock.sleep(milliseconds / haste, signal),
  };
}

/** On clusters that live by the clock on the wall: what happens takes its time, and a point is made old by writing it down. */
export function livingGround(
  { cluster, haste, ...rest }: Omit<Ground, 'clock' | 'settle' | 'pass' | 'age' | 'close'>,
  namespace: string,
): Ground {
  return {
    ...rest,
    cluster,
    haste,
    clock: hurried(haste),
    async settle() {
      for (let before = ''; ;) {
        const now = await versionsOf(cluster, namespace);
        if (now === before) return;
        before = now;
        await systemClock.sleep(250);
      }
    },
    pass: (milliseconds) => systemClock.sleep(milliseconds),
    async age(backup, minutes) {
      const ref = { type: kinds.backups, namespace: 'velero', name: backup };
      const { status } = (await cluster.get(ref)) as { status?: Record<'startTimestamp' | 'completionTimestamp', string> };
      const earlier = (time: string): string => new Date(Date.parse(time) - minutes * 60_000).toISOString().replace(/\.\d+Z$/, 'Z');
      await cluster.patch(ref, 'merge', {
        status: { startTimestamp: earlier(status!.startTimestamp), completionTimestamp: earlier(status!.completionTimestamp) },
      });
    },
    close: async () => undefined,
  };
}

/** Of everything that controllers of a namespace write. */
async function versionsOf(cluster: ClusterClient, namespace: string): Promise<string> {
  const written = [
    types.pods,
    types.persistentVolumeClaims,
    types.statefulSets,
    types.deployments,
    types.replicaSets,
    types.persistentVolumes,
  ];
  const lists = await Promise.all(written.map((type) => cluster.list(type, type.namespaced ? { namespace } : {})));
  return lists
    .flatMap(({ items }) => items)
    .filter(
      ({ metadata, spec }) => (metadata.namespace ?? (spec as { claimRef?: { namespace?: string } }).claimRef?.namespace) === namespace,
    )
    .map(({ metadata: { uid, resourceVersion } }) => `${uid} ${resourceVersion}`)
    .join();
}
