import { FakeClock } from '@kubectl-dr/core/testing/clock';
import type { KubeObject, ResourceType } from '@kubectl-dr/core/ports/kubernetes';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import { at, listAt, numberAt, textAt } from '../../api/json.ts';
import { createAll } from '../create-all.ts';
import { instant } from '../durations.ts';
import { nodes, storageClasses } from '../hardware.ts';
import { Stage } from '../stage.ts';

let stage: Stage;
let clock: FakeClock;

beforeEach(async () => {
  clock = new FakeClock();
  stage = new Stage({
    name: 'east',
    clock,
    durations: { ...instant },
    onError: (error, controller) => {
      throw new Error(`${controller}: ${error.message}`, { cause: error });
    },
  });
  stage.start();
  await createAll(stage.cluster, [
    ...nodes([
      { name: 'a', zone: 'eu-1a' },
      { name: 'b', zone: 'eu-1b', gpus: 1, labels: { pool: 'gpu' } },
    ]),
    ...storageClasses(),
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } },
  ]);
});
afterEach(() => stage.close());

function workload(kind: string, name: string, spec: Record<string, unknown> = {}, pod: Record<string, unknown> = {}): KubeObject {
  const labels = { app: name };
  return {
    apiVersion: kind === 'Job' ? 'batch/v1' : 'apps/v1',
    kind,
    metadata: { name, namespace: 'shop' },
    spec: {
      ...(kind !== 'Job' && { selector: { matchLabels: labels } }),
      template: { metadata: { labels }, spec: { containers: [{ name: 'main', image: 'example/main:1' }], ...pod } },
      ...spec,
    },
  };
}

async function shown(type: ResourceType, name: string): Promise<KubeObject> {
  await stage.idle();
  return stage.cluster.get({ type, namespace: 'shop', name });
}

async function pods(): Promise<KubeObject[]> {
  await stage.idle();
  return (await stage.cluster.list(types.pods, { namespace: 'shop' })).items;
}

it('runs a deployment, scales it, and rolls it over without leaving old pods', async () => {
  await createAll(stage.cluster, [workload('Deployment', 'web', { replicas: 2 })]);
  expect((await shown(types.deployments, 'web')).status).toMatchObject({ readyReplicas: 2, availableReplicas: 2, observedGeneration: 1 });
  const ref = { type: types.deployments, namespace: 'shop', name: 'web' };
  await stage.cluster.patch(ref, 'merge', { spec: { replicas: 3 } });
  expect(numberAt(await shown(types.deployments, 'web'), 'status', 'readyReplicas')).toBe(3);
  const template = { spec: { containers: [{ name: 'main', image: 'example/main:2' }] } };
  await stage.cluster.patch(ref, 'merge', { spec: { template } });
  const images = (await pods()).map((pod) => textAt(listAt(pod, 'spec', 'containers')[0], 'image'));
  expect(images).toEqual(['example/main:2', 'example/main:2', 'example/main:2']);
  await stage.cluster.patch(ref, 'merge', { spec: { replicas: 0 } });
  expect(await pods()).toEqual([]);
});

it('takes over pods and replica sets that came before their owner, as a restore brings them', async () => {
  await createAll(stage.cluster, [workload('Deployment', 'web', { replicas: 2 })]);
  const before = (await pods()).map((pod) => pod.metadata.uid);
  await stage.cluster.delete({ type: types.deployments, namespace: 'shop', name: 'web' }, { propagation: 'Orphan' });
  await stage.idle();
  await createAll(stage.cluster, [workload('Deployment', 'web', { replicas: 2 })]);
  expect((await pods()).map((pod) => pod.metadata.uid)).toEqual(before);
});

