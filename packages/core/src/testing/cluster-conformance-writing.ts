import { expect } from 'vitest';
import type { KubeObject } from '../ports/kubernetes.ts';
import { types } from '../ports/kubernetes.ts';
import type { Checks } from './cluster-conformance-harness.ts';
import { configMap, configMapRef, freshNamespace, unknownType } from './cluster-conformance-harness.ts';

export function checkWriting({ harness, check }: Checks): void {
  check('returns a created object as stored', async () => {
    const { cluster } = harness();
    const namespace = await freshNamespace(cluster);
    const created = await cluster.create(types.configMaps, configMap(namespace, 'a', { data: { x: '1' } }));
    expect(created).toMatchObject({ apiVersion: 'v1', kind: 'ConfigMap', data: { x: '1' }, metadata: { name: 'a', namespace } });
    expect(created.metadata.uid).toMatch(/\S/);
    expect(created.metadata.resourceVersion).toMatch(/^\d+$/);
    expect(created.metadata.creationTimestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(await cluster.get(configMapRef(namespace, 'a'))).toEqual(created);
  });

  check('honours generateName', async () => {
    const { cluster } = harness();
    const namespace = await freshNamespace(cluster);
    const nameless = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { generateName: 'some-', namespace } } as unknown as KubeObject;
    const [one, two] = [await cluster.create(types.configMaps, nameless), await cluster.create(types.configMaps, nameless)];
    expect(one.metadata.name).toMatch(/^some-[a-z0-9]{5}$/);
    expect(two.metadata.name).not.toBe(one.metadata.name);
  });

  check('refuses what cannot be created', async () => {
    const { cluster } = harness();
    const namespace = await freshNamespace(cluster);
    const nameless = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace } } as unknown as KubeObject;
    const homeless = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } };
    const stored = { ...configMap(namespace, 'a'), metadata: { name: 'a', namespace, resourceVersion: '1' } };
    const input = { name: 'InputError', code: 'BAD_INPUT', cluster: cluster.name };
    await expect(cluster.create(types.configMaps, nameless)).rejects.toMatchObject(input);
    await expect(cluster.create(types.configMaps, homeless)).rejects.toMatchObject(input);
    await expect(cluster.create(types.configMaps, stored)).rejects.toMatchObject(input);
    await expect(cluster.create(types.configMaps, configMap('conformance-nowhere', 'a'))).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const thing = { apiVersion: 'conformance.kubectl-dr.dev/v1', kind: 'Nothing', metadata: { name: 'a', namespace } };
    await expect(cluster.create(unknownType, thing)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  check('says ALREADY_EXISTS for the second of a name', async () => {
    const { cluster } = harness();
    const namespace = await freshNamespace(cluster);
    await cluster.create(types.configMaps, configMap(namespace, 'twice'));
    const error = await cluster.create(types.configMaps, configMap(namespace, 'twice')).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'ConflictError', code: 'ALREADY_EXISTS', cluster: cluster.name });
    expect((error as Error).message).toContain('twice');
  });

  check('replaces, and refuses a version that is not the current one', async () => {
    const { cluster } = harness();
    const namespace = await freshNamespace(cluster);
    const first = await cluster.create(types.configMaps, configMap(namespace, 'a', { data: { x: '1', y: '1' } }));
    const second = await cluster.replace(types.configMaps, { ...first, data: { x: '2' } });
    expect(second.data).toEqual({ x: '2' });
    expect(second.metadata.uid).toBe(first.metadata.uid);
    expect(second.metadata.resourceVersion).not.toBe(first.metadata.resourceVersion);
    await expect(cluster.replace(types.configMaps, { ...first, data: { x: '3' } })).rejects.toMatchObject({
      name: 'ConflictError',
      code: 'CONFLICT',
      cluster: cluster.name,
    });
    expect((await cluster.get(configMapRef(namespace, 'a'))).data).toEqual({ x: '2' });
  });

  check('replaces whatever is there when no version is given, but never what is absent', async () => {
    const { cluster } = harness();
    const namespace = await freshNamespace(cluster);
    await cluster.create(types.configMaps, configMap(namespace, 'a', { data: { x: '1' } }));
    expect((await cluster.replace(types.configMaps, configMap(namespace, 'a', { data: { y: '2' } }))).data).toEqual({ y: '2' });
    await expect(cluster.replace(types.configMaps, configMap(namespace, 'absent'))).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  check('keeps the version when a write changes nothing', async () => {
    const { cluster } = harness();
    const namespace = await freshNamespace(cluster);
    const first = await cluster.create(types.configMaps, configMap(namespace, 'a', { data: { x: '1' } }));
    expect((await cluster.replace(types.configMaps, first)).metadata.resourceVersion).toBe(first.metadata.resourceVersion);
    const patched = await cluster.patch(configMapRef(namespace, 'a'), 'merge', { data: { x: '1' } });
    expect(patched.metadata.resourceVersion).toBe(first.metadata.resourceVersion);
  });

  check('merges a patch, null taking away', async () => {
    const { cluster } = harness();
    const namespace = await freshNamespace(cluster);
    await cluster.create(types.configMaps, configMap(namespace, 'a', { data: { x: '1', y: '1' }, labels: { keep: 'me' } }));
    const patched = await cluster.patch(configMapRef(namespace, 'a'), 'merge', {
      metadata: { annotations: { 'example.dev/a': 'b' } },
      data: { x: null, z: '3' },
    });
    expect(patched.data).toEqual({ y: '1', z: '3' });
    expect(patched.metadata).toMatchObject({ labels: { keep: 'me' }, annotations: { 'example.dev/a': 'b' } });
    await expect(cluster.patch(configMapRef(namespace, 'absent'), 'merge', {})).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  check('refuses a patch of a version that is not the current one', async () => {
    const { cluster } = harness();
    const namespace = await freshNamespace(cluster);
    const { metadata } = await cluster.create(types.configMaps, configMap(namespace, 'a'));
    const { resourceVersion } = metadata;
    await cluster.patch(configMapRef(namespace, 'a'), 'merge', { metadata: { resourceVersion }, data: { x: '1' } });
    await expect(
      cluster.patch(configMapRef(namespace, 'a'), 'merge', { metadata: { resourceVersion }, data: { x: '2' } }),
    ).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  check('carries out JSON patches as a whole or not at all', async () => {
    const { cluster } = harness();
    const namespace = await freshNamespace(cluster);
    const ref = configMapRef(namespace, 'a');
    await cluster.create(types.configMaps, configMap(namespace, 'a', { data: { x: '1' }, labels: { 'example.dev/slash': 'old' } }));
    const patched = await cluster.patch(ref, 'json', [
      { op: 'test', path: '/data/x', value: '1' },
      { op: 'add', path: '/data/y', value: '2' },
      { op: 'replace', path: '/metadata/labels/example.dev~1slash', value: 'new' },
      { op: 'copy', from: '/data/x', path: '/data/copied' },
      { op: 'move', from: '/data/x', path: '/data/moved' },
    ]);
    expect(patched.data).toEqual({ y: '2', copied: '1', moved: '1' });
    expect(patched.metadata.labels).toEqual({ 'example.dev/slash': 'new' });
    await expect(
      cluster.patch(ref, 'json', [
        { op: 'add', path: '/data/z', value: '1' },
        { op: 'test', path: '/data/y', value: 'something else' },
      ]),
    ).rejects.toMatchObject({ name: 'InputError', cluster: cluster.name });
    await expect(cluster.patch(ref, 'json', [{ op: 'remove', path: '/data/absent' }])).rejects.toMatchObject({ name: 'InputError' });
    expect((await cluster.get(ref)).data).toEqual({ y: '2', copied: '1', moved: '1' });
  });

  check('applies: creates what is absent, merges into what is there', async () => {
    const { cluster } = harness();
    const namespace = await freshNamespace(cluster);
    const ref = configMapRef(namespace, 'a');
    const applied = await cluster.patch(ref, 'apply', configMap(namespace, 'a', { data: { ours: '1' } }));
    expect(applied).toMatchObject({ data: { ours: '1' }, metadata: { name: 'a', namespace } });
    await cluster.patch(ref, 'merge', { data: { theirs: '1' } });
    const again = await cluster.patch(ref, 'apply', configMap(namespace, 'a', { data: { ours: '2' } }));
    expect(again.data).toEqual({ ours: '2', theirs: '1' });
    expect(again.metadata.uid).toBe(applied.metadata.uid);
  });

  check('stores nothing on a dry run', async () => {
    const { cluster } = harness();
    const namespace = await freshNamespace(cluster);
    const ref = configMapRef(namespace, 'a');
    const dry = { dryRun: true };
    const would = await cluster.create(types.configMaps, configMap(namespace, 'a', { data: { x: '1' } }), dry);
    expect(would.data).toEqual({ x: '1' });
    await cluster.patch(ref, 'apply', configMap(namespace, 'a'), dry);
    await expect(cluster.get(ref)).rejects.toMatchObject({ code: 'NOT_FOUND' });

    const stored = await cluster.create(types.configMaps, configMap(namespace, 'a', { data: { x: '1' } }));
    expect((await cluster.replace(types.configMaps, { ...stored, data: { x: '2' } }, dry)).data).toEqual({ x: '2' });
    expect((await cluster.patch(ref, 'merge', { data: { x: '3' } }, dry)).data).toEqual({ x: '3' });
    await cluster.delete(ref, dry);
    expect(await cluster.get(ref)).toEqual(stored);
    await expect(cluster.create(types.configMaps, configMap(namespace, 'a'), dry)).rejects.toMatchObject({ code: 'ALREADY_EXISTS' });
  });
}
