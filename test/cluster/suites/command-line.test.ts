import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import { inject } from 'vitest';
import type { Ran } from '../../e2e/command-line.ts';
import { kubectlDr } from '../../e2e/command-line.ts';
import { describeCommandLine } from '../../suites/command-line.ts';
import { openShop, orders, readOrders, running, writeOrders } from '../targets/shop.ts';
import type { ProtectedCluster } from '../targets/velero.ts';
import { missingVelero, newStore, withVelero } from '../targets/velero.ts';
import { worldsOf } from '../targets/worlds.ts';

const target = inject('target');
const missing = missingVelero(target);

/** The commands of the README, in the order in which somebody would type them. */
describe.skipIf(missing !== undefined)(`kubectl dr on ${target}${missing === undefined ? '' : ` (skipped: ${missing})`}`, () => {
  let east: ProtectedCluster;
  let west: ProtectedCluster;
  let folder: string;

  beforeAll(async () => {
    const store = newStore();
    [east, west] = [await withVelero(target, 'east', store), await withVelero(target, 'west', store)];
    folder = await mkdtemp(path.join(tmpdir(), 'kubectl-dr-cli-'));
    await openShop(east);
  });
  afterAll(async () => {
    await Promise.all([east?.close(), west?.close()]);
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  /** By kubeconfig where there is one: authentication and TLS are then part of what is tried. */
  const dr = (line: string): Promise<Ran> => {
    const files = [east, west].flatMap(({ kubeconfig }) => kubeconfig ?? []);
    return files.length === 2
      ? kubectlDr(`--contexts east,west ${line}`, { cwd: folder, kubeconfig: files.join(path.delimiter) })
      : kubectlDr(line, { cwd: folder, clusters: [east.client, west.client] });
  };
  const json = async (line: string): Promise<Record<string, never>> => {
    const ran = await dr(`${line} -o json`);
    expect(ran, ran.err).toMatchObject({ code: 0 });
    return JSON.parse(ran.out) as Record<string, never>;
  };

  it('says that the application is not protected', async () => {
    const ran = await dr('status');
    expect(ran, ran.err).toMatchObject({ code: 0, err: '' });
    expect(ran.out).toMatch(/shop\s+.*Unprotected/i);
    expect((await dr('status --check')).code).toBe(4);
  });

  it('knows both clusters and the engine', async () => {
    const { items } = (await json('get clusters')) as unknown as { items: { metadata: { name: string } }[] };
    expect(items.map(({ metadata }) => metadata.name).toSorted()).toEqual(['east', 'west']);
    expect((await dr('version')).out).toContain('Client Version: v');
  });

  it('backs up, and lists the points', async () => {
    const ran = await dr('backup shop');
    expect(ran, ran.err).toMatchObject({ code: 0 });
    const { items } = (await json('get points')) as unknown as { items: { spec?: unknown }[] };
    expect(items.length).toBeGreaterThan(0);
  });

  it('shows what a restore would do, and changes nothing', async () => {
    const ran = await dr('plan restore shop --as shop-copy');
    expect(ran, ran.err).toMatchObject({ code: 0 });
    expect(ran.out).toContain('shop-copy');
    await expect(east.client.get({ type: types.namespaces, name: 'shop-copy' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('restores beside the original, with the data of the point', async () => {
    await writeOrders(east, { 'orders.csv': 'garbage' });
    // A copy harms nothing, so nothing is asked.
    const ran = await dr('restore shop --as shop-copy');
    expect(ran, ran.err).toMatchObject({ code: 0 });
    await running(east.client, 'shop-copy');
    expect(await readOrders(east, 'shop-copy')).toEqual(orders);
    expect(await readOrders(east)).toEqual({ 'orders.csv': 'garbage' });
  });

  it('refuses to restore into what is there', async () => {
    const ran = await dr('restore shop --as shop-copy');
    expect(ran.code).toBe(6);
    expect(ran.err).toContain('TARGET_EXISTS');
  });

  it('remembers the operations', async () => {
    const { items } = (await json('get operations')) as unknown as { items: { status: { state: string } }[] };
    expect(items.map(({ status }) => status.state)).toEqual(['Succeeded', 'Succeeded']);
  });

  it('names the nearest application when there is none of that name', async () => {
    const ran = await dr('status shp');
    expect(ran.code).toBe(1);
    expect(ran.err).toMatch(/shp[\s\S]*shop/);
  });

  it.skipIf(target === 'memory')('says who may not when somebody may not', async () => {
    const ran = await kubectlDr('--context east --user guest status', { cwd: folder, kubeconfig: east.kubeconfig! });
    expect(ran, JSON.stringify(ran)).toMatchObject({ code: 6 });
    expect(ran.err).toContain('guest');
    expect(ran.out).not.toContain('Protected');
  });
});

describe.skipIf(missing !== undefined)(`every command${missing === undefined ? '' : ` (skipped: ${missing})`}`, () => {
  describeCommandLine(target, () => worldsOf(target));
});
