import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { ClusterClient } from '@kubectl-dr/core/ports/cluster';
import { execOutputLimit } from '@kubectl-dr/core/ports/cluster';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import { systemClock } from '@kubectl-dr/core/system-clock';
import { HttpCluster } from '@kubectl-dr/kubernetes/http-cluster';
import { resolveContext } from '@kubectl-dr/kubernetes/kubeconfig/context';
import { loadKubeConfig } from '@kubectl-dr/kubernetes/kubeconfig/load';
import { apiDispatcher } from '@kubectl-dr/sandbox/doors/dispatcher';
import type { HttpsDoor } from '@kubectl-dr/sandbox/doors/https';
import { serveHttps } from '@kubectl-dr/sandbox/doors/https';
import { kubeconfig } from '@kubectl-dr/sandbox/doors/kubeconfig';
import { createAll } from '@kubectl-dr/sandbox/simulators/create-all';
import { instant } from '@kubectl-dr/sandbox/simulators/durations';
import { nodes, storageClasses } from '@kubectl-dr/sandbox/simulators/hardware';
import { Stage } from '@kubectl-dr/sandbox/simulators/stage';
import { shopObjects } from '@kubectl-dr/sandbox/simulators/velero/stage.testing';
import { missing, realKubectl } from './kubectl.ts';

const tokens = { admin: { username: 'admin', groups: ['system:masters'] }, reader: { username: 'reader' } };
let stage: Stage;
let door: HttpsDoor;
let folder: string;
beforeAll(async () => {
  stage = new Stage({ name: 'east', clock: systemClock, durations: { ...instant }, tokens });
  stage.start();
  await createAll(stage.cluster, [...nodes([{ name: 'a', zone: 'eu-1a' }]), ...storageClasses(), ...shopObjects()]);
  await stage.idle();
  const claim = await stage.cluster.get({ type: types.persistentVolumeClaims, namespace: 'shop', name: 'data-db-0' });
  stage.volumes.write((claim.spec as { volumeName: string }).volumeName, { 'orders.csv': '1,apples\n2,pears\n' });
  stage.programs.fill = ([size]) => ({ exitCode: 3, stdout: 'x'.repeat(Number(size)), stderr: 'full\n' });
  door = await serveHttps({ apis: { east: stage.api }, port: 0 });
  folder = mkdtempSync(path.join(os.tmpdir(), 'kubectl-dr-exec-'));
  writeFileSync(
    path.join(folder, 'config'),
    kubeconfig({ url: door.url, ca: door.ca, clusters: ['east'], users: { admin: 'admin', reader: 'reader' } }),
  );
});
afterAll(async () => {
  await door.close();
  stage.close();
  rmSync(folder, { recursive: true, force: true });
});

async function overTls(user = 'admin'): Promise<HttpCluster> {
  const config = await loadKubeConfig({ file: path.join(folder, 'config'), env: {} });
  return new HttpCluster({ config: resolveContext(config, { user }), name: 'east' });
}

function inProcess(): HttpCluster {
  const config = { name: 'east', cluster: { name: 'east', server: 'https://sandbox.invalid' }, user: { name: 'admin', token: 'admin' } };
  return new HttpCluster({ config, dispatcher: apiDispatcher(stage.api) });
}

const pod = { namespace: 'shop', pod: 'db-0' };

describe.each<[string, () => ClusterClient | Promise<ClusterClient>]>([
  ['without a network', () => stage.cluster],
  ['over a connection in this process', inProcess],
  ['over TLS', () => overTls()],
])('a command in a container, %s', (_, open) => {
  let cluster: ClusterClient;
  beforeAll(async () => void (cluster = await open()));

  it('tells what the program said and how it ended', async () => {
    expect(await cluster.exec(pod, ['cat', '/data/orders.csv'])).toEqual({ exitCode: 0, stdout: '1,apples\n2,pears\n', stderr: '' });
    expect(await cluster.exec({ ...pod, container: 'main' }, ['cat', '/data/none'])).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: 'cat: /data/none: No such file or directory\n',
    });
    expect((await cluster.exec(pod, ['echo', 'a b', '&', 'ü+%'])).stdout).toBe('a b & ü+%\n');
  });

  it('keeps a limit on what is said', async () => {
    const { exitCode, stdout, stderr } = await cluster.exec(pod, ['fill', '200000']);
    expect({ exitCode, stderr }).toEqual({ exitCode: 3, stderr: 'full\n' });
    expect(stdout.length).toBe(execOutputLimit);
  });

  it.each([
    ['a pod that is not there', { ...pod, pod: 'db-9' }, ['true'], { name: 'NotFoundError' }],
    [
      "a container that is not the pod's",
      { ...pod, container: 'other' },
      ['true'],
      { name: 'InputError', message: expect.stringContaining('other') },
    ],
    ['a program that is not there', pod, ['pg_isready'], { code: 'CLUSTER_ERROR', message: expect.stringContaining('pg_isready') }],
  ])('names %s', async (__, target, command, error) => {
    await expect(cluster.exec(target, command)).rejects.toMatchObject(error);
  });

  it('ends at once when it is told to', async () => {
    await expect(cluster.exec(pod, ['true'], { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough');
  });
});

it('is refused to whoever may not', async () => {
  await expect((await overTls('reader')).exec(pod, ['true'])).rejects.toMatchObject({ name: 'NotAllowedError' });
});

it('is left alone when it takes too long', async () => {
  stage.programs.hang = () => {
    const until = Date.now() + 400;
    // Nothing else of this process runs meanwhile: the answer comes after the time is over.
    while (Date.now() < until);
    return { exitCode: 0, stdout: '', stderr: '' };
  };
  await expect((await overTls()).exec(pod, ['hang'], { timeout: 100 })).rejects.toMatchObject({ code: 'TIMEOUT' });
});

it.skipIf(missing('kubectl'))('is what the real kubectl understands (skipped without kubectl)', async () => {
  const kubectl = realKubectl(path.join(folder, 'config'), path.join(folder, 'cache'));
  expect(await kubectl('-n', 'shop', 'exec', 'statefulset/db', '--', 'cat', '/data/orders.csv')).toBe('1,apples\n2,pears\n');
  await expect(kubectl('-n', 'shop', 'exec', 'db-0', '--', 'fill', '70000')).rejects.toMatchObject({
    code: 3,
    stderr: expect.stringContaining('full'),
  });
});
