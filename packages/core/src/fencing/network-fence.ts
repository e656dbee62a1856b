import { at, textAt, textList } from '../application/raw.ts';
import { DrError } from '../errors.ts';
import type { ClusterClient } from '../ports/cluster.ts';
import type { KubeObject, ResourceType } from '../ports/kubernetes.ts';

/** csi-addons: a storage system refuses whatever comes from these addresses. */
export const networkFences: ResourceType = {
  group: 'csiaddons.openshift.io',
  version: 'v1alpha1',
  resource: 'networkfences',
  kind: 'NetworkFence',
  namespaced: false,
};

/**
 * Label of a NetworkFence that an administrator prepared, Unfenced, on the cluster that survives: the cluster whose nodes it cuts
 * off. Addresses and credentials stay in it; nobody else can know them when that cluster is gone.
 */
export const fencesLabel = 'kubectl-dr.dev/fences';
/** Operations for which it is Fenced, with commas between them: the last one to let go opens it. */
export const fenceHolders = 'kubectl-dr.dev/fenced-for';

export type FenceState = 'Fenced' | 'Unfenced';

export interface Fence {
  name: string;
  /** Where the object is. */
  on: string;
  /** The cluster that it cuts off. */
  of: string;
  state: FenceState;
  /** Driver or class, as people know it. */
  storage: string;
  addresses: string[];
  /** Operations for which it is closed. */
  heldFor: string[];
}

/** Fences that are prepared there; none where the type is not known. What cannot be read is thrown. */
export async function readFences(cluster: ClusterClient, signal?: AbortSignal): Promise<Fence[]> {
  try {
    const { items } = await cluster.list(networkFences, { labelSelector: fencesLabel, ...(signal && { signal }) });
    return items.map((object) => fenceOf(object, cluster.name)).toSorted((a, b) => a.name.localeCompare(b.name));
  } catch (error) {
    if (error instanceof DrError && error.code === 'NOT_FOUND') return [];
    throw error;
  }
}

function fenceOf(object: KubeObject, on: string): Fence {
  return {
    name: object.metadata.name,
    on,
    of: object.metadata.labels?.[fencesLabel] ?? '',
    state: stateOf(object),
    storage: textAt(object, 'spec', 'networkFenceClassName') || textAt(object, 'spec', 'driver') || 'an unknown driver',
    addresses: addressesOf(object),
    heldFor: holdersOf(object),
  };
}

export function stateOf(object: KubeObject): FenceState {
  // Fenced is what the type itself takes for meant where nothing is said.
  return textAt(object, 'spec', 'fenceState') === 'Unfenced' ? 'Unfenced' : 'Fenced';
}

function addressesOf({ spec }: KubeObject): string[] {
  return textList(at(spec, 'cidrs'));
}

export function holdersOf({ metadata }: KubeObject): string[] {
  return (metadata.annotations?.[fenceHolders] ?? '').split(',').filter(Boolean);
}

/**
 * Whether the storage did what is wanted, or why not. The status is of the last thing that was done, which may have been the
 * opposite: only the message tells which.
 */
export function outcomeOf(object: KubeObject, wanted: FenceState): { done: boolean; failure?: string } {
  const [result, message] = [textAt(object, 'status', 'result'), textAt(object, 'status', 'message') ?? ''];
  if (result === 'Failed') return { done: false, failure: message.slice(0, 300) };
  return { done: result === 'Succeeded' && /unfenc/i.test(message) === (wanted === 'Unfenced') };
}
