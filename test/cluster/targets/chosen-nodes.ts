import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import { textAt } from '@kubectl-dr/sandbox/api/json';
import type { ControlledCluster } from '@kubectl-dr/sandbox/simulators/api-cluster';
import type { Controller } from '@kubectl-dr/sandbox/simulators/controller';
import { find, ifThere } from '@kubectl-dr/sandbox/simulators/find';
import { claimNames } from '@kubectl-dr/sandbox/simulators/volumes/volumes';

/** The word of the scheduler that a claim of the mode WaitForFirstConsumer waits for: on which node its first pod will be. */
export function chosenNodes(cluster: ControlledCluster, node: string): Controller {
  const claimsOf = (pod: KubeObject, deleted: boolean) =>
    deleted || textAt(pod, 'spec', 'nodeName') !== '' ? [] : claimNames(pod).map((name) => ({ namespace: pod.metadata.namespace!, name }));
  return {
    name: 'chosen nodes',
    watches: [
      { type: types.pods, keys: claimsOf },
      { type: types.persistentVolumeClaims, keys: ({ metadata: { namespace, name } }) => [{ namespace: namespace!, name }] },
    ],
    async reconcile({ namespace, name }) {
      const ref = { type: types.persistentVolumeClaims, namespace: namespace!, name };
      const claim = await find(cluster, ref);
      if (claim === undefined || textAt(claim, 'spec', 'volumeName') !== '' || claim.metadata.annotations?.[chosen] !== undefined) return;
      const storageClass = await find(cluster, { type: types.storageClasses, name: textAt(claim, 'spec', 'storageClassName') });
      if (storageClass?.volumeBindingMode !== 'WaitForFirstConsumer') return;
      const { items } = await cluster.list(types.pods, { namespace: namespace! });
      if (!items.some((pod) => pod.metadata.deletionTimestamp === undefined && claimNames(pod).includes(name))) return;
      await ifThere(cluster.patch(ref, 'merge', { metadata: { annotations: { [chosen]: node } } }));
    },
  };
}

const chosen = 'volume.kubernetes.io/selected-node';
