import { parseDuration } from '@kubectl-dr/core/policy/duration';
import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { apiVersionOf } from '@kubectl-dr/core/ports/kubernetes';
import { listAt, recordAt, textAt } from '../../api/json.ts';
import type { Controller } from '../controller.ts';
import { own } from '../controller.ts';
import { find } from '../find.ts';
import { packArchive, packJson, packText } from './archive.ts';
import { locationOf, validateBackup, withDefaults } from './backup-validation.ts';
import type { BackupBucket } from './bucket.ts';
import { bucketOf } from './bucket.ts';
import type { CapturedVolumes, Transfer } from './capture-volumes.ts';
import { captureVolumes, endTransfer, failedKey } from './capture-volumes.ts';
import type { Item } from './collect.ts';
import { collect } from './collect.ts';
import type { VeleroOptions } from './context.ts';
import { now, patch, refIn } from './context.ts';
import { kinds } from './kinds.ts';
import { Report } from './report.ts';
import { volumePolicies } from './volume-policies.ts';

/** A backup that this server began. A server that is started again knows nothing of it, and fails it. */
interface Run {
  uid: string;
  report: Report;
  items: Item[];
  volumes: CapturedVolumes;
  /** By the clock, milliseconds. */
  since: number;
}

const type = kinds.backups;
const ticks = 5;
const unbegun = new Set(['', 'New', 'Queued', 'ReadyToStart']);

/** One backup at a time: New -> InProgress -> (WaitingForPluginOperations ->) Finalizing -> Completed or PartiallyFailed. */
export function backupController(options: VeleroOptions): Controller {
  const runs = new Map<string, Run>();
  const since = options.clock.now().getTime();
  return {
    name: 'velero backups',
    watches: [own(type)],
    async reconcile({ name }): Promise<number | void> {
      const backup = await find(options.cluster, refIn(options, type, name));
      if (backup === undefined) runs.delete(name);
      if (backup === undefined || backup.metadata.deletionTimestamp !== undefined) return;
      const phase = textAt(backup, 'status', 'phase');
      if (unbegun.has(phase)) return begin(options, runs, backup);
      const found = runs.get(name);
      const run = found?.uid === backup.metadata.uid ? found : undefined;
      switch (phase) {
        case 'InProgress':
          return run === undefined ? forgotten(options, since, backup) : copying(options, backup, run);
        case 'WaitingForPluginOperations':
        case 'WaitingForPluginOperationsPartiallyFailed':
          return run === undefined ? forgotten(options, since, backup) : moving(options, backup, run);
        case 'Finalizing':
        case 'FinalizingPartiallyFailed':
          return run === undefined ? forgotten(options, since, backup) : finish(options, runs, backup, run);
        default:
          runs.delete(name);
      }
    },
  };
}

async function begin(options: VeleroOptions, runs: Map<string, Run>, backup: KubeObject): Promise<number | void> {
  const { cluster, clock, behaviour } = options;
  const { name, uid = '' } = backup.metadata;
  const { name: location } = await locationOf(options, backup.spec);
  const spec = await withDefaults(options, recordAt(backup, 'spec'), location);
  const [, major, minor] = /^v(\d+)\.(\d+)/.exec(await cluster.version()) ?? [];
  const metadata = {
    labels: { 'velero.io/storage-location': location },
    annotations: {
      'velero.io/resource-timeout': '10m0s',
      'velero.io/source-cluster-k8s-gitversion': await cluster.version(),
      'velero.io/source-cluster-k8s-major-version': major ?? '',
      'velero.io/source-cluster-k8s-minor-version': minor ?? '',
    },
  };
  const validationErrors = await validateBackup(options, spec);
  const policies = await volumePolicies(options, spec, name).catch((error: Error) => void validationErrors.push(error.message));
  if (policies === undefined || validationErrors.length > 0) {
    await patch(options, type, name, {
      metadata,
      spec,
      status: { phase: 'FailedValidation', version: 1, formatVersion: '1.1.0', validationErrors },
    });
    return;
  }
  if ([...runs.keys()].some((other) => other !== name)) {
    const waiting = (await cluster.list(type, { namespace: options.namespace })).items.filter((other) =>
      unbegun.has(textAt(other, 'status', 'phase')),
    );
    const queuePosition = 1 + waiting.map((other) => other.metadata.name).indexOf(name);
    if (textAt(backup, 'status', 'phase') !== 'Queued')
      await patch(options, type, name, { metadata, spec, status: { phase: 'Queued', queuePosition } });
    return 200;
  }
  const report = new Report(clock, `backup=${options.namespace}/${name}`);
  const run: Run = {
    uid,
    report,
    items: [],
    volumes: { infos: [], transfers: [], snapshots: 0, failed: new Set(), snapshotOf: new Map() },
    since: clock.now().getTime(),
  };
  runs.set(name, run);
  const expiration = new Date(clock.now().getTime() + parseDuration(spec.ttl, 'ttl')).toISOString().replace(/\.\d+Z$/, 'Z');
  const begun = await patch(options, type, name, {
    metadata,
    spec,
    status: { phase: 'InProgress', version: 1, formatVersion: '1.1.0', startTimestamp: now(options), expiration, queuePosition: null },
  });
  report.log('Starting backup');
  const { location: into } = await locationOf(options, spec);
  const known = into && (await bucketOf(options.buckets, into)?.backups());
  if (known?.includes(name)) {
    await patch(options, type, name, {
      status: { phase: 'Failed', failureReason: 'backup already exists in object storage', completionTimestamp: now(options) },
    });
    runs.delete(name);
    return;
  }
  const failing = behaviour.failures.find((rule) => rule.kind === 'Backup' && name.startsWith(rule.name));
  if (failing?.kind === 'Backup') {
    if (failing.phase === 'Failed') {
      await patch(options, type, name, { status: { phase: 'Failed', failureReason: failing.message, completionTimestamp: now(options) } });
      runs.delete(name);
      return;
    }
    report.error(failing.message, failing.namespace === undefined ? 'cluster' : { namespace: failing.namespace });
  }
  run.items = await collect(cluster, spec, report);
  run.volumes = await captureVolumes(options, begun, run.items, policies, report);
  await createTransfers(options, run.volumes.transfers);
  await patch(options, type, name, { status: { progress: { totalItems: run.items.length, itemsBackedUp: 0 } } });
}

