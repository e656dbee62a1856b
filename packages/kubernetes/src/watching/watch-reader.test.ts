import { NotAllowedError, ServiceUnavailableError } from '@kubectl-dr/core/errors';
import type { ResourceType } from '@kubectl-dr/core/ports/kubernetes';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import { objectsOf } from '@kubectl-dr/core/ports/reading';
import { systemClock } from '@kubectl-dr/core/system-clock';
import { MemoryCluster, builders } from '@kubectl-dr/core/testing';
import { WatchReader } from './watch-reader.ts';
import type { WatchReaderOptions } from './watch-reader.ts';

const widgets: ResourceType = { group: 'example.com', version: 'v1', resource: 'widgets', kind: 'Widget', namespaced: true };
const pace = { stream: 60_000, list: 20, absent: 30, retry: { first: 5, longest: 20 } };

function clusterNamed(name: string): MemoryCluster {
  const cluster = new MemoryCluster({ name, clock: systemClock });
  cluster.seed([builders.namespace('shop'), builders.deployment('shop/web')]);
  return cluster;
}

function watching(clusters: WatchReaderOptions['clusters'], options: Partial<WatchReaderOptions> = {}) {
  const reader = new WatchReader({
    clusters,
    kinds: [types.namespaces, types.deployments],
    pace,
    probe: 20,
    patience: 200,
    grace: 100,
    ...options,
  });
  const stop = new AbortController();
  const ended = reader.run(stop.signal);
  onTestFinished(async () => {
    stop.abort();
    await ended;
  });
  return reader;
}

const kinds = [types.namespaces, types.deployments];
const deployments = async (reader: WatchReader, at = 0): Promise<string[]> =>
  objectsOf((await reader.read(kinds))[at]!, 'deployments.apps')
    .map(({ metadata }) => metadata.name)
    .sort();

