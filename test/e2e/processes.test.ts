import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { RunningSandbox } from '@kubectl-dr/sandbox';
import { startSandbox } from '@kubectl-dr/sandbox';
import { missing, repository } from './kubectl.ts';
import { bin, hasScript } from './own-process.ts';

/** The command as a process of its own, over TLS: launcher, signals, pipes, kubectl in front of it. */
let folder: string;
let sandbox: RunningSandbox;

beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'kubectl-dr-processes-'));
  sandbox = await startSandbox({ port: 0, directory: path.join(folder, '.sandbox') });
  const clusters = ['east', 'west'].map((name) => `{ name: ${name}, kubeconfig: .sandbox/kubeconfig, context: ${name} }`);
  writeFileSync(path.join(folder, 'app-config.yaml'), `dr: { clusters: [${clusters.join(', ')}] }\n`);
}, 60_000);
afterAll(async () => {
  await sandbox?.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Ended {
  code: number | null;
  out: string;
  err: string;
}

/** `during` sees the process while it runs. */
function start(
  command: string,
  args: string[],
  options: {
    env?: Record<string, string>;
    stdin?: 'ignore' | 'pipe';
    during?: (child: ReturnType<typeof spawn>, err: () => string) => void;
  } = {},
): Promise<Ended> {
  const { KUBECONFIG: _, ...env } = process.env;
  const child = spawn(command, args, {
    cwd: folder,
    env: { ...env, HOME: folder, ...options.env },
    stdio: [options.stdin ?? 'ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let out = '';
  let err = '';
  child.stdout!.on('data', (data: Buffer) => (out += data.toString()));
  child.stderr!.on('data', (data: Buffer) => (err += data.toString()));
  options.during?.(child, () => err);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, out, err }));
  });
}
const dr = (args: string[], options: Parameters<typeof start>[2] = {}): Promise<Ended> => start(process.execPath, [bin, ...args], options);

it('runs the sources of a clone, says nothing on stderr, and ends by itself', async () => {
  const { code, out, err } = await dr(['status']);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toMatch(/^APPLICATION +VERDICT +DATA AGE/);
  expect(out).toContain('\nshop ');
});

it('the bundle is executable, and parses as the sources do', async () => {
  const { bundleCli } = (await import(`${repository}packages/dev/src/bundle.mjs`)) as {
    bundleCli(folder: string): Promise<{ entry: string }>;
  };
  const { entry } = await bundleCli(path.join(folder, 'bundle'));
  const env = { PATH: [path.dirname(process.execPath), process.env.PATH].join(path.delimiter) };
  const bundled = (args: string[]): Promise<Ended> => start(entry, args, { env });
  expect(await bundled(['version'])).toEqual({ code: 0, out: 'Client Version: v0.1.0\n', err: '' });
  for (const args of [
    ['get', 'clusters', '--context', 'east'],
    ['status', '--nope'],
    ['get', 'points', '-n'],
    ['wait', '--help'],
  ]) {
    const env2 = { env: { KUBECONFIG: sandbox.kubeconfigPath, ...env } };
    expect(await start(entry, args, env2), args.join(' ')).toEqual(await dr(args, env2));
  }
}, 60_000);

/** The machine's own Node, where it is older than what runs the sources. */
const older = ['/usr/bin/node', '/usr/local/bin/node'].find((node) => {
  const { status, stdout } = spawnSync(node, ['-p', 'process.versions.node'], { encoding: 'utf8' });
  return status === 0 && Number(stdout.split('.')[0]) >= 20 && Number(stdout.split('.')[0]) < 24;
});
const packaged = existsSync(path.join(repository, 'node_modules/.bin/node'));
it.skipIf(!older || !packaged)('hands over to the Node 24 of the lockfile when an older one starts it', async () => {
  const { code, out } = await start(older!, [bin, 'version', '-o', 'json']);
  expect(code).toBe(0);
  expect((JSON.parse(out) as { client: { node: string } }).client.node).toMatch(/^v24\./);
  expect((await start(older!, [bin, 'nope'])).code).toBe(2);
});

it.skipIf(missing('kubectl') !== undefined)('is a plugin of kubectl', async () => {
  const plugins = path.join(folder, 'plugins');
  spawnSync('mkdir', ['-p', plugins]);
  symlinkSync(bin, path.join(plugins, 'kubectl-dr'));
  const PATH = [plugins, path.dirname(process.execPath), process.env.PATH].join(path.delimiter);
  const { code, out } = await start('kubectl', ['dr', 'get', 'clusters', '-o', 'name'], { env: { PATH } });
  expect({ code, out }).toEqual({ code: 0, out: 'cluster.kubectl-dr.dev/east\ncluster.kubectl-dr.dev/west\n' });
});

