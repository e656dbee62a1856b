import { labelValue } from '@kubectl-dr/core/engines/velero/label';
import type { KubeObject, ResourceType } from '@kubectl-dr/core/ports/kubernetes';
import { apiVersionOf, types } from '@kubectl-dr/core/ports/kubernetes';
import { at, isRecord, listAt, textAt } from '../../api/json.ts';
import { quantity } from '../volumes/quantity.ts';
import { claimNames } from '../volumes/volumes.ts';
import type { Files } from '../volumes/volume-store.ts';
import { sizeOf } from '../volumes/volume-store.ts';
import type { Item } from './collect.ts';
import type { VeleroOptions } from './context.ts';
import { kinds } from './kinds.ts';
import type { Report } from './report.ts';
import type { VolumePolicies } from './volume-policies.ts';

/** Data on its way into the bucket, with the object that tells its progress. */
export interface Transfer {
  type: ResourceType;
  object: KubeObject;
  namespace: string;
  claim: string;
  /** The engine's name for the copy. */
  snapshot: string;
  files: Files;
  bytes: number;
  info: Record<string, unknown>;
  /** Why it will fail. */
  failure?: string;
}

export interface CapturedVolumes {
  /** As in the artefact BackupVolumeInfos. */
  infos: Record<string, unknown>[];
  transfers: Transfer[];
  /** CSI snapshots taken that stay in the cluster. */
  snapshots: number;
  /** Claims that could not be captured and are therefore not in the archive, by `namespace/name`. */
  failed: Set<string>;
}

type Method = 'csi' | 'move' | 'files';

/**
 * Decides for every claim of a backup how its data is captured, and takes the copy. What is left out is told in the
 * volume infos alone: that is how a backup can be Completed and hold no data.
 */
export async function captureVolumes(
  options: VeleroOptions,
  backup: KubeObject,
  items: readonly Item[],
  policies: VolumePolicies,
  report: Report,
): Promise<CapturedVolumes> {
  const { cluster, volumes, behaviour } = options;
  const captured: CapturedVolumes = { infos: [], transfers: [], snapshots: 0, failed: new Set() };
  const pods = items.filter(({ type }) => type.kind === 'Pod').map(({ object }) => object);
  const classes = await snapshotClasses(options);
  for (const { type, object: claim } of items) {
    if (type.kind !== 'PersistentVolumeClaim' || textAt(claim, 'status', 'phase') !== 'Bound') continue;
    const { namespace = '', name } = claim.metadata;
    const volume = await cluster.get({ type: types.persistentVolumes, name: textAt(claim, 'spec', 'volumeName') });
    const pod = pods.find((candidate) => candidate.metadata.namespace === namespace && claimNames(candidate).includes(name));
    const base = {
      pvcName: name,
      pvcNamespace: namespace,
      pvName: volume.metadata.name,
      snapshotDataMoved: false,
      preserveLocalSnapshot: false,
      skipped: false,
      startTimestamp: options.clock.now().toISOString(),
      pvInfo: { reclaimPolicy: textAt(volume, 'spec', 'persistentVolumeReclaimPolicy'), labels: volume.metadata.labels ?? {} },
    };
    const decided = decide(options, backup, claim, volume, pod, policies);
    if (typeof decided === 'object') {
      report.log(`Skipping volume ${volume.metadata.name} of claim ${namespace}/${name}: ${decided.skip}`);
      captured.infos.push({ ...base, skipped: true, skippedReason: decided.skip });
      continue;
    }
    const driver = textAt(volume, 'spec', 'csi', 'driver');
    const snapshotClass = classes.get(driver);
    if (decided !== 'files' && snapshotClass === undefined) {
      captured.failed.add(`${namespace}/${name}`);
      const storageClass = textAt(volume, 'spec', 'storageClassName');
      report.error(
        `error executing custom action (groupResource=persistentvolumeclaims, namespace=${namespace}, name=${name}): failed to get VolumeSnapshotClass for StorageClass ${storageClass}: failed to get VolumeSnapshotClass for provisioner ${driver}, ensure that the desired VolumeSnapshotClass has the velero.io/csi-volumesnapshot-class label`,
        { namespace },
      );
      continue;
    }
    const files = { ...volumes.read(volume.metadata.name) };
    const bytes = sizeOf(files);
    if (decided === 'csi') {
      const handle = volumes.takeSnapshot(files);
      captured.snapshots += 1;
      captured.infos.push({
        ...base,
        backupMethod: 'CSISnapshot',
        preserveLocalSnapshot: true,
        result: 'succeeded',
        completionTimestamp: base.startTimestamp,
        csiSnapshotInfo: {
          snapshotHandle: handle,
          size: quantity(at(volume, 'spec', 'capacity', 'storage')),
          driver,
          vscName: `snapcontent-${crypto.randomUUID()}`,
          operationID: '',
          readyToUse: true,
        },
      });
      continue;
    }
    const failing = behaviour.failures.find((rule) => rule.kind === 'Volume' && rule.namespace === namespace && rule.claim === name);
    const about = { claim, pod, volume, bytes, files, snapshot: `k${crypto.randomUUID().replaceAll('-', '')}` };
    const transfer =
      decided === 'move'
        ? await upload(options, backup, about, base, String(snapshotClass))
        : await podVolumeBackup(options, backup, about, base);
    captured.transfers.push({ ...transfer, ...(failing && { failure: failing.message }) });
    captured.infos.push(transfer.info);
  }
  return captured;
}

