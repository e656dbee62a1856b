import type { Clock } from '@kubectl-dr/core/ports/clock';
import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import type { ControlledCluster } from '../api-cluster.ts';
import { snapshotKinds } from './snapshot-kinds.ts';
import type { VolumeStore } from './volume-store.ts';

export interface SnapshotOptions {
  cluster: ControlledCluster;
  /** The disks, and the snapshots beside them. */
  volumes: VolumeStore;
  clock: Clock;
}

/** What the driver says of a snapshot's data. */
export function tellContent(cluster: ControlledCluster, { metadata }: KubeObject, status: Record<string, unknown>): Promise<KubeObject> {
  return cluster.patchStatus({ type: snapshotKinds.snapshotContents, name: metadata.name }, status);
}
