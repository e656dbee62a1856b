import { types } from '@kubectl-dr/core/ports/kubernetes';
import { listAt, textAt } from '../../api/json.ts';
import { kinds } from './kinds.ts';
import { shopObjects, VeleroStage } from './stage.testing.ts';

let velero: VeleroStage;
const shop = { includedNamespaces: ['shop'] };
const orders = { 'orders.csv': '1,apples\n2,pears\n' };

beforeEach(async () => {
  velero = await VeleroStage.open();
  await velero.shop();
});
afterEach(() => velero.stage.close());

async function warnings(name: string): Promise<string> {
  return JSON.stringify(await velero.json('RestoreResults', name));
}

describe.each([
  ['a snapshot in the cluster', {}],
  ['data in the bucket', { snapshotMoveData: true }],
  ['a file system backup', { defaultVolumesToFsBackup: true }],
])('from %s', (_, how) => {
  it('brings a deleted namespace back, with its rows', async () => {
    await velero.backup('one', { ...shop, ...how });
    await velero.deleteNamespace('shop');
    const restore = await velero.restore('back', { backupName: 'one' });
    expect(restore.status).toMatchObject({ phase: 'Completed' });
    expect(restore.status).not.toHaveProperty('errors');
    expect(await velero.read('shop', 'data-db-0')).toEqual(orders);
    const web = await velero.get(types.deployments, 'web', 'shop');
    expect(web).toMatchObject({
      metadata: { labels: { app: 'web', 'velero.io/backup-name': 'one', 'velero.io/restore-name': 'back' } },
      status: { readyReplicas: 2 },
    });
    expect((await velero.get(types.namespaces, 'shop', '')).metadata.labels).toMatchObject({ team: 'shop' });
    expect(await velero.names(types.pods, 'shop')).toHaveLength(3);
  });

  it('copies it beside the original, which stays as it is', async () => {
    await velero.backup('one', { ...shop, ...how });
    velero.write('shop', 'data-db-0', { 'orders.csv': 'later' });
    const restore = await velero.restore('beside', { backupName: 'one', ...shop, namespaceMapping: { shop: 'shop-copy' } });
    expect(restore.status).toMatchObject({ phase: 'Completed' });
    expect(await velero.read('shop-copy', 'data-db-0')).toEqual(orders);
    expect(await velero.read('shop', 'data-db-0')).toEqual({ 'orders.csv': 'later' });
    expect(await velero.json('RestoreResourceList', 'beside')).toMatchObject({
      'apps/v1/Deployment': ['shop-copy/web(created)'],
      'v1/Secret': ['shop-copy/db(created)'],
      'v1/ConfigMap': expect.arrayContaining(['shop-copy/web(created)']),
    });
    const service = await velero.get(types.services, 'web', 'shop-copy');
    expect(textAt(service, 'spec', 'clusterIP')).not.toBe(textAt(await velero.get(types.services, 'web', 'shop'), 'spec', 'clusterIP'));
  });
});

it('brings a claim back empty when the backup skipped its volume', async () => {
  await velero.backup('hollow', { ...shop, snapshotVolumes: false });
  await velero.deleteNamespace('shop');
  expect((await velero.restore('back', { backupName: 'hollow' })).status).toMatchObject({ phase: 'Completed' });
  expect(await velero.read('shop', 'data-db-0')).toEqual({ INITIALISED: expect.any(String) });
});

it('leaves what exists alone, with a warning where it differs, and stays Completed', async () => {
  await velero.backup('one');
  const ref = { type: types.configMaps, namespace: 'shop', name: 'web' };
  await velero.stage.cluster.patch(ref, 'merge', { data: { page: 'changed', extra: 'new' } });
  const restore = await velero.restore('none', { backupName: 'one', includedResources: ['configmaps'], existingResourcePolicy: 'none' });
  expect(restore.status).toMatchObject({ phase: 'Completed', warnings: 1 });
  expect(await warnings('none')).toContain(
    'could not restore, ConfigMap \\"web\\" already exists. Warning: the in-cluster version is different',
  );
  expect(await velero.stage.cluster.get(ref)).toMatchObject({ data: { page: 'changed', extra: 'new' } });
});

