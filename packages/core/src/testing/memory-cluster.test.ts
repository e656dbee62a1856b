import { types } from '../ports/kubernetes.ts';
import { FakeClock } from './clock.ts';
import { MemoryCluster } from './memory-cluster.ts';

const configMap = (name: string, data: Record<string, string> = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'default' },
  data,
});
const ref = (name: string) => ({ type: types.configMaps, namespace: 'default', name });

describe('MemoryCluster', () => {
  let cluster: MemoryCluster;
  beforeEach(() => {
    cluster = new MemoryCluster({ name: 'east', clock: new FakeClock() });
  });

  it('refuses a second writer by version', async () => {
    const first = await cluster.create(types.configMaps, configMap('a'));
    await cluster.replace(types.configMaps, { ...first, data: { x: '1' } });
    await expect(cluster.replace(types.configMaps, { ...first, data: { x: '2' } })).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  it('keeps the version when nothing changes', async () => {
    const first = await cluster.create(types.configMaps, configMap('a', { x: '1' }));
    expect(await cluster.patch(ref('a'), 'merge', { data: { x: '1' } })).toEqual(first);
  });

  it('tells ALREADY_EXISTS, NOT_FOUND and a missing namespace', async () => {
    await cluster.create(types.configMaps, configMap('a'));
    await expect(cluster.create(types.configMaps, configMap('a'))).rejects.toMatchObject({ code: 'ALREADY_EXISTS' });
    await expect(cluster.get(ref('b'))).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(
      cluster.create(types.configMaps, { ...configMap('c'), metadata: { name: 'c', namespace: 'nowhere' } }),
    ).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('watches what comes after a version and refuses one that is too old', async () => {
    const { resourceVersion } = await cluster.list(types.configMaps);
    const stop = new AbortController();
    const seen: string[] = [];
    const watching = (async () => {
      for await (const event of cluster.watch(types.configMaps, { resourceVersion, signal: stop.signal })) {
        if (event.type !== 'BOOKMARK') seen.push(`${event.type} ${event.object.metadata.name}`);
        if (seen.length === 3) stop.abort();
      }
    })();
    await cluster.create(types.configMaps, configMap('a'));
    await cluster.patch(ref('a'), 'merge', { data: { x: '1' } });
    await cluster.delete(ref('a'));
    await watching;
    expect(seen).toEqual(['ADDED a', 'MODIFIED a', 'DELETED a']);
    cluster.compact();
    await expect(cluster.watch(types.configMaps, { resourceVersion })[Symbol.asyncIterator]().next()).rejects.toMatchObject({
      code: 'RESOURCE_EXPIRED',
    });
  });

  it('takes a namespace with everything inside', async () => {
    await cluster.create(types.namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } });
    await cluster.create(types.configMaps, { ...configMap('a'), metadata: { name: 'a', namespace: 'shop' } });
    await cluster.delete({ type: types.namespaces, name: 'shop' });
    expect(cluster.peek(types.configMaps, 'shop')).toEqual([]);
  });

  it('loses an answer, not the write, when told so', async () => {
    cluster.afterwards = () => {
      throw new Error('killed');
    };
    await expect(cluster.create(types.configMaps, configMap('a'))).rejects.toThrow('killed');
    expect(cluster.peek(types.configMaps)).toHaveLength(1);
  });
});
