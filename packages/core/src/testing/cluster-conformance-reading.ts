import { expect } from 'vitest';
import { types } from '../ports/kubernetes.ts';
import type { Checks } from './cluster-conformance-harness.ts';
import { configMap, configMapRef, conformanceType, freshNamespace, unknownType } from './cluster-conformance-harness.ts';

export function checkReading({ harness, check }: Checks): void {
  check('gives back what was created, unknown fields included', async () => {
    const { cluster } = harness();
    const namespace = await freshNamespace(cluster);
    const thing = {
      apiVersion: 'conformance.kubectl-dr.dev/v1',
      kind: 'Thing',
      metadata: { name: 'a', namespace, annotations: { 'example.dev/note': 'ä "quoted"\nline' } },
      spec: { count: 0, flag: false, nothing: [], futureField: { deep: [{ er: 1.5 }, 'x'] } },
      futureTop: 'kept',
    };
    await cluster.create(conformanceType, thing);
    expect(await cluster.get({ type: conformanceType, namespace, name: 'a' })).toMatchObject(thing);
  });

  check('names object and cluster when there is no such object', async () => {
    const { cluster } = harness();
    const namespace = await freshNamespace(cluster);
    const error = await cluster.get(configMapRef(namespace, 'absent')).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'NotFoundError', code: 'NOT_FOUND', cluster: cluster.name });
    expect((error as Error).message).toMatch(/absent/);
    expect((error as Error).message).toContain(cluster.name);
  });

  check('says NOT_FOUND for a type that is not served, on list as well', async () => {
    const { cluster } = harness();
    await expect(cluster.list(unknownType)).rejects.toMatchObject({ code: 'NOT_FOUND', cluster: cluster.name });
    await expect(cluster.get({ type: unknownType, namespace: 'default', name: 'a' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  check('refuses a namespaced object without its namespace', async () => {
    const { cluster } = harness();
    await expect(cluster.get({ type: types.configMaps, name: 'a' })).rejects.toMatchObject({ name: 'InputError' });
  });

  check('lists one namespace or all, each item with apiVersion and kind', async () => {
    const { cluster } = harness();
    const [one, two] = [await freshNamespace(cluster), await freshNamespace(cluster)];
    for (const namespace of [one, two]) await cluster.create(types.configMaps, configMap(namespace, `of-${namespace}`));
    const inOne = (await cluster.list(types.configMaps, { namespace: one })).items.filter(({ metadata }) =>
      metadata.name.startsWith('of-'),
    );
    expect(inOne.map(({ metadata }) => metadata.name)).toEqual([`of-${one}`]);
    expect(inOne[0]).toMatchObject({ apiVersion: 'v1', kind: 'ConfigMap' });
    const everywhere = (await cluster.list(types.configMaps)).items.map(({ metadata }) => metadata.name);
    expect(everywhere).toEqual(expect.arrayContaining([`of-${one}`, `of-${two}`]));
  });

  check('lists nothing as an empty list with a version', async () => {
    const { cluster } = harness();
    const list = await cluster.list(conformanceType, { namespace: await freshNamespace(cluster) });
    expect(list.items).toEqual([]);
    expect(list.resourceVersion).toMatch(/\S/);
  });

  check('lists the whole collection in order, however small the pages', async () => {
    const { cluster } = harness();
    const namespace = await freshNamespace(cluster);
    const names = ['c', 'a', 'e', 'b', 'd'];
    for (const name of names) {
      await cluster.create(conformanceType, { apiVersion: 'conformance.kubectl-dr.dev/v1', kind: 'Thing', metadata: { name, namespace } });
    }
    const { items } = await cluster.list(conformanceType, { namespace, pageSize: 2 });
    expect(items.map(({ metadata }) => metadata.name)).toEqual(names.toSorted());
  });

  check('selects by labels', async () => {
    const { cluster } = harness();
    const namespace = await freshNamespace(cluster);
    const labelled: Record<string, Record<string, string>> = {
      web: { app: 'shop', tier: 'web' },
      db: { app: 'shop', tier: 'db' },
      other: { app: 'blog' },
    };
    for (const [name, labels] of Object.entries(labelled)) await cluster.create(types.configMaps, configMap(namespace, name, { labels }));
    const selected = async (labelSelector: string): Promise<string[]> =>
      (await cluster.list(types.configMaps, { namespace, labelSelector })).items.map(({ metadata }) => metadata.name);
    expect(await selected('app=shop')).toEqual(['db', 'web']);
    expect(await selected('app=shop,tier!=db')).toEqual(['web']);
    expect(await selected('tier in (web, db)')).toEqual(['db', 'web']);
    expect(await selected('app,!tier')).toEqual(['other']);
    expect(await selected('app=nobody')).toEqual([]);
  });

  check('selects by name, and refuses selectors that cannot be read', async () => {
    const { cluster } = harness();
    const namespace = await freshNamespace(cluster);
    for (const name of ['a', 'b']) await cluster.create(types.configMaps, configMap(namespace, name));
    const { items } = await cluster.list(types.configMaps, { namespace, fieldSelector: 'metadata.name=b' });
    expect(items.map(({ metadata }) => metadata.name)).toEqual(['b']);
    await expect(cluster.list(types.configMaps, { namespace, labelSelector: 'a b c' })).rejects.toMatchObject({ name: 'InputError' });
    await expect(cluster.list(types.configMaps, { namespace, fieldSelector: 'spec.absent=x' })).rejects.toMatchObject({
      name: 'InputError',
    });
  });

  check('ends with the reason of a signal that fired before', async () => {
    const { cluster } = harness();
    const reason = new Error('nobody waits any more');
    const signal = AbortSignal.abort(reason);
    await expect(cluster.get({ ...configMapRef('default', 'a') }, { signal })).rejects.toBe(reason);
    await expect(cluster.list(types.configMaps, { signal })).rejects.toBe(reason);
    await expect(cluster.create(types.configMaps, configMap('default', 'never-created'), { signal })).rejects.toBe(reason);
    await expect(cluster.get(configMapRef('default', 'never-created'))).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
}
