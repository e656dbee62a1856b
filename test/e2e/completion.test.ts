import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import net from 'node:net';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { HttpCluster } from '@kubectl-dr/kubernetes/http-cluster';
import type { RunningSandbox } from '@kubectl-dr/sandbox';
import { startSandbox } from '@kubectl-dr/sandbox';
import { TestFleet } from './fleet.ts';
import { missing, repository } from './kubectl.ts';

let fleet: TestFleet;
beforeAll(async () => {
  fleet = await TestFleet.open();
  await fleet.backUp('p1');
  await fleet.advance(5);
  await fleet.backUp('p2');
  expect((await fleet.run('backup shop --component web')).code).toBe(0);
});
afterAll(() => fleet.close());

const typed = async (...words: string[]): Promise<string> => {
  const ran = await fleet.run(['__complete', ...words]);
  expect({ code: ran.code, err: ran.err }).toEqual({ code: 0, err: '' });
  return ran.out;
};

describe('names from the clusters', () => {
  it('applications with their owners', async () => {
    expect(await typed('status', '')).toBe('shop\tgroup:default/team-shop\n:36\n');
    expect(await typed('status', 'x')).toBe(':36\n');
  });

  it('points, newest first, with age and state', async () => {
    expect(await typed('restore', 'shop', '--to', 'p')).toMatch(/^p2\t\d+s old, Completed\np1\t5m\d*s? old, Completed\n:36\n$/);
    expect(await typed('describe', 'point', 'p1')).toMatch(/^p1\t.+\n:36\n$/);
    expect(await typed('restore', 'shop', '--to=l')).toBe('latest\tthe newest usable point\n:36\n');
  });

  it('components of the application, operations, namespaces, whatever a kind lists', async () => {
    expect(await typed('restore', 'shop', '--component', '')).toBe('recommender\nweb\norders-db\n:36\n');
    expect(await typed('logs', '')).toMatch(/^backup-shop-\w+\tBackup shop, Succeeded, \d+s ago\n:36\n$/);
    expect(await typed('get', 'apps', '-n', 'shop')).toBe('shop\nshop-ml\n:36\n');
    expect(await typed('get', 'locations', '')).toMatch(/^default\n/);
    expect(await typed('explain', 'RPO_B')).toMatch(/^RPO_BREACHED\t/);
  });
});

it('a cluster that does not answer costs a second and says nothing', async () => {
  const sockets: net.Socket[] = [];
  const silent = net.createServer((socket) => sockets.push(socket)).listen(0, '127.0.0.1');
  await new Promise((resolve) => silent.once('listening', resolve));
  const cluster = { name: 'dumb', server: `https://127.0.0.1:${(silent.address() as AddressInfo).port}` };
  const dumb = new HttpCluster({ config: { name: 'dumb', cluster, user: { name: 'x', token: 'x' } } });
  const ran = await fleet.run(['__complete', 'logs', ''], { clusters: [dumb] });
  expect(ran).toEqual({ code: 0, out: ':36\n', err: '' });
  await dumb.close();
  for (const socket of sockets) socket.destroy();
  silent.close();
});

it('completion prints scripts, and installs what kubectl asks', async () => {
  const folder = path.join(fleet.folder, 'bin');
  mkdirSync(folder);
  const installed = await fleet.run(['completion', 'install', '--directory', folder]);
  expect(installed).toMatchObject({ code: 0, out: `${folder}/kubectl_complete-dr\n` });
  const shipped = readFileSync(path.join(repository, 'kubectl-plugin/bin/kubectl_complete-dr'), 'utf8');
  expect(readFileSync(`${folder}/kubectl_complete-dr`, 'utf8')).toBe(shipped);
  expect(await fleet.run('completion install', { env: { PATH: '/nowhere' } })).toMatchObject({ code: 1, out: '' });
  const { out } = await fleet.run('completion bash');
  const bash = spawnSync('bash', ['-n', '-c', out], { encoding: 'utf8' });
  expect({ status: bash.status, err: bash.stderr }).toEqual({ status: 0, err: '' });
});

/** The real thing: kubectl finds both programs on PATH and asks the second one. */
describe.skipIf(missing('kubectl') !== undefined)('through kubectl', () => {
  let sandbox: RunningSandbox;
  let env: NodeJS.ProcessEnv;
  beforeAll(async () => {
    sandbox = await startSandbox({ port: 0, directory: path.join(fleet.folder, '.sandbox') });
    const plugins = path.join(fleet.folder, 'plugins');
    mkdirSync(plugins);
    symlinkSync(path.join(repository, 'kubectl-plugin/bin/kubectl-dr.mjs'), path.join(plugins, 'kubectl-dr'));
    symlinkSync(path.join(repository, 'kubectl-plugin/bin/kubectl_complete-dr'), path.join(plugins, 'kubectl_complete-dr'));
    const PATH = [plugins, path.dirname(process.execPath), process.env.PATH].join(path.delimiter);
    env = { ...process.env, PATH, HOME: fleet.folder, KUBECONFIG: sandbox.kubeconfigPath };
  }, 60_000);
  afterAll(() => sandbox.close());

  const kubectl = async (...words: string[]): Promise<string[]> => {
    const { execFile } = await import('node:child_process');
    return new Promise((resolve, reject) =>
      execFile('kubectl', ['__complete', 'dr', ...words], { env, cwd: fleet.folder }, (error, out) =>
        error ? reject(error) : resolve(out.trimEnd().split('\n')),
      ),
    );
  };

  it('commands, flags and contexts', async () => {
    expect(await kubectl('res')).toEqual([
      'restore\tBring an application back, beside the original or in place',
      'resume\tContinue an operation whose process died',
      ':4',
    ]);
    expect(await kubectl('get', 'points', '--no')).toEqual(['--no-headers\tLeave the header line out', ':4']);
    expect(await kubectl('status', '--context', '')).toContain('west');
  }, 60_000);

  it('names of the cluster of the context', async () => {
    const shops = await kubectl('status', '--context', 'east', '--request-timeout', '30s', 'sh');
    expect(shops.at(-1)).toBe(':36');
    expect(shops.map((line) => line.split('\t')[0])).toContain('shop');
  }, 60_000);
});
