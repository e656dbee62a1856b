import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { apiVersionOf, types } from '@kubectl-dr/core/ports/kubernetes';
import { isRecord, listAt, recordAt, textAt, withPath } from '../../api/json.ts';
import { find, ifThere } from '../find.ts';
import { sizeOf } from '../volumes/volume-store.ts';
import type { ArchivedObject } from './archive.ts';
import type { BackupBucket } from './bucket.ts';
import type { VeleroOptions } from './context.ts';
import { now } from './context.ts';
import { kinds } from './kinds.ts';
import type { Report } from './report.ts';
import type { VolumeReturn } from './reset.ts';

export interface ReturningVolumes {
  options: VeleroOptions;
  restore: KubeObject;
  bucket: BackupBucket;
  report: Report;
  labels: Record<string, string>;
  /** From the artefact BackupVolumeInfos. */
  infos: readonly Record<string, unknown>[];
  archive: readonly ArchivedObject[];
  restoresVolumes: boolean;
  /** Are VolumeSnapshots admitted by the restore's filters? Without them a CSI snapshot does not come back. */
  restoresSnapshots: boolean;
  /** Claims that this restore created, by `namespace/name` of the target. */
  created: Set<string>;
  /** Of volumes that came back under another name, because theirs was taken. */
  renamed: Map<string, string>;
  /** Names of the DataDownloads that were begun. */
  downloads: string[];
  /** As in the artefact RestoreVolumeInfo. */
  returned: Record<string, unknown>[];
  /** As in the artefact RestoreItemOperations. */
  operations: Record<string, unknown>[];
}

function infoOf({ infos }: ReturningVolumes, namespace: string, claim: string): Record<string, unknown> | undefined {
  return infos.find(
    (info) => info.pvcNamespace === namespace && info.pvcName === claim && info.skipped !== true && info.result !== 'failed',
  );
}

/** How the data of a claim comes back: `restore.go` decides by snapshot, then by the reclaim policy of its volume. */
export function volumeReturn(context: ReturningVolumes, namespace: string, claim: string): VolumeReturn {
  if (!context.restoresVolumes) return 'empty';
  const info = infoOf(context, namespace, claim);
  if (info !== undefined) return info.backupMethod === 'NativeSnapshot' ? 'static' : 'from data';
  const volume = context.archive.find(({ resource, object }) => {
    const reference = recordAt(object, 'spec', 'claimRef');
    return resource === 'persistentvolumes' && reference.namespace === namespace && reference.name === claim;
  });
  return volume !== undefined && textAt(volume.object, 'spec', 'persistentVolumeReclaimPolicy') !== 'Delete' ? 'static' : 'empty';
}

/**
 * A disk made from a native snapshot comes back as the volume that it was, or under a new name where that one is still
 * there and the restore maps its namespace (`shouldRenamePV`); otherwise the volume that is there is all.
 */
export async function beforeVolume(context: ReturningVolumes, volume: KubeObject, mapping: Record<string, string>): Promise<KubeObject> {
  const { options, renamed } = context;
  const { name } = volume.metadata;
  const info = context.infos.find((item) => item.pvName === name && item.backupMethod === 'NativeSnapshot');
  const files = info && options.volumes.snapshot(textAt(info, 'nativeSnapshotInfo', 'snapshotHandle'));
  if (info === undefined || files === undefined) return volume;
  const taken = (await find(options.cluster, { type: types.persistentVolumes, name })) !== undefined;
  if (taken && mapping[String(info.pvcNamespace)] === undefined) return volume;
  const target = taken ? `velero-clone-${crypto.randomUUID()}` : name;
  if (taken) renamed.set(name, target);
  options.volumes.write(target, files);
  return withPath({ ...volume, metadata: { ...volume.metadata, name: target } }, ['spec', 'awsElasticBlockStore', 'volumeID'], target);
}

