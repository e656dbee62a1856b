import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ConfigReader } from '@backstage/config';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import { kubernetesPlugin } from './kubernetes-client.ts';
import { clustersOfKubernetesPlugin } from './kubernetes-plugin.ts';

const plugin = (clusters: { name: string; authProvider: string }[] = []) => ({
  baseUrl: async () => 'http://127.0.0.1:1/api/kubernetes',
  token: async () => 'none',
  clusters: async () => clusters,
});
const nobody = plugin();
const account = { name: 'prod', url: 'https://prod.example.com', authProvider: 'serviceAccount', serviceAccountToken: 't' };
const cloud = { name: 'cloud', url: 'https://cloud.example.com', authProvider: 'aws' };
const personal = { name: 'personal', url: 'https://personal.example.com', authProvider: 'oidc' };

const read = (clusters: object[], { dr = {}, own = [] as string[], methods = [] as object[], plugin: asked = nobody } = {}) =>
  clustersOfKubernetesPlugin(
    new ConfigReader({ dr, kubernetes: { clusterLocatorMethods: [{ type: 'config', clusters }, ...methods] } } as never),
    { own, surroundings: { env: {}, cwd: '/' }, plugin: asked },
  );
const names = ({ clusters }: Awaited<ReturnType<typeof read>>) => clusters.map(({ name }) => name);
/** The same, and what the locators of the plugin find now. */
const all = async (...asked: Parameters<typeof read>) => {
  const known = await read(...asked);
  const now = await known.found?.names();
  return { names: [...names(known), ...(now?.names ?? [])], problems: [...known.problems, ...(now?.problems ?? [])] };
};

describe('clusters of the Kubernetes plugin', () => {
  it('are used where dr.clusters names none, and each that lets its backend in', async () => {
    const found = await read([account, cloud, personal]);
    expect(names(found)).toEqual(['prod', 'cloud']);
    expect(found.problems).toEqual([
      'kubernetes.clusterLocatorMethods[0].clusters[2] (personal) lets in whoever looks (oidc), and nobody looks in the background',
    ]);
    expect(names(await read([account, cloud], { own: ['east'] }))).toEqual([]);
  });

  it('stand beside dr.clusters when that is asked for; a name is meant once', async () => {
    expect(names(await read([account, cloud], { own: ['prod'], dr: { clusterAccess: 'proxy' } }))).toEqual(['cloud']);
    const direct = await read([account, cloud], { own: ['east'], dr: { clusterAccess: 'direct' } });
    expect(names(direct)).toEqual(['prod']);
    expect(direct.problems).toEqual([expect.stringContaining('(cloud) has no serviceAccountToken: set dr.clusterAccess to auto or proxy')]);
  });

  it('that are found by the catalog, a cloud or a module are asked of the plugin, and reached through it', async () => {
    const found = [
      { name: 'prod', authProvider: 'serviceAccount' },
      { name: 'edge', authProvider: 'vault' },
      { name: 'lab', authProvider: 'google' },
    ];
    const methods = [{ type: 'catalog' }];
    const asked = await all([account, personal], { methods, plugin: plugin(found) });
    expect(asked.names).toEqual(['prod', 'edge']);
    expect(asked.problems.map((problem) => problem.replace(/ lets in.*/, ''))).toEqual([
      'kubernetes.clusterLocatorMethods[0].clusters[1] (personal)',
      'A cluster of the Kubernetes plugin (lab)',
    ]);
    // What a module finds stands in no configuration: it is asked for where that is wanted.
    expect((await read([], { plugin: plugin(found) })).found).toBeUndefined();
    expect((await all([], { dr: { clusterAccess: 'proxy' }, own: ['prod'], plugin: plugin(found) })).names).toEqual(['edge']);
  });

  it('that cannot be known are told', async () => {
    const methods = [{ type: 'gke', projectId: 'p' }];
    expect((await all([account], { methods, dr: { clusterAccess: 'direct' } })).problems).toEqual([
      'kubernetes.clusterLocatorMethods[1] (gke) finds its clusters by itself: set dr.clusterAccess to auto or proxy for them',
    ]);
    expect((await all([account], { methods })).problems).toEqual(['kubernetes.clusterLocatorMethods[1] (gke) found no cluster besides']);
  });

  it('are asked for until the plugin has started, in the name of this plugin', async () => {
    const asked: string[] = [];
    const server = createServer(({ url, headers }, response) => {
      asked.push(`${url} ${headers.authorization}`);
      response.writeHead(asked.length < 3 ? 503 : 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ items: [{ name: 'edge', authProvider: 'aws', auth: {} }] }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api`;
    const client = kubernetesPlugin(
      { getBaseUrl: async (id) => `${base}/${id}` },
      {
        getOwnServiceCredentials: async () => ({}) as never,
        getPluginRequestToken: async ({ targetPluginId }) => ({ token: `for-${targetPluginId}` }),
      },
      { now: () => new Date(0), sleep: async () => undefined },
    );
    expect(await client.clusters()).toEqual([{ name: 'edge', authProvider: 'aws' }]);
    expect(asked).toEqual(Array(3).fill('/api/kubernetes/clusters Bearer for-kubernetes'));
    await new Promise((resolve) => server.close(resolve));
  });

  it('dr.clusterAccess is one of three words', async () => {
    await expect(read([], { dr: { clusterAccess: 'tunnel' } })).rejects.toThrow(
      'dr.clusterAccess is not one of auto, direct, proxy: "tunnel"',
    );
  });

  it('answer through its proxy, in the name of this plugin', async () => {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      const { authorization, 'backstage-kubernetes-cluster': cluster } = request.headers;
      asked.push(`${request.method} ${request.url} ${authorization} ${cluster}`);
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ items: [{ metadata: { name: 'shop' } }], metadata: { resourceVersion: '7' } }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/kubernetes`;
    let tokens = 0;
    const through = { ...nobody, baseUrl: async () => baseUrl, token: async () => `token-${(tokens += 1)}` };
    const { clusters } = await read([account], { dr: { clusterAccess: 'proxy' }, plugin: through });
    const list = await clusters[0]!.list(types.namespaces);
    await clusters[0]!.list(types.namespaces);
    await clusters[0]!.close();
    await new Promise((resolve) => server.close(resolve));
    expect([list.items[0]!.metadata.name, list.resourceVersion]).toEqual(['shop', '7']);
    // A token is short-lived: each request has its own.
    expect(asked).toEqual([1, 2].map((n) => `GET /api/kubernetes/proxy/api/v1/namespaces?limit=500 Bearer token-${n} prod`));
  });
});
