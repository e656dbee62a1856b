import { types } from '@kubectl-dr/core/ports/kubernetes';
import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { at, listAt, recordAt, textAt } from '../../api/json.ts';
import type { ControlledCluster } from '../api-cluster.ts';
import { find } from '../find.ts';
import { quantity } from '@kubectl-dr/core/planning/quantity';
import { claimNames } from '../volumes/volumes.ts';

/** Of everything that a node could run out of, only what a demonstration needs. */
const gpu = 'nvidia.com/gpu';

/** A node for a pod, or the scheduler's sentence about why there is none. */
export async function placePod(cluster: ControlledCluster, pod: KubeObject): Promise<{ node: string } | { reason: string }> {
  const namespace = pod.metadata.namespace!;
  for (const name of claimNames(pod)) {
    const claim = await find(cluster, { type: types.persistentVolumeClaims, namespace, name });
    if (claim === undefined) return { reason: `0/1 nodes are available: persistentvolumeclaim "${name}" not found.` };
    if (textAt(claim, 'status', 'phase') !== 'Bound')
      return { reason: '0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims.' };
  }
  const nodes = (await cluster.list(types.nodes)).items.filter((node) => at(node, 'spec', 'unschedulable') !== true);
  const selected = nodes.filter((node) =>
    Object.entries(recordAt(pod, 'spec', 'nodeSelector')).every(([key, value]) => node.metadata.labels?.[key] === value),
  );
  const wanted = gpusOf(pod);
  const pods = (await cluster.list(types.pods)).items.filter(
    (other) => !['Succeeded', 'Failed'].includes(textAt(other, 'status', 'phase')),
  );
  const on = (node: KubeObject): KubeObject[] => pods.filter((other) => textAt(other, 'spec', 'nodeName') === node.metadata.name);
  const free = (node: KubeObject): number =>
    quantity(at(node, 'status', 'allocatable', gpu)) - on(node).reduce((sum, other) => sum + gpusOf(other), 0);
  const roomy = selected.filter((node) => free(node) >= wanted);
  // Accelerators are kept for those who ask for one.
  const [best] = roomy.sort((a, b) => (wanted > 0 ? 0 : free(a) - free(b)) || on(a).length - on(b).length);
  if (best !== undefined) return { node: best.metadata.name };
  const unselected = nodes.length - selected.length;
  const parts = [
    ...(selected.length > 0 ? [`${selected.length} Insufficient ${gpu}`] : []),
    ...(unselected > 0 ? [`${unselected} node(s) didn't match Pod's node affinity/selector`] : []),
  ];
  return { reason: `0/${nodes.length} nodes are available: ${parts.join(', ') || 'no nodes'}.` };
}

function gpusOf(pod: KubeObject): number {
  return listAt(pod, 'spec', 'containers').reduce<number>((sum, container) => {
    const resources = recordAt(container, 'resources');
    return sum + quantity(at(resources, 'limits', gpu) ?? at(resources, 'requests', gpu));
  }, 0);
}