function decide(
  { behaviour }: VeleroOptions,
  { spec }: KubeObject,
  claim: KubeObject,
  volume: KubeObject,
  pod: KubeObject | undefined,
  policies: VolumePolicies,
): Method | { skip: string } {
  const action = policies(claim, volume);
  if (action === 'skip') return { skip: "matched action is 'skip' in chosen resource policies" };
  const byFiles =
    action === 'fs-backup' ||
    (action === undefined && optsIn(pod, claim, at(spec, 'defaultVolumesToFsBackup') ?? behaviour.fileSystemBackup));
  if (byFiles && pod !== undefined) {
    if (isRecord(at(volume, 'spec', 'hostPath')))
      return { skip: 'the volume is a hostPath volume, which a file system backup cannot read' };
    if (textAt(pod, 'status', 'phase') !== 'Running')
      return { skip: `pod ${pod.metadata.name} is not running, so its volumes cannot be backed up` };
    return 'files';
  }
  if (at(spec, 'snapshotVolumes') === false) return { skip: 'backup has volume snapshots disabled' };
  if (!isRecord(at(volume, 'spec', 'csi'))) return { skip: 'no applicable volumesnapshotter found' };
  return (at(spec, 'snapshotMoveData') ?? behaviour.moveData) === true ? 'move' : 'csi';
}

/** Pods opt their volumes in or out by annotation, by the names of the volumes in the pod. */
function optsIn(pod: KubeObject | undefined, claim: KubeObject, byDefault: unknown): boolean {
  const name = volumeInPod(pod, claim);
  const named = (annotation: string): boolean => (pod?.metadata.annotations?.[annotation] ?? '').split(',').includes(name);
  if (name === '') return false;
  return byDefault === true ? !named('backup.velero.io/backup-volumes-excludes') : named('backup.velero.io/backup-volumes');
}

function volumeInPod(pod: KubeObject | undefined, claim: KubeObject): string {
  const volume = listAt(pod, 'spec', 'volumes').find((item) => textAt(item, 'persistentVolumeClaim', 'claimName') === claim.metadata.name);
  return textAt(volume, 'name');
}

/** Driver -> the class that Velero would use: the labelled one. */
async function snapshotClasses({ cluster }: VeleroOptions): Promise<Map<string, string>> {
  const { items } = await cluster.list(kinds.snapshotClasses);
  const labelled = items.filter((item) => item.metadata.labels?.['velero.io/csi-volumesnapshot-class'] === 'true');
  return new Map(labelled.map((item) => [textAt(item, 'driver'), item.metadata.name]));
}

interface About {
  claim: KubeObject;
  pod: KubeObject | undefined;
  volume: KubeObject;
  files: Files;
  bytes: number;
  snapshot: string;
}

