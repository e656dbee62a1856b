import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import type { RunningSandbox } from './index.ts';
import { instant, startSandbox } from './index.ts';

const bin = fileURLToPath(new URL('./bin/sandbox.ts', import.meta.url));
let folder: string;
let sandbox: RunningSandbox | undefined;

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'kubectl-dr-sandbox-'));
});
afterEach(async () => {
  await sandbox?.close();
  sandbox = undefined;
  rmSync(folder, { recursive: true, force: true });
});

interface Kubeconfig {
  'current-context': string;
  contexts: { name: string; context: { user: string } }[];
  users: { name: string; user: { token: string } }[];
}

async function start(options: Partial<Parameters<typeof startSandbox>[0]> = {}): Promise<Kubeconfig> {
  sandbox = await startSandbox({ port: 0, directory: folder, durations: instant, story: false, ...options });
  return parse(readFileSync(sandbox.kubeconfigPath, 'utf8')) as Kubeconfig;
}

it('writes a kubeconfig with both clusters and every identity', async () => {
  const config = await start();
  expect(config['current-context']).toBe('east');
  expect(config.contexts.map(({ name, context }) => [name, context.user])).toEqual([
    ['east', 'admin'],
    ['west', 'admin'],
  ]);
  expect(config.users.map(({ name }) => name)).toEqual(['admin', 'viewer', 'developer']);
  expect(await sandbox!.clusters.east.client.identity()).not.toBe(await sandbox!.clusters.west.client.identity());
});

it('keeps certificates and tokens over restarts, so that a kubeconfig stays valid', async () => {
  const first = await start();
  await sandbox!.close();
  expect((await start()).users).toEqual(first.users);
});

it('lets identities do what they may, and no more', async () => {
  await start({ story: true });
  const { east } = sandbox!.clusters;
  const ask = async (identity: 'admin' | 'viewer' | 'developer', where: string, method = 'GET'): Promise<number> => {
    const headers = { authorization: `Bearer ${sandbox!.tokens[identity]}`, 'content-type': 'application/json' };
    const body = method === 'GET' ? {} : { body: JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'new' } }) };
    return (await east.api.fetch(new Request(`https://sandbox.invalid${where}`, { method, headers, ...body }))).status;
  };
  expect(await ask('admin', '/api/v1/secrets')).toBe(200);
  expect(await ask('viewer', '/apis/velero.io/v1/backups')).toBe(200);
  expect(await ask('viewer', '/api/v1/namespaces/shop/pods')).toBe(200);
  expect(await ask('viewer', '/api/v1/namespaces/shop/secrets')).toBe(403);
  expect(await ask('viewer', '/api/v1/namespaces/shop/configmaps', 'POST')).toBe(403);
  expect(await ask('developer', '/api/v1/namespaces/shop/configmaps', 'POST')).toBe(201);
  expect(await ask('developer', '/api/v1/namespaces/payments/pods')).toBe(403);
  expect(await ask('developer', '/apis/velero.io/v1/backups')).toBe(403);
});

it('says in one sentence that its port is taken', async () => {
  await start();
  const port = Number(new URL(sandbox!.url).port);
  await expect(startSandbox({ port, directory: path.join(folder, 'other'), story: false })).rejects.toMatchObject({
    message: `The port ${port} is already in use, so the sandbox cannot listen on it.`,
    hint: expect.stringContaining('--port'),
  });
});

it('starts with its story', async () => {
  await start({ story: true });
  expect(sandbox!.clusters.east.api.store.count('backups.velero.io')).toBeGreaterThan(300);
});

it.each([
  ['nowhere:down', 'names a cluster that does not exist', 'clusters: east, west'],
  ['rain', 'does not exist', expect.stringContaining('faults: down, latency')],
  ['wath-reset', 'does not exist', 'did you mean watch-reset?'],
  ['down=3', 'takes no value', 'write down'],
  ['error=200', 'has no STATUS: "200" is no whole number from 400 to 599', 'without a value it is 500'],
  ['throttle=often', 'has no SECONDS: "often" is no whole number from 0 to 3600', 'without a value it is 1'],
  ['west:watch-reset=-1', 'has no EVENTS: "-1" is no whole number from 0 to 1000000', 'without a value it is 3'],
  ['latency=soon', 'has no DURATION: "soon" is not a duration', expect.stringContaining('Write a duration as 15m')],
  ['slow-start=', 'has no DURATION: "" is not a duration', expect.stringContaining('Write a duration as 15m')],
  ['clock-ahead=-1h', 'has no DURATION: "-1h" must not carry a sign', expect.stringContaining('Write a duration as 15m')],
])('refuses the fault %s', async (fault, why, hint) => {
  await expect(start({ faults: [fault] })).rejects.toMatchObject({ name: 'InputError', message: `the fault "${fault}" ${why}`, hint });
});

it('is a command that says where its kubeconfig is, and ends when it is told to', async () => {
  const child = spawn(process.execPath, [bin, '--port', '0', '--directory', folder, '--empty'], { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const line = await new Promise<string>((resolve) => child.stdout.once('data', (data) => resolve(String(data))));
  expect(line).toBe(`export KUBECONFIG=${path.join(folder, 'kubeconfig')}\n`);
  child.kill('SIGTERM');
  expect(await ended).toBe(0);
});

it.each([
  [['--port', 'many'], 'error: "many" is not a port\nchoose one with --port PORT\n'],
  [['--fault', 'east:latncy'], 'error: the fault "east:latncy" does not exist\ndid you mean latency?\n'],
])('is a command that refuses what it does not understand, without a stack: %s', async (flags, sentence) => {
  const child = spawn(process.execPath, [bin, ...flags, '--directory', folder], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  child.stderr.on('data', (data) => (said += String(data)));
  expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(1);
  expect(said).toBe(sentence);
});
