import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import { HttpCluster } from '@kubectl-dr/kubernetes/http-cluster';
import { resolveContext } from '@kubectl-dr/kubernetes/kubeconfig/context';
import { loadKubeConfig } from '@kubectl-dr/kubernetes/kubeconfig/load';
import type { RunningSandbox } from '@kubectl-dr/sandbox';
import { instant, startSandbox } from '@kubectl-dr/sandbox';

/** Each fault of `--fault`, met by the product's own client over TLS. */
describe('a sandbox that fails on purpose', () => {
  let folder: string;
  let sandbox: RunningSandbox | undefined;
  let clients: HttpCluster[] = [];

  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'kubectl-dr-faults-'));
  });
  afterEach(async () => {
    await Promise.all(clients.map((client) => client.close()));
    clients = [];
    await sandbox?.close();
    sandbox = undefined;
    rmSync(folder, { recursive: true, force: true });
  });

  /** East and west of a sandbox with these faults, and how long the client was told to sleep. */
  async function suffering(
    ...faults: string[]
  ): Promise<{ east: HttpCluster; west: HttpCluster; slept: number[]; sandbox: RunningSandbox }> {
    sandbox = await startSandbox({ port: 0, directory: folder, durations: instant, story: false, faults });
    const config = await loadKubeConfig({ file: sandbox.kubeconfigPath, env: {} });
    const slept: number[] = [];
    const clock = { now: () => new Date(), sleep: async (milliseconds: number) => void slept.push(milliseconds) };
    const [east, west] = ['east', 'west'].map((context) => {
      const client = new HttpCluster({ config: resolveContext(config, { context }), name: context, clock });
      clients.push(client);
      return client;
    }) as [HttpCluster, HttpCluster];
    return { east, west, slept, sandbox };
  }

  const velero = { type: types.namespaces, name: 'velero' };
  const configMap = (name: string): KubeObject => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'default' } });

  it('is down on one cluster, and the other does not notice', async () => {
    const { east, west } = await suffering('west:down');
    await expect(west.get(velero)).rejects.toMatchObject({ name: 'ServiceUnavailableError', cluster: 'west' });
    expect((await east.get(velero)).metadata.name).toBe('velero');
  });

  it('answers late, for those who have the time', async () => {
    const { east, west, sandbox: running } = await suffering('east:latency=200ms');
    const late = east.get(velero).then(({ metadata }) => `${metadata.name} of east`);
    const soon = west.get(velero).then(({ metadata }) => `${metadata.name} of west`);
    expect(await Promise.race([late, soon])).toBe('velero of west');
    expect(await late).toBe('velero of east');
    running.clusters.east.faults[0]!.delay = 3_600_000;
    await expect(east.get(velero, { signal: AbortSignal.timeout(20) })).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  it('throttles, and the client waits as long as it is told before it gives up', async () => {
    const { east, slept } = await suffering('throttle=3');
    await expect(east.get(velero)).rejects.toMatchObject({ code: 'TOO_MANY_REQUESTS' });
    expect(slept).toEqual([3000, 3000, 3000]);
  });

  it('throttles once, and the client gets what it asked for', async () => {
    const { east, slept, sandbox: running } = await suffering();
    running.clusters.east.faults.push({ status: 429, retryAfterSeconds: 7, times: 1, path: '/namespaces' });
    expect((await east.get(velero)).metadata.name).toBe('velero');
    expect(slept).toEqual([7000]);
  });

  it('fails every request', async () => {
    const { east } = await suffering('error');
    await expect(east.get(velero)).rejects.toMatchObject({ name: 'ServiceUnavailableError', details: { status: 500 } });
  });

  it('knows no token any more', async () => {
    const { east } = await suffering('expired-token');
    await expect(east.get(velero)).rejects.toMatchObject({ name: 'AuthenticationError', cluster: 'east' });
  });

  it('is not ready for a while', async () => {
    const { east, slept, sandbox: running } = await suffering('slow-start=1h');
    await expect(east.get(velero)).rejects.toMatchObject({ name: 'ServiceUnavailableError' });
    expect(slept).toEqual([1000, 1000, 1000]);
    running.clusters.east.faults[0]!.until = Date.now();
    expect((await east.get(velero)).metadata.name).toBe('velero');
  });

  it('is an hour ahead, in its answers and in its objects', async () => {
    const { east, west } = await suffering('west:clock-ahead=1h');
    const ahead = (await west.now()).getTime() - (await east.now()).getTime();
    expect(Math.abs(ahead - 3_600_000)).toBeLessThan(30_000);
    const made = await west.create(types.configMaps, configMap('made'));
    expect(Date.parse(made.metadata.creationTimestamp!) - Date.now()).toBeGreaterThan(3_500_000);
  });

  it('breaks every watch in the middle of an event, and nothing is lost or told twice', async () => {
    const { east } = await suffering('east:watch-reset=2');
    let { resourceVersion } = await east.list(types.configMaps, { namespace: 'default' });
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
    for (const name of names) await east.create(types.configMaps, configMap(name));
    const seen: string[][] = [];
    while (seen.flat().length < names.length) {
      const stream: string[] = [];
      seen.push(stream);
      for await (const event of east.watch(types.configMaps, { namespace: 'default', resourceVersion })) {
        resourceVersion = event.type === 'BOOKMARK' ? event.resourceVersion : event.object.metadata.resourceVersion!;
        if (event.type !== 'BOOKMARK') stream.push(event.object.metadata.name);
        if (seen.flat().length === names.length) break;
      }
    }
    expect(seen).toEqual([['a', 'b'], ['c', 'd'], ['e', 'f'], ['g']]);
  });

  it('runs clusters on which Velero does nothing', async () => {
    const { sandbox: running } = await suffering('velero-down');
    const { client } = running.clusters.east;
    const type = { group: 'velero.io', version: 'v1', resource: 'backups', kind: 'Backup', namespaced: true };
    const backup = { apiVersion: 'velero.io/v1', kind: 'Backup', metadata: { name: 'b', namespace: 'velero' }, spec: {} };
    await client.create(type, backup);
    await running.idle();
    expect((await client.get({ type, name: 'b', namespace: 'velero' })).status).toBeUndefined();
    running.clusters.east.velero.down = false;
  });
});
