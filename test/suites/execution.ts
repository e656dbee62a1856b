import { InputError } from '@kubectl-dr/core/errors';
import type { PlanRequest } from '@kubectl-dr/core/planning/model';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import type { DrService } from '@kubectl-dr/core/service/port';
import { eventually, exists } from '@kubectl-dr/core/testing/cluster-conformance-harness';
import { mortal, seenBy } from './seen-by.ts';
import { labelsOf } from './shop.ts';
import type { World, Worlds } from './world.ts';
import { worldForEach } from './world.ts';
import { orders } from './world.ts';

const caller = { name: 'alice' };
const corrupt = { 'orders.csv': '%%%', 'ransom.txt': 'pay' };

/** Each way in which data is captured, as a Backup asks for it. */
export const methods: readonly [name: string, spec: Record<string, unknown>][] = [
  ['a CSI snapshot', {}],
  ['a data mover', { snapshotMoveData: true }],
  ['a file system backup', { defaultVolumesToFsBackup: true }],
];

/** Plans are carried out, taken back, confirmed, stopped, continued and taken over, and the data is what it has to be. */
export function describeExecution(title: string, openWorlds: () => Promise<Worlds>): void {
  describe(`executing plans on ${title}`, () => {
    let world: World;
    worldForEach(openWorlds, (opened) => void (world = opened));

    const plan = (service: DrService, request: Partial<PlanRequest> = {}) =>
      service.plan({ intent: 'Restore', application: world.name, components: ['orders-db'], mode: 'dataOnly', ...request }, caller);
    /** A roll-back of corrupted data whose process has died at a write. */
    const died = async (when: 'before' | 'after', nth: number) => {
      await world.capture();
      await world.write(corrupt);
      const dying = mortal(world.cluster, when, nth);
      const id = `restore-${world.name}-1`;
      const started = await world
        .service({ holder: 'first', cluster: dying.cluster })
        .execute(await plan(world.service()), caller, { operationId: id, signal: dying.signal });
      dying.arm();
      await expect(started.run()).rejects.toThrow();
      return { id, dying };
    };
    const expectRunning = () =>
      eventually(async () => (await world.readyReplicas()).every(Boolean), 'everything is as ready as it should be', 60_000);

    describe.each(methods)('orders-db, captured by %s', (_, spec) => {
      it('goes back to before the corruption while web keeps running, and undo brings the newer rows back', async () => {
        await world.capture(spec);
        await world.write(corrupt);
        const service = world.service();
        const made = await plan(service);
        expect(made.blockers).toEqual([]);
        expect(made.dataLoss).toMatchObject([{ component: 'orders-db', text: '12 minutes of orders-db' }]);
        const before = await world.names(types.pods);
        const done = await (await service.execute(made, caller)).run();
        expect(done.steps.filter(({ state }) => state !== 'Succeeded')).toEqual([]);
        expect(done).toMatchObject({ state: 'Succeeded', undoUntil: expect.any(String) });
        expect(await world.files()).toEqual(orders);
        await expectRunning();
        expect(await world.names(types.pods)).toEqual(before);
        // The copy of the state just left is newer, but nobody means it by "latest", nor is the data as young as that.
        expect((await plan(service)).points).toEqual(made.points);
        const { components } = await service.application(world.name);
        const database = components.find(({ component }) => component.name === 'orders-db')!;
        expect(database.point?.name).toBe(made.points[0]!.name);
        expect(database.points.filter(({ point }) => point.safety)).not.toEqual([]);

        const undone = await (await world.service({ holder: 'other' }).undo(done.id, caller)).run();
        expect(undone.undo?.steps.filter(({ state }) => state !== 'Succeeded')).toEqual([]);
        expect(undone.state).toBe('Undone');
        expect(await world.files()).toEqual(corrupt);
        await expectRunning();
        expect(await world.names(types.pods)).toEqual(before);
        await eventually(async () => (await world.volumes()).length === 1, 'the newer volume is gone', 30_000);
        const [volume] = await world.volumes();
        expect(volume).toMatchObject({ spec: { persistentVolumeReclaimPolicy: 'Delete' } });
        expect(volume!.metadata.annotations?.['kubectl-dr.dev/kept-by']).toBeUndefined();
      });

      it('keeps the old volume until it is confirmed, and then gives it up', async () => {
        await world.capture(spec);
        await world.write(corrupt);
        const service = world.service();
        const done = await (await service.execute(await plan(service), caller)).run();
        expect(done, done.message).toMatchObject({ state: 'Succeeded' });
        expect(await world.volumes()).toHaveLength(2);
        const confirmed = await (await service.confirm(done.id, caller)).run();
        expect(confirmed).toMatchObject({ state: 'Succeeded', release: { endedAt: expect.any(String) } });
        expect(confirmed.undoUntil).toBeUndefined();
        await eventually(async () => (await world.volumes()).length === 1, 'the old volume is gone', 30_000);
        expect(await world.files()).toEqual(orders);
        await expect(service.undo(done.id, caller)).rejects.toMatchObject({ message: expect.stringContaining('was confirmed') });
      });
    });

    it.each([
      ['an hour ahead', 3_600_000],
      ['an hour behind', -3_600_000],
    ])('tells ages and windows by the clock of the cluster when its own is %s', async (_, ahead) => {
      await world.capture();
      const service = world.service({ ahead });
      const made = await plan(service, { point: '10m ago' });
      expect(made.blockers).toEqual([]);
      expect(made.dataLoss[0]).toMatchObject({ text: '12 minutes of orders-db' });
      // Made here, executed on a machine whose clock goes the other way.
      const other = world.service({ ahead: -ahead / 2 });
      const done = await (await other.execute(made, caller)).run();
      const now = (await world.cluster.now()).getTime();
      expect(Math.abs(Date.parse(done.requestedAt) - now)).toBeLessThan(600_000);
      expect(done.measured!.rtoSeconds).toBeLessThan(600);
      expect(Math.round((Date.parse(done.undoUntil!) - now) / 3_600_000)).toBe(24);
      expect(await service.releaseExpired(caller, { application: world.name })).toEqual([]);
      expect(await (await service.undo(done.id, caller)).run()).toMatchObject({ state: 'Undone' });

      const again = await (await service.execute(await plan(service, { undoWindow: 1_000 }), caller)).run();
      expect(again, again.message).toMatchObject({ state: 'Succeeded' });
      await world.ground.pass(3_000);
      await expect(service.undo(again.id, caller)).rejects.toMatchObject({ message: expect.stringContaining('could be undone until') });
      expect(await service.releaseExpired(caller, { application: world.name })).toMatchObject([{ id: again.id, state: 'Succeeded' }]);
      await eventually(async () => (await world.volumes()).length === 1, 'the old volume is gone', 30_000);
    });

    it.each(methods)(
      'brings a part back that is gone, captured by %s, and undo takes it away again with its claim and data',
      async (_, spec) => {
        world.catalogued = true;
        await world.capture(spec, 0);
        await world.cluster.delete(world.ref(types.statefulSets, 'orders-db'));
        await eventually(async () => (await world.list(types.pods)).length === 2, 'its pod is gone', 30_000);
        await world.cluster.delete(world.ref(types.persistentVolumeClaims, 'data-orders-db-0'));
        await eventually(async () => (await world.volumes()).length === 0, 'its volume is gone', 30_000);
        const service = world.service();
        const made = await plan(service, { mode: 'inPlace' });
        expect(made.blockers).toEqual([]);
        expect(made.undo.text).toContain('1 claim that did not exist before is removed again');
        const done = await (await service.execute(made, caller)).run();
        expect(done, done.message).toMatchObject({ state: 'Succeeded' });
        expect(await world.files()).toEqual(orders);
        expect(await (await service.undo(done.id, caller)).run()).toMatchObject({ state: 'Undone' });
        expect(await world.names(types.statefulSets)).toEqual([]);
        await eventually(async () => (await world.volumes()).length === 0, 'what came back is gone again', 30_000);
        expect(await world.names(types.persistentVolumeClaims)).toEqual([]);
      },
    );

    it('brings a namespace back that is gone, with whatever of it is asked for', async () => {
      world.catalogued = true;
      await world.capture({}, 0);
      const space = { type: types.namespaces, name: world.name };
      const remove = async (): Promise<void> => {
        await world.cluster.delete(space);
        await eventually(async () => !(await exists(world.cluster, space)), `the namespace ${world.name} is gone`, 60_000);
      };
      for (const mode of ['configOnly', 'inPlace'] as const) {
        await remove();
        const service = world.service();
        const made = await plan(service, { components: ['orders-db', 'web'], mode });
        expect(made.blockers).toEqual([]);
        const done = await (await service.execute(made, caller)).run();
        expect(done.steps.filter(({ state }) => state !== 'Succeeded')).toEqual([]);
        expect(await world.names(types.deployments)).toEqual(['web']);
        if (mode === 'inPlace') expect(await world.files()).toEqual(orders);
        expect(await (await service.undo(done.id, caller)).run()).toMatchObject({ state: 'Undone' });
        await eventually(async () => (await world.names(types.deployments)).length === 0, 'what came back is gone again', 30_000);
      }
    });

    it('brings one part back whole, configuration and data, and leaves the others', async () => {
      await world.capture();
      await world.write(corrupt);
      await world.change(types.secrets, 'orders-db', { data: { password: 'bmV3' } });
      await world.change(types.configMaps, 'web', { data: { page: 'new' } });
      const service = world.service();
      const done = await (await service.execute(await plan(service, { mode: 'inPlace' }), caller)).run();
      expect(done, done.message).toMatchObject({ state: 'Succeeded' });
      // What went by since the capture: the minutes, and what it took to get here.
      expect(Math.floor(done.measured!.lossSeconds! / 60)).toBe(12);
      expect(await world.get(types.secrets, 'orders-db')).toMatchObject({ data: { password: 'b2xk' } });
      expect(await world.get(types.configMaps, 'web')).toMatchObject({ data: { page: 'new' } });
      expect(await world.files()).toEqual(orders);
      expect(await (await service.undo(done.id, caller)).run()).toMatchObject({ state: 'Undone' });
      expect(await world.get(types.secrets, 'orders-db')).toMatchObject({ data: { password: 'bmV3' } });
      expect(await world.files()).toEqual(corrupt);
    });

    it('writes back what differs, removes what was not there when told to, and undo makes it again', async () => {
      await world.capture();
      await world.change(types.configMaps, 'web', { data: { page: 'new' } });
      await world.change(types.deployments, 'web', { spec: { replicas: 4 }, metadata: { labels: { tier: 'front' } } });
      await world.create({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'later', namespace: world.name, labels: labelsOf(world.name, 'web') },
        data: { a: '1' },
      });
      const service = world.service();
      const request = { components: ['web'], mode: 'configOnly', prune: true } as const;
      const done = await (await service.execute(await plan(service, { ...request, components: ['web'] }), caller)).run();
      expect(done, done.message).toMatchObject({ state: 'Succeeded' });
      expect(await world.get(types.configMaps, 'web')).toMatchObject({ data: { page: 'hello' } });
      const web = await world.get(types.deployments, 'web');
      expect(web).toMatchObject({ spec: { replicas: 2 } });
      expect(web.metadata.labels).toEqual(labelsOf(world.name, 'web'));
      expect(await world.names(types.configMaps)).not.toContain('later');
      await expectRunning();
      expect(await (await service.undo(done.id, caller)).run()).toMatchObject({ state: 'Undone' });
      expect(await world.get(types.configMaps, 'web')).toMatchObject({ data: { page: 'new' } });
      expect(await world.get(types.configMaps, 'later')).toMatchObject({ data: { a: '1' } });
      expect(await world.get(types.deployments, 'web')).toMatchObject({ spec: { replicas: 4 }, metadata: { labels: { tier: 'front' } } });
    });

    it('makes a copy beside, and leaves the original as it is', async () => {
      await world.capture();
      await world.write(corrupt);
      const service = world.service();
      const namespace = `${world.name}-copy`;
      const made = await service.plan({ intent: 'Restore', application: world.name, mode: 'clone', namespace }, caller);
      expect(made.blockers).toEqual([]);
      try {
        const done = await (await service.execute(made, caller, { reason: 'to look' })).run();
        expect(done, done.message).toMatchObject({ state: 'Succeeded', requestedBy: 'alice', reason: 'to look' });
        const claim = await world.cluster.get({ type: types.persistentVolumeClaims, namespace, name: 'data-orders-db-0' });
        expect(await world.ground.read((claim.spec as { volumeName: string }).volumeName)).toEqual(orders);
        expect(await world.files()).toEqual(corrupt);
        await expect(service.undo(done.id, caller)).rejects.toMatchObject({ code: 'UNSUPPORTED' });
      } finally {
        await world.cluster.delete({ type: types.namespaces, name: namespace });
      }
    });

    it('is not done as long as the check that the owner declared does not answer', async () => {
      const check = { 'kubectl-dr.dev/check': 'http://orders-db:8080/healthz' };
      await world.change(types.statefulSets, 'orders-db', { metadata: { annotations: check } });
      await world.capture();
      const service = world.service({ impatient: true });
      const made = await plan(service);
      const checking = made.waves.flat().find(({ action }) => action.kind === 'check.http')!.action;
      expect(checking).toMatchObject({ service: 'orders-db', port: '8080', path: '/healthz' });
      // There is no such Service: the check cannot succeed, and the operation must not say that it did.
      const failed = await (await service.execute(made, caller)).run();
      expect(failed).toMatchObject({ state: 'Failed', message: expect.stringContaining('/healthz') });
      expect(await (await service.undo(failed.id, caller)).run()).toMatchObject({ state: 'Undone' });
    });

    it('refuses a second operation on the application, naming the holder', async () => {
      await world.capture();
      const first = await world.service({ holder: 'alice@laptop/1' }).execute(await plan(world.service()), caller);
      const portal = world.service({ holder: 'portal-0' });
      await expect(portal.execute(await plan(portal), { name: 'bob' })).rejects.toMatchObject({
        code: 'OPERATION_RUNNING',
        message: expect.stringContaining('alice@laptop/1'),
        details: { holder: 'alice@laptop/1', operation: first.operation.id },
      });
      const done = await first.run();
      expect(done, done.message).toMatchObject({ state: 'Succeeded' });
      expect(await portal.operation(done.id)).toEqual(done);
      expect(await portal.operations({ application: world.name })).toEqual([done]);
    });

    it('stops when another process asks for it, and undo puts everything back', async ({ skip }) => {
      if (!world.ground.velero) return skip('nothing makes the real server slow');
      await world.capture();
      await world.write(corrupt);
      const { durations } = world.ground;
      const usual = durations.restore;
      durations.restore = 60_000;
      const [first, second] = [world.service({ holder: 'first' }), world.service({ holder: 'second' })];
      const made = await plan(first);
      const restore = made.waves.flat().find(({ action }) => action.kind === 'engine.restore')!;
      const started = await first.execute(made, caller);
      const { id } = started.operation;
      let asked: Promise<unknown> | undefined;
      try {
        for await (const event of started.events) {
          if (event.type !== 'operation') continue;
          // It waits for the engine, which does not get on.
          const waits = event.operation.steps.some((step) => step.id === restore.id && step.state === 'Running');
          if (waits) asked ??= second.cancel(id, { name: 'bob' });
        }
        await asked;
      } finally {
        durations.restore = usual;
      }
      expect(await second.operation(id)).toMatchObject({ state: 'Cancelled' });
      expect(await (await second.undo(id, caller)).run()).toMatchObject({ state: 'Undone' });
      expect(await world.files()).toEqual(corrupt);
      await expectRunning();
    });

    it('is ended by whoever cancels it when its process is dead', async () => {
      const { id } = await died('before', 8);
      const second = world.service({ holder: 'second' });
      expect(await second.cancel(id, caller)).toMatchObject({ state: 'Cancelled' });
      await expect(second.resume(id, caller)).rejects.toMatchObject({ code: 'CONFLICT' });
      expect(await (await second.undo(id, caller)).run()).toMatchObject({ state: 'Undone' });
      expect(await world.files()).toEqual(corrupt);
      await expectRunning();
    });

    it('is ended by whoever cancels it when its application is gone as well; what would write goes no further', async () => {
      const { id } = await died('before', 8);
      const space = { type: types.namespaces, name: world.name };
      await world.cluster.delete(space);
      await eventually(async () => !(await exists(world.cluster, space)), `the namespace ${world.name} is gone`, 60_000);
      const second = world.service({ holder: 'second' });
      const gone = { code: 'UNKNOWN_APPLICATION', message: expect.stringContaining(`the operation ${id} cannot go on`) };
      await expect(second.resume(id, caller)).rejects.toMatchObject(gone);
      expect(await second.cancel(id, caller)).toMatchObject({ state: 'Cancelled' });
      await expect(second.undo(id, caller)).rejects.toMatchObject(gone);
    });

    it('whose undo stops goes on with all that it has to take back, of a restore that failed as well', async ({ skip }) => {
      const { velero } = world.ground;
      if (!velero) return skip('the real server does not fail when it is told to');
      world.catalogued = true;
      await world.capture({}, 0);
      await world.cluster.delete(world.ref(types.statefulSets, 'orders-db'));
      await eventually(async () => (await world.list(types.pods)).length === 2, 'its pod is gone', 30_000);
      await world.cluster.delete(world.ref(types.persistentVolumeClaims, 'data-orders-db-0'));
      await eventually(async () => (await world.volumes()).length === 0, 'its volume is gone', 30_000);
      const service = world.service();
      const made = await plan(service, { mode: 'inPlace' });
      velero.failures.push({ kind: 'Restore', name: '', phase: 'PartiallyFailed', message: 'the disk is full' });
      const failed = await (await service.execute(made, caller)).run().finally(() => velero.failures.splice(0));
      expect(failed).toMatchObject({ state: 'Failed', message: expect.stringContaining('the disk is full') });
      expect(await world.names(types.persistentVolumeClaims)).toEqual(['data-orders-db-0']);

      const refusing = seenBy(world.cluster, {
        before({ verb, what }) {
          if (verb === 'delete' && what === 'persistentvolumeclaims') throw new InputError('a webhook says no');
        },
      });
      const stopped = await (await world.service({ cluster: refusing }).undo(failed.id, caller)).run();
      expect(stopped).toMatchObject({ state: 'Failed', message: expect.stringContaining('a webhook says no') });
      const undone = await (await world.service({ holder: 'other' }).resume(failed.id, caller)).run();
      expect(undone, undone.message).toMatchObject({ state: 'Undone' });
      expect(undone.undo!.steps.filter(({ state }) => state !== 'Succeeded')).toEqual([]);
      expect(await world.names(types.persistentVolumeClaims)).toEqual([]);
    });

    it('is continued by another process when the one that ran it is dead, as soon as its lease has run out', async () => {
      const { id, dying } = await died('after', 6);
      expect(dying.dead).toBe(true);
      const second = world.service({ holder: 'second' });
      expect(await second.operation(id)).toMatchObject({ state: 'Running', holder: 'first' });
      const continued = await second.resume(id, caller);
      expect(await second.operation(id)).toMatchObject({ holder: 'second' });
      const done = await continued.run();
      expect(done, done.message).toMatchObject({ state: 'Succeeded' });
      expect(await world.files()).toEqual(orders);
      expect((await world.volumes()).length).toBe(2);
    });

    it('is not taken from a process that lives', async () => {
      await world.capture();
      const first = world.service({ holder: 'first' });
      const started = await first.execute(await plan(first), caller);
      // Renewed while the other one watches.
      await expect(world.service({ holder: 'second' }).resume(started.operation.id, caller)).rejects.toMatchObject({
        code: 'OPERATION_RUNNING',
      });
      const done = await started.run();
      expect(done, done.message).toMatchObject({ state: 'Succeeded' });
    });

    it('takes nothing for its own that another process has taken over', async () => {
      await world.capture();
      await world.write(corrupt);
      const first = world.service({ holder: 'first' });
      const ghost = await first.execute(await plan(first), caller, { operationId: `restore-${world.name}-1` });
      // It sleeps so long that another one may take it for dead.
      const lease = (await world.cluster.list(types.leases, { namespace: 'kubectl-dr' })).items.find(
        ({ metadata }) => metadata.annotations?.['kubectl-dr.dev/operation'] === ghost.operation.id,
      )!;
      await world.cluster.patch({ type: types.leases, namespace: 'kubectl-dr', name: lease.metadata.name }, 'merge', {
        spec: { holderIdentity: '' },
      });
      const second = world.service({ holder: 'second' });
      const taken = await second.resume(ghost.operation.id, caller);
      await expect(ghost.run()).rejects.toMatchObject({ code: 'CONFLICT' });
      const done = await taken.run();
      expect(done, done.message).toMatchObject({ state: 'Succeeded', holder: 'second' });
      expect(await world.files()).toEqual(orders);
      expect(await exists(world.cluster, world.ref(types.statefulSets, 'orders-db'))).toBe(true);
    });
  });
}
