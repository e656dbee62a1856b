import { ConflictError } from '../../errors.ts';
import { fenceHolders, fencesLabel, holdersOf, networkFences, outcomeOf, stateOf } from '../../fencing/network-fence.ts';
import type { KubeObject } from '../../ports/kubernetes.ts';
import { type Action, type ActionContext, absent, failed, until } from './context.ts';

/**
 * Cuts a cluster off from its storage, or lets it in again, by a fence that was prepared for it, and waits until the storage has
 * done it. One that was closed by somebody else is used and left closed; one that other operations need as well stays closed.
 */
export async function setFence(action: Action<'fence.set'>, context: ActionContext): Promise<string> {
  const { cluster, signal, operationId } = context;
  const ref = { type: networkFences, name: action.fence };
  for (;;) {
    const fence = await cluster.get(ref, { signal }).catch(absent);
    if (!fence) {
      if (action.state === 'Unfenced') return `there is no NetworkFence ${action.fence} on ${cluster.name} any more`;
      throw failed(context, `the NetworkFence ${action.fence} on ${cluster.name} is gone`, 'make it again, or go on with --override');
    }
    if (fence.metadata.labels?.[fencesLabel] !== action.of)
      throw failed(context, `the NetworkFence ${action.fence} on ${cluster.name} is not labelled ${fencesLabel}=${action.of}`);
    const change = changeOf(fence, action, operationId);
    if (typeof change === 'string') return change;
    if (!change) break;
    try {
      const others = await cluster.patch(ref, 'merge', change, { signal });
      if (action.state === 'Unfenced' && stateOf(others) === 'Fenced')
        return `${action.fence} is left closed for ${holdersOf(others).join(', ')}`;
      break;
    } catch (error) {
      // Somebody wrote at the same time: look again.
      if (!(error instanceof ConflictError)) throw error;
    }
  }
  let why = '';
  const late = () =>
    failed(
      context,
      `the storage did not do what the NetworkFence ${action.fence} on ${cluster.name} asks for${why && `: ${why}`}`,
      `look at it: kubectl --context ${cluster.name} describe networkfence ${action.fence}; then: kubectl dr resume ${operationId}`,
    );
  await until(context, { timeoutSeconds: action.timeoutSeconds, late }, async (tell) => {
    const { done, failure } = outcomeOf(await cluster.get(ref, { signal }), action.state);
    if (done) return true;
    why = failure ?? '';
    tell(`waiting for the storage${why && `: ${why}`}`);
    return undefined;
  });
  return action.state === 'Fenced' ? `${action.of} cannot write to its storage any more` : `${action.of} can write to its storage again`;
}

/** A sentence: there is nothing to do, nor to wait for. Undefined: it is wanted already. */
function changeOf(fence: KubeObject, { fence: name, state }: Action<'fence.set'>, operation: string): object | string | undefined {
  const [now, holders] = [stateOf(fence), holdersOf(fence)];
  const write = (left: string[], fenceState: string) => ({
    metadata: {
      ...(fence.metadata.resourceVersion !== undefined && { resourceVersion: fence.metadata.resourceVersion }),
      annotations: { [fenceHolders]: left.length > 0 ? left.join(',') : null },
    },
    spec: { fenceState },
  });
  if (state === 'Fenced') {
    // Closed by a person, who opens it as well.
    if (now === 'Fenced' && (holders.length === 0 || holders.includes(operation))) return undefined;
    return write([...new Set([...holders, operation])], 'Fenced');
  }
  if (!holders.includes(operation)) return now === 'Unfenced' ? undefined : `${name} is left closed: it was not closed for this operation`;
  const left = holders.filter((each) => each !== operation);
  return write(left, left.length > 0 ? 'Fenced' : 'Unfenced');
}
