import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { labels } from '@kubectl-dr/core/application/model';
import type { Operation } from '@kubectl-dr/core/execution/model';
import { terminalStates } from '@kubectl-dr/core/execution/states';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import { type RunningSandbox, startSandbox } from '@kubectl-dr/sandbox';
import { instant } from '@kubectl-dr/sandbox/simulators/durations';
import { repository } from './kubectl.ts';
import { bin } from './own-process.ts';

/**
 * `kubectl dr` as a process of its own moves the warehouse between two clusters, is killed with SIGKILL in the middle of a step, is
 * resumed by another that is killed some steps later, until it is through. `KILL_EVERY=1`: in every step; else in every fifth.
 */
const every = Number(process.env.KILL_EVERY ?? 5);
const sites = ['east', 'west'] as const;
type Site = (typeof sites)[number];

let folder: string;
let sandbox: RunningSandbox;
/** Moments in which a copy ran on each side. */
const twoActive: string[] = [];
let looking: ReturnType<typeof setInterval>;

beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'kubectl-dr-killed-moves-'));
  sandbox = await startSandbox({ port: 0, directory: path.join(folder, '.sandbox'), durations: instant, standby: true });
  const clusters = sites.map((name) => `{ name: ${name}, kubeconfig: .sandbox/kubeconfig, context: ${name} }`);
  const catalog = path.join(repository, 'packages/sandbox/catalog');
  writeFileSync(path.join(folder, 'app-config.yaml'), `dr: { clusters: [${clusters.join(', ')}], catalog: ['${catalog}'] }\n`);
  looking = setInterval(() => void look().catch(() => undefined), 25);
}, 120_000);
afterAll(async () => {
  clearInterval(looking);
  await sandbox?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function running(site: Site): Promise<string[]> {
  const { items } = await sandbox.clusters[site].client.list(types.pods, { namespace: 'warehouse' });
  return items
    .filter(({ metadata, status }) => metadata.deletionTimestamp === undefined && (status as { phase?: string }).phase === 'Running')
    .filter(({ metadata }) => metadata.ownerReferences?.some(({ kind }) => kind === 'StatefulSet' || kind === 'ReplicaSet'))
    .map(({ metadata }) => `${site}/${metadata.name}`);
}

async function look(): Promise<void> {
  const [east, west] = [await running('east'), await running('west')];
  if (east.length > 0 && west.length > 0) twoActive.push([...east, ...west].join());
}

/** As it is written down where it is newest: no process has to be asked. */
async function journalled(): Promise<Operation[]> {
  const all = await Promise.all(
    sites.map((site) => sandbox.clusters[site].client.list(types.configMaps, { namespace: 'kubectl-dr', labelSelector: labels.operation })),
  );
  return all.flatMap(({ items }) =>
    items.flatMap(({ data }) => {
      const status = (data as { status?: string }).status;
      return status === undefined ? [] : [JSON.parse(status) as Operation];
    }),
  );
}

function begin(line: string): ChildProcess {
  const { KUBECONFIG: _, ...env } = process.env;
  const words = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, word]) => quoted ?? word!);
  const child = spawn(process.execPath, [bin, ...words], {
    cwd: folder,
    env: { ...env, HOME: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

interface End {
  code: number | null;
  signal: NodeJS.Signals | null;
  text: string;
}

function ended(child: ChildProcess): Promise<End> {
  let text = '';
  for (const stream of [child.stdout!, child.stderr!]) stream.on('data', (data: Buffer) => (text += data.toString()));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal, text }));
  });
}

/** Steps of what is under way, that were begun. */
function begunIn({ steps, undo }: Operation): string[] {
  return (undo?.steps ?? steps).flatMap(({ id, state }) => (state === 'Pending' || state === 'Skipped' ? [] : [id]));
}

/**
 * Runs a line and kills its process as soon as so many steps were begun. Undefined: it was killed; else how it ended before that.
 */
