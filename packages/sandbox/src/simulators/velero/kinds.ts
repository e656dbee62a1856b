import { veleroKinds } from '@kubectl-dr/core/engines/velero/kinds';
import type { ResourceType } from '@kubectl-dr/core/ports/kubernetes';
import { snapshotKinds } from '../volumes/snapshot-kinds.ts';

function velero(resource: string, kind: string, version = 'v1'): ResourceType {
  return { group: 'velero.io', version, resource, kind, namespaced: true };
}
/** The server's own types. */
export const serverKinds = {
  ...veleroKinds,
  podVolumeRestores: velero('podvolumerestores', 'PodVolumeRestore'),
  snapshotLocations: velero('volumesnapshotlocations', 'VolumeSnapshotLocation'),
  dataDownloads: velero('datadownloads', 'DataDownload', 'v2alpha1'),
} as const;

/** Every type that the server reads or writes, beyond what it backs up. */
export const kinds = { ...serverKinds, ...snapshotKinds } as const;
