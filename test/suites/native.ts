import type { Plan, PlanRequest } from '@kubectl-dr/core/planning/model';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import { eventually } from '@kubectl-dr/core/testing/cluster-conformance-harness';
import { part } from './obstacle.ts';
import type { World, Worlds } from './world.ts';
import { worldForEach } from './world.ts';
import { orders } from './world.ts';

const caller = { name: 'alice' };
const corrupt = { 'orders.csv': '%%%' };
const className = 'inside-kubernetes';
const claim = 'data-orders-db-0';
const template = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } };

/** Disks that no CSI driver carries: a snapshot in the cloud comes back as a disk of its own, beside the one that is kept. */
export function describeNative(title: string, openWorlds: () => Promise<Worlds>): void {
  describe(`native snapshots on ${title}`, () => {
    let world: World;
    worldForEach(openWorlds, async (opened, skip) => {
      world = opened;
      if (!world.ground.velero) return skip('no plugin of a cloud runs beside the real server');
      world.ground.velero.nativeSnapshots = true;
      await onOldDisks(world);
    });

    const plan = (request: Partial<PlanRequest> = {}): Promise<Plan> =>
      world.service().plan({ intent: 'Restore', application: world.name, components: ['orders-db'], mode: 'dataOnly', ...request }, caller);

    it('go back to before the corruption on a disk of their own, undo puts the old one back, and confirm gives it up', async () => {
      await world.capture();
      await world.write(corrupt);
      const before = await world.volume();
      const made = await plan();
      expect(made.blockers).toEqual([]);
      expect(made.changes).toMatchObject([
        { kind: 'PersistentVolumeClaim', action: 'change', fields: [{ why: 'from a snapshot of the cloud' }] },
      ]);
      const done = await (await world.service().execute(made, caller)).run();
      expect(done, done.message).toMatchObject({ state: 'Succeeded' });
      expect(await world.files()).toEqual(orders);
      expect(await world.volume()).not.toBe(before);
      expect(await world.get(types.persistentVolumes, before)).toMatchObject({ spec: { persistentVolumeReclaimPolicy: 'Retain' } });
      expect(await world.readyReplicas()).toEqual([true, true]);

      const undone = await (await world.service().undo(done.id, caller)).run();
      expect(undone, undone.message).toMatchObject({ state: 'Undone' });
      await world.ground.settle();
      expect(await world.volume()).toBe(before);
      expect(await world.files()).toEqual(corrupt);
      expect(
        (await world.volumes()).map(({ spec }) => (spec as { persistentVolumeReclaimPolicy: string }).persistentVolumeReclaimPolicy),
      ).toEqual(['Delete']);

      const again = await (await world.service().execute(await plan(), caller)).run();
      expect(again, again.message).toMatchObject({ state: 'Succeeded' });
      expect(await (await world.service().confirm(again.id, caller)).run()).toMatchObject({ state: 'Succeeded' });
      await world.ground.settle();
      expect(await world.files()).toEqual(orders);
      expect((await world.volumes()).map(({ metadata }) => metadata.name)).toEqual([await world.volume()]);
    });

    it('come back where the claim is gone with its disk', async () => {
      world.catalogued = true;
      await world.capture({}, 0);
      await world.cluster.delete(world.ref(types.statefulSets, 'orders-db'));
      await gone(world, types.pods, 'orders-db-0');
      await world.cluster.delete(world.ref(types.persistentVolumeClaims, claim));
      await eventually(async () => (await world.volumes()).length === 0, 'its volume is gone', 30_000);
      const made = await plan({ mode: 'inPlace' });
      expect(made.blockers).toEqual([]);
      const done = await (await world.service().execute(made, caller)).run();
      expect(done, done.message).toMatchObject({ state: 'Succeeded' });
      expect(await world.files()).toEqual(orders);
    });
  });
}

/** The database once more, on a disk of a provisioner inside Kubernetes. */
async function onOldDisks(world: World): Promise<void> {
  const { cluster } = world;
  if (!(await cluster.list(types.storageClasses)).items.some(({ metadata }) => metadata.name === className)) {
    await world.create({
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: { name: className },
      provisioner: 'kubernetes.io/aws-ebs',
      reclaimPolicy: 'Delete',
      volumeBindingMode: 'WaitForFirstConsumer',
    });
  }
  const spec = (await world.get(types.statefulSets, 'orders-db')).spec as Record<string, unknown>;
  await cluster.delete(world.ref(types.statefulSets, 'orders-db'));
  await gone(world, types.pods, 'orders-db-0');
  await cluster.delete(world.ref(types.persistentVolumeClaims, claim));
  await gone(world, types.persistentVolumeClaims, claim);
  const volumeClaimTemplates = [{ metadata: { name: 'data' }, spec: { ...template, storageClassName: className } }];
  const { serviceName, selector, replicas, template: pods } = spec;
  await world.create(
    part(world, 'orders-db', 'apps/v1', 'StatefulSet', 'orders-db', {
      spec: { serviceName, selector, replicas, template: pods, volumeClaimTemplates },
    }),
  );
  await world.ground.settle();
  await eventually(async () => (await world.readyReplicas()).every(Boolean), 'it runs again', 60_000);
  await world.write(orders);
}

async function gone(world: World, type: (typeof types)[keyof typeof types], name: string): Promise<void> {
  await world.ground.settle();
  await eventually(async () => !(await world.names(type)).includes(name), `${name} is gone`, 60_000);
}
