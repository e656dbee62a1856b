import { labelValue } from '@kubectl-dr/core/engines/velero/label';
import type { KubeObject, ResourceType } from '@kubectl-dr/core/ports/kubernetes';
import { apiVersionOf, types } from '@kubectl-dr/core/ports/kubernetes';
import { at, isRecord, listAt, textAt } from '../../api/json.ts';
import { quantity } from '@kubectl-dr/core/planning/quantity';
import { find } from '../find.ts';
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
  /** Claims that could not be captured, and pods that mount them: listed, but not in the archive. By `failedKey`. */
  failed: Set<string>;
  /** Names of the CSI snapshots, by the `failedKey` of their claims. */
  snapshotOf: Map<string, string>;
}

export function failedKey({ kind, metadata: { namespace, name } }: KubeObject): string {
  return `${kind} ${namespace}/${name}`;
}

type Method = 'csi' | 'move' | 'files' | 'native';

/** Why each way of copying a volume was not taken, by its name; told together when no other way was. */
type SkipReasons = Record<string, string>;

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
  const captured: CapturedVolumes = { infos: [], transfers: [], snapshots: 0, failed: new Set(), snapshotOf: new Map() };
  const pods = items.filter(({ type }) => type.kind === 'Pod').map(({ object }) => object);
  const listed = new Set(items.filter(({ type }) => type.kind === 'PersistentVolume').map(({ object }) => object.metadata.name));
  const classes = (await cluster.list(kinds.snapshotClasses)).items;
  for (const { type, object: claim } of items) {
    if (type.kind !== 'PersistentVolumeClaim') continue;
    const { namespace = '', name } = claim.metadata;
    const volume = await volumeOf(options, claim);
    const pod = pods.find((candidate) => candidate.metadata.namespace === namespace && claimNames(candidate).includes(name));
    // A pod brings its claims along, and fails with the first of them.
    const fail = (message: string): void => {
      captured.failed.add(failedKey(claim));
      if (pod !== undefined) captured.failed.add(failedKey(pod));
      report.error(` name: /${(pod ?? claim).metadata.name} message: /Error backing up item error: /${message}`, 'velero');
    };
    const decided = decide(options, backup, claim, volume, pod, policies);
    if (typeof decided === 'object' && 'error' in decided) {
      if (volume === undefined) report.error(` message: /fail to get PV for PVC ${namespace}/${name} error: /${decided.error}`, 'velero');
      fail(decided.error);
      continue;
    }
    if (volume === undefined) continue;
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
    if (typeof decided === 'object') {
      const reasons = Object.entries(decided.skip).toSorted(([one], [other]) => (one < other ? -1 : 1));
      report.log(`Summary for skipped PVs: ${JSON.stringify([{ name: volume.metadata.name, reasons }])}`);
      captured.infos.push({ ...base, skipped: true, skippedReason: reasons.map(([way, why]) => `${way}: ${why};`).join('') });
      continue;
    }
    const driver = textAt(volume, 'spec', 'csi', 'driver');
    const snapshotClass = snapshotClassOf(classes, driver, claim, backup);
    if (decided !== 'files' && decided !== 'native' && snapshotClass === undefined) {
      // All that is known of the volume then is that its pod did not ask for a copy of its files.
      if (pod !== undefined) captured.infos.push({ ...base, skipped: true, skippedReason: `podvolume: ${optedOut(pod)};` });
      fail(
        customAction(
          claim,
          `failed to get VolumeSnapshotClass for StorageClass ${textAt(volume, 'spec', 'storageClassName')}: error getting VolumeSnapshotClass: failed to get VolumeSnapshotClass for provisioner ${driver}: ensure that the desired VolumeSnapshotClass has the velero.io/csi-volumesnapshot-class label or snapshot.storage.kubernetes.io/is-default-class annotation, and that its driver matches the StorageClass provisioner`,
        ),
      );
      continue;
    }
    const files = { ...volumes.read(volume.metadata.name) };
    const bytes = sizeOf(files);
    if (decided === 'native') {
      captured.infos.push({
        ...base,
        backupMethod: 'NativeSnapshot',
        result: 'succeeded',
        completionTimestamp: base.startTimestamp,
        nativeSnapshotInfo: {
          snapshotHandle: volumes.takeSnapshot(files),
          volumeType: 'gp2',
          volumeAZ: 'eu-1a',
          iops: '0',
          phase: 'Completed',
        },
      });
      continue;
    }
    if (decided === 'csi') {
      const handle = volumes.takeSnapshot(files);
      captured.snapshots += 1;
      captured.snapshotOf.set(failedKey(claim), snapshotName(name, handle));
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
          ReadyToUse: true,
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
    if (decided === 'move') captured.snapshotOf.set(failedKey(claim), snapshotName(name, about.snapshot));
    captured.transfers.push({ ...transfer, ...(failing && { failure: failing.message }) });
    captured.infos.push(transfer.info);
  }
  // Only of volumes that are in the archive anything is known at the end.
  captured.infos = captured.infos.filter((info) => listed.has(String(info.pvName)));
  return captured;
}

/** The volume that a claim is bound to. */
async function volumeOf({ cluster }: VeleroOptions, claim: KubeObject): Promise<KubeObject | undefined> {
  const name = textAt(claim, 'spec', 'volumeName');
  if (name === '' || textAt(claim, 'status', 'phase') !== 'Bound') return undefined;
  return find(cluster, { type: types.persistentVolumes, name });
}