/** Prepares the data of a claim that is about to be created, and gives the claim as it has to be created for that. */
export async function beforeClaim(context: ReturningVolumes, source: string, claim: KubeObject): Promise<KubeObject> {
  const { options, bucket, report, restoresVolumes } = context;
  const { namespace = '', name } = claim.metadata;
  const info = restoresVolumes ? infoOf(context, source, name) : undefined;
  if (info?.backupMethod === 'NativeSnapshot') {
    const volume = textAt(claim, 'spec', 'volumeName');
    return withPath(claim, ['spec', 'volumeName'], context.renamed.get(volume) ?? volume);
  }
  if (info === undefined || info.backupMethod !== 'CSISnapshot') return claim;
  if (await find(options.cluster, { type: types.persistentVolumeClaims, namespace, name })) return claim;
  if (info.snapshotDataMoved !== true) return fromSnapshot(context, info, claim);
  const files = await bucket.data(source, textAt(info, 'snapshotDataMovementInfo', 'snapshotHandle'));
  if (files === undefined) {
    report.error(`the repository does not hold the data of the claim ${source}/${name}`, { namespace });
    return claim;
  }
  options.volumes.expect({ namespace, name }, files);
  await download(context, source, namespace, name, textAt(info, 'snapshotDataMovementInfo', 'snapshotHandle'), sizeOf(files));
  return claim;
}

async function download(
  context: ReturningVolumes,
  source: string,
  namespace: string,
  name: string,
  snapshotID: string,
  bytes: number,
): Promise<void> {
  const { options, restore, labels } = context;
  const type = kinds.dataDownloads;
  const operationID = `dd-${restore.metadata.uid}.${crypto.randomUUID().slice(0, 8)}`;
  const created = await options.cluster.create(type, {
    apiVersion: apiVersionOf(type),
    kind: type.kind,
    metadata: {
      name: '',
      generateName: `${restore.metadata.name}-`,
      namespace: options.namespace,
      labels: {
        ...labels,
        'velero.io/restore-uid': restore.metadata.uid!,
        'velero.io/async-operation-id': operationID,
      },
      ownerReferences: [
        { apiVersion: restore.apiVersion, kind: restore.kind, name: restore.metadata.name, uid: restore.metadata.uid!, controller: true },
      ],
    },
    spec: {
      backupStorageLocation: '',
      operationTimeout: '10m0s',
      snapshotID,
      sourceNamespace: source,
      targetVolume: { namespace, pvc: name, pv: '' },
    },
    status: { phase: 'InProgress', startTimestamp: now(options), progress: { bytesDone: 0, totalBytes: bytes } },
  });
  context.downloads.push(created.metadata.name);
  context.returned.push({
    pvcName: name,
    pvcNamespace: namespace,
    restoreMethod: 'CSISnapshot',
    snapshotDataMoved: true,
    snapshotDataMovementInfo: { dataMover: 'velero', uploaderType: 'kopia', snapshotHandle: snapshotID, operationID, size: 0, Phase: '' },
  });
  context.operations.push({
    spec: {
      restoreName: restore.metadata.name,
      restoreUID: restore.metadata.uid,
      restoreItemAction: 'velero.io/csi-pvc-restorer',
      resourceIdentifier: { Group: '', Resource: 'persistentvolumeclaims', Namespace: namespace, Name: name },
      operationID,
    },
    status: { phase: 'InProgress', operationUnits: 'Bytes', nCompleted: 0, nTotal: bytes, created: now(options), started: now(options) },
  });
}

/** The snapshot is still in the storage system of the cluster, or it is not: nobody carries it to another one. */
async function fromSnapshot(context: ReturningVolumes, info: Record<string, unknown>, claim: KubeObject): Promise<KubeObject> {
  const { options, report, labels, restoresSnapshots } = context;
  const { namespace = '', name } = claim.metadata;
  if (!restoresSnapshots) {
    report.warn(
      `the claim ${namespace}/${name} comes back empty: volumesnapshots.snapshot.storage.k8s.io is not among the restored types`,
      { namespace },
    );
    return claim;
  }
  const csi = recordAt(info, 'csiSnapshotInfo');
  const snapshotName = `velero-${name}-${crypto.randomUUID().slice(0, 5)}`;
  const contentName = `velero-${crypto.randomUUID()}`;
  await options.cluster.create(kinds.snapshotContents, {
    apiVersion: apiVersionOf(kinds.snapshotContents),
    kind: kinds.snapshotContents.kind,
    metadata: { name: contentName, labels },
    spec: {
      deletionPolicy: 'Retain',
      driver: csi.driver,
      source: { snapshotHandle: csi.snapshotHandle },
      volumeSnapshotRef: { apiVersion: 'snapshot.storage.k8s.io/v1', kind: 'VolumeSnapshot', namespace, name: snapshotName },
    },
  });
  await options.cluster.create(kinds.snapshots, {
    apiVersion: apiVersionOf(kinds.snapshots),
    kind: kinds.snapshots.kind,
    metadata: { name: snapshotName, namespace, labels },
    spec: { source: { volumeSnapshotContentName: contentName } },
  });
  const { snapshotHandle, size, driver } = csi;
  context.returned.push({
    pvcName: name,
    pvcNamespace: namespace,
    restoreMethod: 'CSISnapshot',
    snapshotDataMoved: false,
    csiSnapshotInfo: { snapshotHandle, size, driver, vscName: contentName },
  });
  return withPath(claim, ['spec', 'dataSource'], { apiGroup: 'snapshot.storage.k8s.io', kind: 'VolumeSnapshot', name: snapshotName });
}

