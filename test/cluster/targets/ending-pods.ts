import { types } from '@kubectl-dr/core/ports/kubernetes';
import type { Controller } from '@kubectl-dr/sandbox/simulators/controller';
import { keyOf } from '@kubectl-dr/sandbox/simulators/controller';
import { find, ifThere } from '@kubectl-dr/sandbox/simulators/find';
import type { ControlledHttpCluster } from './controlled-http-cluster.ts';

/** The kubelet's last act for a pod: a real server waits for it, the sandbox's pods go at once. */
export function endingPods(cluster: ControlledHttpCluster): Controller {
  return {
    name: 'ending pods',
    watches: [{ type: types.pods, keys: (pod, deleted) => (pod.metadata.deletionTimestamp && !deleted ? [keyOf(pod)] : []) }],
    async reconcile({ namespace, name }) {
      const ref = { type: types.pods, namespace: namespace!, name };
      const pod = await find(cluster, ref);
      if (pod?.metadata.deletionTimestamp !== undefined) await ifThere(cluster.deleteNow(ref, pod.metadata.uid!));
    },
  };
}
