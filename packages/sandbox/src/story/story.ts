import type { SandboxCluster } from '../cluster.ts';
import { homeOfDeveloper } from '../identities.ts';
import type { ClusterName } from '../sandbox.ts';
import { createAll } from '../simulators/create-all.ts';
import { location } from '../simulators/velero/install.ts';
import { homes } from './applications.ts';
import type { Content } from './content.ts';
import { writeHistory } from './history.ts';
import { schedulePlans, skipLargeVolumes } from './plans.ts';
import { namespace, objectsOf } from './workloads.ts';

const day = 24 * 60 * 60_000;

/** The day on which everything in the clusters was new. */
export function beginning(now: Date): Date {
  return new Date(now.getTime() - 32 * day);
}

/**
 * Fills the clusters with applications that have been there for a month: one of every verdict, and a database that every
 * hourly backup leaves out while it says Completed. The clusters stand at
 * `beginning`; their clocks run again when it is told.
 */
export async function tellStory(clusters: Record<ClusterName, SandboxCluster>, now: Date): Promise<void> {
  const since = beginning(now);
  const contents = new Map<string, Content>();
  for (const home of homes) {
    const { client } = clusters[home.cluster];
    await createAll(client, [
      namespace(home.namespace, home.owner, home.sharedWith),
      ...home.parts.flatMap((part) => objectsOf({ ...part, namespace: home.namespace })),
    ]);
    for (const part of home.parts) if (part.content) contents.set(`${home.namespace}/data-${part.name}-0`, part.content(since));
  }
  await createAll(clusters.east.client, [
    homeOfDeveloper('shop'),
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: skipLargeVolumes, namespace: 'velero' },
      data: {
        'policies.yaml':
          "version: v1\nvolumePolicies:\n  # Backups were too slow.\n  - conditions: { capacity: '100Gi,' }\n    action: { type: skip }\n",
      },
    },
    location({ name: 'archive', bucket: 'archive-2019', prefix: 'east' }),
  ]);
  await Promise.all(Object.values(clusters).map((cluster) => cluster.idle()));
  for (const { cluster, namespace: home, parts } of homes) {
    for (const { name } of parts) {
      const content = contents.get(`${home}/data-${name}-0`);
      if (content) clusters[cluster].writeFiles(home, `data-${name}-0`, content.files(now));
    }
  }
  for (const plan of schedulePlans(now)) await writeHistory({ cluster: clusters[plan.cluster], contents, now }, plan);
  for (const cluster of Object.values(clusters)) cluster.clock.set();
}