async function createTransfers({ cluster, clock }: VeleroOptions, transfers: Transfer[]): Promise<void> {
  for (const transfer of transfers) {
    const status = {
      phase: 'InProgress',
      startTimestamp: clock
        .now()
        .toISOString()
        .replace(/\.\d+Z$/, 'Z'),
      progress: { bytesDone: 0, totalBytes: transfer.bytes },
    };
    transfer.object = await cluster.create(transfer.type, { ...transfer.object, status });
  }
}

async function copying(options: VeleroOptions, backup: KubeObject, run: Run): Promise<number | void> {
  const { clock, durations } = options;
  const { report } = run;
  const passed = clock.now().getTime() - run.since;
  const total = run.items.length;
  if (passed < durations.backup) {
    const itemsBackedUp = Math.min(total - 1, Math.floor((total * passed) / durations.backup));
    if (itemsBackedUp > 0) await patch(options, type, backup.metadata.name, { status: { progress: { totalItems: total, itemsBackedUp } } });
    return Math.min(durations.backup - passed, Math.max(50, durations.backup / ticks));
  }
  for (const { type: itemType, object } of run.items) {
    report.log(
      `Backed up ${itemType.kind} ${object.metadata.namespace === undefined ? '' : `${object.metadata.namespace}/`}${object.metadata.name}`,
    );
  }
  await endTransfers(options, run, ({ type: { kind } }) => kind === 'PodVolumeBackup');
  const uploads = run.volumes.transfers.filter(({ type: { kind } }) => kind === 'DataUpload');
  const hooks = run.items.filter(
    ({ object }) => object.kind === 'Pod' && object.metadata.annotations?.['pre.hook.backup.velero.io/command'] !== undefined,
  ).length;
  const degraded = report.errors > 0 ? 'PartiallyFailed' : '';
  const written = await persist(options, backup, run);
  if (!written) return;
  run.since = clock.now().getTime();
  await patch(options, type, backup.metadata.name, {
    status: {
      phase: uploads.length > 0 ? `WaitingForPluginOperations${degraded}` : `Finalizing${degraded}`,
      progress: { totalItems: total, itemsBackedUp: total },
      ...(run.volumes.snapshots > 0 && {
        csiVolumeSnapshotsAttempted: run.volumes.snapshots,
        csiVolumeSnapshotsCompleted: run.volumes.snapshots,
      }),
      ...(uploads.length > 0 && { backupItemOperationsAttempted: uploads.length }),
      ...(hooks > 0 && { hookStatus: { hooksAttempted: hooks } }),
      ...(report.errors > 0 && { errors: report.errors }),
      ...(report.warnings > 0 && { warnings: report.warnings }),
    },
  });
}

