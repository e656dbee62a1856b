import { labelValue } from '@kubectl-dr/core/engines/velero/label';
import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { apiVersionOf } from '@kubectl-dr/core/ports/kubernetes';
import { at, listAt, textAt } from '../../api/json.ts';
import type { Controller } from '../controller.ts';
import { own } from '../controller.ts';
import { find, ifThere } from '../find.ts';
import { unpackJson } from './archive.ts';
import type { BackupBucket } from './bucket.ts';
import { bucketOf } from './bucket.ts';
import type { VeleroOptions } from './context.ts';
import { patch, refIn } from './context.ts';
import { kinds } from './kinds.ts';
import { releaseRestore } from './restore-files.ts';

const type = kinds.deletions;
const collectEvery = 60 * 60_000;

/** The right way to delete a backup: with its data, its files and its restores. Failure is Processed with errors. */
export function deletionController(options: VeleroOptions): Controller {
  const since = new Map<string, number>();
  return {
    name: 'velero deletions',
    watches: [own(type)],
    async reconcile({ name }): Promise<number | void> {
      const request = await find(options.cluster, refIn(options, type, name));
      const phase = textAt(request, 'status', 'phase');
      if (request === undefined || phase === 'Processed') return void since.delete(name);
      const backupName = textAt(request, 'spec', 'backupName');
      if (!since.has(name)) {
        await removeRequests(options, backupName, name);
        const refused = await refusal(options, backupName);
        if (refused !== undefined) return void (await processed(options, name, [refused]));
        since.set(name, options.clock.now().getTime());
        await patch(options, type, name, {
          metadata: { labels: { 'velero.io/backup-name': await labelValue(backupName) } },
          status: { phase: 'InProgress' },
        });
        await patch(options, kinds.backups, backupName, { status: { phase: 'Deleting' } });
      }
      const left = since.get(name)! + options.durations.deletion - options.clock.now().getTime();
      if (left > 0) return left;
      since.delete(name);
      await remove(options, backupName);
      // With the backup every request to delete it goes, this one too.
      await removeRequests(options, backupName);
    },
  };
}

async function removeRequests({ cluster, namespace }: VeleroOptions, backupName: string, but?: string): Promise<void> {
  const labelSelector = `velero.io/backup-name=${await labelValue(backupName)}`;
  const { items } = backupName === '' ? { items: [] } : await cluster.list(type, { namespace, labelSelector });
  for (const { metadata } of items) if (metadata.name !== but) await ifThere(cluster.delete({ type, namespace, name: metadata.name }));
}

async function processed(options: VeleroOptions, name: string, errors: string[]): Promise<void> {
  await patch(options, type, name, { status: { phase: 'Processed', ...(errors.length > 0 && { errors }) } });
}

async function refusal(options: VeleroOptions, name: string): Promise<string | undefined> {
  if (name === '') return 'spec.backupName is required';
  const backup = await find(options.cluster, refIn(options, kinds.backups, name));
  if (backup === undefined) return 'backup not found';
  const phase = textAt(backup, 'status', 'phase');
  if (['InProgress', 'WaitingForPluginOperations', 'Finalizing'].some((running) => phase.startsWith(running)))
    return 'backup is still in progress';
  const locationName = textAt(backup, 'spec', 'storageLocation');
  const location = await find(options.cluster, refIn(options, kinds.locations, locationName));
  if (location === undefined) return `backup storage location ${locationName} not found`;
  if (at(location, 'spec', 'accessMode') === 'ReadOnly')
    return `cannot delete backup because backup storage location ${locationName} is currently in read-only mode`;
  if (textAt(location, 'status', 'phase') === 'Unavailable')
    return `cannot delete backup because backup storage location ${locationName} is currently in Unavailable state`;
  return undefined;
}

