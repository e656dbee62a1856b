import { claimsOf } from '../../application/pod-references.ts';
import { textAt } from '../../application/raw.ts';
import { DrError } from '../../errors.ts';
import type { BackupRequest } from '../../ports/engine.ts';
import type { EngineContext } from '../../ports/engine-context.ts';
import type { KubeObject } from '../../ports/kubernetes.ts';
import { types } from '../../ports/kubernetes.ts';

export interface FoundClaims {
  /** Every claim of the namespace. */
  all: KubeObject[];
  /** Those that the request means and that have a volume, by name. */
  wanted: KubeObject[];
}

/** A selector takes claims that carry the labels, and claims of pods that do: pods of a StatefulSet carry more than its claims. */
export async function findClaims(
  { cluster, namespace, signal }: EngineContext,
  { claims, labelSelector }: Pick<BackupRequest, 'claims' | 'labelSelector'>,
): Promise<FoundClaims> {
  const options = { namespace, ...(signal && { signal }) };
  const { items: all } = await cluster.list(types.persistentVolumeClaims, options);
  let names: Set<string> | undefined;
  if (claims) names = new Set(claims);
  else if (labelSelector !== undefined) {
    const [labelled, pods] = await Promise.all([
      cluster.list(types.persistentVolumeClaims, { ...options, labelSelector }),
      cluster.list(types.pods, { ...options, labelSelector }),
    ]);
    names = new Set([...labelled.items.map(({ metadata }) => metadata.name), ...pods.items.flatMap((pod) => claimsOf(pod.spec))]);
  }
  const wanted = all
    .filter((claim) => (names?.has(claim.metadata.name) ?? true) && textAt(claim, 'status', 'phase') === 'Bound')
    .sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  return { all, wanted };
}

/** The CSI driver of a claim's volume; undefined when no driver carries it. Who may not see volumes is told by the claim. */
export async function driverOf(claim: KubeObject, { cluster, signal }: EngineContext): Promise<string | undefined> {
  try {
    const name = textAt(claim, 'spec', 'volumeName') ?? '';
    const volume = await cluster.get({ type: types.persistentVolumes, name }, signal ? { signal } : {});
    return textAt(volume, 'spec', 'csi', 'driver');
  } catch (error) {
    if (!(error instanceof DrError) || error.code !== 'FORBIDDEN') throw error;
    return textAt(claim, 'metadata', 'annotations', 'volume.kubernetes.io/storage-provisioner');
  }
}
