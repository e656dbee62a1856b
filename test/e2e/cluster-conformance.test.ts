import { conformanceDefinition, describeClusterClient } from '@kubectl-dr/core/testing/cluster-conformance';
import type { ClusterHarness } from '@kubectl-dr/core/testing/cluster-conformance';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import { systemClock } from '@kubectl-dr/core/system-clock';
import { HttpCluster } from '@kubectl-dr/kubernetes/http-cluster';
import type { HttpClusterOptions } from '@kubectl-dr/kubernetes/http-cluster';
import { createApi } from '@kubectl-dr/sandbox/api/server';
import { apiDispatcher } from '@kubectl-dr/sandbox/doors/dispatcher';
import { serveHttps } from '@kubectl-dr/sandbox/doors/https';

const tokens = {
  root: { username: 'root', groups: ['system:masters'] },
  guest: { username: 'guest', groups: ['visitors'] },
};

/** A sandbox API, and clients of it that reach it by `door`. */
function harnessOf(
  api: ReturnType<typeof createApi>,
  url: string,
  door: Partial<HttpClusterOptions>,
  ca: string | undefined,
  close: () => Promise<void>,
): ClusterHarness {
  const opened: HttpCluster[] = [];
  const client = (name: string, token: string, server = url, options = door): HttpCluster => {
    const cluster = { name, server, ...(ca === undefined ? {} : { caData: Buffer.from(ca).toString('base64') }) };
    const made = new HttpCluster({ config: { name, cluster, user: { name: token, token } }, ...options });
    opened.push(made);
    return made;
  };
  const cluster = client('east', 'root');
  return {
    cluster,
    stranger: client('strange', 'forged'),
    restricted: { cluster: client('guarded', 'guest'), username: 'guest' },
    unreachable: client('away', 'root', 'https://127.0.0.1:1', {}),
    async compact() {
      const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { generateName: 'noise-', namespace: 'default' } };
      // The history is cut in halves, when it is twice as long as it has to be.
      for (let index = 0; index < 2 * historySize; index += 1) await cluster.create(types.configMaps, object as never);
    },
    offer(bytes) {
      const key = crypto.randomUUID();
      api.objects.set(key, bytes);
      return `${url}/_objects/${key}`;
    },
    async close() {
      for (const each of opened) await each.close();
      api.close();
      await close();
    },
  };
}

const historySize = 200;
const newApi = () => createApi({ name: 'east', clock: systemClock, tokens, crds: [conformanceDefinition], historySize });

describeClusterClient('HttpCluster in this process', () => {
  const api = newApi();
  return harnessOf(api, 'https://sandbox.invalid', { dispatcher: apiDispatcher(api) }, undefined, async () => undefined);
});

describeClusterClient('HttpCluster over TLS', async () => {
  const api = newApi();
  const door = await serveHttps({ apis: { east: api }, port: 0 });
  return harnessOf(api, `${door.url}/clusters/east`, {}, door.ca, door.close);
});