async function upload(
  options: VeleroOptions,
  backup: KubeObject,
  about: About,
  base: Record<string, unknown>,
  snapshotClass: string,
): Promise<Transfer> {
  const { claim, volume, bytes, files, snapshot } = about;
  const { namespace = '', name, uid = '' } = claim.metadata;
  const operation = `du-${backup.metadata.uid}.${uid.slice(0, 8)}${uid.slice(9, 13)}`;
  const labels = { ...(await backupLabels(backup)), 'velero.io/pvc-uid': uid, 'velero.io/async-operation-id': operation };
  return {
    type: kinds.dataUploads,
    object: {
      ...shell(options, kinds.dataUploads, backup, labels),
      spec: {
        snapshotType: 'CSI',
        csiSnapshot: {
          volumeSnapshot: `velero-${name}-${snapshot.slice(1, 6)}`,
          storageClass: textAt(volume, 'spec', 'storageClassName'),
          snapshotClass,
          driver: textAt(volume, 'spec', 'csi', 'driver'),
        },
        sourcePVC: name,
        sourceNamespace: namespace,
        backupStorageLocation: textAt(backup, 'spec', 'storageLocation'),
        operationTimeout: '10m0s',
      },
    },
    namespace,
    claim: name,
    snapshot,
    files,
    bytes,
    info: {
      ...base,
      backupMethod: 'CSISnapshot',
      snapshotDataMoved: true,
      snapshotDataMovementInfo: {
        dataMover: 'velero',
        uploaderType: 'kopia',
        retainedSnapshot: '',
        snapshotHandle: snapshot,
        operationID: operation,
      },
    },
  };
}

async function podVolumeBackup(options: VeleroOptions, backup: KubeObject, about: About, base: Record<string, unknown>): Promise<Transfer> {
  const { claim, pod, bytes, files, snapshot } = about;
  const { namespace = '', name, uid = '' } = claim.metadata;
  const volumeName = volumeInPod(pod, claim);
  const node = textAt(pod, 'spec', 'nodeName');
  const object = shell(options, kinds.podVolumeBackups, backup, { ...(await backupLabels(backup)), 'velero.io/pvc-uid': uid });
  return {
    type: kinds.podVolumeBackups,
    object: {
      ...object,
      metadata: { ...object.metadata, annotations: { 'velero.io/pvc-name': name } },
      spec: {
        backupStorageLocation: textAt(backup, 'spec', 'storageLocation'),
        node,
        pod: { kind: 'Pod', namespace, name: pod!.metadata.name, uid: pod!.metadata.uid },
        repoIdentifier: '',
        tags: {
          backup: backup.metadata.name,
          'backup-uid': backup.metadata.uid,
          ns: namespace,
          pod: pod!.metadata.name,
          'pod-uid': pod!.metadata.uid,
          'pvc-uid': uid,
          volume: volumeName,
        },
        uploaderType: 'kopia',
        volume: volumeName,
      },
    },
    namespace,
    claim: name,
    snapshot,
    files,
    bytes,
    info: {
      ...base,
      backupMethod: 'PodVolumeBackup',
      pvbInfo: {
        snapshotHandle: snapshot,
        uploaderType: 'kopia',
        volumeName,
        podName: pod!.metadata.name,
        podNamespace: namespace,
        nodeName: node,
      },
    },
  };
}

function shell({ namespace }: VeleroOptions, type: ResourceType, backup: KubeObject, labels: Record<string, string>): KubeObject {
  return {
    apiVersion: apiVersionOf(type),
    kind: type.kind,
    metadata: {
      name: '',
      generateName: `${backup.metadata.name}-`,
      namespace,
      labels,
      ownerReferences: [
        { apiVersion: backup.apiVersion, kind: backup.kind, name: backup.metadata.name, uid: backup.metadata.uid!, controller: true },
      ],
    },
  };
}

export async function backupLabels({ metadata: { name, uid = '' } }: KubeObject): Promise<Record<string, string>> {
  return { 'velero.io/backup-name': await labelValue(name), 'velero.io/backup-uid': uid };
}

/** What is known of a transfer when it ended, as the volume info tells it. */
export function endTransfer(transfer: Transfer, completed: string): void {
  const { info, bytes, failure, type } = transfer;
  info.result = failure === undefined ? 'succeeded' : 'failed';
  info.completionTimestamp = completed;
  const phase = failure === undefined ? 'Completed' : 'Failed';
  if (type.kind === 'DataUpload') Object.assign(info.snapshotDataMovementInfo as object, { size: bytes, incrementalSize: bytes, phase });
  else Object.assign(info.pvbInfo as object, { size: bytes, incrementalSize: bytes, phase });
}
