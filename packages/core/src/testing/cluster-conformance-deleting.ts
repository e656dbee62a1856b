import { expect } from 'vitest';
import type { ClusterClient } from '../ports/cluster.ts';
import type { KubeObject } from '../ports/kubernetes.ts';
import { types } from '../ports/kubernetes.ts';
import type { Checks } from './cluster-conformance-harness.ts';
import { configMap, configMapRef, eventually, exists, freshNamespace } from './cluster-conformance-harness.ts';

export function checkDeleting({ harness, check }: Checks): void {
  check('deletes once', async () => {
    const { cluster } = harness();
    const namespace = await freshNamespace(cluster);
    await cluster.create(types.configMaps, configMap(namespace, 'a'));
    expect(await cluster.delete(configMapRef(namespace, 'a'))).toBeUndefined();
    await expect(cluster.delete(configMapRef(namespace, 'a'))).rejects.toMatchObject({ code: 'NOT_FOUND', cluster: cluster.name });
  });

  check('deletes only the object that the preconditions name', async () => {
    const { cluster } = harness();
    const namespace = await freshNamespace(cluster);
    const ref = configMapRef(namespace, 'a');
    const { metadata } = await cluster.create(types.configMaps, configMap(namespace, 'a'));
    const { uid, resourceVersion } = metadata as { uid: string; resourceVersion: string };
    await cluster.patch(ref, 'merge', { data: { x: '1' } });
    await expect(cluster.delete(ref, { preconditions: { uid: 'of-another' } })).rejects.toMatchObject({ code: 'CONFLICT' });
    await expect(cluster.delete(ref, { preconditions: { resourceVersion } })).rejects.toMatchObject({ code: 'CONFLICT' });
    await cluster.delete(ref, { preconditions: { uid } });
    expect(await exists(cluster, ref)).toBe(false);
  });

  check('lets an object linger until its finalizers are gone', async () => {
    const { cluster } = harness();
    const namespace = await freshNamespace(cluster);
    const ref = configMapRef(namespace, 'a');
    const object = configMap(namespace, 'a');
    await cluster.create(types.configMaps, { ...object, metadata: { ...object.metadata, finalizers: ['example.dev/hold'] } });
    await cluster.delete(ref);
    const marked = await cluster.get(ref);
    expect(marked.metadata.deletionTimestamp).toMatch(/^\d{4}-/);
    // A second deletion changes nothing.
    await cluster.delete(ref);
    expect((await cluster.get(ref)).metadata.deletionTimestamp).toBe(marked.metadata.deletionTimestamp);
    await cluster.patch(ref, 'merge', { metadata: { finalizers: null } });
    expect(await exists(cluster, ref)).toBe(false);
  });

  check('takes along what an object owned, unless it is orphaned', async () => {
    const { cluster } = harness();
    const namespace = await freshNamespace(cluster);
    for (const propagation of ['Background', 'Orphan'] as const) {
      const owner = await cluster.create(types.configMaps, configMap(namespace, `owner-${propagation.toLowerCase()}`));
      const dependent = await owned(cluster, namespace, `owned-${propagation.toLowerCase()}`, [owner]);
      await cluster.delete(configMapRef(namespace, owner.metadata.name), { propagation });
      const ref = configMapRef(namespace, dependent.metadata.name);
      if (propagation === 'Background') await eventually(async () => !(await exists(cluster, ref)), 'the dependent went');
      else await eventually(async () => (await cluster.get(ref)).metadata.ownerReferences === undefined, 'the dependent lost its owner');
    }
  });

  check('keeps what has another owner', async () => {
    const { cluster } = harness();
    const namespace = await freshNamespace(cluster);
    const [one, two] = [
      await cluster.create(types.configMaps, configMap(namespace, 'one')),
      await cluster.create(types.configMaps, configMap(namespace, 'two')),
    ];
    const ref = configMapRef(namespace, (await owned(cluster, namespace, 'shared', [one, two])).metadata.name);
    await cluster.delete(configMapRef(namespace, 'one'));
    await eventually(async () => (await cluster.get(ref)).metadata.ownerReferences?.length === 1, 'one owner is left');
    await cluster.delete(configMapRef(namespace, 'two'));
    await eventually(async () => !(await exists(cluster, ref)), 'the dependent went with its last owner');
  });

  check('takes a namespace with everything inside', async () => {
    const { cluster } = harness();
    const namespace = await freshNamespace(cluster);
    await cluster.create(types.configMaps, configMap(namespace, 'inside'));
    await cluster.delete({ type: types.namespaces, name: namespace });
    await eventually(async () => !(await exists(cluster, { type: types.namespaces, name: namespace })), 'the namespace went');
    expect((await cluster.list(types.configMaps, { namespace })).items).toEqual([]);
  });
}

function owned(cluster: ClusterClient, namespace: string, name: string, owners: KubeObject[]): Promise<KubeObject> {
  const object = configMap(namespace, name);
  const ownerReferences = owners.map(({ metadata }) => ({ apiVersion: 'v1', kind: 'ConfigMap', name: metadata.name, uid: metadata.uid! }));
  return cluster.create(types.configMaps, { ...object, metadata: { ...object.metadata, ownerReferences } });
}