async function moving(options: VeleroOptions, backup: KubeObject, run: Run): Promise<number | void> {
  const { clock, durations, cluster } = options;
  const passed = clock.now().getTime() - run.since;
  const uploads = run.volumes.transfers.filter(({ type: { kind } }) => kind === 'DataUpload');
  if (passed < durations.dataMovement) {
    for (const { bytes, object } of uploads) {
      const bytesDone = Math.floor((bytes * passed) / durations.dataMovement);
      await cluster.patch(refIn(options, kinds.dataUploads, object.metadata.name), 'merge', {
        status: { progress: { bytesDone, totalBytes: bytes } },
      });
    }
    return Math.min(durations.dataMovement - passed, Math.max(50, durations.dataMovement / ticks));
  }
  const failed = await endTransfers(options, run, ({ type: { kind } }) => kind === 'DataUpload');
  run.since = clock.now().getTime();
  await patch(options, type, backup.metadata.name, {
    status: {
      phase: run.report.errors > 0 ? 'FinalizingPartiallyFailed' : 'Finalizing',
      backupItemOperationsCompleted: uploads.length - failed,
      ...(failed > 0 && { backupItemOperationsFailed: failed, errors: run.report.errors }),
    },
  });
}

/** Moves the data and tells its end; gives the number of failures. */
async function endTransfers(options: VeleroOptions, run: Run, chosen: (transfer: Transfer) => boolean): Promise<number> {
  const { cluster } = options;
  const completed = now(options);
  let failed = 0;
  for (const transfer of run.volumes.transfers.filter(chosen)) {
    const { object, bytes, failure, snapshot, namespace, claim } = transfer;
    endTransfer(transfer, completed);
    const status =
      failure === undefined
        ? { phase: 'Completed', snapshotID: snapshot, progress: { bytesDone: bytes, totalBytes: bytes }, incrementalBytes: bytes }
        : { phase: 'Failed', message: failure };
    await cluster.patch(refIn(options, transfer.type, object.metadata.name), 'merge', {
      status: { ...status, completionTimestamp: completed },
    });
    if (failure === undefined) continue;
    failed += 1;
    run.report.error(`${transfer.type.kind} of ${namespace}/${claim} failed: ${failure}`, { namespace });
  }
  return failed;
}

async function finish(options: VeleroOptions, runs: Map<string, Run>, backup: KubeObject, run: Run): Promise<number | void> {
  const { clock, durations } = options;
  const left = run.since + durations.finalizing - clock.now().getTime();
  if (left > 0) return left;
  const { report } = run;
  report.log(`Backup ${report.errors > 0 ? 'partially failed' : 'completed'}`);
  const status = {
    phase: report.errors > 0 ? 'PartiallyFailed' : 'Completed',
    completionTimestamp: now(options),
    ...(report.errors > 0 && { errors: report.errors }),
    ...(report.warnings > 0 && { warnings: report.warnings }),
  };
  const finished = { ...backup, status: { ...recordAt(backup, 'status'), ...status } };
  if (await persist(options, finished, run)) await patch(options, type, backup.metadata.name, { status });
  runs.delete(backup.metadata.name);
}

/** Left behind by a server that ended. Whatever says of itself later that it runs is nobody's. */
async function forgotten(options: VeleroOptions, since: number, { metadata, status }: KubeObject): Promise<void> {
  if (Date.parse(metadata.creationTimestamp ?? '') > since) return;
  const phase = textAt(status, 'phase');
  const failureReason = `found a backup with status "${phase}" during the server starting, mark it as "Failed"`;
  await patch(options, type, metadata.name, { status: { phase: 'Failed', failureReason, completionTimestamp: now(options) } });
}

/** Everything into the bucket. When that is gone the backup has failed. */
async function persist(options: VeleroOptions, backup: KubeObject, run: Run): Promise<boolean> {
  const { location } = await locationOf(options, backup.spec);
  const bucket = location && bucketOf(options.buckets, location);
  if (bucket === undefined) {
    const failureReason = `error uploading backup ${backup.metadata.name}: bucket ${textAt(location, 'spec', 'objectStorage', 'bucket')} does not answer`;
    await patch(options, type, backup.metadata.name, { status: { phase: 'Failed', failureReason, completionTimestamp: now(options) } });
    return false;
  }
  for (const { failure, namespace, snapshot, files, info } of run.volumes.transfers) {
    if (failure === undefined && info.result === 'succeeded') await bucket.putData(namespace, snapshot, () => files);
  }
  await writeBackup(bucket, backup, {
    items: run.items,
    failed: run.volumes.failed,
    snapshotOf: run.volumes.snapshotOf,
    infos: run.volumes.infos,
    results: run.report.results(),
    log: run.report.text(),
    transfers: run.volumes.transfers,
  });
  return true;
}

export interface BackupContents {
  items: readonly Item[];
  /** What is listed and yet not in the archive, by `failedKey`. */
  failed: ReadonlySet<string>;
  snapshotOf: ReadonlyMap<string, string>;
  infos: readonly Record<string, unknown>[];
  results: unknown;
  log: string;
  transfers: readonly Pick<Transfer, 'type' | 'object'>[];
}

