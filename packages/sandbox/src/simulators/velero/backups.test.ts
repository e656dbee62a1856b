import { types } from '@kubectl-dr/core/ports/kubernetes';
import { textAt } from '../../api/json.ts';
import { unpackArchive } from './archive.ts';
import { kinds } from './kinds.ts';
import { VeleroStage } from './stage.testing.ts';

let velero: VeleroStage;
beforeEach(async () => {
  velero = await VeleroStage.open();
  await velero.shop();
});
afterEach(() => velero.stage.close());

const shop = { includedNamespaces: ['shop'] };
const unfit = 'volumeSnapshot: not satisfy the criteria for VolumePolicy or the legacy snapshot way;';

it('completes, with defaults written back and everything in the bucket', async () => {
  const backup = await velero.backup('one');
  expect(backup).toMatchObject({
    metadata: {
      labels: { 'velero.io/storage-location': 'default' },
      annotations: { 'velero.io/source-cluster-k8s-gitversion': 'v1.34.4' },
    },
    spec: { ttl: '720h0m0s', storageLocation: 'default', includedNamespaces: ['shop'] },
    status: { phase: 'Completed', formatVersion: '1.1.0', startTimestamp: '2026-01-15T12:00:00Z', expiration: '2026-02-14T12:00:00Z' },
  });
  expect(await velero.json('BackupResourceList', 'one')).toMatchObject({
    'apps/v1/Deployment': ['shop/web'],
    'apps/v1/StatefulSet': ['shop/db'],
    'v1/Namespace': ['shop'],
    'v1/PersistentVolumeClaim': ['shop/data-db-0'],
    'v1/Secret': ['shop/db'],
    'v1/PersistentVolume': [expect.stringMatching(/^pvc-/)],
  });
  expect(await velero.json('BackupResults', 'one')).toEqual({ errors: {}, warnings: {} });
  const log = await velero.bucket().artefact('BackupLog', 'one');
  expect(log).toBeDefined();
});

it('snapshots a volume inside its cluster, unless told to move the data', async () => {
  await velero.backup('kept');
  expect(await velero.json('BackupVolumeInfos', 'kept')).toMatchObject([
    { pvcName: 'data-db-0', backupMethod: 'CSISnapshot', snapshotDataMoved: false, skipped: false, result: 'succeeded' },
  ]);
  expect(await velero.names(kinds.dataUploads)).toEqual([]);
  await velero.backup('moved', { ...shop, snapshotMoveData: true });
  expect(await velero.json('BackupVolumeInfos', 'moved')).toMatchObject([
    {
      pvcName: 'data-db-0',
      backupMethod: 'CSISnapshot',
      snapshotDataMoved: true,
      result: 'succeeded',
      snapshotDataMovementInfo: { size: 17, Phase: 'Completed' },
    },
  ]);
  const [upload] = (await velero.stage.cluster.list(kinds.dataUploads)).items;
  expect(upload).toMatchObject({
    spec: { sourceNamespace: 'shop', sourcePVC: 'data-db-0' },
    status: { phase: 'Completed', progress: { bytesDone: 17, totalBytes: 17 } },
  });
});

it('is Completed although it skipped the volume: only the volume infos say so', async () => {
  const backup = await velero.backup('hollow', { ...shop, snapshotVolumes: false });
  expect(textAt(backup, 'status', 'phase')).toBe('Completed');
  expect(await velero.json('BackupVolumeInfos', 'hollow')).toMatchObject([
    { pvcName: 'data-db-0', skipped: true, skippedReason: `podvolume: opted out due to annotation in pod db-0;${unfit}` },
  ]);
});

it('copies files of pods that opt in', async () => {
  await velero.stage.cluster.patch({ type: types.pods, namespace: 'shop', name: 'db-0' }, 'merge', {
    metadata: { annotations: { 'backup.velero.io/backup-volumes': 'data' } },
  });
  await velero.backup('files');
  expect(await velero.json('BackupVolumeInfos', 'files')).toMatchObject([
    { backupMethod: 'PodVolumeBackup', pvbInfo: { podName: 'db-0', size: 17 } },
  ]);
  const [copy] = (await velero.stage.cluster.list(kinds.podVolumeBackups)).items;
  expect(copy).toMatchObject({
    metadata: { annotations: { 'velero.io/pvc-name': 'data-db-0' } },
    status: { phase: 'Completed', progress: { bytesDone: 17 } },
  });
});