it('updates what exists, fields that came later included, when the policy says so', async () => {
  await velero.backup('one');
  const ref = { type: types.configMaps, namespace: 'shop', name: 'web' };
  await velero.stage.cluster.patch(ref, 'merge', { data: { page: 'changed', extra: 'new' } });
  await velero.restore('update', { backupName: 'one', existingResourcePolicy: 'update' });
  const restored = await velero.stage.cluster.get(ref);
  expect(restored.data).toEqual({ page: 'hello' });
  expect(restored.metadata.labels).toMatchObject({ 'velero.io/restore-name': 'update' });
  expect(await velero.json('RestoreResourceList', 'update')).toMatchObject({
    'v1/ConfigMap': expect.arrayContaining(['shop/web(updated)']),
  });
});

it('warns when an update is refused, and labels only', async () => {
  await velero.backup('one');
  await velero.stage.cluster.delete({ type: types.deployments, namespace: 'shop', name: 'web' });
  await velero.stage.idle();
  const other = shopObjects().find(({ kind }) => kind === 'Deployment')!;
  const labels = { app: 'other' };
  await velero.create({
    ...other,
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'main', image: 'x' }] } },
    },
  });
  const restore = await velero.restore('update', {
    backupName: 'one',
    existingResourcePolicy: 'update',
    includedResources: ['deployments'],
  });
  expect(restore.status).toMatchObject({ phase: 'Completed', warnings: 1 });
  expect(await warnings('update')).toContain('field is immutable');
  expect(await velero.json('RestoreResourceList', 'update')).toMatchObject({ 'apps/v1/Deployment': ['shop/web(failed)'] });
});

it('changes objects by the rules of a ConfigMap, after its own changes, by the original namespace', async () => {
  const rules = {
    version: 'v1',
    resourceModifierRules: [
      {
        conditions: { groupResource: 'deployments.apps', resourceNameRegex: '^web$', namespaces: ['shop'] },
        patches: [{ operation: 'replace', path: '/spec/replicas', value: '0' }],
      },
      {
        conditions: { groupResource: 'services', resourceNameRegex: '^web$' },
        patches: [{ operation: 'replace', path: '/spec/type', value: 'ClusterIP' }],
      },
      {
        conditions: { groupResource: 'configmaps', resourceNameRegex: 'web' },
        patches: [
          { operation: 'test', path: '/data/page', value: 'nothing' },
          { operation: 'remove', path: '/data/page' },
        ],
      },
      { conditions: { groupResource: 'configmaps', resourceNameRegex: 'web' }, mergePatches: [{ patchData: '{"data":{"copy":"true"}}' }] },
    ],
  };
  await velero.create({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'rules', namespace: 'velero' },
    data: { 'rules.yaml': JSON.stringify(rules) },
  });
  await velero.backup('one');
  const restore = await velero.restore('changed', {
    backupName: 'one',
    namespaceMapping: { shop: 'copy' },
    resourceModifier: { kind: 'ConfigMap', name: 'rules' },
  });
  expect(restore.status).toMatchObject({ phase: 'Completed' });
  expect(await velero.get(types.deployments, 'web', 'copy')).toMatchObject({ spec: { replicas: 0 } });
  expect(await velero.get(types.services, 'web', 'copy')).toMatchObject({ spec: { type: 'ClusterIP' } });
  expect(await velero.get(types.configMaps, 'web', 'copy')).toMatchObject({ data: { page: 'hello', copy: 'true' } });
});

it('tells a rule that cannot be applied as an error, and brings the object back without it', async () => {
  const rules = {
    version: 'v1',
    resourceModifierRules: [
      { conditions: { groupResource: 'services' }, patches: [{ operation: 'remove', path: '/spec/ports/0/nodePort' }] },
    ],
  };
  await velero.create({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'rules', namespace: 'velero' },
    data: { 'rules.yaml': JSON.stringify(rules) },
  });
  await velero.backup('one');
  const restore = await velero.restore('wrong', {
    backupName: 'one',
    namespaceMapping: { shop: 'copy' },
    resourceModifier: { kind: 'ConfigMap', name: 'rules' },
  });
  expect(restore.status).toMatchObject({ phase: 'PartiallyFailed', errors: 1 });
  expect(await velero.names(types.services, 'copy')).toEqual(['web']);
});

