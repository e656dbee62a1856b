import { NotAllowedError } from '../errors.ts';
import { conformanceType, describeClusterClient } from './cluster-conformance.ts';
import { FakeClock } from './clock.ts';
import { MemoryCluster, unreachable } from './memory-cluster.ts';

describeClusterClient('MemoryCluster', () => {
  const clock = new FakeClock();
  const cluster = new MemoryCluster({ name: 'east', clock, types: [conformanceType] });
  const away = new MemoryCluster({ name: 'away', clock });
  away.intercept = () => {
    throw unreachable('away');
  };
  return {
    cluster,
    unreachable: away,
    compact: () => cluster.compact(),
    offer(bytes) {
      const url = `https://store.example.dev/${crypto.randomUUID()}`;
      cluster.blobs.set(url, bytes);
      return url;
    },
  };
});

describe('MemoryCluster, for tests', () => {
  it('fails the next call that matches, once', async () => {
    const cluster = new MemoryCluster({ name: 'east', clock: new FakeClock() });
    cluster.failNext({ verb: 'list', resource: 'pods' }, new NotAllowedError('no'));
    cluster.failNext((call) => call.name === 'a', new Error('a is cursed'));
    const pods = { group: '', version: 'v1', resource: 'pods', kind: 'Pod', namespaced: true };
    await expect(cluster.list(pods)).rejects.toThrow('no');
    expect((await cluster.list(pods)).items).toEqual([]);
    await expect(cluster.get({ type: pods, namespace: 'default', name: 'a' })).rejects.toThrow('a is cursed');
    expect(cluster.calls.map(({ verb }) => verb)).toEqual(['list', 'list', 'get']);
  });

  it('ends its watches when told so', async () => {
    const cluster = new MemoryCluster({ name: 'east', clock: new FakeClock() });
    const watching = Array.fromAsync(cluster.watch(conformanceType, { resourceVersion: '3' }));
    await expect(watching).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const pods = { group: '', version: 'v1', resource: 'pods', kind: 'Pod', namespaced: true };
    const open = Array.fromAsync(cluster.watch(pods, { resourceVersion: '3' }));
    setTimeout(() => cluster.endWatches(), 1);
    expect(await open).toEqual([]);
  });
});