it('gives each pod of a stateful set its own claim, which outlives it', async () => {
  const claim = { metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } };
  await createAll(stage.cluster, [workload('StatefulSet', 'db', { replicas: 2, volumeClaimTemplates: [claim] })]);
  expect((await pods()).map((pod) => [pod.metadata.name, textAt(pod, 'status', 'phase')])).toEqual([
    ['db-0', 'Running'],
    ['db-1', 'Running'],
  ]);
  const volume = textAt(await shown(types.persistentVolumeClaims, 'data-db-1'), 'spec', 'volumeName');
  stage.volumes.write(volume, { 'rows.csv': '1,first\n' });
  await stage.cluster.delete({ type: types.statefulSets, namespace: 'shop', name: 'db' });
  expect(await pods()).toEqual([]);
  await createAll(stage.cluster, [workload('StatefulSet', 'db', { replicas: 2, volumeClaimTemplates: [claim] })]);
  await stage.idle();
  expect(textAt(await shown(types.persistentVolumeClaims, 'data-db-1'), 'spec', 'volumeName')).toBe(volume);
  expect(stage.volumes.read(volume)).toEqual({ 'rows.csv': '1,first\n' });
});

it('places pods by node selector and GPUs, and says why one waits', async () => {
  const gpu = { containers: [{ name: 'main', image: 'example/ml:1', resources: { limits: { 'nvidia.com/gpu': '1' } } }] };
  await createAll(stage.cluster, [workload('Deployment', 'train', {}, gpu), workload('Deployment', 'web', { replicas: 2 })]);
  const where = Object.fromEntries((await pods()).map((pod) => [pod.metadata.labels!.app, textAt(pod, 'spec', 'nodeName')]));
  expect(where).toEqual({ train: 'b', web: 'a' });
  await createAll(stage.cluster, [workload('Deployment', 'second', {}, { ...gpu, nodeSelector: { pool: 'gpu' } })]);
  const waiting = (await pods()).find((pod) => pod.metadata.labels!.app === 'second');
  expect(textAt(waiting, 'status', 'phase')).toBe('Pending');
  expect(textAt(listAt(waiting, 'status', 'conditions')[0], 'message')).toBe(
    "0/2 nodes are available: 1 Insufficient nvidia.com/gpu, 1 node(s) didn't match Pod's node affinity/selector.",
  );
  await stage.cluster.delete({ type: types.deployments, namespace: 'shop', name: 'train' });
  expect(numberAt(await shown(types.deployments, 'second'), 'status', 'readyReplicas')).toBe(1);
});

it('puts a pod of a daemon set on every node, new ones included', async () => {
  await createAll(stage.cluster, [workload('DaemonSet', 'agent')]);
  expect((await shown(types.daemonSets, 'agent')).status).toMatchObject({ desiredNumberScheduled: 2, numberReady: 2 });
  await createAll(stage.cluster, nodes([{ name: 'c', zone: 'eu-1c' }]));
  expect((await shown(types.daemonSets, 'agent')).status).toMatchObject({ desiredNumberScheduled: 3, numberReady: 3 });
});

it('finishes a job when its time has come', async () => {
  stage.durations.job = 60_000;
  await createAll(stage.cluster, [workload('Job', 'import')]);
  expect((await shown(types.jobs, 'import')).status).toMatchObject({ active: 1, ready: 1 });
  await clock.advance(61_000);
  expect((await shown(types.jobs, 'import')).status).toMatchObject({ succeeded: 1, conditions: [{ type: 'Complete' }] });
});

it('takes the time that it is told to take', async () => {
  stage.durations.podStart = 5_000;
  await createAll(stage.cluster, [workload('Deployment', 'web')]);
  const [pod] = await pods();
  expect(at(listAt(pod, 'status', 'containerStatuses')[0], 'state', 'waiting', 'reason')).toBe('ContainerCreating');
  await clock.advance(5_000);
  expect(numberAt(await shown(types.deployments, 'web'), 'status', 'readyReplicas')).toBe(1);
});

it('fails pods as the data says', async () => {
  stage.podFailures.push({ prefix: 'web-', reason: 'ImagePullBackOff', message: 'no such image' });
  await createAll(stage.cluster, [workload('Deployment', 'web')]);
  const [pod] = await pods();
  expect(at(listAt(pod, 'status', 'containerStatuses')[0], 'state', 'waiting')).toEqual({
    reason: 'ImagePullBackOff',
    message: 'no such image',
  });
  expect(numberAt(await shown(types.deployments, 'web'), 'status', 'readyReplicas')).toBe(0);
});