it('skips, by a resource policy, the volumes that the policy names', async () => {
  const policies = 'version: v1\nvolumePolicies:\n- conditions: { storageClass: [standard] }\n  action: { type: skip }\n';
  await velero.create({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'policies', namespace: 'velero' },
    data: { 'policies.yaml': policies },
  });
  await velero.backup('skipping', { ...shop, resourcePolicy: { kind: 'configmap', name: 'policies' } });
  expect(await velero.json('BackupVolumeInfos', 'skipping')).toMatchObject([
    {
      skipped: true,
      skippedReason: `any: skipped due to resource policy ;podvolume: opted out due to annotation in pod db-0;${unfit}`,
    },
  ]);
});

it('fails a claim whose driver has no snapshot class: it is listed, and not in the archive', async () => {
  await velero.stage.cluster.delete({ type: kinds.snapshotClasses, name: 'standard' });
  const backup = await velero.backup('classless');
  expect(backup.status).toMatchObject({ phase: 'PartiallyFailed', errors: 1 });
  expect(await velero.json('BackupResourceList', 'classless')).toHaveProperty('v1/PersistentVolumeClaim', ['shop/data-db-0']);
  const archive = unpackArchive((await velero.bucket().artefact('BackupContents', 'classless'))!);
  expect(archive.map(({ resource }) => resource)).not.toContain('persistentvolumeclaims');
  expect(JSON.stringify(await velero.json('BackupResults', 'classless'))).toContain('velero.io/csi-volumesnapshot-class');
});

it('filters by label, keeps what pods need, and leaves out what is excluded by label', async () => {
  await velero.backup('labelled', { ...shop, labelSelector: { matchLabels: { app: 'web' } } });
  const list = await velero.json('BackupResourceList', 'labelled');
  expect(list).toMatchObject({ 'apps/v1/Deployment': ['shop/web'], 'v1/ConfigMap': ['shop/web'], 'v1/Namespace': ['shop'] });
  expect(list).not.toHaveProperty('apps/v1/StatefulSet');
  expect(list).not.toHaveProperty('v1/Secret');
  await velero.backup('db', { ...shop, labelSelector: { matchExpressions: [{ key: 'app', operator: 'In', values: ['db'] }] } });
  expect(await velero.json('BackupResourceList', 'db')).toMatchObject({ 'v1/PersistentVolumeClaim': ['shop/data-db-0'] });
  await velero.stage.cluster.patch({ type: types.configMaps, namespace: 'shop', name: 'web' }, 'merge', {
    metadata: { labels: { 'velero.io/exclude-from-backup': 'true' } },
  });
  await velero.backup('excluding');
  expect(await velero.json('BackupResourceList', 'excluding')).toMatchObject({ 'v1/ConfigMap': ['shop/kube-root-ca.crt'] });
});

it('takes every namespace when none is named, and types of the cluster when it is told to', async () => {
  const spec = { excludedNamespaces: ['velero', 'kube-*'], excludedResources: ['secrets'] };
  await velero.backup('all', spec);
  const list = await velero.json('BackupResourceList', 'all');
  expect(list).toMatchObject({ 'v1/Namespace': ['default', 'shop'], 'apps/v1/Deployment': ['shop/web'] });
  expect(list).not.toHaveProperty('v1/Secret');
  expect(list).not.toHaveProperty('v1/Node');
  await velero.backup('more', { ...spec, includeClusterResources: true });
  expect(await velero.json('BackupResourceList', 'more')).toHaveProperty('v1/Node', ['a']);
});

it.each([
  [{ storageLocation: 'nowhere' }, 'BackupStorageLocation.velero.io "nowhere" not found'],
  [{ includedNamespaces: ['a'], excludedNamespaces: ['a'] }, 'excludes list cannot contain an item in the includes list: a'],
  [{ labelSelector: { matchLabels: { a: 'b' } }, orLabelSelectors: [{ matchLabels: { a: 'c' } }] }, 'only one can be specified'],
  [{ includedResources: ['pods'], includedClusterScopedResources: ['nodes'] }, 'They cannot be used together'],
  [{ resourcePolicy: { kind: 'configmap', name: 'none' } }, 'fail to get ResourcePolicies velero/none ConfigMap'],
])('refuses %j', async (spec, message) => {
  const backup = await velero.backup('wrong', { includedNamespaces: ['shop'], ...spec });
  expect(backup.status).toMatchObject({ phase: 'FailedValidation', validationErrors: [expect.stringContaining(message)] });
});

it('refuses a location that is read-only, or whose bucket does not answer', async () => {
  const ref = { type: kinds.locations, namespace: 'velero', name: 'default' };
  await velero.stage.cluster.patch(ref, 'merge', { spec: { accessMode: 'ReadOnly' } });
  expect((await velero.backup('read-only')).status).toMatchObject({
    phase: 'FailedValidation',
    validationErrors: [expect.stringContaining('read-only mode')],
  });
  await velero.stage.cluster.patch(ref, 'merge', { spec: { accessMode: 'ReadWrite' } });
  velero.buckets.remove('backups');
  await velero.clock.advance(61_000);
  await velero.stage.idle();
  expect((await velero.get(kinds.locations, 'default')).status).toMatchObject({ phase: 'Unavailable' });
  expect((await velero.backup('unavailable')).status).toMatchObject({
    phase: 'FailedValidation',
    validationErrors: [expect.stringContaining('Unavailable')],
  });
});

