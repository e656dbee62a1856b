import { adminNamespace, kinds } from '@kubectl-dr/core/engines/stork/kinds';
import { ConflictError, asDrError } from '@kubectl-dr/core/errors';
import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { apiVersionOf, resourceKey, types } from '@kubectl-dr/core/ports/kubernetes';
import { isRecord, listAt, recordAt, textAt } from '../../api/json.ts';
import type { Controller, Key } from '../controller.ts';
import { own } from '../controller.ts';
import { find } from '../find.ts';
import { reset } from '../velero/reset.ts';
import { byRestoreOrder } from '../velero/restore-order.ts';
import { sizeOf } from '../volumes/volume-store.ts';
import { bucketOf, folderOf } from './backups.ts';
import { type StorkOptions, again, finalizer, now, write } from './context.ts';

const type = kinds.restores;

/** Restores by their stages. A backup is looked for in the restore's own namespace. */
export function restoreController(options: StorkOptions): Controller {
  const { cluster, behaviour, durations, clock } = options;
  return {
    name: 'stork restores',
    watches: [own(type)],
    async reconcile(key): Promise<number | void> {
      if (behaviour.down) return again;
      const restore = await find(cluster, { type, name: key.name, namespace: key.namespace! });
      if (!restore || textAt(restore, 'status', 'stage') === 'Final') return;
      if (restore.metadata.deletionTimestamp !== undefined) {
        if (restore.metadata.finalizers?.includes(finalizer)) await write(options, type, key, { metadata: { finalizers: null } });
        return;
      }
      const mapping = mappingOf(restore);
      if (key.namespace !== adminNamespace && Object.values(mapping).some((name) => name !== key.namespace)) return;
      const backup = await find(cluster, { type: kinds.backups, name: textAt(restore, 'spec', 'backupName'), namespace: key.namespace! });
      const bucket = backup && (await bucketOf(options, backup));
      if (!backup || bucket === undefined) return 5_000;
      const stage = textAt(restore, 'status', 'stage');
      if (stage === '') {
        const volumes = await volumesOf(options, backup, restore);
        await write(options, type, key, {
          status: { stage: 'Volumes', status: 'InProgress', lastUpdateTimestamp: now(options), finishTimestamp: null, volumes },
        });
        return durations.restore;
      }
      const left = Date.parse(textAt(restore, 'status', 'lastUpdateTimestamp')) + durations.restore - clock.now().getTime();
      if (left > 0) return left;
      await apply(options, key, restore, `${bucket}/${textAt(backup, 'status', 'backupPath') || folderOf(backup)}`);
    },
  };
}

function mappingOf(restore: KubeObject): Record<string, string> {
  return Object.fromEntries(
    Object.entries(recordAt(restore, 'spec', 'namespaceMapping')).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    ),
  );
}

/** With Retain the data of a claim that exists is left where it is (`skipVolumesFromRestoreList`). */
async function volumesOf({ cluster }: StorkOptions, backup: KubeObject, restore: KubeObject): Promise<Record<string, unknown>[]> {
  const mapping = mappingOf(restore);
  const found: Record<string, unknown>[] = [];
  for (const volume of listAt(backup, 'status', 'volumes').filter(isRecord)) {
    const [namespace, name] = [textAt(volume, 'namespace'), textAt(volume, 'persistentVolumeClaim')];
    const target = mapping[namespace];
    if (
      target === undefined ||
      textAt(volume, 'status') !== 'Successful' ||
      !isIncluded(restore, { group: 'core', kind: 'PersistentVolumeClaim', namespace, name })
    )
      continue;
    const live = await find(cluster, { type: types.persistentVolumeClaims, namespace: target, name });
    found.push({
      persistentVolumeClaim: name,
      sourceNamespace: namespace,
      sourceVolume: textAt(volume, 'volume'),
      restoreVolume: live ? textAt(live, 'spec', 'volumeName') : '',
      driverName: textAt(volume, 'driverName'),
      status: live ? 'Retained' : 'InProgress',
      reason: live ? 'Skipped from volume restore as policy is set to Retain and pvc already exists' : '',
      totalSize: volume.totalSize,
    });
  }
  return found;
}