async function remove(options: VeleroOptions, name: string): Promise<void> {
  const { cluster, namespace, buckets } = options;
  const backup = await find(cluster, refIn(options, kinds.backups, name));
  if (backup === undefined) return;
  const location = await find(cluster, refIn(options, kinds.locations, textAt(backup, 'spec', 'storageLocation')));
  const bucket = location && bucketOf(buckets, location);
  const restores = (await cluster.list(kinds.restores, { namespace })).items.filter(
    (restore) => textAt(restore, 'spec', 'backupName') === name,
  );
  if (bucket !== undefined) {
    await removeData(options, bucket, name);
    await bucket.remove(`backups/${name}`);
  }
  for (const restore of restores) {
    await ifThere(cluster.delete(refIn(options, kinds.restores, restore.metadata.name)));
    await releaseRestore(options, restore);
  }
  const selector = { namespace, labelSelector: `velero.io/backup-name=${await labelValue(name)}` };
  for (const moved of [kinds.podVolumeBackups, kinds.dataUploads]) {
    for (const object of (await cluster.list(moved, selector)).items)
      await ifThere(cluster.delete(refIn(options, moved, object.metadata.name)));
  }
  await ifThere(cluster.delete(refIn(options, kinds.backups, name)));
}

async function removeData({ volumes }: VeleroOptions, bucket: BackupBucket, name: string): Promise<void> {
  const bytes = await bucket.artefact('BackupVolumeInfos', name);
  for (const info of bytes === undefined ? [] : listAt({ infos: unpackJson(bytes) }, 'infos')) {
    const namespace = textAt(info, 'pvcNamespace');
    const moved = textAt(info, 'snapshotDataMovementInfo', 'snapshotHandle') || textAt(info, 'pvbInfo', 'snapshotHandle');
    if (moved !== '') await bucket.removeData(namespace, moved);
    const kept = textAt(info, 'csiSnapshotInfo', 'snapshotHandle');
    if (kept !== '') volumes.removeSnapshot(kept);
  }
}

/** Asks for the deletion of what has expired, each hour; nobody keeps the last good one. */
export function expiryController(options: VeleroOptions): Controller {
  return {
    name: 'velero expiry',
    watches: [own(kinds.backups)],
    async reconcile({ name }): Promise<number | void> {
      const backup = await find(options.cluster, refIn(options, kinds.backups, name));
      const expiration = Date.parse(textAt(backup, 'status', 'expiration'));
      if (backup === undefined || Number.isNaN(expiration)) return;
      const left = expiration - options.clock.now().getTime();
      if (left > 0) return Math.min(left, collectEvery);
      const reason = await obstacle(options, backup);
      // Of one that only does not answer nothing is said.
      if (reason === 'unavailable') return collectEvery;
      if (reason !== undefined) {
        if (backup.metadata.labels?.['velero.io/gc-failure'] !== reason)
          await patch(options, kinds.backups, name, { metadata: { labels: { 'velero.io/gc-failure': reason } } });
        return collectEvery;
      }
      const labels = { 'velero.io/backup-name': await labelValue(name), 'velero.io/backup-uid': backup.metadata.uid! };
      const asked = (await options.cluster.list(type, { namespace: options.namespace })).items.some(
        (request) => textAt(request, 'spec', 'backupName') === name && textAt(request, 'status', 'phase') !== 'Processed',
      );
      if (asked) return;
      await options.cluster.create(type, {
        apiVersion: apiVersionOf(type),
        kind: type.kind,
        metadata: { name: '', generateName: `${name}-`, namespace: options.namespace, labels },
        spec: { backupName: name },
      });
    },
  };
}

async function obstacle(options: VeleroOptions, backup: KubeObject): Promise<string | undefined> {
  const location = await find(options.cluster, refIn(options, kinds.locations, textAt(backup, 'spec', 'storageLocation')));
  if (location === undefined) return 'BSLNotFound';
  if (textAt(location, 'status', 'phase') === 'Unavailable') return 'unavailable';
  return at(location, 'spec', 'accessMode') === 'ReadOnly' ? 'BSLReadOnly' : undefined;
}
