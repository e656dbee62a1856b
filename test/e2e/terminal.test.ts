import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { RunningSandbox } from '@kubectl-dr/sandbox';
import { startSandbox } from '@kubectl-dr/sandbox';
import { bin, hasScript } from './own-process.ts';
import { Authority, base64, emptyCluster, kubeconfigOf, serveTls } from './tls.ts';

let folder: string;
let sandbox: RunningSandbox;

beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'kubectl-dr-terminal-'));
  sandbox = await startSandbox({ port: 0, directory: path.join(folder, '.sandbox') });
}, 60_000);
afterAll(async () => {
  await sandbox?.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Ended {
  code: number | null;
  seen: string;
}

/** Runs a command line on a terminal of 12 by 100, and types each answer when its sign was seen. */
function onTerminal(args: string[], answers: [sign: string | RegExp, keys: string][], env: Record<string, string> = {}): Promise<Ended> {
  const line = ['stty rows 12 cols 100;', ...[process.execPath, bin, ...args].map((word) => `'${word}'`)].join(' ');
  const child = spawn('script', ['-qec', line, '/dev/null'], {
    cwd: folder,
    env: { ...process.env, HOME: folder, KUBECONFIG: sandbox.kubeconfigPath, LC_ALL: 'C.UTF-8', TERM: 'xterm', ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let seen = '';
  let told = 0;
  const left = [...answers];
  child.stdout.on('data', (data: Buffer) => {
    seen += data.toString();
    const [next] = left;
    if (!next) return;
    const rest = seen.slice(told);
    if (typeof next[0] === 'string' ? !rest.includes(next[0]) : !next[0].test(rest)) return;
    left.shift();
    told = seen.length;
    child.stdin.write(next[1]);
  });
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, seen })));
}

const down = '\u001b[B';
// oxlint-disable-next-line no-control-regex -- a terminal is told by exactly these
const redrawn = /\u001b\[(\d+)A[^]*\u001b\[\?7h/;
// oxlint-disable-next-line no-control-regex -- likewise
const linesUp = /\u001b\[(\d+)A/g;
const showsCursor = (seen: string): boolean => seen.lastIndexOf('\u001b[?25h') >= seen.lastIndexOf('\u001b[?25l');

describe.skipIf(!hasScript)('on a terminal', () => {
  it('status -w is redrawn in place, keeps to the height, and ends by Ctrl-C with the terminal as it was', async () => {
    const { code, seen } = await onTerminal(['status', '-w', '--context', 'east'], [[redrawn, '\u0003']]);
    expect(code).toBe(130);
    const back = [...seen.matchAll(linesUp)].map(([, lines]) => Number(lines));
    expect(back.length).toBeGreaterThan(0);
    expect(Math.max(...back)).toBeLessThan(12);
    expect(seen.split('\u001b[?7l').length).toBe(seen.split('\u001b[?7h').length);
    expect(showsCursor(seen)).toBe(true);
  }, 60_000);

  it('restore without arguments asks for application, point and components', async () => {
    const { code, seen } = await onTerminal(
      ['restore', '--context', 'east', '--dry-run', 'client'],
      [
        ['Which application?', '\r'],
        ['Which recovery point?', `${down}\r`],
        ['Which components?', '\r'],
      ],
    );
    expect(seen).toContain('the newest usable point of each component');
    expect(seen).toMatch(/Plan: +Restore \S+ beside the original/);
    expect([0, 6]).toContain(code);
    expect(showsCursor(seen)).toBe(true);
  }, 60_000);

  it('Ctrl-C in a question leaves with 130 and the cursor shown', async () => {
    const { code, seen } = await onTerminal(['restore', '--context', 'east'], [['Which application?', '\u0003']]);
    expect(code).toBe(130);
    expect(seen).not.toContain('Plan:');
    expect(showsCursor(seen)).toBe(true);
  }, 60_000);

  it('a credential plugin may ask', async () => {
    const authority = await Authority.open();
    const tokens = new Set<string | undefined>();
    const server = await serveTls(await authority.issue(), (request, response) => {
      tokens.add(request.headers.authorization);
      emptyCluster(request, response);
    });
    const plugin = path.join(folder, 'asking');
    const status = '{"kind":"ExecCredential","status":{"token":"\'$code\'"}}';
    writeFileSync(plugin, `#!/bin/sh\nprintf 'One-time code: ' >&2\nread code\necho '${status}'\n`, { mode: 0o755 });
    const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: plugin, interactiveMode: 'IfAvailable' };
    const file = path.join(folder, 'asking.kubeconfig');
    writeFileSync(file, kubeconfigOf({ server: server.url, 'certificate-authority-data': base64(authority.pem) }, { exec }));
    const { code } = await onTerminal(['get', 'points', '--kubeconfig', file], [['One-time code: ', '314159\n']]);
    expect(code).toBe(0);
    expect(tokens).toEqual(new Set(['Bearer 314159']));
    server.close();
  }, 60_000);
});

it.skipIf(hasScript)('needs `script` of util-linux for the cases on a terminal', () => undefined);

it('without a terminal nothing is picked', () => {
  const { status, stderr, stdout } = spawnSync(process.execPath, [bin, 'restore'], {
    encoding: 'utf8',
    cwd: folder,
    env: { ...process.env, HOME: folder, KUBECONFIG: sandbox.kubeconfigPath },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  expect({ status, stdout, stderr }).toEqual({ status: 2, stdout: '', stderr: 'error: APP is missing\nSee "kubectl dr restore --help"\n' });
});

it('get -w into a pipe tells everything once, then what is new, until it is interrupted', async () => {
  const env = { ...process.env, HOME: folder, KUBECONFIG: sandbox.kubeconfigPath };
  const watching = spawn(process.execPath, [bin, 'get', 'points', '--context', 'east', '-n', 'shop', '-w'], {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void watching.kill('SIGKILL'));
  let out = '';
  let backedUp: Promise<number | null> | undefined;
  const ended = new Promise<number | null>((resolve) => watching.once('close', resolve));
  watching.stdout.on('data', (data: Buffer) => {
    out += data.toString();
    if (backedUp === undefined) {
      const line = [bin, 'backup', 'shop', '--component', 'web', '--context', 'east'];
      const child = spawn(process.execPath, line, { cwd: folder, env, stdio: 'ignore' });
      onTestFinished(() => void child.kill('SIGKILL'));
      backedUp = new Promise((resolve) => child.once('close', resolve));
    } else if (/ shop-web-\d+ +Completed/.test(out)) watching.kill('SIGINT');
  });
  expect(await ended).toBe(130);
  // It ends after its point: whoever is not waited for outlives the sandbox, and asks for it for ever.
  expect(await backedUp).toBe(0);
  expect(out.match(/^CLUSTER +NAME/gm)?.length).toBe(1);
  const old = out.split('\n')[2]!.split(/ +/)[1]!;
  expect(out.split(` ${old} `).length).toBe(2);
}, 60_000);