it('goes through its phases in time, one backup after the other', async () => {
  Object.assign(velero.stage.durations, { backup: 5_000, dataMovement: 5_000, finalizing: 1_000 });
  const phase = async (name: string): Promise<string> => textAt(await velero.get(kinds.backups, name), 'status', 'phase');
  await velero.backup('first', { ...shop, snapshotMoveData: true });
  await velero.backup('second');
  expect([await phase('first'), await phase('second')]).toEqual(['InProgress', 'Queued']);
  await velero.clock.advance(3_000);
  await velero.stage.idle();
  const progress = (await velero.get(kinds.backups, 'first')).status as { progress: { totalItems: number; itemsBackedUp: number } };
  expect(progress.progress.itemsBackedUp).toBeGreaterThan(0);
  expect(progress.progress.itemsBackedUp).toBeLessThan(progress.progress.totalItems);
  await velero.clock.advance(3_000);
  await velero.stage.idle();
  expect(await phase('first')).toBe('WaitingForPluginOperations');
  await velero.clock.advance(30_000);
  await velero.stage.idle();
  expect([await phase('first'), await phase('second')]).toEqual(['Completed', 'Completed']);
});

it('fails, partly or whole, as the data says', async () => {
  velero.behaviour.failures.push(
    { kind: 'Backup', name: 'broken', phase: 'Failed', message: 'out of memory' },
    { kind: 'Backup', name: 'partly', phase: 'PartiallyFailed', message: 'hook failed', namespace: 'shop' },
    { kind: 'Volume', namespace: 'shop', claim: 'data-db-0', message: 'node is gone' },
  );
  expect((await velero.backup('broken')).status).toMatchObject({ phase: 'Failed', failureReason: 'out of memory' });
  expect((await velero.backup('partly')).status).toMatchObject({ phase: 'PartiallyFailed', errors: 1 });
  expect(await velero.json('BackupResults', 'partly')).toMatchObject({ errors: { namespaces: { shop: ['hook failed'] } } });
  expect((await velero.backup('stuck', { ...shop, snapshotMoveData: true })).status).toMatchObject({
    phase: 'PartiallyFailed',
    backupItemOperationsFailed: 1,
  });
  expect(await velero.json('BackupVolumeInfos', 'stuck')).toMatchObject([{ result: 'failed' }]);
});

it('is expired after its time, with data, files and restores', async () => {
  await velero.backup('short', { ...shop, snapshotMoveData: true, ttl: '1h' });
  await velero.restore('copy', { backupName: 'short', namespaceMapping: { shop: 'copy' } });
  await velero.clock.advance(3_601_000);
  await velero.stage.idle();
  await velero.stage.idle();
  expect(await velero.names(kinds.backups)).toEqual([]);
  expect(await velero.names(kinds.restores)).toEqual([]);
  expect(await velero.names(kinds.dataUploads)).toEqual([]);
  expect(await velero.buckets.open('backups')!.list('')).toEqual([]);
  expect(await velero.names(kinds.deletions)).toEqual([]);
});

it('comes back from the bucket when only its object was deleted, and goes when the bucket lost it', async () => {
  await velero.backup('lasting');
  await velero.stage.cluster.delete({ type: kinds.backups, namespace: 'velero', name: 'lasting' });
  await velero.clock.advance(61_000);
  await velero.stage.idle();
  expect((await velero.get(kinds.backups, 'lasting')).status).toMatchObject({ phase: 'Completed' });
  await velero.bucket().remove('backups/lasting');
  await velero.clock.advance(61_000);
  await velero.stage.idle();
  expect(await velero.names(kinds.backups)).toEqual([]);
});

it('refuses to delete a backup that it cannot reach, saying so in a processed request', async () => {
  await velero.backup('one');
  await velero.stage.cluster.patch({ type: kinds.locations, namespace: 'velero', name: 'default' }, 'merge', {
    spec: { accessMode: 'ReadOnly' },
  });
  await velero.create({
    apiVersion: 'velero.io/v1',
    kind: 'DeleteBackupRequest',
    metadata: { name: 'ask', namespace: 'velero' },
    spec: { backupName: 'one' },
  });
  await velero.stage.idle();
  expect((await velero.get(kinds.deletions, 'ask')).status).toMatchObject({
    phase: 'Processed',
    errors: [expect.stringContaining('read-only')],
  });
  expect(await velero.names(kinds.backups)).toEqual(['one']);
});