it('filters by namespace, type and label; claims of restored pods come along', async () => {
  await velero.backup('one');
  await velero.deleteNamespace('shop');
  await velero.restore('db', { backupName: 'one', labelSelector: { matchLabels: { app: 'db' } } });
  expect(await velero.names(types.statefulSets, 'shop')).toEqual(['db']);
  expect(await velero.names(types.deployments, 'shop')).toEqual([]);
  expect(await velero.names(types.secrets, 'shop')).toEqual([]);
  expect(await velero.read('shop', 'data-db-0')).toEqual(orders);
  await velero.restore('secrets', { backupName: 'one', includedResources: ['secrets'], excludedNamespaces: ['other'] });
  expect(await velero.names(types.secrets, 'shop')).toEqual(['db']);
});

it('does not touch the data of a claim that exists', async () => {
  await velero.backup('one', { ...shop, snapshotMoveData: true });
  velero.write('shop', 'data-db-0', { 'orders.csv': 'later' });
  await velero.restore('over', { backupName: 'one', existingResourcePolicy: 'update' });
  expect(await velero.read('shop', 'data-db-0')).toEqual({ 'orders.csv': 'later' });
});

it('lays files over a kept volume when only the pod is gone: the mix that a database does not survive', async () => {
  await velero.backup('files', { ...shop, defaultVolumesToFsBackup: true });
  velero.write('shop', 'data-db-0', { 'orders.csv': 'later', 'wal.log': 'later' });
  await velero.stage.cluster.delete({ type: types.statefulSets, namespace: 'shop', name: 'db' });
  await velero.stage.idle();
  await velero.restore('over', { backupName: 'files', labelSelector: { matchLabels: { app: 'db' } } });
  expect(await velero.read('shop', 'data-db-0')).toEqual({ ...orders, 'wal.log': 'later' });
});

it('brings a database back on another cluster from moved data, and not from a snapshot that stayed behind', async () => {
  await velero.backup('moved', { ...shop, snapshotMoveData: true });
  await velero.backup('kept', shop);
  const west = await VeleroStage.open('west', velero.buckets, velero.clock);
  expect(await west.names(kinds.backups)).toEqual(['kept', 'moved']);
  await west.restore('one', { backupName: 'moved', namespaceMapping: { shop: 'from-data' } });
  expect(await west.read('from-data', 'data-db-0')).toEqual(orders);
  await west.restore('two', { backupName: 'kept', namespaceMapping: { shop: 'from-snapshot' } });
  expect(await west.get(types.persistentVolumeClaims, 'data-db-0', 'from-snapshot')).toMatchObject({ status: { phase: 'Pending' } });
  west.stage.close();
});

it('restores the latest completed backup of a schedule', async () => {
  await velero.backup('older', shop, { labels: { 'velero.io/schedule-name': 'daily' } });
  await velero.clock.advance(60_000);
  await velero.backup('newer', shop, { labels: { 'velero.io/schedule-name': 'daily' } });
  const restore = await velero.restore('latest', { scheduleName: 'daily', namespaceMapping: { shop: 'copy' } });
  expect(restore.spec).toMatchObject({ backupName: 'newer' });
});

it('leaves out what has ended: completed pods and jobs', async () => {
  velero.stage.durations.job = 1_000;
  await velero.create({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'import', namespace: 'shop' },
    spec: { template: { metadata: {}, spec: { containers: [{ name: 'main', image: 'x' }] } } },
  });
  await velero.stage.idle();
  await velero.clock.advance(2_000);
  await velero.stage.idle();
  await velero.backup('one');
  await velero.restore('copy', { backupName: 'one', namespaceMapping: { shop: 'copy' } });
  expect(await velero.names(types.jobs, 'copy')).toEqual([]);
  expect(await velero.json('RestoreResourceList', 'copy')).not.toHaveProperty('batch/v1/Job');
});

it.each([
  [{ backupName: 'absent' }, 'Backup.velero.io "absent" not found'],
  [{}, 'Either a backup or schedule must be specified'],
  [{ scheduleName: 'absent' }, 'No completed backups found for schedule'],
  [{ backupName: 'one', includedResources: ['nodes'] }, 'non-restorable'],
  [{ backupName: 'one', existingResourcePolicy: 'overwrite' }, 'Invalid ExistingResourcePolicy'],
  [{ backupName: 'one', resourceModifier: { kind: 'ConfigMap', name: 'absent' } }, 'failed to get resource modifiers configmap'],
])('refuses %j', async (spec, message) => {
  await velero.backup('one');
  const restore = await velero.restore('wrong', spec);
  expect(textAt(restore, 'status', 'phase')).toBe('FailedValidation');
  expect(listAt(restore, 'status', 'validationErrors').join()).toContain(message);
});
