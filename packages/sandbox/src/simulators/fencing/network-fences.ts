import { networkFences, stateOf } from '@kubectl-dr/core/fencing/network-fence';
import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { at, textAt } from '../../api/json.ts';
import type { ControlledCluster } from '../api-cluster.ts';
import type { Controller } from '../controller.ts';
import { own } from '../controller.ts';
import { age, definition } from '../definition.ts';
import { find } from '../find.ts';
import type { VolumeStore } from '../volumes/volume-store.ts';

export interface FencingOptions {
  cluster: ControlledCluster;
  /** Disks that are written to from these addresses. */
  reached: Record<string, VolumeStore>;
  /** Why the storage refuses; may be changed at any time. */
  behaviour?: { refuses?: string };
}

/** csi-addons with a storage system that serves several clusters: whoever is fenced off writes nothing. */
export function fenceController({ cluster, reached, behaviour = {} }: FencingOptions): Controller {
  return {
    name: 'network fences',
    watches: [own(networkFences)],
    async reconcile({ name }) {
      const ref = { type: networkFences, name };
      const fence = await find(cluster, ref);
      if (!fence) return;
      const wanted = stateOf(fence);
      const failure = behaviour.refuses ?? missingIn(fence);
      if (failure === undefined) {
        for (const cidr of at(fence, 'spec', 'cidrs') as string[]) if (reached[cidr]) reached[cidr].fenced = wanted === 'Fenced';
      }
      const status =
        failure === undefined
          ? { result: 'Succeeded', message: wanted === 'Fenced' ? 'fencing operation successful' : 'unfencing operation successful' }
          : { result: 'Failed', message: failure };
      if (textAt(fence, 'status', 'result') !== status.result || textAt(fence, 'status', 'message') !== status.message)
        await cluster.patchStatus(ref, status);
      return failure === undefined ? undefined : 1_000;
    },
  };
}

function missingIn(fence: KubeObject): string | undefined {
  if (textAt(fence, 'spec', 'driver') === '' && textAt(fence, 'spec', 'networkFenceClassName') === '')
    return 'Failed to validate Networkfence parameters: required parameter driver is not specified';
  if (!Array.isArray(at(fence, 'spec', 'cidrs')))
    return 'Failed to validate Networkfence parameters: required parameter cidrs is not specified';
  return undefined;
}

export function fenceDefinition(): KubeObject {
  return definition(networkFences, {
    columns: [
      ['Driver', '.spec.driver', 'string'],
      ['Cidrs', '.spec.cidrs', 'string'],
      ['FenceState', '.spec.fenceState', 'string'],
      age,
      ['Result', '.status.result', 'string'],
    ],
    status: true,
  });
}