/**
 * The data of file system backups comes back through a pod that the restore created. Into a volume that was there
 * before, files are laid over what it holds; a claim without its pod stays as it is.
 */
export async function afterPod(context: ReturningVolumes, source: string, pod: KubeObject): Promise<void> {
  const { options, bucket, restore, labels, created, restoresVolumes } = context;
  const { namespace = '', name: podName } = pod.metadata;
  for (const volume of restoresVolumes ? listAt(pod, 'spec', 'volumes').filter(isRecord) : []) {
    const name = textAt(volume, 'persistentVolumeClaim', 'claimName');
    const info = name === '' ? undefined : infoOf(context, source, name);
    if (info?.backupMethod !== 'PodVolumeBackup') continue;
    const snapshotID = textAt(info, 'pvbInfo', 'snapshotHandle');
    const files = await bucket.data(source, snapshotID);
    if (files === undefined) {
      context.report.error(`the repository does not hold the data of the claim ${source}/${name}`, { namespace });
      continue;
    }
    const claim = await find(options.cluster, { type: types.persistentVolumeClaims, namespace, name });
    const disk = textAt(claim, 'spec', 'volumeName');
    if (disk !== '' && !created.has(`${namespace}/${name}`)) options.volumes.write(disk, { ...options.volumes.read(disk), ...files });
    else if (disk !== '' && options.volumes.read(disk) !== undefined) options.volumes.write(disk, files);
    else options.volumes.expect({ namespace, name }, files);
    const type = kinds.podVolumeRestores;
    const bytes = sizeOf(files);
    context.returned.push({
      pvcName: name,
      pvcNamespace: namespace,
      ...(disk !== '' && { pvName: disk }),
      restoreMethod: 'PodVolumeRestore',
      snapshotDataMoved: false,
      pvrInfo: {
        snapshotHandle: snapshotID,
        size: bytes,
        uploaderType: 'kopia',
        volumeName: textAt(volume, 'name'),
        podName,
        podNamespace: namespace,
        Phase: '',
      },
    });
    await options.cluster.create(type, {
      apiVersion: apiVersionOf(type),
      kind: type.kind,
      metadata: {
        name: '',
        generateName: `${restore.metadata.name}-`,
        namespace: options.namespace,
        labels: { ...labels, 'velero.io/restore-uid': restore.metadata.uid! },
      },
      spec: {
        pod: { kind: 'Pod', namespace, name: podName },
        volume: textAt(volume, 'name'),
        snapshotID,
        sourceNamespace: source,
        uploaderType: 'kopia',
        // Not read here, but the type asks for both.
        backupStorageLocation: '',
        repoIdentifier: '',
      },
      status: {
        phase: 'Completed',
        startTimestamp: now(options),
        completionTimestamp: now(options),
        progress: { bytesDone: bytes, totalBytes: bytes },
      },
    });
  }
}

/** Tells how far the data has come: 1 is all of it. */
export async function tellDownloads({ options, downloads, operations }: ReturningVolumes, share: number): Promise<void> {
  for (const { status } of operations as { status: Record<string, unknown> }[]) {
    status.nCompleted = Math.floor(Number(status.nTotal) * share);
    status.updated = now(options);
    if (share >= 1) status.phase = 'Completed';
  }
  for (const name of downloads) {
    const ref = { type: kinds.dataDownloads, namespace: options.namespace, name };
    const object = await find(options.cluster, ref);
    const total = recordAt(object, 'status', 'progress').totalBytes;
    const totalBytes = typeof total === 'number' ? total : 0;
    const progress = { totalBytes, bytesDone: Math.floor(totalBytes * share) };
    await ifThere(
      options.cluster.patch(ref, 'merge', {
        status: { progress, ...(share >= 1 && { phase: 'Completed', completionTimestamp: now(options) }) },
      }),
    );
  }
}
