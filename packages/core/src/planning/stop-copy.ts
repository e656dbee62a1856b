import { nameFor } from './assemble.ts';
import type { Step } from './model.ts';
import type { Origin } from './move/inputs.ts';

/** For pods to end, seconds. */
const stopTimeout = 600;

/** Stops what runs where the application goes away from. `accepted`: why it may be passed while that cluster is silent. */
export function stopCopy(
  application: string,
  { cluster, namespace, reachable, labelSelectors }: Origin,
  id: string,
  accepted?: string,
): Step {
  return {
    id: `${id}-${nameFor(`${cluster}-${namespace}`, 150)}`,
    title: `Stop ${application} in ${namespace}, and see that nothing of it runs`,
    cluster,
    action: {
      kind: 'copy.stop',
      namespace,
      ...(labelSelectors && { labelSelectors }),
      ...(accepted !== undefined && !reachable && { accepted }),
      timeoutSeconds: stopTimeout,
    },
  };
}
