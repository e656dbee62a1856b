import type { ClusterClient, RequestOptions } from '../../ports/cluster.ts';
import type { ResourceType } from '../../ports/kubernetes.ts';

export const groupSnapshotGroup = 'groupsnapshot.storage.k8s.io';

export interface GroupKinds {
  groups: ResourceType;
  contents: ResourceType;
  classes: ResourceType;
}

/** Those of group snapshots, in the version that the cluster serves: v1beta1, v1beta2 or v1. Undefined: it has none. */
export async function groupKindsOf(cluster: ClusterClient, options: RequestOptions): Promise<GroupKinds | undefined> {
  const served = await cluster.discover(options);
  const find = (kind: string): ResourceType | undefined =>
    served.find((type) => type.group === groupSnapshotGroup && type.kind === kind && !type.version.startsWith('v1alpha'));
  const groups = find('VolumeGroupSnapshot');
  const contents = find('VolumeGroupSnapshotContent');
  const classes = find('VolumeGroupSnapshotClass');
  return groups && contents && classes && { groups, contents, classes };
}
