import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { parseDuration } from '@kubectl-dr/core/policy/duration';
import { ConflictError } from '@kubectl-dr/core/errors';
import { asKubeObject, isRecord, textAt, without } from '../../api/json.ts';
import type { Controller } from '../controller.ts';
import { own } from '../controller.ts';
import { find, ifThere } from '../find.ts';
import { unpackJson } from './archive.ts';
import type { BackupBucket } from './bucket.ts';
import { bucketOf } from './bucket.ts';
import type { VeleroOptions } from './context.ts';
import { now, patch, refIn } from './context.ts';
import { kinds } from './kinds.ts';

const type = kinds.locations;
const minute = 60_000;

/** Looks each minute whether the bucket answers, and brings backups of the bucket and of the cluster together. */
export function locationController(options: VeleroOptions): Controller {
  return {
    name: 'velero locations',
    watches: [own(type)],
    async reconcile({ name }): Promise<number | void> {
      const location = await find(options.cluster, refIn(options, type, name));
      if (location === undefined || location.metadata.deletionTimestamp !== undefined) return;
      const every = Math.min(frequency(location, 'validationFrequency'), frequency(location, 'backupSyncPeriod'));
      const validated = Date.parse(textAt(location, 'status', 'lastValidationTime')) || 0;
      const left = validated + every - options.clock.now().getTime();
      const bucket = bucketOf(options.buckets, location);
      const problem = await problemOf(location, bucket);
      const phase = problem === undefined ? 'Available' : 'Unavailable';
      // Its own writes wake it up as well: only what changed, or is due, is looked at.
      if (left > 0 && textAt(location, 'status', 'phase') === phase) return Math.min(left, minute);
      if (bucket === undefined || problem !== undefined) {
        const message = `BackupStorageLocation "${name}" is unavailable: ${problem}`;
        await patch(options, type, name, { status: { phase, message, lastValidationTime: now(options) } });
        return every;
      }
      await synchronise(options, name, bucket);
      await patch(options, type, name, {
        status: { phase, message: null, lastValidationTime: now(options), lastSyncedTime: now(options) },
      });
      return every;
    },
  };
}

/** Tells by the locations whose certificate vouches for the links to artefacts, as `velero` wants to know it. */
export async function trustLinks({ cluster, namespace }: VeleroOptions, ca: string): Promise<void> {
  for (const { metadata } of (await cluster.list(type, { namespace })).items) {
    const caCert = Buffer.from(ca).toString('base64');
    await cluster.patch({ type, namespace, name: metadata.name }, 'merge', { spec: { objectStorage: { caCert } } });
  }
}

async function problemOf(location: KubeObject, bucket: BackupBucket | undefined): Promise<string | undefined> {
  if (bucket === undefined)
    return `rpc error: code = Unknown desc = bucket ${textAt(location, 'spec', 'objectStorage', 'bucket')} does not exist`;
  const strangers = await bucket.strangers();
  if (strangers.length === 0) return undefined;
  const told = strangers.length > 3 ? [...strangers.slice(0, 3), '...'] : strangers;
  return `Backup store contains ${strangers.length > 3 ? `${strangers.length} ` : ''}invalid top-level directories: [${told.join(' ')}]`;
}

function frequency(location: KubeObject, field: string): number {
  const written = textAt(location, 'spec', field);
  const value = written === '' ? minute : parseDuration(written, field);
  return value > 0 ? Math.max(1_000, value) : minute;
}

/** The bucket is the truth: what is there and not here is created, what is Completed here and not there is removed. */
async function synchronise(options: VeleroOptions, location: string, bucket: BackupBucket): Promise<void> {
  const { cluster, namespace } = options;
  const inBucket = new Set(await bucket.backups());
  const { items } = await cluster.list(kinds.backups, { namespace });
  const here = new Set(items.map((item) => item.metadata.name));
  for (const name of inBucket) if (!here.has(name)) await fetchBackup(options, location, bucket, name);
  for (const item of items) {
    const gone = !inBucket.has(item.metadata.name) && textAt(item, 'spec', 'storageLocation') === location;
    if (gone && textAt(item, 'status', 'phase') === 'Completed')
      await ifThere(cluster.delete(refIn(options, kinds.backups, item.metadata.name)));
  }
}

async function fetchBackup(options: VeleroOptions, location: string, bucket: BackupBucket, name: string): Promise<void> {
  const { cluster, namespace } = options;
  const bytes = await bucket.get(`backups/${name}/velero-backup.json`);
  const stored: unknown = bytes === undefined ? undefined : JSON.parse(new TextDecoder().decode(bytes));
  if (!isRecord(stored)) return;
  const { metadata, ...backup } = asKubeObject(stored);
  // A backup that another server still works on comes when it is finished.
  if (['InProgress', 'WaitingForPluginOperations', 'Finalizing'].some((phase) => textAt(backup, 'status', 'phase').startsWith(phase)))
    return;
  const created = await cluster
    .create(kinds.backups, {
      ...backup,
      apiVersion: String(backup.apiVersion),
      kind: String(backup.kind),
      metadata: {
        ...without(metadata, 'uid', 'resourceVersion', 'ownerReferences', 'generation', 'creationTimestamp'),
        name,
        namespace,
        labels: { ...metadata.labels, 'velero.io/storage-location': location },
      },
      spec: { ...(backup.spec as object), storageLocation: location },
    })
    .catch(unlessThere);
  if (created === undefined) return;
  const podVolumes = await bucket.get(`backups/${name}/${name}-podvolumebackups.json.gz`);
  for (const object of podVolumes === undefined ? [] : (unpackJson(podVolumes) as KubeObject[])) {
    const { resourceVersion: _, uid: __, ownerReferences: ___, ...rest } = object.metadata;
    const spec = { ...(object.spec as object), backupStorageLocation: location };
    await cluster.create(kinds.podVolumeBackups, { ...object, metadata: { ...rest, namespace }, spec }).catch(unlessThere);
  }
}

function unlessThere(thrown: unknown): undefined {
  if (!(thrown instanceof ConflictError)) throw thrown;
}
