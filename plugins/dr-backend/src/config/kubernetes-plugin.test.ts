import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ConfigReader } from '@backstage/config';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import { clustersOfKubernetesPlugin } from './kubernetes-plugin.ts';

const nobody = { baseUrl: async () => 'http://127.0.0.1:1/api/kubernetes', token: async () => 'none' };
const account = { name: 'prod', url: 'https://prod.example.com', authProvider: 'serviceAccount', serviceAccountToken: 't' };
const cloud = { name: 'cloud', url: 'https://cloud.example.com', authProvider: 'aws' };
const personal = { name: 'personal', url: 'https://personal.example.com', authProvider: 'oidc' };

const read = (clusters: object[], { dr = {}, own = [] as string[], methods = [] as object[], plugin = nobody } = {}) =>
  clustersOfKubernetesPlugin(
    new ConfigReader({ dr, kubernetes: { clusterLocatorMethods: [{ type: 'config', clusters }, ...methods] } } as never),
    { own, surroundings: { env: {}, cwd: '/' }, plugin },
  );
const names = ({ clusters }: Awaited<ReturnType<typeof read>>) => clusters.map(({ name }) => name);

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

  it('that are found elsewhere are told, not guessed', async () => {
    const { problems } = await read([], { methods: [{ type: 'gke', projectId: 'p' }] });
    expect(problems).toEqual([expect.stringMatching(/^kubernetes\.clusterLocatorMethods\[1\] finds its clusters by itself \(gke\)/)]);
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
    const plugin = { baseUrl: async () => baseUrl, token: async () => `token-${(tokens += 1)}` };
    const { clusters } = await read([account], { dr: { clusterAccess: 'proxy' }, plugin });
    const list = await clusters[0]!.list(types.namespaces);
    await clusters[0]!.list(types.namespaces);
    await clusters[0]!.close();
    await new Promise((resolve) => server.close(resolve));
    expect([list.items[0]!.metadata.name, list.resourceVersion]).toEqual(['shop', '7']);
    // A token is short-lived: each request has its own.
    expect(asked).toEqual([1, 2].map((n) => `GET /api/kubernetes/proxy/api/v1/namespaces?limit=500 Bearer token-${n} prod`));
  });
});