async function killedAfter(line: string, steps: number): Promise<End | undefined> {
  const before = new Set(
    (await journalled()).filter(({ state }) => terminalStates.includes(state)).map(({ id, state }) => `${id} ${state}`),
  );
  const child = begin(line);
  const end = ended(child);
  let over = false;
  void end.finally(() => (over = true));
  while (!over) {
    const now = (await journalled()).filter(({ id, state }) => !before.has(`${id} ${state}`));
    if (now.some((operation) => begunIn(operation).length >= steps)) child.kill('SIGKILL');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const how = await end;
  if (how.signal !== 'SIGKILL') return how;
  await expireLeases();
  return undefined;
}

/** Those of a dead process run out in half a minute; nobody waits for that here. */
async function expireLeases(): Promise<void> {
  for (const site of sites) {
    const { client } = sandbox.clusters[site];
    for (const { metadata } of (await client.list(types.leases, { namespace: 'kubectl-dr' })).items)
      await client.patch({ type: types.leases, namespace: 'kubectl-dr', name: metadata.name }, 'merge', { spec: { holderIdentity: '' } });
  }
}

async function unended(): Promise<string> {
  const [operation] = (await journalled()).filter(({ state }) => !terminalStates.includes(state));
  expect(operation).toBeDefined();
  return operation!.id;
}

/** Killed, resumed, killed some steps later, until it is through. How often it was killed. */
async function throughKills(line: string, from: number): Promise<{ kills: number; text: string }> {
  let next = line;
  for (let kills = 0; ; kills += 1) {
    const end = await killedAfter(next, 1 + from + kills * every);
    if (end) {
      expect(end.code, `${next}\n${end.text}`).toBe(0);
      return { kills, text: end.text };
    }
    next = `resume ${await unended()}`;
  }
}

const rows = (site: Site) => sandbox.clusters[site].files('warehouse', 'data-stock-db-0');

/** Copies have arrived, so that a plan without blockers can be made of them. */
async function plannable(line: string): Promise<void> {
  await vi.waitFor(
    async () => {
      const { code, text } = await ended(begin(line));
      expect(code, text).toBe(0);
    },
    { timeout: 100_000, interval: 500 },
  );
}

describe('kubectl dr, killed in the middle of steps', () => {
  it('relocates, is taken back, relocates again and fails back, with every row and never two copies', async () => {
    const before = rows('east');
    await plannable('plan relocate warehouse --to west');
    expect(await killedAfter('relocate warehouse --to west --yes', 5)).toBeUndefined();
    const id = await unended();
    const cancelled = await ended(begin(`cancel ${id}`));
    expect(cancelled.code, cancelled.text).toBe(0);
    const undone = await throughKills(`undo ${id} --yes`, 1);
    expect(undone.text).toContain(`operation ${id} Undone`);
    expect([await running('west'), rows('east')]).toEqual([[], before]);

    await plannable('plan relocate warehouse --to west');
    const there = await throughKills('relocate warehouse --to west --yes', 2);
    expect([await running('east'), rows('west')]).toEqual([[], before]);
    await plannable('plan failback warehouse');
    const back = await throughKills('failback warehouse --yes', 4);
    expect([await running('west'), rows('east')]).toEqual([[], before]);
    expect(twoActive).toEqual([]);
    // eslint-disable-next-line no-console -- the counts are the result of this test
    console.log(`killed: undo ${undone.kills}, relocate ${there.kills}, failback ${back.kills} times`);
    expect(Math.min(undone.kills, there.kills, back.kills)).toBeGreaterThan(0);
  }, 600_000);

  it('fails over from a cluster that is lost', async () => {
    await plannable('plan failover warehouse --to west');
    const before = rows('east');
    sandbox.clusters.east.lose({ workloads: true });
    const away = await throughKills('failover warehouse --to west --override "the power of the site is cut" --yes', 1);
    expect(rows('west')).toEqual(before);
    expect((await running('west')).length).toBeGreaterThan(0);
    // eslint-disable-next-line no-console -- the count is the result of this test
    console.log(`killed: failover ${away.kills} times`);
    expect(away.kills).toBeGreaterThan(0);
  }, 300_000);
});
