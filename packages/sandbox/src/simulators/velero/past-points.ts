import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { apiVersionOf } from '@kubectl-dr/core/ports/kubernetes';
import { recordAt, textAt } from '../../api/json.ts';
import type { Files } from '../volumes/volume-store.ts';
import { locationOf, withDefaults } from './backup-validation.ts';
import type { BackupContents } from './backups.ts';
import { writeBackup } from './backups.ts';
import type { BackupBucket } from './bucket.ts';
import { bucketOf } from './bucket.ts';
import type { CapturedVolumes, Transfer } from './capture-volumes.ts';
import { backupLabels, captureVolumes, endTransfer } from './capture-volumes.ts';
import type { Item } from './collect.ts';
import { collect } from './collect.ts';
import type { VeleroOptions } from './context.ts';
import { kinds } from './kinds.ts';
import { Report } from './report.ts';
import { scheduledBackup } from './schedules.ts';
import { volumePolicies } from './volume-policies.ts';

/** From the start of a run to its end, milliseconds. */
const took = 47_000;

/** What a volume held, at any time. */
export interface PastContent {
  /** Bytes, without making the files. */
  size(at: Date): number;
  files(at: Date): Files;
}

export interface PastRun {
  time: Date;
  /** For how long its point is kept, milliseconds. */
  keep: number;
  /** How it ended, when it did not end well. */
  outcome?: { phase: string; message: string };
}

export interface Past {
  options: VeleroOptions;
  /** The schedule whose runs these were, as it is stored. */
  schedule: KubeObject;
  /** By `namespace/claim`. */
  contents: ReadonlyMap<string, PastContent>;
  /** Sets the cluster's clock. */
  goTo(time: Date): void;
}

/**
 * The points that a schedule made in the past. They are written, not made: what is captured, and how, is decided once by
 * the same code as for a real run, and each point gets its own times and data. Archives are packed when somebody looks.
 */
export async function writePastPoints(past: Past, runs: readonly PastRun[]): Promise<void> {
  const { options, schedule } = past;
  const template = recordAt(schedule, 'spec', 'template');
  const { name: location, location: found } = await locationOf(options, template);
  const bucket = found && bucketOf(options.buckets, found);
  if (bucket === undefined) throw new Error(`${schedule.metadata.name} has no location`);
  const spec = await withDefaults(options, template, location);
  const report = new Report(options.clock, '');
  const items = await collect(options.cluster, spec, report);
  const { apiVersion, kind } = { apiVersion: apiVersionOf(kinds.backups), kind: kinds.backups.kind };
  const prototype: KubeObject = { apiVersion, kind, metadata: { name: schedule.metadata.name, uid: '' }, spec };
  const volumes = await captureVolumes(options, prototype, items, await volumePolicies(options, spec, schedule.metadata.name), report);
  for (const run of runs) await writePoint(past, { spec, location, bucket, items, volumes, ...run });
}

interface Point extends PastRun {
  spec: Record<string, unknown>;
  location: string;
  bucket: BackupBucket;
  items: Item[];
  volumes: CapturedVolumes;
}

async function writePoint({ options, schedule, contents, goTo }: Past, point: Point): Promise<void> {
  const { spec, location, bucket, items, volumes, time: run, keep, outcome } = point;
  goTo(run);
  const made = await scheduledBackup(schedule, run, options.namespace);
  const phase = outcome?.phase ?? 'Completed';
  const completed = new Date(run.getTime() + took);
  const failed = phase === 'Failed';
  const report = new Report(options.clock, `backup=${options.namespace}/${made.metadata.name}`);
  const namespace = items.find(({ object }) => object.metadata.namespace !== undefined)?.object.metadata.namespace ?? '';
  if (outcome !== undefined) report.error(outcome.message, { namespace });
  const transfers = failed ? [] : volumes.transfers;
  const backup = await options.cluster.create(kinds.backups, {
    ...made,
    metadata: {
      ...made.metadata,
      labels: { ...made.metadata.labels, 'velero.io/storage-location': location },
      annotations: { 'velero.io/resource-timeout': '10m0s', 'velero.io/source-cluster-k8s-gitversion': 'v1.34.4' },
    },
    spec,
    status: {
      phase,
      version: 1,
      formatVersion: '1.1.0',
      startTimestamp: seconds(run),
      completionTimestamp: seconds(completed),
      expiration: seconds(new Date(run.getTime() + keep)),
      ...(failed ? { failureReason: outcome?.message } : { progress: { totalItems: items.length, itemsBackedUp: items.length } }),
      ...(transfers.length > 0 && { backupItemOperationsAttempted: transfers.length, backupItemOperationsCompleted: transfers.length }),
      ...(outcome !== undefined && !failed && { errors: 1 }),
    },
  });
  if (failed) return;
  const labels = await backupLabels(backup);
  const infos = new Map(volumes.infos.map((info) => [info, { ...info, startTimestamp: seconds(run) }]));
  const own: Transfer[] = [];
  for (const transfer of transfers) {
    const content = contents.get(`${transfer.namespace}/${transfer.claim}`);
    const moved = await writeTransfer(options, backup, labels, transfer, infos.get(transfer.info)!, content?.size(run) ?? 0, completed);
    await bucket.putData(moved.namespace, moved.snapshot, () => content?.files(run) ?? {});
    own.push(moved);
  }
  await writeBackup(bucket, backup, (): BackupContents => {
    for (const { type, object } of items) report.log(`Backed up ${type.kind} ${object.metadata.name}`);
    const { failed, snapshotOf } = volumes;
    return { items, failed, snapshotOf, infos: [...infos.values()], results: report.results(), log: report.text(), transfers: own };
  });
}

/** The DataUpload of one volume in one point. `info` becomes that of the point. */
async function writeTransfer(
  { cluster }: VeleroOptions,
  backup: KubeObject,
  labels: Record<string, string>,
  transfer: Transfer,
  info: Record<string, unknown>,
  bytes: number,
  completed: Date,
): Promise<Transfer> {
  const snapshot = `k${crypto.randomUUID().replaceAll('-', '')}`;
  const operation = `du-${backup.metadata.uid}.${snapshot.slice(1, 12)}`;
  info.snapshotDataMovementInfo = { ...recordAt(info, 'snapshotDataMovementInfo'), snapshotHandle: snapshot, operationID: operation };
  const { object } = transfer;
  const written = await cluster.create(transfer.type, {
    ...object,
    metadata: {
      ...object.metadata,
      generateName: `${backup.metadata.name}-`,
      labels: { ...object.metadata.labels, ...labels, 'velero.io/async-operation-id': operation },
      ownerReferences: [
        { apiVersion: backup.apiVersion, kind: backup.kind, name: backup.metadata.name, uid: backup.metadata.uid!, controller: true },
      ],
    },
    status: {
      phase: 'Completed',
      startTimestamp: textAt(backup, 'status', 'startTimestamp'),
      completionTimestamp: seconds(completed),
      snapshotID: snapshot,
      progress: { bytesDone: bytes, totalBytes: bytes },
      incrementalBytes: bytes,
    },
  });
  const moved: Transfer = { ...transfer, object: written, snapshot, bytes, info };
  endTransfer(moved, seconds(completed));
  return moved;
}

function seconds(time: Date): string {
  return time.toISOString().replace(/\.\d+Z$/, 'Z');
}
