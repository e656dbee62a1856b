import { engine } from '@kubectl-dr/core/engines/velero/index';
import type { EngineContext } from '@kubectl-dr/core/ports/engine-context';
import { resourceKey, types } from '@kubectl-dr/core/ports/kubernetes';
import type { ProtectionState } from '@kubectl-dr/core/protection/model';
import { systemClock } from '@kubectl-dr/core/system-clock';
import { VeleroStage } from './stage.testing.ts';

// The engine of core against the simulated server: what one writes the other has to read.

let velero: VeleroStage;
let context: EngineContext;
const labels = { 'kubectl-dr.dev/operation': 'op', 'kubectl-dr.dev/step': 'one' };

beforeEach(async () => {
  velero = await VeleroStage.open();
  await velero.shop();
  velero.behaviour.moveData = true;
  context = { cluster: velero.stage.cluster, clock: systemClock, namespace: 'velero' };
});
afterEach(() => velero.stage.close());

async function state(): Promise<ProtectionState> {
  const objects = new Map();
  for (const kind of engine.kinds) objects.set(resourceKey(kind), (await velero.stage.cluster.list(kind)).items);
  return engine.interpret({ cluster: 'east', now: velero.clock.now(), age: 0, objects, failures: new Map() });
}

async function backup(name: string) {
  await engine.startBackup(context, { name, namespaces: ['shop'], labels, annotations: {} });
  await velero.stage.idle();
  return (await state()).points.find((point) => point.name === name)!;
}

it('sees a living server, and one that is down', async () => {
  expect(await engine.ping(context)).toEqual({ version: 'v1.18.1' });
  velero.behaviour.down = true;
  await expect(engine.ping(context)).rejects.toMatchObject({ code: 'ENGINE_DOWN' });
});

it('backs up, proves the volume, and reads what is inside', async () => {
  const point = await backup('one');
  expect(await engine.progressOfBackup(context, 'one')).toMatchObject({ phase: 'Succeeded', nativePhase: 'Completed' });
  expect(point).toMatchObject({ phase: 'Succeeded', location: 'default', scope: { namespaces: ['shop'] } });
  // What the server itself excludes limits nothing.
  expect(point.scope).toEqual({ namespaces: ['shop'], excludedNamespaces: [] });
  expect((await state()).volumeEvidence[point.id]).toMatchObject([
    { namespace: 'shop', claim: 'data-db-0', method: 'data-mover', state: 'captured', bytes: 17 },
  ]);
  const contents = await engine.contents(context, point);
  expect(contents.errors).toEqual({});
  expect(contents.volumes).toMatchObject([{ namespace: 'shop', claim: 'data-db-0', method: 'data-mover', state: 'captured', bytes: 17 }]);
  expect(contents.objects).toContainEqual({ apiVersion: 'apps/v1', kind: 'StatefulSet', namespace: 'shop', name: 'db' });
  const objects = await engine.objects(context, point, ['shop']);
  expect(objects.find(({ kind }) => kind === 'Secret')).toMatchObject({ metadata: { name: 'db' }, data: { password: 'c2VjcmV0' } });
});

it('takes a file system backup as proof of its volume', async () => {
  velero.behaviour.fileSystemBackup = true;
  const point = await backup('files');
  expect((await state()).volumeEvidence[point.id]).toMatchObject([
    { namespace: 'shop', claim: 'data-db-0', method: 'file-system', state: 'captured', bytes: 17 },
  ]);
});

it('says which volume a Completed backup does not hold', async () => {
  await velero.backup('hollow', { includedNamespaces: ['shop'], snapshotVolumes: false });
  const point = (await state()).points[0]!;
  expect(point.phase).toBe('Succeeded');
  expect((await engine.contents(context, point)).volumes).toMatchObject([
    { claim: 'data-db-0', state: 'skipped', message: expect.stringContaining('snapshots are turned off') },
  ]);
});

it('restores beside with rewrites, tells the outcome, and cleans up after itself', async () => {
  const point = await backup('one');
  await engine.startRestore(context, {
    name: 'copy',
    point,
    namespaces: ['shop'],
    namespaceMapping: { shop: 'shop-copy' },
    rewrites: [
      { resource: 'deployments.apps', namespace: 'shop', name: 'web', patches: [{ op: 'replace', path: '/spec/replicas', value: 1 }] },
    ],
    labels,
    annotations: {},
  });
  await velero.stage.idle();
  expect(await engine.progressOfRestore(context, 'copy')).toMatchObject({ phase: 'Succeeded' });
  expect(await engine.outcomeOfRestore(context, 'copy')).toMatchObject({
    failed: 0,
    errors: [],
    warnings: [],
    created: expect.any(Number),
  });
  expect(await velero.get(types.deployments, 'web', 'shop-copy')).toMatchObject({ spec: { replicas: 1 } });
  expect(await velero.read('shop-copy', 'data-db-0')).toEqual({ 'orders.csv': '1,apples\n2,pears\n' });
  await engine.finishRestore(context, 'copy');
  expect(await velero.names(types.configMaps, 'velero')).toEqual(['kube-root-ca.crt']);
});

it('says that contents cannot be read when the bucket is gone', async () => {
  const point = await backup('one');
  velero.buckets.remove('backups');
  await velero.clock.advance(61_000);
  await velero.stage.idle();
  await expect(engine.contents(context, point)).rejects.toMatchObject({ code: 'CONTENTS_UNREADABLE' });
});
