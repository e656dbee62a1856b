import { expect } from 'vitest';
import type { ClusterClient, WatchEvent, WatchOptions } from '../ports/cluster.ts';
import type { KubeObject, ResourceType } from '../ports/kubernetes.ts';
import { types } from '../ports/kubernetes.ts';
import type { Checks } from './cluster-conformance-harness.ts';
import { configMap, configMapRef, freshNamespace, unknownType } from './cluster-conformance-harness.ts';

export function checkWatching({ harness, check }: Checks): void {
  check('delivers what happens strictly after a list, in order', async () => {
    const { cluster } = harness();
    const namespace = await freshNamespace(cluster);
    await cluster.create(types.configMaps, configMap(namespace, 'before'));
    const { resourceVersion } = await cluster.list(types.configMaps, { namespace });
    // Some of it before the watch opens, some while it is open.
    await cluster.create(types.configMaps, configMap(namespace, 'a'));
    const events = collect(cluster, types.configMaps, { namespace, resourceVersion }, 4);
    await cluster.patch(configMapRef(namespace, 'a'), 'merge', { data: { x: '1' } });
    await cluster.delete(configMapRef(namespace, 'before'));
    await cluster.delete(configMapRef(namespace, 'a'));
    expect((await events).map(tell)).toEqual(['ADDED a', 'MODIFIED a', 'DELETED before', 'DELETED a']);
  });

  check('continues after the version of an event, with whole objects', async () => {
    const { cluster } = harness();
    const namespace = await freshNamespace(cluster);
    const { resourceVersion } = await cluster.list(types.configMaps, { namespace });
    const created = await cluster.create(types.configMaps, configMap(namespace, 'a', { data: { x: '1' } }));
    const [first] = await collect(cluster, types.configMaps, { namespace, resourceVersion }, 1);
    if (first?.type !== 'ADDED') throw new Error(`the first event is ${first?.type ?? 'none'}`);
    expect(asListed(first.object)).toEqual(asListed(created));
    await cluster.create(types.configMaps, configMap(namespace, 'b'));
    const next = await collect(cluster, types.configMaps, { namespace, resourceVersion: created.metadata.resourceVersion! }, 1);
    expect(next.map(tell)).toEqual(['ADDED b']);
  });

  check('sees one namespace or all', async () => {
    const { cluster } = harness();
    const [one, two] = [await freshNamespace(cluster), await freshNamespace(cluster)];
    const { resourceVersion } = await cluster.list(types.configMaps);
    await cluster.create(types.configMaps, configMap(two, 'in-two'));
    await cluster.create(types.configMaps, configMap(one, 'in-one'));
    expect((await collect(cluster, types.configMaps, { namespace: one, resourceVersion }, 1)).map(tell)).toEqual(['ADDED in-one']);
    expect((await collect(cluster, types.configMaps, { resourceVersion, labelSelector: '!absent' }, 2)).map(tell)).toEqual([
      'ADDED in-two',
      'ADDED in-one',
    ]);
  });

  check('tells arrival and leaving by the selector', async () => {
    const { cluster } = harness();
    const namespace = await freshNamespace(cluster);
    const { resourceVersion } = await cluster.list(types.configMaps, { namespace });
    const label = (value: string | null) =>
      cluster.patch(configMapRef(namespace, 'a'), 'merge', { metadata: { labels: { watch: value } } });
    await cluster.create(types.configMaps, configMap(namespace, 'a'));
    await label('me');
    await cluster.patch(configMapRef(namespace, 'a'), 'merge', { data: { x: '1' } });
    await label(null);
    await label('me');
    await cluster.delete(configMapRef(namespace, 'a'));
    const events = await collect(cluster, types.configMaps, { namespace, resourceVersion, labelSelector: 'watch=me' }, 5);
    expect(events.map(tell)).toEqual(['ADDED a', 'MODIFIED a', 'DELETED a', 'ADDED a', 'DELETED a']);
  });

  check('ends without an error when its signal fires', async () => {
    const { cluster } = harness();
    const namespace = await freshNamespace(cluster);
    const { resourceVersion } = await cluster.list(types.configMaps, { namespace });
    const stop = new AbortController();
    const silent = collect(cluster, types.configMaps, { namespace, resourceVersion, signal: stop.signal }, 1);
    setTimeout(() => stop.abort(new Error('left')), 20);
    expect(await silent).toEqual([]);
    const late = { namespace, resourceVersion, signal: AbortSignal.abort(new Error('left before')) };
    expect(await collect(cluster, types.configMaps, late, 1)).toEqual([]);
  });

  check('can be left at any time', async () => {
    const { cluster } = harness();
    const namespace = await freshNamespace(cluster);
    const { resourceVersion } = await cluster.list(types.configMaps, { namespace });
    for (const name of ['a', 'b', 'c']) await cluster.create(types.configMaps, configMap(namespace, name));
    const seen: string[] = [];
    for await (const event of cluster.watch(types.configMaps, { namespace, resourceVersion })) {
      seen.push(tell(event));
      if (event.type !== 'BOOKMARK' && ofTests(event.object)) break;
    }
    expect(seen.at(-1)).toBe('ADDED a');
    const { items } = await cluster.list(types.configMaps, { namespace });
    expect(items.filter(ofTests).map(({ metadata }) => metadata.name)).toEqual(['a', 'b', 'c']);
  });

  check('says RESOURCE_EXPIRED for a version that is forgotten', async ({ skip }) => {
    const { cluster, compact } = harness();
    if (!compact) return skip('nothing makes this server forget');
    const namespace = await freshNamespace(cluster);
    const { resourceVersion } = await cluster.list(types.configMaps, { namespace });
    await cluster.create(types.configMaps, configMap(namespace, 'a'));
    await compact();
    await expect(collect(cluster, types.configMaps, { namespace, resourceVersion }, 1)).rejects.toMatchObject({
      code: 'RESOURCE_EXPIRED',
      cluster: cluster.name,
    });
  });

  check('says NOT_FOUND for a type that is not served, InputError for a selector that cannot be read', async () => {
    const { cluster } = harness();
    await expect(collect(cluster, unknownType, { resourceVersion: '1' }, 1)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const { resourceVersion } = await cluster.list(types.configMaps);
    await expect(collect(cluster, types.configMaps, { resourceVersion, labelSelector: 'a b c' }, 1)).rejects.toMatchObject({
      name: 'InputError',
    });
  });
}

/** The first events that are not bookmarks, opening the stream again when it ends, as its contract asks. */
async function collect(cluster: ClusterClient, type: ResourceType, options: WatchOptions, count: number): Promise<WatchEvent[]> {
  const events: WatchEvent[] = [];
  let resourceVersion = options.resourceVersion;
  const limit = AbortSignal.timeout(10_000);
  const signal = options.signal ? AbortSignal.any([options.signal, limit]) : limit;
  while (events.length < count && !signal.aborted) {
    for await (const event of cluster.watch(type, { ...options, resourceVersion, signal })) {
      resourceVersion = event.type === 'BOOKMARK' ? event.resourceVersion : event.object.metadata.resourceVersion!;
      if (event.type !== 'BOOKMARK' && ofTests(event.object)) events.push(event);
      if (events.length >= count) break;
    }
  }
  return events;
}

/** Servers put a certificate bundle into every new namespace. */
function ofTests({ metadata }: KubeObject): boolean {
  return metadata.name !== 'kube-root-ca.crt';
}

function tell(event: WatchEvent): string {
  return event.type === 'BOOKMARK' ? 'BOOKMARK' : `${event.type} ${event.object.metadata.name}`;
}

/** A list, and a watch after it, may leave out who manages which field (ports/cluster.ts). */
function asListed(object: KubeObject): KubeObject {
  return { ...object, metadata: { ...object.metadata, managedFields: undefined } };
}