describe('WatchReader', () => {
  it('reads once, then answers from memory and hears of every change', async () => {
    const east = clusterNamed('east');
    const reader = watching([east]);
    await reader.settled(2_000);
    expect(await deployments(reader)).toEqual(['web']);
    const lists = () => east.calls.filter(({ verb }) => verb === 'list').length;
    const before = lists();

    await east.create(types.deployments, builders.deployment('shop/db'));
    await vi.waitFor(async () => expect(await deployments(reader)).toEqual(['db', 'web']));
    await east.delete({ type: types.deployments, namespace: 'shop', name: 'web' });
    await vi.waitFor(async () => expect(await deployments(reader)).toEqual(['db']));
    expect(lists()).toBe(before);
    const [reading] = await reader.read(kinds);
    expect(reading).toMatchObject({ cluster: 'east', identity: 'uid-of-east' });
    expect(reading!.age).toBeLessThan(1_000);
  });

  it('limits a reading to namespaces', async () => {
    const east = clusterNamed('east');
    east.seed([builders.namespace('other'), builders.deployment('other/x')]);
    const reader = watching([east]);
    await reader.settled(2_000);
    const [reading] = await reader.read(kinds, { namespaces: ['other'] });
    expect(objectsOf(reading!, 'deployments.apps').map(({ metadata }) => metadata.name)).toEqual(['x']);
    expect(objectsOf(reading!, 'namespaces').length).toBeGreaterThan(2);
  });

  it('goes on where a broken stream ended, without listing again', async () => {
    const east = clusterNamed('east');
    const reader = watching([east]);
    await reader.settled(2_000);
    const before = east.calls.filter(({ verb }) => verb === 'list').length;
    east.endWatches();
    await east.create(types.deployments, builders.deployment('shop/db'));
    await vi.waitFor(async () => expect(await deployments(reader)).toContain('db'), { timeout: 3_000 });
    expect(east.calls.filter(({ verb }) => verb === 'list').length).toBe(before);
  });

  it('lists again when the server has forgotten the version (410)', async () => {
    const east = clusterNamed('east');
    const reader = watching([east]);
    await reader.settled(2_000);
    await vi.waitFor(() => expect(east.calls.some(({ verb }) => verb === 'watch')).toBe(true));
    east.endWatches();
    await east.delete({ type: types.deployments, namespace: 'shop', name: 'web' });
    await east.create(types.deployments, builders.deployment('shop/db'));
    east.compact();
    await vi.waitFor(async () => expect(await deployments(reader)).toEqual(['db']), { timeout: 3_000 });
  });

  it('lists at a pace where it may not watch', async () => {
    const east = clusterNamed('east');
    east.intercept = ({ verb }) => {
      if (verb === 'watch') throw new NotAllowedError('no watching');
    };
    const reader = watching([east]);
    await reader.settled(2_000);
    await east.create(types.deployments, builders.deployment('shop/db'));
    await vi.waitFor(async () => expect(await deployments(reader)).toEqual(['db', 'web']));
    await east.delete({ type: types.deployments, namespace: 'shop', name: 'web' });
    await east.delete({ type: types.deployments, namespace: 'shop', name: 'db' });
    await vi.waitFor(async () => expect(await deployments(reader)).toEqual([]));
  });

  it('tells a type that is not served apart from one that is empty', async () => {
    const reader = watching([clusterNamed('east')], { kinds: [...kinds, widgets] });
    await reader.settled(2_000);
    const [reading] = await reader.read([...kinds, widgets]);
    expect(reading!.objects.has('widgets.example.com')).toBe(false);
    expect(reading!.failures.get('widgets.example.com')).toMatchObject({ code: 'NOT_FOUND' });
    expect(reading!.unreachable).toBeUndefined();
  });

  it('a dead cluster costs the others nothing, and hides only itself', async () => {
    const west = clusterNamed('west');
    west.intercept = () => {
      throw new ServiceUnavailableError('west does not answer', { cluster: 'west' });
    };
    const alive = clusterNamed('east');
    const reader = watching([alive, west]);
    await reader.settled(2_000);
    const asked = alive.calls.length;
    const [east, dead] = await reader.read(kinds);
    expect(alive.calls).toHaveLength(asked);
    expect(objectsOf(east!, 'deployments.apps')).toHaveLength(1);
    expect(dead).toMatchObject({ cluster: 'west', unreachable: { code: 'CLUSTER_UNREACHABLE' } });
    expect(reader.states().map(({ state }) => state)).toEqual(['fresh', 'unreachable']);
  });

  it('believes the last objects of a silent cluster for a while, then says so, and recovers', async () => {
    const east = clusterNamed('east');
    const reader = watching([east], { grace: 400 });
    await reader.settled(2_000);
    let silent = true;
    east.intercept = () => {
      if (silent) throw new ServiceUnavailableError('east does not answer', { cluster: 'east' });
    };
    east.endWatches();
    await vi.waitFor(() => expect(reader.states()[0]!.state).toBe('stale'));
    expect(await deployments(reader)).toEqual(['web']);
    await vi.waitFor(() => expect(reader.states()[0]!.state).toBe('unreachable'), { timeout: 2_000 });
    const [reading] = await reader.read(kinds);
    expect(reading!.unreachable?.message).toContain('east does not answer');
    expect(reading!.age).toBeGreaterThan(400);
    silent = false;
    east.seed([builders.deployment('shop/db')]);
    await vi.waitFor(async () => expect(await deployments(reader)).toEqual(['db', 'web']), { timeout: 2_000 });
    expect(reader.states()[0]!.state).toBe('fresh');
  });

  it('does not wait for a cluster that takes the question and never answers', async () => {
    const east = clusterNamed('east');
    east.intercept = () => new Promise(() => undefined);
    const reader = watching([east], { patience: 50 });
    await vi.waitFor(() => expect(reader.states()[0]!.state).toBe('unreachable'), { timeout: 2_000 });
    expect(reader.states()[0]!.error?.message).toMatch(/east has not answered for/);
  });

  it('says that a cluster has not been read yet, before it was', async () => {
    const east = clusterNamed('east');
    east.intercept = () => new Promise((resolve) => setTimeout(resolve, 30));
    const reader = watching([east]);
    const [reading] = await reader.read(kinds);
    expect(reading!.unreachable?.message).toMatch(/has not been read yet/);
    await reader.settled(2_000);
    expect(await deployments(reader)).toEqual(['web']);
  });

  it('takes a cluster in and lets one go, and does not disturb the others', async () => {
    const [east, west] = [clusterNamed('east'), clusterNamed('west')];
    const reader = watching([east]);
    await reader.settled(2_000);
    const asked = east.calls.filter(({ verb }) => verb === 'list').length;
    let heard = 0;
    reader.onChange(() => (heard += 1));
    reader.add(west);
    expect(heard).toBe(1);
    await reader.settled(2_000);
    expect(await deployments(reader, 1)).toEqual(['web']);
    await west.create(types.deployments, builders.deployment('shop/db'));
    await vi.waitFor(async () => expect(await deployments(reader, 1)).toEqual(['db', 'web']));
    reader.remove('west');
    expect([reader.states().map(({ cluster }) => cluster), reader.objects('west', 'deployments.apps')]).toEqual([['east'], []]);
    // Its watches have ended, and nobody asks whether it is there.
    const last = west.calls.length;
    await systemClock.sleep(100);
    expect(west.calls.length).toBe(last);
    await east.create(types.deployments, builders.deployment('shop/db'));
    await vi.waitFor(async () => expect(await deployments(reader)).toEqual(['db', 'web']));
    expect(east.calls.filter(({ verb }) => verb === 'list').length).toBe(asked);
  });

  it('keeps a selection of a type by itself', async () => {
    const east = clusterNamed('east');
    east.seed([builders.configMap('shop/one', {}, { metadata: { labels: { op: 'x' } } }), builders.configMap('shop/two')]);
    const reader = watching([east], { selections: [{ name: 'ops', type: types.configMaps, namespace: 'shop', labelSelector: 'op' }] });
    await reader.settled(2_000);
    const [only, ...rest] = reader.objects('east', 'ops');
    expect(rest).toEqual([]);
    expect(only!.metadata.name).toBe('one');
  });
});
