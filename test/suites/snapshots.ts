import { engine } from '@kubectl-dr/core/engines/csi/index';
import { engine as velero } from '@kubectl-dr/core/engines/velero/index';
import type { Plan, PlanRequest } from '@kubectl-dr/core/planning/model';
import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import { eventually, exists } from '@kubectl-dr/core/testing/cluster-conformance-harness';
import { groupSnapshotClass, snapshotClass } from '@kubectl-dr/sandbox/simulators/hardware';
import { snapshotKinds } from '@kubectl-dr/sandbox/simulators/volumes/snapshot-kinds';
import { seenBy } from './seen-by.ts';
import { labelsOf } from './shop.ts';
import type { World, Worlds } from './world.ts';
import { worldForEach } from './world.ts';
import { orders } from './world.ts';

const caller = { name: 'alice' };
const claim = 'data-orders-db-0';

/** An application that volume snapshots alone protect: its points, how long they stay, and what stands in their way. */
export function describeSnapshots(title: string, openWorlds: () => Promise<Worlds>): void {
  describe(`volume snapshots on ${title}`, () => {
    let world: World;
    worldForEach(openWorlds, (opened) => {
      world = opened;
      world.engines = [engine];
    });

    const plan = (request: Partial<PlanRequest> = {}): Promise<Plan> =>
      world.service().plan({ intent: 'Restore', application: world.name, components: ['orders-db'], mode: 'dataOnly', ...request }, caller);
    const planBackup = async (): Promise<Plan> => {
      // Points are named by the second.
      await world.ground.pass(1_000);
      return plan({ intent: 'Backup' });
    };
    const carryOut = async (made: Plan): Promise<void> => {
      expect(made.blockers).toEqual([]);
      const done = await (await world.service().execute(made, caller)).run();
      expect(done, done.message).toMatchObject({ state: 'Succeeded' });
      await world.ground.settle();
    };
    const codes = ({ blockers }: Plan): string[] => blockers.map(({ code }) => code);
    /** The snapshots of a point, with their contents. */
    const partsOf = async (point: string): Promise<{ snapshot: KubeObject; content: string }[]> =>
      (await world.list(snapshotKinds.snapshots))
        .filter(({ metadata }) => metadata.labels?.['kubectl-dr.dev/point'] === point)
        .map((snapshot) => ({
          snapshot,
          content: (snapshot.status as { boundVolumeSnapshotContentName: string }).boundVolumeSnapshotContentName,
        }));
    const annotate = async (point: string, annotations: Record<string, string>): Promise<void> => {
      for (const { snapshot } of await partsOf(point))
        await world.change(snapshotKinds.snapshots, snapshot.metadata.name, { metadata: { annotations } });
    };
    const expire = (point: string) => annotate(point, { 'kubectl-dr.dev/expires-at': '2020-01-01T00:00:00Z' });
    /** Of the driver `other`, which is not installed; those of the sandbox come back. */
    const withClass = async (change: Partial<KubeObject> | undefined, look: () => Promise<void>): Promise<void> => {
      const ref = { type: snapshotKinds.snapshotClasses, name: 'standard' };
      await world.cluster.delete(ref);
      try {
        if (change) await world.create({ ...snapshotClass(), ...change });
        await look();
      } finally {
        if (change) await world.cluster.delete(ref);
        await world.create(snapshotClass());
      }
    };

    /** There is a group class, or there is none, as long as somebody looks. */
    const withGroups = async (wanted: boolean, look: () => Promise<void>): Promise<void> => {
      const ref = { type: snapshotKinds.groupSnapshotClasses, name: 'standard' };
      const there = await exists(world.cluster, ref);
      const set = (present: boolean) => (present ? world.create(groupSnapshotClass()) : world.cluster.delete(ref));
      if (there !== wanted) await set(wanted);
      try {
        await look();
      } finally {
        if (there !== wanted) await set(there);
      }
    };

    it('are points that a list of points asks one question about', async () => {
      const point = await world.backUp();
      const lists: string[] = [];
      const cluster = seenBy(world.cluster, { before: ({ verb, what }) => void (verb === 'list' && lists.push(what)) });
      const fleet = await world.service({ cluster }).fleet({ applications: [], only: 'points' });
      expect(fleet.points.map(({ name }) => name)).toContain(point);
      expect(lists).toEqual(['volumesnapshots']);
      expect(fleet.clusters).toMatchObject([{ engines: [{ engine: 'csi', installed: true }] }]);
    });

    it('go when their time is over and a new one is there: not the last ones, not the pinned, and they are listed before', async () => {
      world.catalogued = true;
      world.policy = { retention: { keepFor: '1h', keepAtLeast: 2 }, engines: ['csi'] };
      const [oldest, pinned, older, newest] = [await world.backUp(), await world.backUp(), await world.backUp(), await world.backUp()];
      for (const point of [oldest, pinned, older, newest]) await expire(point);
      await annotate(pinned, { 'kubectl-dr.dev/pinned': 'true' });
      // Nobody removes it, so it can still be taken.
      expect((await plan({ point: oldest })).blockers).toEqual([]);
      const made = await planBackup();
      expect(made.changes.map(({ action, kind, name }) => [action, kind, name])).toEqual([
        ['remove', 'RecoveryPoint', oldest],
        ['remove', 'RecoveryPoint', older],
      ]);
      expect(made.waves.map((wave) => wave.map(({ action }) => action.kind))).toEqual([
        ['engine.backup'],
        ['point.remove', 'point.remove'],
      ]);
      const contents = [...(await partsOf(oldest)), ...(await partsOf(older))].map(({ content }) => content);
      expect(contents).toHaveLength(2);
      await carryOut(made);
      const left = (await world.service().fleet({ applications: [], only: 'points' })).points.map(({ name }) => name);
      expect(left).toEqual(expect.arrayContaining([pinned, newest]));
      expect(left).not.toContain(oldest);
      expect(left).not.toContain(older);
      for (const name of contents) expect(await exists(world.cluster, { type: snapshotKinds.snapshotContents, name })).toBe(false);
      const context = { cluster: world.cluster, clock: world.ground.clock, namespace: world.name };
      await expect(engine.removePoint!(context, { id: '', name: pinned, namespace: world.name, cluster: 'east' })).rejects.toMatchObject({
        name: 'ConflictError',
        message: expect.stringContaining('pinned'),
      });
    });

    it('hold no configuration: a copy or a whole restore is refused with that reason, whatever point is meant', async () => {
      const point = await world.backUp();
      for (const request of [{ mode: 'clone' }, { mode: 'inPlace' }, { mode: 'clone', point }] as const) {
        const { blockers } = await plan(request);
        expect(blockers).toMatchObject([
          { code: 'POINT_UNUSABLE', message: expect.stringContaining('no objects'), fix: expect.stringContaining('--mode dataOnly') },
        ]);
      }
      expect((await plan()).blockers).toEqual([]);
    });

    describe('of several volumes', () => {
      const wal = 'wal';
      beforeEach(async () => {
        await world.create({
          apiVersion: 'v1',
          kind: 'PersistentVolumeClaim',
          metadata: { name: wal, namespace: world.name, labels: labelsOf(world.name, 'orders-db') },
          spec: { accessModes: ['ReadWriteOnce'], storageClassName: 'standard', resources: { requests: { storage: '1Gi' } } },
        });
        await world.change(types.persistentVolumeClaims, claim, { metadata: { labels: labelsOf(world.name, 'orders-db') } });
        const pod = {
          containers: [{ name: 'main', image: 'example/orders-db:1' }],
          volumes: [{ name: 'wal', persistentVolumeClaim: { claimName: wal } }],
          terminationGracePeriodSeconds: 0,
        };
        const labels = labelsOf(world.name, 'orders-db');
        await world.create({
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          metadata: { name: 'archiver', namespace: world.name, labels },
          spec: {
            replicas: 1,
            selector: { matchLabels: { app: 'archiver' } },
            template: { metadata: { labels: { ...labels, app: 'archiver' } }, spec: pod },
          },
        });
        await world.ground.settle();
        world.catalogued = true;
        world.policy = { engines: ['csi'], consistency: { volumes: 'group' } };
      });

      it('are taken one by one where there is no group class, and the plan says so', () =>
        withGroups(false, async () => {
          const { warnings } = await planBackup();
          expect(warnings).toContainEqual(
            expect.objectContaining({ code: 'NOT_ONE_INSTANT', message: expect.stringContaining('VolumeGroupSnapshotClass') }),
          );
          const point = await world.backUp();
          expect(await partsOf(point)).toHaveLength(2);
          expect(await world.list(snapshotKinds.groupSnapshots)).toEqual([]);
        }));

      it('are taken at one instant by a group, go back from its members, and go with it', () =>
        withGroups(true, async () => {
          expect((await planBackup()).warnings.map(({ code }) => code)).not.toContain('NOT_ONE_INSTANT');
          const point = await world.backUp();
          expect((await world.list(snapshotKinds.groupSnapshots)).map(({ metadata }) => metadata.name)).toEqual([point]);
          const parts = await partsOf(point);
          expect(parts).toHaveLength(2);
          for (const { snapshot } of parts)
            expect(snapshot.metadata.ownerReferences).toMatchObject([{ kind: 'VolumeGroupSnapshot', name: point }]);
          expect(new Set(parts.map(({ snapshot }) => (snapshot.status as { creationTime: string }).creationTime)).size).toBe(1);
          await world.write({ 'orders.csv': '%%%' });
          await carryOut(await plan({ point }));
          expect(await world.files()).toEqual(orders);
          await expire(point);
          world.policy = { engines: ['csi'], retention: { keepFor: '1h', keepAtLeast: 1 }, consistency: { volumes: 'group' } };
          await carryOut(await planBackup());
          expect(await partsOf(point)).toEqual([]);
        }));
    });

    describe('are refused before anything is written', () => {
      it('without a class for the driver: SNAPSHOT_CLASS_MISSING, for a backup and for the copy before a restore', async () => {
        await world.backUp();
        for (const change of [undefined, { driver: 'other.csi.example.com' }]) {
          await withClass(change, async () => {
            const made = await planBackup();
            expect(made.blockers).toMatchObject([{ code: 'SNAPSHOT_CLASS_MISSING', fix: expect.stringContaining('volumesnapshotclass') }]);
            expect(codes(await plan())).toContain('SNAPSHOT_CLASS_MISSING');
          });
        }
      });

      it('of a volume without a CSI driver: VOLUME_NOT_SNAPSHOTTABLE', async () => {
        const name = await world.volume();
        const seen = await world.get(types.persistentVolumes, name);
        const { csi: _, ...spec } = seen.spec as Record<string, unknown>;
        const get = world.cluster.get.bind(world.cluster);
        const cluster = new Proxy(world.cluster, {
          get(target, property) {
            if (property !== 'get') return Reflect.get(target, property, target) as unknown;
            return async (...args: Parameters<typeof get>) =>
              args[0].name === name ? { ...seen, spec: { ...spec, nfs: { server: 'nas', path: '/' } } } : get(...args);
          },
        });
        const made = await world
          .service({ cluster })
          .plan({ intent: 'Backup', application: world.name, components: ['orders-db'] }, caller);
        expect(made.blockers).toMatchObject([{ code: 'VOLUME_NOT_SNAPSHOTTABLE', fix: expect.stringContaining('file by file') }]);
      });

      it("whose content is gone, or whose class of storage is another driver's: POINT_UNUSABLE, CSI_DRIVER_MISMATCH", async () => {
        const point = await world.backUp();
        const [part] = await partsOf(point);
        const ref = { type: types.storageClasses, name: 'standard' };
        const { metadata, ...before } = await world.cluster.get(ref);
        const { name, labels = {}, annotations = {} } = metadata;
        const made = { ...before, metadata: { name, labels, annotations } };
        await world.cluster.delete(ref);
        try {
          await world.create({ ...made, provisioner: 'scratch.sandbox.kubectl-dr.dev' });
          expect(codes(await plan())).toContain('CSI_DRIVER_MISMATCH');
        } finally {
          await world.cluster.delete(ref);
          await world.create(made);
        }
        expect(codes(await plan())).toEqual([]);
        await world.change(snapshotKinds.snapshotContents, part!.content, { metadata: { finalizers: null } });
        await world.cluster.delete({ type: snapshotKinds.snapshotContents, name: part!.content });
        const lost = await plan();
        expect(lost.blockers).toMatchObject([{ code: 'POINT_UNUSABLE', message: expect.stringContaining('is gone') }]);
      });
    });

    it('that go with their namespace are told, by the policy of their class', async () => {
      expect((await planBackup()).warnings.map(({ code }) => code)).not.toContain('SNAPSHOT_GOES_WITH_NAMESPACE');
      await withClass({ deletionPolicy: 'Delete' }, async () => {
        const { warnings } = await planBackup();
        expect(warnings).toContainEqual(
          expect.objectContaining({
            code: 'SNAPSHOT_GOES_WITH_NAMESPACE',
            fix: expect.stringContaining('Retain'),
            evidence: ['VolumeSnapshotClass standard'],
          }),
        );
        const point = await world.backUp();
        expect((await world.service().fleet({ applications: [] })).points.find(({ name }) => name === point)).toMatchObject({
          goesWithNamespace: true,
          keptIn: 'storage',
        });
      });
    });

    /** What restores by Velero left in a namespace. */
    const leftIn = async (namespace: string): Promise<[snapshots: number, contents: number]> => {
      const mine = ({ metadata }: KubeObject): boolean => metadata.labels?.['velero.io/restore-name'] !== undefined;
      const into = ({ spec }: KubeObject): boolean =>
        (spec as { volumeSnapshotRef: { namespace?: string } }).volumeSnapshotRef.namespace === namespace;
      const snapshots = (await world.cluster.list(snapshotKinds.snapshots, { namespace })).items.filter(mine);
      const contents = (await world.list(snapshotKinds.snapshotContents)).filter((content) => mine(content) && into(content));
      return [snapshots.length, contents.length];
    };

    describe('that Velero leaves in a copy', () => {
      const planCopy = () =>
        world.service().plan({ intent: 'Restore', application: world.name, mode: 'clone', namespace: `${world.name}-copy` }, caller);
      const copied = async (): Promise<{ copy: string; state: string; remove(): Promise<void> }> => {
        const copy = `${world.name}-copy`;
        const made = await planCopy();
        expect(made.blockers).toEqual([]);
        const { state } = await (await world.service({ impatient: true }).execute(made, caller)).run();
        const space = { type: types.namespaces, name: copy };
        const remove = async (): Promise<void> => {
          await world.cluster.delete(space);
          await eventually(async () => !(await exists(world.cluster, space)), `${copy} is gone`, 60_000);
          await world.ground.settle();
        };
        return { copy, state, remove };
      };
      beforeEach(() => {
        world.engines = [velero];
      });

      it('go as soon as its volumes are filled, and the data of the point stays', async () => {
        await world.capture();
        for (let times = 0; times < 2; times += 1) {
          const { copy, state, remove } = await copied();
          expect(state).toBe('Succeeded');
          const made = await world.cluster.get({ type: types.persistentVolumeClaims, namespace: copy, name: claim });
          expect(await world.ground.read((made.spec as { volumeName: string }).volumeName)).toEqual(orders);
          expect(await leftIn(copy)).toEqual([0, 0]);
          await remove();
        }
      });

      it('stay while a volume still waits to be filled, or when the copy failed, and go with its namespace', async () => {
        // Nobody starts the database in the copy, so that its claim waits for a first consumer.
        await world.change(types.statefulSets, 'orders-db', { spec: { replicas: 0 } });
        await eventually(async () => (await world.list(types.pods)).length === 2, 'its pod is gone', 30_000);
        const stopped = await world.capture();
        const waiting = await copied();
        expect(waiting.state).toBe('Succeeded');
        expect(await leftIn(waiting.copy)).toEqual([1, 1]);
        await waiting.remove();
        await eventually(async () => (await leftIn(waiting.copy))[1] === 0, 'what was left is gone', 30_000);
        await world.forget(stopped);

        await world.change(types.statefulSets, 'orders-db', { spec: { replicas: 1 } });
        await eventually(async () => (await world.readyReplicas()).every(Boolean), 'it runs again', 60_000);
        const check = { 'kubectl-dr.dev/check': 'exec: false', 'kubectl-dr.dev/check-timeout': '2s' };
        await world.change(types.statefulSets, 'orders-db', { metadata: { annotations: check } });
        await world.capture();
        const failed = await copied();
        expect(failed.state).toBe('Failed');
        expect(await leftIn(failed.copy)).toEqual([1, 1]);
        await failed.remove();
        await eventually(async () => (await leftIn(failed.copy))[1] === 0, 'what was left is gone', 30_000);
        expect((await planCopy()).blockers).toEqual([]);
      });
    });

    it('that Velero leaves beside a claim go with the undo window, never before, and the data of the point stays', async () => {
      world.engines = [velero];
      const left = () => leftIn(world.name);
      const point = await world.capture();
      // Longer than what a lease that is renewed in the background lets pass where time stands still.
      const window = 40_000;
      const restored = async () => {
        const made = await plan({ point, undoWindow: window });
        expect(made.blockers).toEqual([]);
        const done = await (await world.service().execute(made, caller)).run();
        expect(done, done.message).toMatchObject({ state: 'Succeeded' });
        expect(await world.files()).toEqual(orders);
        expect(await left()).toEqual([1, 1]);
        return done;
      };
      const first = await restored();
      // Whoever wants to go back can, and nothing is given up while that is so.
      await world.service().releaseExpired(caller, { application: world.name });
      expect(await left()).toEqual([1, 1]);
      await world.ground.pass(window + 2_000);
      const released = await world.service().releaseExpired(caller, { application: world.name });
      expect(released.map(({ id }) => id)).toEqual([first.id]);
      await world.ground.settle();
      expect(await left()).toEqual([0, 0]);

      // What is the point's own was not deleted: it brings the rows back once more, and undone it leaves nothing either.
      await world.write({ 'orders.csv': '%%%' });
      const second = await restored();
      const undone = await (await world.service().undo(second.id, caller)).run();
      expect(undone, undone.message).toMatchObject({ state: 'Undone' });
      await world.ground.settle();
      expect(await left()).toEqual([0, 0]);
      expect((await restored()).state).toBe('Succeeded');
    });
  });
}
