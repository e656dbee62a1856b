import type { KubeObject } from '../ports/kubernetes.ts';
import { at } from './raw.ts';

/** The claim as it can be made again: without what the server and the binder wrote. */
export function claimManifest(claim: KubeObject): KubeObject {
  const { name, namespace, labels, annotations = {} } = claim.metadata;
  const kept = Object.fromEntries(
    Object.entries(annotations).filter(([key]) => !/^(pv|volume(\.beta)?)\.kubernetes\.io\/|^kubectl\.kubernetes\.io\//.test(key)),
  );
  const { volumeName: _, dataSource: __, dataSourceRef: ___, ...spec } = (at(claim, 'spec') ?? {}) as Record<string, unknown>;
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {
      name,
      ...(namespace !== undefined && { namespace }),
      ...(labels && { labels }),
      ...(Object.keys(kept).length > 0 && { annotations: kept }),
    },
    spec,
  };
}
