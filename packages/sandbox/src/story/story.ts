import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import type { SandboxCluster } from '../simulators/cluster.ts';
import type { ClusterName } from '../cluster-names.ts';
import { createAll } from '../simulators/create-all.ts';
import { location } from '../simulators/velero/install.ts';
import type { PastContent } from '../simulators/velero/past-points.ts';
import { book } from './book.ts';
import type { Home } from './book.ts';
import { contentOf } from './content.ts';
import { writeHistory } from './history.ts';
import { takeSnapshots } from './snapshots.ts';
import { objectsOf } from './workloads.ts';

const day = 24 * 60 * 60_000;

/** The day on which everything in the clusters was new. */
export function beginning(now: Date): Date {
  return new Date(now.getTime() - 32 * day);
}

/**
 * Fills the clusters with applications that have been there for a month: one of every verdict, and a database that every
 * hourly backup leaves out while it says Completed. The clusters stand at `beginning`; their clocks run again when it is told.
 */
export async function tellStory(clusters: Record<ClusterName, SandboxCluster>, now: Date): Promise<void> {
  const contents = new Map<string, PastContent>();
  for (const home of book.homes) {
    await createAll(clusters[home.cluster].client, [namespaceOf(home), ...home.parts.flatMap((part) => objectsOf(part, home.namespace))]);
    for (const { name, content } of home.parts)
      if (content) contents.set(`${home.namespace}/data-${name}-0`, contentOf(content, beginning(now)));
  }
  await createAll(clusters.east.client, [...book.objects, location({ name: 'archive', bucket: 'archive-2019', prefix: 'east' })]);
  await Promise.all(Object.values(clusters).map((cluster) => cluster.idle()));
  for (const { cluster, namespace, parts } of book.homes) {
    for (const { name } of parts) {
      const content = contents.get(`${namespace}/data-${name}-0`);
      if (content) clusters[cluster].writeFiles(namespace, `data-${name}-0`, content.files(now));
    }
  }
  for (const plan of book.schedules) await writeHistory({ cluster: clusters[plan.cluster], contents, now }, plan);
  for (const plan of book.snapshots) {
    const content = contents.get(`${plan.namespace}/${plan.claim}`);
    if (content) await takeSnapshots(clusters[plan.cluster], plan, content, now);
  }
  for (const cluster of Object.values(clusters)) cluster.clock.set();
}

function namespaceOf({ namespace, owner, sharedWith }: Home): KubeObject {
  const annotations = {
    ...(owner !== undefined && { 'kubectl-dr.dev/owner': `group:default/${owner}` }),
    ...(sharedWith !== undefined && { 'kubectl-dr.dev/shared-with': `group:default/${sharedWith}` }),
  };
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, annotations } };
}
