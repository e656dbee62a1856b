import { nextRun, timetable } from '@kubectl-dr/core/policy/schedule';
import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { apiVersionOf } from '@kubectl-dr/core/ports/kubernetes';
import { recordAt, textAt } from '../api/json.ts';
import type { SandboxCluster } from '../cluster.ts';
import { locationOf, withDefaults } from '../simulators/velero/backup-validation.ts';
import type { BackupContents } from '../simulators/velero/backups.ts';
import { writeBackup } from '../simulators/velero/backups.ts';
import type { BackupBucket } from '../simulators/velero/bucket.ts';
import { bucketOf } from '../simulators/velero/bucket.ts';
import type { CapturedVolumes, Transfer } from '../simulators/velero/capture-volumes.ts';
import { backupLabels, captureVolumes, endTransfer } from '../simulators/velero/capture-volumes.ts';
import type { Item } from '../simulators/velero/collect.ts';
import { collect } from '../simulators/velero/collect.ts';
import { kinds } from '../simulators/velero/kinds.ts';
import { Report } from '../simulators/velero/report.ts';
import { scheduledBackup } from '../simulators/velero/schedules.ts';
import { volumePolicies } from '../simulators/velero/volume-policies.ts';
import type { Content } from './content.ts';
import type { SchedulePlan } from './book.ts';

const day = 24 * 60 * 60_000;
/** From the start of a run to its end. */
const took = 47_000;

export interface History {
  cluster: SandboxCluster;
  /** By `namespace/claim`. */
  contents: ReadonlyMap<string, Content>;
  now: Date;
}

/**
 * A schedule with the points it made. They are written, not made: what is captured, and how, is decided once by the same
 * code as for a real run, and each point gets its own times and data. Archives are packed when somebody looks at them.
 */
export async function writeHistory(history: History, plan: SchedulePlan): Promise<void> {
  const { cluster, now } = history;
  const options = cluster.veleroOptions;
  const began = new Date(now.getTime() - 31 * day);
  cluster.clock.set(began);
  const runs = runsOf(plan, now);
  const template = {
    includedNamespaces: [plan.namespace],
    snapshotMoveData: true,
    ...(plan.resourcePolicy !== undefined && { resourcePolicy: { kind: 'configmap', name: plan.resourcePolicy } }),
    ttl: `${plan.keepDays * 24}h0m0s`,
  };
  const schedule = await cluster.client.create(kinds.schedules, {
    apiVersion: apiVersionOf(kinds.schedules),
    kind: kinds.schedules.kind,
    metadata: { name: plan.name, namespace: options.namespace, labels: { 'kubectl-dr.dev/application': plan.application } },
    spec: { schedule: expressionOf(plan, now), template, ...(plan.pausedDays !== undefined && { paused: true }) },
    status: { phase: 'Enabled', lastBackup: seconds(runs.at(-1) ?? began) },
  });
  const { name: location, location: found } = await locationOf(options, template);
  const bucket = found && bucketOf(options.buckets, found);
  if (bucket === undefined) throw new Error(`${plan.name} has no location`);
  const spec = withDefaults(options, template, location);
  const report = new Report(options.clock, '');
  const items = await collect(cluster.client, spec, report);
  const prototype: KubeObject = {
    apiVersion: apiVersionOf(kinds.backups),
    kind: kinds.backups.kind,
    metadata: { name: plan.name, uid: '' },
    spec,
  };
  const volumes = await captureVolumes(options, prototype, items, await volumePolicies(options, spec), report);
  for (const [index, run] of runs.entries()) {
    const outcome = plan.outcome?.fromNewest === runs.length - 1 - index ? plan.outcome : undefined;
    await writePoint(history, {
      schedule,
      spec,
      location,
      bucket,
      items,
      volumes,
      run,
      keep: plan.keepDays * day,
      ...(outcome && { outcome }),
    });
  }
}

interface Point {
  schedule: KubeObject;
  spec: Record<string, unknown>;
  location: string;
  bucket: BackupBucket;
  items: Item[];
  volumes: CapturedVolumes;
  run: Date;
  keep: number;
  outcome?: { phase: string; message: string };
}

async function writePoint({ cluster, contents }: History, point: Point): Promise<void> {
  const { spec, location, bucket, items, volumes, run, keep, outcome } = point;
  const options = cluster.veleroOptions;
  cluster.clock.set(run);
  const made = await scheduledBackup(point.schedule, run, options.namespace);
  const phase = outcome?.phase ?? 'Completed';
  const completed = new Date(run.getTime() + took);
  const failed = phase === 'Failed';
  const report = new Report(options.clock, `backup=${options.namespace}/${made.metadata.name}`);
  const namespace = items.find(({ object }) => object.metadata.namespace !== undefined)?.object.metadata.namespace ?? '';
  if (outcome !== undefined) report.error(outcome.message, { namespace });
  const transfers = failed ? [] : volumes.transfers;
  const backup = await cluster.client.create(kinds.backups, {
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
    const moved = await writeTransfer(cluster, backup, labels, transfer, infos.get(transfer.info)!, content?.size(run) ?? 0, completed);
    await bucket.putData(moved.namespace, moved.snapshot, () => content?.files(run) ?? {});
    own.push(moved);
  }
  await writeBackup(bucket, backup, (): BackupContents => {
    for (const { type, object } of items) report.log(`Backed up ${type.kind} ${object.metadata.name}`);
    return { items, infos: [...infos.values()], results: report.results(), log: report.text(), transfers: own };
  });
}

/** The DataUpload of one volume in one point. `info` becomes that of the point. */
async function writeTransfer(
  cluster: SandboxCluster,
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
  const written = await cluster.client.create(transfer.type, {
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

function expressionOf({ every, lastMinutesAgo }: SchedulePlan, now: Date): string {
  const last = new Date(now.getTime() - lastMinutesAgo * 60_000);
  const hours = { hour: '*', fourHours: `${last.getUTCHours() % 4}-23/4`, day: last.getUTCHours() }[every];
  return `${last.getUTCMinutes()} ${hours} * * *`;
}

/** When it ran, oldest first, as far as the points are still kept. */
function runsOf(plan: SchedulePlan, now: Date): Date[] {
  const table = timetable(expressionOf(plan, now))!;
  const until = now.getTime() - (plan.pausedDays ?? 0) * day;
  const runs: Date[] = [];
  for (let time: Date | undefined = new Date(now.getTime() - plan.keepDays * day); ; runs.push(time)) {
    time = nextRun(table, time);
    if (time === undefined || time.getTime() > until) return runs;
  }
}

function seconds(time: Date): string {
  return time.toISOString().replace(/\.\d+Z$/, 'Z');
}
