import type { ResourceType } from '../../ports/kubernetes.ts';

export const engineId = 'volsync';

function volsync(resource: string, kind: string): ResourceType {
  return { group: 'volsync.backube', version: 'v1alpha1', resource, kind, namespaced: true };
}

export const kinds = {
  sources: volsync('replicationsources', 'ReplicationSource'),
  destinations: volsync('replicationdestinations', 'ReplicationDestination'),
} as const satisfies Record<string, ResourceType>;

/** On what is rendered: what no field of VolSync tells. */
export const notes = {
  /** Name of the cluster at the other end. */
  peer: 'kubectl-dr.dev/replication-peer',
  /** Namespace there, where it is another. */
  peerNamespace: 'kubectl-dr.dev/replication-peer-namespace',
  /** On a destination: the claim as it has to be made again, JSON. */
  claim: 'kubectl-dr.dev/claim',
  /** On a destination: `retain` of its source, JSON, for who has lost the source. */
  retain: 'kubectl-dr.dev/retain',
  /** On an end while a sync is asked for: `Asked` of `trigger.ts`, JSON. */
  sync: 'kubectl-dr.dev/sync',
  /** On a claim that was promoted: from when its data is. */
  capturedAt: 'kubectl-dr.dev/captured-at',
} as const;

/** A snapshot with this label is left alone by VolSync, and no longer owned by it. */
export const keepLabel = 'volsync.backube/do-not-delete';

/** How VolSync is told to wait with its copy until a claim's writers rest (annotations of the claim). */
export const copyTrigger = {
  uses: 'volsync.backube/use-copy-trigger',
  trigger: 'volsync.backube/copy-trigger',
  status: 'volsync.backube/latest-copy-status',
} as const;
