import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import type { RunningSandbox } from '@kubectl-dr/sandbox';
import { startSandbox } from '@kubectl-dr/sandbox';
import type { Fault } from '@kubectl-dr/sandbox/simulators/faults/faults';
import { visible } from '@kubectl-dr/sandbox/simulators/durations';
import { repository } from './kubectl.ts';
import { bin, hasScript } from './own-process.ts';
import { kubeconfigOf } from './tls.ts';

/** Ctrl-C at any moment, as a process on a terminal: exit 130, the terminal as it was, and the text says how to go on. */
const durations = { ...visible };
/** Milliseconds from the key to the end of the process, by moment. */
const took: [moment: string, milliseconds: number][] = [];
let folder: string;
let sandbox: RunningSandbox;
let deaf: net.Server;
let operation: string;

beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'kubectl-dr-interrupted-'));
  sandbox = await startSandbox({ port: 0, directory: path.join(folder, '.sandbox'), durations });
  deaf = net.createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => deaf.once('listening', resolve));
}, 60_000);
afterAll(async () => {
  // eslint-disable-next-line no-console -- the times are what somebody may want to know
  console.log(`Ctrl-C, milliseconds until the end: ${took.map(([moment, milliseconds]) => `${moment} ${milliseconds}`).join(', ')}`);
  // Nothing is waited for before it ends: a second is plenty for most of them on the most crowded machine.
  expect(took.filter(([, milliseconds]) => milliseconds > 1_000).length).toBeLessThan(took.length / 2);
  deaf?.close();
  await sandbox?.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Ended {
  code: number;
  seen: string;
}

/**
 * When the key is pressed: as soon as this is seen, or this was asked of east, or somebody connects to a cluster or portal that
 * never answers, or a credential plugin has asked this; `started`: again and again.
 */
type When =
  | { seen: string | RegExp }
  | { asked: Pick<Fault, 'method' | 'path'> }
  | { connected: 'cluster' | 'portal' }
  | { plugin: string }
  | { started: true };

/** The flags by which a line reaches whom this moment is about. */
function whereOf(when: When): string {
  const port = (deaf.address() as AddressInfo).port;
  if ('connected' in when && when.connected === 'portal') return `--portal http://127.0.0.1:${port}`;
  if (!('connected' in when) && !('plugin' in when)) return '--context east';
  const kubeconfig = path.join(folder, 'deaf');
  const plugin = path.join(folder, 'asking');
  if ('plugin' in when) writeFileSync(plugin, `#!/bin/sh\nprintf '${when.plugin}' >&2\nread code\n`, { mode: 0o755 });
  const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: plugin, interactiveMode: 'IfAvailable' };
  const user = 'plugin' in when ? { exec } : { token: 'x' };
  writeFileSync(kubeconfig, kubeconfigOf({ server: `https://127.0.0.1:${port}` }, user));
  return `--kubeconfig '${kubeconfig}'`;
}

/** Runs a line on a terminal of 12 by 80 and presses Ctrl-C at its moment. Asserts that the terminal is left as it was found. */
async function interrupted(moment: string, line: string, when: When, typed: [sign: string, keys: string][] = []): Promise<Ended> {
  const where = whereOf(when);
  // The shell lives on, to tell what is left; the command has the signal as it is, what tells of it afterwards hears no key.
  const script = `trap : INT; stty rows 12 cols 80; stty -g; '${process.execPath}' '${bin}' ${line} ${where}; code=$?; trap '' INT; echo "<code $code>"; sleep 0.2; stty -g`;
  const child = spawn('script', ['-qec', script, '/dev/null'], {
    cwd: folder,
    env: { ...process.env, HOME: folder, KUBECONFIG: sandbox.kubeconfigPath, LC_ALL: 'C.UTF-8', TERM: 'xterm', KUBECTL_DR_TOKEN: 'x' },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let seen = '';
  let pressed: number | undefined;
  const press = (): void => {
    if (pressed !== undefined && !('started' in when)) return;
    pressed ??= performance.now();
    child.stdin.write('\u0003');
  };
  const fault: Fault = { times: 1, delay: 60_000, ...('asked' in when && when.asked) };
  if ('asked' in when) sandbox.clusters.east.faults.push(fault);
  if ('connected' in when) deaf.once('connection', press);
  const polling = setInterval(() => {
    if ('asked' in when && fault.times === 0) press();
    if ('started' in when && seen !== '' && !seen.includes('<code')) press();
  }, 10);
  const left = [...typed];
  let told = 0;
  child.stdout.on('data', (data: Buffer) => {
    seen += data.toString();
    if (/<code \d+>/.test(seen) && took.at(-1)?.[0] !== moment) took.push([moment, Math.round(performance.now() - pressed!)]);
    const [next] = left;
    if (next && seen.slice(told).includes(next[0])) {
      left.shift();
      told = seen.length;
      child.stdin.write(next[1]);
    }
    const sign = 'seen' in when ? when.seen : 'plugin' in when ? when.plugin : undefined;
    if (sign !== undefined && left.length === 0 && seen.slice(told).search(sign) >= 0) press();
  });
  await new Promise((resolve) => child.once('close', resolve));
  clearInterval(polling);
  sandbox.clusters.east.faults.splice(0);
  // A key that came late is echoed before the second one.
  const states = seen.match(/[0-9a-f]+(:[0-9a-f]+){8,}/g)!;
  expect(states[1], seen).toBe(states[0]);
  expect(seen.lastIndexOf('\u001b[?25h')).toBeGreaterThanOrEqual(seen.lastIndexOf('\u001b[?25l'));
  expect(seen.split('\u001b[?7l').length).toBe(seen.split('\u001b[?7h').length);
  return { code: Number(/<code (\d+)>/.exec(seen)![1]), seen };
}

/** A line that nobody interrupts, into a pipe. */
async function ended(line: string): Promise<{ code: number | null; out: string }> {
  const child = spawn(process.execPath, [bin, ...line.split(' '), '--context', 'east'], {
    cwd: folder,
    env: { ...process.env, HOME: folder, KUBECONFIG: sandbox.kubeconfigPath },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let out = '';
  child.stdout.on('data', (data: Buffer) => (out += data.toString()));
  return { code: await new Promise((resolve) => child.once('close', resolve)), out };
}

const unchanged = 'Interrupted: nothing was changed.';
const inPlace = 'restore shop --component orders-db --mode dataOnly';

describe.skipIf(!hasScript)('Ctrl-C', () => {
  it.each<[moment: string, line: string, when: When, says: string | undefined, typed?: [string, string][]]>([
    ['again and again from the start', 'get points', { started: true }, undefined],
    ['in the handshake', 'get points', { connected: 'cluster' }, undefined],
    ['while it lists', 'get points', { asked: { method: 'GET', path: '/backups' } }, undefined],
    ['while it describes', 'describe app shop', { asked: { method: 'GET', path: '/pods' } }, undefined],
    ['while it watches', 'get points -w', { seen: 'CLUSTER' }, undefined],
    ['while a screen lives', 'status -w', { seen: /shop / }, undefined],
    ['while it examines', 'doctor shop', { asked: { method: 'GET', path: '/pods' } }, undefined],
    ['while it plans', 'restore shop', { asked: { method: 'GET', path: '/pods' } }, unchanged],
    ['while the engine is asked', 'backup shop', { asked: { method: 'POST', path: '/serverstatusrequests' } }, unchanged],
    ['at the question', inPlace, { seen: 'to go on: ' }, unchanged],
    ['in the first question of the picker', 'restore', { seen: 'Which application?' }, unchanged],
    ['in the second', 'restore', { seen: 'Which recovery point?' }, unchanged, [['Which application?', '\r']]],
    [
      'while the lease is taken',
      `${inPlace} --yes`,
      { asked: { method: 'POST', path: '/leases' } },
      'Interrupted while it was begun. Whether it was is told by: kubectl dr get operations',
    ],
    [
      'while a rehearsal begins',
      'drill shop --component web',
      { asked: { method: 'POST', path: '/leases' } },
      'Interrupted while it was begun. Whether it was is told by: kubectl dr get operations',
    ],
    ['while a report is written', 'report shop --out report.html', { asked: { method: 'GET', path: '/pods' } }, undefined],
    ['while it compares', 'diff shop', { asked: { method: 'GET', path: '/pods' } }, undefined],
    ['while the portal is asked', 'status', { connected: 'portal' }, undefined],
    ['while a credential plugin asks', 'get points', { plugin: 'One-time code: ' }, undefined],
    ['while it waits for protection', 'wait shop --for=protected', { asked: { method: 'GET', path: '/backups' } }, undefined],
  ])(
    '%s',
    async (moment, line, when, says, typed) => {
      const { code, seen } = await interrupted(moment, line, when, typed);
      expect(code, seen).toBe(130);
      if (says === undefined) expect(seen).not.toContain('Interrupted');
      else expect(seen).toContain(says);
      expect(seen).not.toMatch(/error:|Warning|at .*\.ts:\d+/);
    },
    120_000,
  );

  it('while a step is carried out: it can be waited for, read and resumed', async () => {
    durations.restore = 3_600_000;
    const { code, seen } = await interrupted('while a step is carried out', 'restore shop --component web --as copy', {
      seen: /\d+ of \d+ steps/,
    });
    expect(code, seen).toBe(130);
    operation = /Continue with: kubectl dr resume (restore-shop-\w+)\r?\nStop it with: kubectl dr cancel restore-shop-/.exec(seen)![1]!;
    const waited = await interrupted('while it waits', `wait ${operation}`, { asked: { method: 'GET', path: `/configmaps/${operation}` } });
    expect(waited.code).toBe(130);
    expect(waited.seen).toContain(`Interrupted: ${operation} goes on. Wait on with: kubectl dr wait ${operation}`);
    const followed = await interrupted('while it follows', `logs ${operation} -f`, { seen: 'begin' });
    expect(followed.code).toBe(130);
    const again = await interrupted('while it takes over', `resume ${operation}`, { asked: { method: 'PUT', path: '/leases/' } });
    expect(again.code).toBe(130);
    expect(again.seen).toContain(`kubectl dr resume ${operation}`);
    const cancelled = await interrupted('while it cancels', `cancel ${operation}`, {
      asked: { method: 'GET', path: `/configmaps/${operation}` },
    });
    expect(cancelled.code).toBe(130);
    expect(cancelled.seen).toContain(`whether it was heard is told by: kubectl dr describe operation ${operation}`);
    durations.restore = 0;
    const { code: resumed, out } = await ended(`resume ${operation}`);
    expect({ resumed, out }).toEqual({ resumed: 0, out: expect.stringContaining(`operation ${operation} Succeeded`) as string });
  }, 240_000);

  it('while it is undone: resume takes the rest back', async () => {
    durations.restore = 0;
    const { out } = await ended(`${inPlace} --yes`);
    const id = /restore-shop-\w+/.exec(out)![0];
    const { code, seen } = await interrupted('while it is undone', `undo ${id} --yes`, { seen: /\d+ of \d+ steps/ });
    expect(code, seen).toBe(130);
    expect(seen).toContain(`Continue with: kubectl dr resume ${id}`);
    const resumed = await ended(`resume ${id}`);
    expect(resumed).toEqual({ code: 0, out: expect.stringContaining(`operation ${id} Undone`) as string });
  }, 240_000);

  it('while policies are applied: what was written stays, and the same command does the rest', async () => {
    const config = path.join(folder, 'app-config.yaml');
    writeFileSync(config, `dr: { catalog: ['${path.join(repository, 'packages/sandbox/catalog')}'] }\n`);
    onTestFinished(() => rmSync(config));
    const when = { asked: { method: 'GET', path: '/schedules' } };
    const { code, seen } = await interrupted('while policies are applied', 'policy apply shop --yes', when);
    expect(code, seen).toBe(130);
    expect(seen).toContain('Interrupted: what was written already stays, and the same command again does the rest.');
    expect((await ended('policy apply shop --yes')).code).toBe(0);
  }, 120_000);
});

it.skipIf(hasScript)('needs `script` of util-linux', () => undefined);
