import { NotAllowedError } from '../errors.ts';
import { types } from '../ports/kubernetes.ts';
import { backup, namespace, persistentVolumeClaim, statefulSet } from './builders.ts';
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
    await expect(cluster.list(types.pods)).rejects.toThrow('no');
    expect((await cluster.list(types.pods)).items).toEqual([]);
    await expect(cluster.get({ type: types.pods, namespace: 'default', name: 'a' })).rejects.toThrow('a is cursed');
    expect(cluster.calls.map(({ verb }) => verb)).toEqual(['list', 'list', 'get']);
  });

  it('ends its watches when told so', async () => {
    const cluster = new MemoryCluster({ name: 'east', clock: new FakeClock() });
    const open = cluster.watch(types.pods, { resourceVersion: '3' })[Symbol.asyncIterator]().next();
    setTimeout(() => cluster.endWatches(), 1);
    expect(await open).toEqual({ done: true, value: undefined });
  });

  it('seeds what tests start from, and refuses kinds that it does not serve', async () => {
    const cluster = new MemoryCluster({ name: 'east', clock: new FakeClock(), identity: 'the-uid' });
    cluster.seed([namespace('shop'), statefulSet('shop/db', { templates: ['data'] }), persistentVolumeClaim('shop/data-db-0')]);
    expect(cluster.calls).toEqual([]);
    expect(await cluster.identity()).toBe('the-uid');
    expect((await cluster.get({ type: types.statefulSets, namespace: 'shop', name: 'db' })).spec).toMatchObject({ replicas: 1 });
    expect(() => cluster.seed([backup('nightly')])).toThrow('velero.io/v1 Backup is not served by the cluster east');
  });
});
