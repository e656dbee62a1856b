import { FakeClock } from '@kubectl-dr/core/testing/clock';
import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import { textAt } from '../../api/json.ts';
import { createAll } from '../create-all.ts';
import { instant } from '../durations.ts';
import { nodes, storageClasses } from '../hardware.ts';
import { Stage } from '../stage.ts';

let stage: Stage;

beforeEach(async () => {
  stage = new Stage({ name: 'east', clock: new FakeClock(), durations: { ...instant } });
  stage.start();
  await createAll(stage.cluster, [
    ...nodes([{ name: 'a', zone: 'eu-1a' }]),
    ...storageClasses(),
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } },
  ]);
});
afterEach(() => stage.close());

function claim(name: string, spec: Record<string, unknown> = {}): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name, namespace: 'shop' },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, ...spec },
  };
}

function pod(name: string, claimName: string): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'shop' },
    spec: {
      containers: [{ name: 'main', image: 'example/main:1' }],
      volumes: [{ name: 'data', persistentVolumeClaim: { claimName } }],
    },
  };
}

async function phase(name: string): Promise<string> {
  await stage.idle();
  return textAt(await stage.cluster.get({ type: types.persistentVolumeClaims, namespace: 'shop', name }), 'status', 'phase');
}

async function volumeOf(name: string): Promise<string> {
  await stage.idle();
  return textAt(await stage.cluster.get({ type: types.persistentVolumeClaims, namespace: 'shop', name }), 'spec', 'volumeName');
}

it('binds a claim of the default class when the first pod wants it, with a disk that the program initialises', async () => {
  await createAll(stage.cluster, [claim('data')]);
  expect(await phase('data')).toBe('Pending');
  await createAll(stage.cluster, [pod('db', 'data')]);
  expect(await phase('data')).toBe('Bound');
  expect(stage.volumes.read(await volumeOf('data'))).toEqual({ INITIALISED: expect.stringMatching(/^by shop\/db at/) });
});

it('removes disk and volume with the claim', async () => {
  await createAll(stage.cluster, [claim('data', { storageClassName: 'scratch' })]);
  const volume = await volumeOf('data');
  stage.volumes.write(volume, { a: '1' });
  await stage.cluster.delete({ type: types.persistentVolumeClaims, namespace: 'shop', name: 'data' });
  await stage.idle();
  expect((await stage.cluster.list(types.persistentVolumes)).items).toEqual([]);
  expect(stage.volumes.volumes()).toEqual([]);
});

it('keeps a volume that is to be retained, and gives it to nobody else', async () => {
  const volume: KubeObject = {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: 'static' },
    spec: {
      capacity: { storage: '1Gi' },
      accessModes: ['ReadWriteOnce'],
      storageClassName: 'by-hand',
      persistentVolumeReclaimPolicy: 'Retain',
      hostPath: { path: '/data' },
    },
  };
  await createAll(stage.cluster, [volume, claim('data', { storageClassName: 'by-hand' })]);
  expect(await volumeOf('data')).toBe('static');
  stage.volumes.write('static', { a: '1' });
  await stage.cluster.delete({ type: types.persistentVolumeClaims, namespace: 'shop', name: 'data' });
  await stage.idle();
  expect(textAt(await stage.cluster.get({ type: types.persistentVolumes, name: 'static' }), 'status', 'phase')).toBe('Released');
  await createAll(stage.cluster, [claim('other', { storageClassName: 'by-hand' })]);
  expect(await phase('other')).toBe('Pending');
  expect(stage.volumes.read('static')).toEqual({ a: '1' });
});

it('binds what waited as soon as the class it waited for exists', async () => {
  await createAll(stage.cluster, [claim('data', { storageClassName: 'fast' })]);
  expect(await phase('data')).toBe('Pending');
  const fast = { apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', metadata: { name: 'fast' }, provisioner: 'example.com/disk' };
  await createAll(stage.cluster, [fast]);
  expect(await phase('data')).toBe('Bound');
});

it('gives a new disk the data that was left for its claim', async () => {
  stage.volumes.expect({ namespace: 'shop', name: 'data' }, { 'rows.csv': '1\n' });
  await createAll(stage.cluster, [claim('data', { storageClassName: 'scratch' })]);
  expect(stage.volumes.read(await volumeOf('data'))).toEqual({ 'rows.csv': '1\n' });
});

it('keeps snapshots beside the disks, unchanged by what happens to them', () => {
  const handle = stage.volumes.takeSnapshot({ a: '1' });
  expect(stage.volumes.snapshot(handle)).toEqual({ a: '1' });
  stage.volumes.removeSnapshot(handle);
  expect(stage.volumes.snapshot(handle)).toBeUndefined();
});