function decide(
  { behaviour }: VeleroOptions,
  { spec }: KubeObject,
  claim: KubeObject,
  volume: KubeObject | undefined,
  pod: KubeObject | undefined,
  policies: VolumePolicies,
): Method | { skip: SkipReasons } | { error: string } {
  const { namespace, name } = claim.metadata;
  const reasons: SkipReasons = {};
  const action = policies(claim, volume);
  const byFiles =
    action === 'fs-backup' ||
    (action === undefined && optsIn(pod, claim, at(spec, 'defaultVolumesToFsBackup') ?? behaviour.fileSystemBackup));
  if (byFiles && pod !== undefined && volume !== undefined) {
    const unfit = notRunning(pod);
    if (unfit === undefined && !isRecord(at(volume, 'spec', 'hostPath'))) return 'files';
    if (unfit !== undefined)
      reasons.podvolume = `encountered a problem with backing up the PVC of pod ${namespace}/${pod.metadata.name}: ${unfit}`;
  } else if (pod !== undefined) reasons.podvolume = optedOut(pod);
  if (action === undefined && volume === undefined) {
    const phase = textAt(claim, 'status', 'phase');
    const unbound =
      textAt(claim, 'spec', 'volumeName') === '' ? 'has no volume backing this claim' : `is in phase ${phase} and is not bound to a volume`;
    return { error: `PVC ${namespace}/${name} ${unbound}` };
  }
  if (action === 'skip') reasons.any = 'skipped due to resource policy ';
  const snapshot = action === undefined ? !byFiles && at(spec, 'snapshotVolumes') !== false : action === 'snapshot';
  if (!snapshot) {
    // The volume is asked about without its claim.
    if (policies(undefined, volume) !== undefined || at(spec, 'snapshotVolumes') === false || byFiles)
      reasons.volumeSnapshot = 'not satisfy the criteria for VolumePolicy or the legacy snapshot way';
    return { skip: reasons };
  }
  if (textAt(claim, 'spec', 'storageClassName') === '')
    return { error: customAction(claim, `Cannot snapshot PVC ${namespace}/${name}, PVC has no storage class.`) };
  if (!isRecord(at(volume, 'spec', 'csi'))) {
    if (behaviour.nativeSnapshots) return 'native';
    return {
      skip: { ...reasons, csiSnapshot: "skipped b/c it's not a CSI volume", volumeSnapshot: 'no applicable volumesnapshotter found' },
    };
  }
  return (at(spec, 'snapshotMoveData') ?? behaviour.moveData) === true ? 'move' : 'csi';
}

function optedOut({ metadata: { name } }: KubeObject): string {
  return `opted out due to annotation in pod ${name}`;
}

/** An error of the part of the server that takes snapshots: it runs as a program of its own. */
function customAction({ metadata: { namespace, name } }: KubeObject, message: string): string {
  return `error executing custom action (groupResource=persistentvolumeclaims, namespace=${namespace}, name=${name}): rpc error: code = Unknown desc = ${message}`;
}

/** Why the volumes of a pod cannot be read through it (`kube/pod.go`). */
function notRunning(pod: KubeObject): string | undefined {
  const phase = textAt(pod, 'status', 'phase');
  const about = `name=${pod.metadata.name}, namespace=${pod.metadata.namespace}, phase=${phase}`;
  if (textAt(pod, 'spec', 'nodeName') === '') return `pod is not scheduled, ${about}`;
  if (phase !== 'Running') return `pod is not in the expected status, ${about}: pod is not running`;
  return pod.metadata.deletionTimestamp === undefined ? undefined : `pod is being terminated, ${about}`;
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

/** The class that Velero uses: named by the claim or the backup, labelled, the default one, or the only one (`volume_snapshot.go`). */
function snapshotClassOf(classes: readonly KubeObject[], driver: string, claim: KubeObject, backup: KubeObject): string | undefined {
  const fitting = classes.filter((item) => textAt(item, 'driver') === driver);
  const asked = [
    claim.metadata.annotations?.['velero.io/csi-volumesnapshot-class'],
    backup.metadata.annotations?.[`velero.io/csi-volumesnapshot-class_${driver.toLowerCase()}`],
  ];
  const chosen =
    asked.map((name) => fitting.find((item) => item.metadata.name === name)).find((item) => item !== undefined) ??
    fitting.find((item) => item.metadata.labels?.['velero.io/csi-volumesnapshot-class'] !== undefined) ??
    fitting.find((item) => item.metadata.annotations?.['snapshot.storage.kubernetes.io/is-default-class'] !== undefined) ??
    (fitting.length === 1 ? fitting[0] : undefined);
  return chosen?.metadata.name;
}

interface About {
  claim: KubeObject;
  pod: KubeObject | undefined;
  volume: KubeObject;
  files: Files;
  bytes: number;
  snapshot: string;
}

function snapshotName(claim: string, handle: string): string {
  return `velero-${claim}-${handle.replaceAll('-', '').slice(-5)}`;
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
          volumeSnapshot: snapshotName(name, snapshot),
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
  // The server writes this one field in capitals.
  const Phase = failure === undefined ? 'Completed' : 'Failed';
  if (type.kind === 'DataUpload') Object.assign(info.snapshotDataMovementInfo as object, { size: bytes, incrementalSize: bytes, Phase });
  else Object.assign(info.pvbInfo as object, { size: bytes, incrementalSize: bytes, Phase });
}
