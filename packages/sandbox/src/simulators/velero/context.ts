import type { Clock } from '@kubectl-dr/core/ports/clock';
import type { KubeObject, ObjectRef, ResourceType } from '@kubectl-dr/core/ports/kubernetes';
import { timestamp } from '../../api/writer.ts';
import type { ControlledCluster } from '../api-cluster.ts';
import type { Durations } from '../durations.ts';
import type { Buckets } from '../object-store.ts';
import type { VolumeStore } from '../volumes/volume-store.ts';

/** Something that goes wrong on purpose. The first one that matches counts. */
export type VeleroFailure =
  /** A backup or restore whose name begins so ends in this phase. */
  | { kind: 'Backup' | 'Restore'; name: string; phase: 'Failed' | 'PartiallyFailed'; message: string; namespace?: string }
  /** The data of this claim cannot be moved. */
  | { kind: 'Volume'; namespace: string; claim: string; message: string };

/** What the server was started with, and what goes wrong with it; may be changed at any time. */
export interface VeleroBehaviour {
  /** `v1.18.1` */
  version: string;
  /** Nobody is there: nothing is answered, nothing begins. */
  down: boolean;
  /** `--default-snapshot-move-data` */
  moveData: boolean;
  /** `--default-volumes-to-fs-backup` */
  fileSystemBackup: boolean;
  /** A plugin takes snapshots of disks that no CSI driver carries. */
  nativeSnapshots: boolean;
  failures: VeleroFailure[];
}

export interface VeleroOptions {
  cluster: ControlledCluster;
  clock: Clock;
  durations: Durations;
  volumes: VolumeStore;
  buckets: Buckets;
  behaviour: VeleroBehaviour;
  /** The one namespace that the server watches. */
  namespace: string;
  /** Makes bytes available under a link, and takes them away again. */
  offer(bytes: Uint8Array): { url: string; withdraw(): void };
  /** A link to nothing. */
  missing: string;
}

export function behaviour(values: Partial<VeleroBehaviour> = {}): VeleroBehaviour {
  return { version: 'v1.18.1', down: false, moveData: false, fileSystemBackup: false, nativeSnapshots: false, failures: [], ...values };
}

export function refIn({ namespace }: VeleroOptions, type: ResourceType, name: string): ObjectRef {
  return { type, namespace, name };
}

/** Velero's types have no status subresource: spec and status are written alike. */
export function patch(options: VeleroOptions, type: ResourceType, name: string, body: Record<string, unknown>): Promise<KubeObject> {
  return options.cluster.patch(refIn(options, type, name), 'merge', body);
}

export function now({ clock }: VeleroOptions): string {
  return timestamp(clock);
}
