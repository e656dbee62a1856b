import type { KubeObject, ObjectRef } from '@kubectl-dr/core/ports/kubernetes';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import { at, textAt } from '@kubectl-dr/sandbox/api/json';
import type { ControlledCluster } from '@kubectl-dr/sandbox/simulators/api-cluster';
import type { Controller, Key } from '@kubectl-dr/sandbox/simulators/controller';
import { own } from '@kubectl-dr/sandbox/simulators/controller';
import { find } from '@kubectl-dr/sandbox/simulators/find';
import { kinds } from '@kubectl-dr/sandbox/simulators/velero/kinds';
import type { VolumeStore } from '@kubectl-dr/sandbox/simulators/volumes/volume-store';

/** The snapshot controller and the driver's sidecar in one, over the disks of the simulated volumes: for a real engine. */
export function snapshotControllers(cluster: ControlledCluster, store: VolumeStore): Controller[] {
  return [
    { name: 'snapshots', watches: [own(kinds.snapshots)], reconcile: (key) => bindSnapshot(cluster, store, key) },
    { name: 'claims from snapshots', watches: [own(types.persistentVolumeClaims)], reconcile: (key) => fillClaim(cluster, store, key) },
  ];
}

async function bindSnapshot(cluster: ControlledCluster, store: VolumeStore, { namespace, name }: Key): Promise<void> {
  const ref: ObjectRef = { type: kinds.snapshots, namespace: namespace!, name };
  const snapshot = await find(cluster, ref);
  if (snapshot === undefined || textAt(snapshot, 'status', 'boundVolumeSnapshotContentName') !== '') return;
  const given = textAt(snapshot, 'spec', 'source', 'volumeSnapshotContentName');
  const content =
    given === '' ? await takeSnapshot(cluster, store, snapshot) : await find(cluster, { type: kinds.snapshotContents, name: given });
  if (content === undefined) return;
  const taken = { readyToUse: true, restoreSize: 1 << 30 };
  await cluster.patchStatus(
    { type: kinds.snapshotContents, name: content.metadata.name },
    { ...taken, snapshotHandle: textAt(content, 'status', 'snapshotHandle') || textAt(content, 'spec', 'source', 'snapshotHandle') },
  );
  await cluster.patchStatus(ref, {
    boundVolumeSnapshotContentName: content.metadata.name,
    creationTime: snapshot.metadata.creationTimestamp,
    readyToUse: true,
    restoreSize: '1Gi',
  });
}

async function takeSnapshot(cluster: ControlledCluster, store: VolumeStore, snapshot: KubeObject): Promise<KubeObject | undefined> {
  const { namespace, name, uid } = snapshot.metadata;
  const claim = await find(cluster, {
    type: types.persistentVolumeClaims,
    namespace: namespace!,
    name: textAt(snapshot, 'spec', 'source', 'persistentVolumeClaimName'),
  });
  const volume = textAt(claim, 'spec', 'volumeName');
  const className = textAt(snapshot, 'spec', 'volumeSnapshotClassName');
  const snapshotClass = await find(cluster, { type: kinds.snapshotClasses, name: className });
  if (volume === '' || snapshotClass === undefined) return undefined;
  const content = await cluster.create(kinds.snapshotContents, {
    apiVersion: 'snapshot.storage.k8s.io/v1',
    kind: 'VolumeSnapshotContent',
    metadata: { name: `snapcontent-${uid}` },
    spec: {
      deletionPolicy: at(snapshotClass, 'deletionPolicy'),
      driver: at(snapshotClass, 'driver'),
      source: { volumeHandle: volume },
      volumeSnapshotClassName: className,
      volumeSnapshotRef: { apiVersion: snapshot.apiVersion, kind: snapshot.kind, namespace, name, uid },
    },
  });
  return { ...content, status: { snapshotHandle: store.takeSnapshot(store.read(volume) ?? {}) } };
}

/** A claim that names a snapshot as its source begins with what was on the disk then. */
async function fillClaim(cluster: ControlledCluster, store: VolumeStore, { namespace, name }: Key): Promise<void> {
  const claim = await find(cluster, { type: types.persistentVolumeClaims, namespace: namespace!, name });
  if (claim === undefined || textAt(claim, 'spec', 'dataSource', 'kind') !== 'VolumeSnapshot' || textAt(claim, 'spec', 'volumeName') !== '')
    return;
  const snapshot = await find(cluster, { type: kinds.snapshots, namespace: namespace!, name: textAt(claim, 'spec', 'dataSource', 'name') });
  const content =
    textAt(snapshot, 'status', 'boundVolumeSnapshotContentName') || textAt(snapshot, 'spec', 'source', 'volumeSnapshotContentName');
  if (content === '') return;
  const handle = textAt(await find(cluster, { type: kinds.snapshotContents, name: content }), 'spec', 'source', 'snapshotHandle');
  const files = store.snapshot(handle);
  if (files !== undefined) store.expect({ namespace: namespace!, name }, files);
}
