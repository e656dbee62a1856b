import { adminNamespace, kinds } from '@kubectl-dr/core/engines/stork/kinds';
import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import { recordAt, textAt, textsAt } from '../../api/json.ts';
import type { Controller, Key } from '../controller.ts';
import { own } from '../controller.ts';
import { find } from '../find.ts';
import { sizeOf } from '../volumes/volume-store.ts';
import { type Item, collect, kept } from './collect.ts';
import { type StorkOptions, again, finalizer, now, write } from './context.ts';

const type = kinds.backups;

/** Backups by their stages: what Stork may not do, or cannot begin, it leaves as it is, and says so in events alone. */
export function backupController(options: StorkOptions): Controller {
  const { cluster, behaviour, clock, durations } = options;
  return {
    name: 'stork backups',
    watches: [own(type)],
    async reconcile(key): Promise<number | void> {
      if (behaviour.down) return again;
      const backup = await find(cluster, { type, name: key.name, namespace: key.namespace! });
      if (!backup) return;
      if (backup.metadata.deletionTimestamp !== undefined) return finalize(options, backup);
      const stage = textAt(backup, 'status', 'stage');
      if (stage === 'Final') return;
      if (!isAllowed(backup)) return;
      const bucket = await bucketOf(options, backup);
      if (bucket === undefined) return 5_000;
      if (stage === '') {
        await write(options, type, key, {
          metadata: { finalizers: [finalizer] },
          spec: { reclaimPolicy: textAt(backup, 'spec', 'reclaimPolicy') || 'Retain' },
          status: {
            stage: 'Volumes',
            status: 'InProgress',
            triggerTimestamp: now(options),
            lastUpdateTimestamp: now(options),
            finishTimestamp: null,
          },
        });
        return durations.backup;
      }
      const left = Date.parse(textAt(backup, 'status', 'triggerTimestamp')) + durations.backup - clock.now().getTime();
      if (left > 0) return left;
      await finish(options, key, backup, bucket);
    },
  };
}

/** Only the admin namespace may speak about others (`namespaceBackupAllowed`). */
export function isAllowed(object: KubeObject): boolean {
  const { namespace } = object.metadata;
  return namespace === adminNamespace || textsAt(object, 'spec', 'namespaces').every((name) => name === namespace);
}

/** Name of the bucket of a backup's location; a location is looked for in the backup's own namespace. */
export async function bucketOf({ cluster }: StorkOptions, backup: KubeObject): Promise<string | undefined> {
  const name = textAt(backup, 'spec', 'backupLocation');
  const location = await find(cluster, { type: kinds.locations, name, namespace: backup.metadata.namespace! });
  return location && (textAt(location, 'location', 'path') || undefined);
}

export function folderOf({ metadata }: KubeObject): string {
  return `${metadata.namespace}/${metadata.name}/${metadata.uid}`;
}

async function finish(options: StorkOptions, key: Key, backup: KubeObject, bucket: string): Promise<void> {
  const { cluster, store, behaviour } = options;
  const namespaces = textsAt(backup, 'spec', 'namespaces');
  const items = await collect(cluster, namespaces, recordAt(backup, 'spec', 'selectors'));
  const folder = folderOf(backup);
  const volumes = items
    .filter(({ type: { kind } }) => kind === 'PersistentVolumeClaim')
    .map((item) => volumeOf(options, item, `${bucket}/${folder}`));
  const failed = volumes.filter(({ status }) => status === 'Failed').length;
  const complete = items.filter(
    ({ object }) =>
      !volumes.some(
        (one) => one.status === 'Failed' && one.persistentVolumeClaim === object.metadata.name && object.kind === 'PersistentVolumeClaim',
      ),
  );
  const themselves: KubeObject[] = [];
  for (const name of namespaces) {
    const namespace = await find(cluster, { type: types.namespaces, name });
    if (namespace) themselves.push(namespace);
  }
  const file = (name: string, value: unknown): void =>
    store.put(`${bucket}/${folder}/${name}`, new TextEncoder().encode(JSON.stringify(value, null, 1)));
  file(
    'namespaces.json',
    themselves.map(({ metadata }) => ({ metadata })),
  );
  file(
    'resources.json',
    complete.map(({ object }) => kept(object)),
  );
  const resources = complete.map(infoOf);
  const large = JSON.stringify(resources).length > behaviour.largeAbove;
  const everyFailed = volumes.length > 0 && failed === volumes.length;
  await write(options, type, key, {
    status: {
      stage: 'Final',
      status: everyFailed ? 'Failed' : failed > 0 ? 'PartialSuccess' : 'Successful',
      reason: failed > 0 ? `${failed} of ${volumes.length} volumes failed` : 'Volumes and resources were backed up successfully',
      resources: large ? [] : resources,
      resourceCount: resources.length,
      largeResourceEnabled: large,
      volumes,
      failedVolCount: failed,
      totalSize: volumes.reduce((sum, { totalSize }) => sum + totalSize, 0),
      backupPath: folder,
      finishTimestamp: now(options),
      lastUpdateTimestamp: now(options),
    },
  });
}

function infoOf({ object, type: { group, version, kind } }: Item): Record<string, string> {
  const { name, namespace = '' } = object.metadata;
  return {
    name,
    namespace,
    group: group === '' ? 'core' : group,
    version,
    kind,
    status: 'Successful',
    reason: 'Resource backed up successfully',
  };
}

function volumeOf({ volumes, store, behaviour }: StorkOptions, { object }: Item, folder: string) {
  const { name, namespace = '' } = object.metadata;
  const volume = textAt(object, 'spec', 'volumeName');
  const files = volumes.read(volume);
  const failure = behaviour.failures[`${namespace}/${name}`] ?? (files === undefined ? 'volume not found' : undefined);
  if (files !== undefined && failure === undefined) store.putData(`${folder}/${namespace}/${name}`, files);
  const size = files === undefined || failure !== undefined ? 0 : Math.max(1, sizeOf(files));
  return {
    persistentVolumeClaim: name,
    persistentVolumeClaimUID: object.metadata.uid,
    namespace,
    volume,
    backupID: `cloudsnap-${volume}`,
    driverName: 'pxd',
    zones: [],
    status: failure === undefined ? 'Successful' : 'Failed',
    reason: failure ?? 'Backup successful for volume',
    // As its broken tag writes it.
    Options: {},
    totalSize: size,
    actualSize: size,
    storageClass: textAt(object, 'spec', 'storageClassName'),
    provisioner: 'pxd.portworx.com',
    volumeSnapshot: '',
  };
}

async function finalize(options: StorkOptions, backup: KubeObject): Promise<void> {
  const { name, namespace, finalizers = [] } = backup.metadata;
  if (!finalizers.includes(finalizer)) return;
  if (textAt(backup, 'spec', 'reclaimPolicy') === 'Delete') {
    const bucket = await bucketOf(options, backup);
    if (bucket !== undefined) options.store.remove(`${bucket}/${textAt(backup, 'status', 'backupPath') || folderOf(backup)}`);
  }
  const kept = finalizers.filter((one) => one !== finalizer);
  await write(options, type, { name, namespace: namespace! }, { metadata: { finalizers: kept.length > 0 ? kept : null } });
}
