import { labels } from '@kubectl-dr/core/application/model';
import { engine } from '@kubectl-dr/core/engines/csi/index';
import type { SandboxCluster } from '../simulators/cluster.ts';
import type { PastContent } from '../simulators/velero/past-points.ts';
import type { SnapshotPlan } from './book.ts';

const day = 24 * 60 * 60_000;

/** Snapshots that the owner took by hand, each with the data of its time. The volume holds that of `now` again afterwards. */
export async function takeSnapshots(cluster: SandboxCluster, plan: SnapshotPlan, content: PastContent, now: Date): Promise<void> {
  const { application, component, namespace, claim, minutesAgo, keepDays } = plan;
  const context = { cluster: cluster.client, clock: cluster.clock, namespace };
  for (const minutes of minutesAgo.toSorted((a, b) => b - a)) {
    const time = new Date(now.getTime() - minutes * 60_000);
    cluster.clock.set(time);
    cluster.writeFiles(namespace, claim, content.files(time));
    await engine.startBackup(context, {
      name: `${application}-${component}-${time.toISOString().replace(/[-:T]/g, '').slice(0, 14)}`,
      namespaces: [namespace],
      claims: [claim],
      keepFor: keepDays * day,
      labels: { [labels.application]: application, [labels.componentOf]: component },
      annotations: {},
    });
    await cluster.idle();
  }
  cluster.writeFiles(namespace, claim, content.files(now));
}