function isIncluded(
  restore: KubeObject,
  { group, kind, namespace, name }: { group: string; kind: string; namespace: string; name: string },
): boolean {
  const included = listAt(restore, 'spec', 'includeResources');
  return (
    included.length === 0 ||
    included.some(
      (one) =>
        (textAt(one, 'group') || 'core') === group &&
        textAt(one, 'kind') === kind &&
        textAt(one, 'namespace') === namespace &&
        textAt(one, 'name') === name,
    )
  );
}

async function apply(options: StorkOptions, key: Key, restore: KubeObject, folder: string): Promise<void> {
  const { cluster, store, volumes } = options;
  const mapping = mappingOf(restore);
  const served = await cluster.discover();
  const all = JSON.parse(new TextDecoder().decode(store.get(`${folder}/resources.json`) ?? new TextEncoder().encode('[]'))) as KubeObject[];
  const returning = listAt(restore, 'status', 'volumes').filter(isRecord);
  const wanted = all.flatMap((object) => {
    const found = served.find((one) => apiVersionOf(one) === object.apiVersion && one.kind === object.kind);
    const { namespace, name } = object.metadata;
    const target = namespace === undefined ? undefined : mapping[namespace];
    if (!found || namespace === undefined || target === undefined) return [];
    if (!isIncluded(restore, { group: found.group === '' ? 'core' : found.group, kind: object.kind, namespace, name })) return [];
    return [{ found, object, source: namespace, target }];
  });
  const resources: Record<string, string>[] = [];
  for (const { found, object, source, target } of wanted.toSorted((a, b) => byRestoreOrder(resourceKey(a.found), resourceKey(b.found)))) {
    const { name } = object.metadata;
    const volume =
      object.kind === 'PersistentVolumeClaim' &&
      returning.find((one) => one.persistentVolumeClaim === name && one.sourceNamespace === source);
    const files = volume && volume.status !== 'Retained' ? store.data(`${folder}/${source}/${name}`) : undefined;
    if (files !== undefined) volumes.expect({ namespace: target, name }, files);
    const bare = reset(object, { namespaceMapping: mapping, preserveNodePorts: false, volumeReturn: () => 'empty' });
    const outcome = await create(options, { ...bare, metadata: { ...bare.metadata, namespace: target } }, found);
    const { group, version, kind } = found;
    resources.push({ name, namespace: target, group: group === '' ? 'core' : group, version, kind, ...outcome });
    if (volume && volume.status !== 'Retained')
      Object.assign(volume, {
        status: files === undefined ? 'Failed' : 'Successful',
        reason: files === undefined ? 'the data is not in the location' : 'Restore successful for volume',
        totalSize: files === undefined ? 0 : sizeOf(files),
      });
  }
  const retained = resources.some(({ status }) => status !== 'Successful');
  await write(options, type, key, {
    status: {
      stage: 'Final',
      status: retained ? 'PartialSuccess' : 'Successful',
      reason: retained
        ? 'Volumes were restored successfully. Some existing resources were not replaced'
        : 'Volumes and resources were restored up successfully',
      resources,
      volumes: returning,
      resourceCount: resources.length,
      restoredresourceCount: resources.length,
      finishTimestamp: now(options),
      lastUpdateTimestamp: now(options),
    },
  });
}

/** What is there is retained; a service account is merged into the one that is there, and told as a success. */
async function create({ cluster }: StorkOptions, object: KubeObject, found: Parameters<StorkOptions['cluster']['create']>[0]) {
  try {
    await cluster.create(found, object);
    return { status: 'Successful', reason: 'Resource restored successfully' };
  } catch (thrown) {
    if (!(thrown instanceof ConflictError)) return { status: 'Failed', reason: `Error applying resource: ${asDrError(thrown).message}` };
    if (object.kind === 'ServiceAccount') return { status: 'Successful', reason: 'Resource restored successfully' };
    return { status: 'Retained', reason: 'Resource restore skipped as it was already present and ReplacePolicy is set to Retain' };
  }
}