it('takes KUBECONFIG before the configuration, its contexts by the configured names', async () => {
  const env = { KUBECONFIG: sandbox.kubeconfigPath };
  expect((await dr(['get', 'clusters', '-o', 'name'], { env })).out.split('\n').length).toBe(3);
  const elsewhere = path.join(folder, 'dead');
  writeFileSync(
    elsewhere,
    'apiVersion: v1\nkind: Config\ncurrent-context: gone\nclusters: [{ name: gone, cluster: { server: "https://127.0.0.1:1" } }]\nusers: []\ncontexts: [{ name: gone, context: { cluster: gone } }]\n',
  );
  const { code, err } = await dr(['get', 'points'], { env: { KUBECONFIG: elsewhere } });
  expect({ code, err }).toEqual({
    code: 1,
    err: 'error: gone (https://127.0.0.1:1) refused the connection\nnext: is the API server running, and are host and port right?\n',
  });
});

it('a reader that closes the pipe early is not an error', async () => {
  const { code, out, err } = await start('bash', ['-c', `set -o pipefail; "${process.execPath}" "${bin}" get points | head -2`]);
  expect({ code, err, lines: out.split('\n').length }).toEqual({ code: 0, err: '', lines: 3 });
});

it('has no colours in a pipe, unless asked', async () => {
  expect((await dr(['status'])).out).not.toContain('\u001b');
  expect((await dr(['status', '--color=always'])).out).toContain('\u001b[');
  expect((await dr(['status'], { env: { FORCE_COLOR: '1', NO_COLOR: '1' } })).out).not.toContain('\u001b');
});

it('-v=6 shows requests and no credential', async () => {
  const { err } = await dr(['get', 'points', '-v=6']);
  expect(err).toMatch(
    /^GET https:\/\/127\.0\.0\.1:\d+\/clusters\/east\/apis\/velero\.io\/v1\/backups\?limit=500 200 in \d+ milliseconds$/m,
  );
  for (const token of Object.values(sandbox.tokens)) expect(err).not.toContain(token);
});

it('impersonation reaches the server', async () => {
  const { code, err } = await dr(['get', 'operations', '--as', 'nobody', '--as-group', 'a', '--as-group', 'b']);
  expect(code).toBe(6);
  // Both refuse, and nobody knows which of them first.
  expect(err).toMatch(/nobody may not list configmaps in the namespace kubectl-dr on (east|west)/);
});

it('Ctrl-C leaves, says how to go on, and going on works', async () => {
  const interrupted = await dr(['restore', 'shop', '--component', 'web', '--as', 'copy'], {
    during(child, err) {
      const poll = setInterval(() => {
        if (!err().includes('Running: ')) return;
        clearInterval(poll);
        child.kill('SIGINT');
      }, 20);
      child.once('close', () => clearInterval(poll));
    },
  });
  expect(interrupted.code).toBe(130);
  const id = /kubectl dr resume (restore-shop-\w+)/.exec(interrupted.err)![1]!;
  const resumed = await dr(['resume', id, '-o', 'json']);
  expect(resumed.code, resumed.err).toBe(0);
  expect(JSON.parse(resumed.out)).toMatchObject({ kind: 'Operation', status: { state: 'Succeeded' } });
}, 60_000);

describe.skipIf(!hasScript)('on a terminal', () => {
  /** Types `answer` as soon as something is asked. */
  const typed = (answer: string, args: string[]): Promise<Ended> => {
    const line = [process.execPath, bin, ...args].map((word) => `'${word}'`).join(' ');
    return start('script', ['-qec', line, '/dev/null'], {
      stdin: 'pipe',
      during(child) {
        let seen = '';
        let answered = false;
        child.stdout!.on('data', (data: Buffer) => {
          seen += data.toString();
          if (answered || !seen.includes('to go on: ')) return;
          answered = true;
          child.stdin!.write(answer);
        });
      },
    });
  };
  const line = ['restore', 'shop', '--component', 'orders-db', '--mode', 'dataOnly'];

  it('asks on stderr, takes the name, and lets Ctrl-C and the end of input mean no', async () => {
    expect(await typed('\u0003', line)).toMatchObject({ code: 130 });
    const ended = await typed('\u0004', line);
    expect(ended.code).toBe(7);
    const refused = await typed('shpo\n', line);
    expect(refused.code).toBe(7);
    expect((await dr(['get', 'operations', '-o', 'json'])).out).not.toContain('dataOnly');
    expect(await typed('shop\n', line)).toMatchObject({ code: 0 });
    expect((await dr(['get', 'operations', '-o', 'json'])).out).toContain('dataOnly');
  }, 60_000);
});

it('kubectl dr sandbox prints the line to type, keeps running, and ends on SIGTERM', async () => {
  const { code, out } = await dr(['sandbox', '--port', '0', '--directory', path.join(folder, 'another')], {
    during(child) {
      child.stdout!.on('data', (data: Buffer) => {
        if (data.toString().includes('KUBECONFIG')) child.kill('SIGTERM');
      });
    },
  });
  expect({ code, out }).toEqual({ code: 0, out: `export KUBECONFIG=${path.join(folder, 'another', 'kubeconfig')}\n` });
}, 60_000);
