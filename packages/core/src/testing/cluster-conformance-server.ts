import { expect } from 'vitest';
import { resourceKey, types } from '../ports/kubernetes.ts';
import type { Checks } from './cluster-conformance-harness.ts';
import { configMap, conformanceType, freshNamespace } from './cluster-conformance-harness.ts';

export function checkServer({ harness, check }: Checks): void {
  check('discovers every type once, without subresources and what cannot be listed', async () => {
    const { cluster } = harness();
    const discovered = await cluster.discover();
    for (const type of [types.namespaces, types.configMaps, types.deployments, types.customResourceDefinitions, conformanceType])
      expect(discovered).toContainEqual(type);
    const keys = discovered.map(resourceKey);
    expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
    expect(keys.filter((key) => key.includes('/'))).toEqual([]);
    expect(keys.filter((key) => key === 'bindings' || key.includes('reviews'))).toEqual([]);
  });

  check("knows the cluster's clock", async () => {
    const { cluster } = harness();
    const namespace = await freshNamespace(cluster);
    const { metadata } = await cluster.create(types.configMaps, configMap(namespace, 'a'));
    const now = await cluster.now();
    expect(Math.abs(now.getTime() - Date.parse(metadata.creationTimestamp!))).toBeLessThan(5_000);
  });

  check('is identified by the uid of kube-system', async () => {
    const { cluster } = harness();
    const { metadata } = await cluster.get({ type: types.namespaces, name: 'kube-system' });
    expect(await cluster.identity()).toBe(metadata.uid);
    expect(metadata.uid).toMatch(/\S/);
  });

  check('says who we are and what it is', async () => {
    const { cluster } = harness();
    const { username, groups } = await cluster.whoami();
    expect(username).toMatch(/\S/);
    expect(Array.isArray(groups)).toBe(true);
    expect(await cluster.version()).toMatch(/^v\d+\.\d+/);
  });

  check('downloads bytes from a link', async ({ skip }) => {
    const { cluster, offer } = harness();
    if (!offer) return skip('this cluster hands out no links');
    const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
    const url = await offer(bytes);
    expect([...(await cluster.download(url))]).toEqual([...bytes]);
    await expect(cluster.download(`${url}-absent`)).rejects.toMatchObject({ name: 'NotFoundError', cluster: cluster.name });
    const reason = new Error('enough');
    await expect(cluster.download(url, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
}