/** All artefacts of a backup. `contents` may be a function, called when somebody first looks at one of them. */
export async function writeBackup(
  bucket: BackupBucket,
  backup: KubeObject,
  contents: BackupContents | (() => BackupContents),
): Promise<void> {
  const { name } = backup.metadata;
  let made: BackupContents | undefined;
  const get = (): BackupContents => (made ??= typeof contents === 'function' ? contents() : contents);
  const completed = new Date(textAt(backup, 'status', 'completionTimestamp') || textAt(backup, 'status', 'startTimestamp'));
  await bucket.putArtefact('BackupContents', name, () => packArchive(archived(get(), name), completed));
  await bucket.putArtefact('BackupResourceList', name, () => packJson(resourceList(get().items)));
  await bucket.putArtefact('BackupVolumeInfos', name, () => packJson(get().infos));
  await bucket.putArtefact('BackupResults', name, () => packJson(get().results));
  await bucket.putArtefact('BackupLog', name, () => packText(get().log));
  await bucket.putArtefact('BackupItemOperations', name, () => packJson(itemOperations(get())));
  await bucket.put(`backups/${name}/${name}-podvolumebackups.json.gz`, () =>
    packJson(
      get()
        .transfers.filter(({ type: { kind } }) => kind === 'PodVolumeBackup')
        .map(({ object }) => object),
    ),
  );
  const { resourceVersion: _, managedFields: __, ...metadata } = backup.metadata;
  const text = JSON.stringify({ ...backup, metadata });
  await bucket.put(`backups/${name}/velero-backup.json`, new TextEncoder().encode(text));
}

/** A claim that was snapshotted says so in the archive, by the marks of `backup/actions/csi/pvc_action.go`. */
function archived({ items, failed, snapshotOf, transfers }: BackupContents, backup: string): Item[] {
  return items
    .filter(({ object }) => !failed.has(failedKey(object)))
    .map((item) => {
      const { object } = item;
      const snapshot = snapshotOf.get(failedKey(object));
      if (snapshot === undefined) return item;
      const named = { 'velero.io/volume-snapshot-name': snapshot };
      const upload = transfers.find(({ type: { kind }, object: { spec } }) => {
        const { sourcePVC, sourceNamespace } = spec as { sourcePVC?: string; sourceNamespace?: string };
        return kind === 'DataUpload' && sourcePVC === object.metadata.name && sourceNamespace === object.metadata.namespace;
      })?.object.metadata;
      const labels = { ...object.metadata.labels, ...named, 'velero.io/backup-name': backup };
      const uploaded = upload && { 'velero.io/data-upload-name': `${upload.namespace}/${upload.name}` };
      const annotations = { ...object.metadata.annotations, ...named, ...uploaded };
      return { ...item, object: { ...object, metadata: { ...object.metadata, labels, annotations } } };
    });
}

/** `{"apps/v1/Deployment": ["ns/name"]}` */
export function resourceList(items: readonly Item[]): Record<string, string[]> {
  const list: Record<string, string[]> = {};
  for (const { type: itemType, object } of items) {
    const { namespace, name } = object.metadata;
    (list[`${apiVersionOf(itemType)}/${itemType.kind}`] ??= []).push(namespace === undefined ? name : `${namespace}/${name}`);
  }
  for (const names of Object.values(list)) names.sort();
  return list;
}

function itemOperations({ transfers, infos }: BackupContents): unknown[] {
  return transfers.flatMap(({ type: { kind }, object }) => {
    if (kind !== 'DataUpload') return [];
    const namespace = textAt(object, 'spec', 'sourceNamespace');
    const name = textAt(object, 'spec', 'sourcePVC');
    const info = infos.find((candidate) => candidate.pvcNamespace === namespace && candidate.pvcName === name);
    return [
      {
        spec: {
          backupName: listAt(object, 'metadata', 'ownerReferences').map((owner) => textAt(owner, 'name'))[0],
          backupUID: listAt(object, 'metadata', 'ownerReferences').map((owner) => textAt(owner, 'uid'))[0],
          backupItemAction: 'velero.io/csi-pvc-backupper',
          resourceIdentifier: { Group: '', Resource: 'persistentvolumeclaims', Namespace: namespace, Name: name },
          operationID: object.metadata.labels?.['velero.io/async-operation-id'],
        },
        status: {
          phase: info?.result === 'failed' ? 'Failed' : info?.result === 'succeeded' ? 'Completed' : 'InProgress',
          operationUnits: 'Bytes',
          nCompleted: recordAt(info, 'snapshotDataMovementInfo').size ?? 0,
          nTotal: recordAt(info, 'snapshotDataMovementInfo').size ?? 0,
          created: info?.startTimestamp,
          ...(info?.completionTimestamp !== undefined && { updated: info.completionTimestamp }),
        },
      },
    ];
  });
}
