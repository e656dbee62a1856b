import { at, textAt } from '@kubectl-dr/core/application/raw';
import { isIntact } from '@kubectl-dr/core/execution/evidence';
import { ServiceUnavailableError } from '@kubectl-dr/core/errors';
import type { Plan, PlanRequest } from '@kubectl-dr/core/planning/model';
import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import { drillToWire } from '@kubectl-dr/core/wire/encode-drill';
import type { DrService } from '@kubectl-dr/core/service/port';
import { remainsOf } from './drills.ts';
import { killDrills } from './killed-drill.ts';
import { seenBy } from './seen-by.ts';
import { stateOf } from './state.ts';
import type { World, Worlds } from './world.ts';
import { orders, worldForEach } from './world.ts';

const caller = { name: 'alice' };
const portable = { snapshotMoveData: true };

/** A drill on the second cluster proves what a failover would find there, touches nothing that runs, and leaves nothing. */
export function describeStandbyDrills(title: string, openWorlds: () => Promise<Worlds>): void {
  const plan = (world: World, service: DrService, request: Partial<PlanRequest> = {}) =>
    service.plan({ intent: 'Drill', application: world.name, on: 'west', ...request }, caller);
  const arrived = async (world: World, spec: Record<string, unknown> = portable): Promise<string> => {
    const point = await world.capture(spec);
    await world.arrived(point);
    return point;
  };
  const leftAt = (world: World, made: Plan): Promise<string[]> => remainsOf(world.standby, made.target[0]!.namespaces[0]!);

  describe(`drills on the standby on ${title}`, () => {
    let world: World;
    worldForEach(openWorlds, (opened) => {
      world = opened;
      world.catalogued = true;
    });

    it.each([
      ['a data mover', portable],
      ['a file system backup', { defaultVolumesToFsBackup: true }],
    ] as const)(
      'bring back there what was captured by %s, isolated, as it is called there, measure it, and leave nothing',
      async (_, spec) => {
        world.policy = { objectives: { rpo: '24h', rto: '4h' }, mapping: { west: { storageClasses: { standard: 'scratch' } } } };
        const point = await arrived(world, spec);
        await world.write({ 'orders.csv': '%%%' });
        const before = await stateOf(world);
        const service = world.service();
        const made = await plan(world, service);
        expect(made.blockers).toEqual([]);
        const [target] = made.target;
        expect(made).toMatchObject({ home: 'west', target: [{ cluster: 'west' }], request: { on: 'west' } });
        expect(new Set([...made.waves, ...made.cleanUp!].flat().map(({ cluster }) => cluster))).toEqual(new Set(['west']));
        const namespace = target!.namespaces[0]!;
        const started = await service.execute(made, caller);
        let seen: Record<string, unknown> | undefined;
        for await (const event of started.events) {
          if (event.type !== 'operation' || seen || !event.operation.steps.every(({ state }) => state === 'Succeeded')) continue;
          const { cluster, read } = world.standby;
          const claim = await cluster.get({ type: types.persistentVolumeClaims, namespace, name: 'data-orders-db-0' });
          const { items } = await cluster.list(types.networkPolicies, { namespace });
          seen = {
            files: await read(textAt(claim, 'spec', 'volumeName') ?? ''),
            class: at(claim, 'spec', 'storageClassName'),
            isolated: items.some(({ metadata }) => metadata.name === 'kubectl-dr-isolate'),
          };
        }
        expect(seen).toEqual({ files: orders, class: 'scratch', isolated: true });
        const done = await service.operation(started.operation.id);
        expect(done, done.message).toMatchObject({ state: 'Succeeded' });
        const age = Date.parse(done.requestedAt) - Date.parse(made.points[0]!.capturedAt);
        expect(done.measured!.lossSeconds).toBe(Math.round(age / 1000));
        const { spec: told, status } = await drillToWire(done);
        expect(told).toMatchObject({ target: [{ cluster: 'west', namespaces: [namespace] }], points: expect.anything() });
        expect(told.points.map((one) => [one.cluster, one.name])).toEqual(told.components.map(() => ['west', point]));
        expect(status).toMatchObject({ cleanUp: { state: 'Verified' }, met: { rto: true, rpo: true }, evidence: { intact: true } });
        expect(await isIntact(done.evidence!)).toBe(true);
        expect(await leftAt(world, made)).toEqual([]);
        expect(await remainsOf(world.standby, world.name)).toEqual([]);
        expect(await stateOf(world)).toEqual(before);
        // It counts as what it is: the proof that it can be brought back.
        expect((await service.application(world.name)).proof).toMatchObject({ operation: done.id });
      },
    );

    it('are made while the cluster that it runs on does not answer', async () => {
      await arrived(world);
      const silent = seenBy(world.cluster, {
        before: () => {
          throw new ServiceUnavailableError('east does not answer', { cluster: 'east' });
        },
      });
      const service = world.service({ cluster: silent });
      const made = await plan(world, service);
      expect(made.blockers).toEqual([]);
      const done = await (await service.execute(made, caller)).run();
      expect(done, done.message).toMatchObject({
        state: 'Succeeded',
        evidence: { record: { status: { cleanUp: { state: 'Verified' } } } },
      });
      expect(await leftAt(world, made)).toEqual([]);
    });

    it('are refused where nothing that can be had there has arrived', async () => {
      const kept = await world.capture();
      await world.arrived(kept);
      const service = world.service();
      const unusable = { code: 'POINT_UNUSABLE', cluster: 'west', message: expect.stringContaining('in the storage of another cluster') };
      expect((await plan(world, service, { point: kept })).blockers).toMatchObject([unusable, unusable]);
      expect((await plan(world, service)).blockers).not.toEqual([]);
      // On the cluster that made it, it is no less than before.
      expect((await plan(world, service, { on: 'east' })).blockers).toEqual([]);
      await expect(plan(world, service, { on: 'wset' })).rejects.toMatchObject({ code: 'UNKNOWN_CLUSTER', hint: 'did you mean "west"?' });
      await expect(plan(world, service, { mode: 'inPlace' })).rejects.toMatchObject({ name: 'InputError' });
    });

    it("are refused where the namespace is somebody else's, there or as it was captured", async () => {
      const own = { 'kubectl-dr.dev/owner': 'group:default/team-shop' };
      const other = { 'kubectl-dr.dev/owner': 'group:default/team-pay' };
      const call = (annotations: Record<string, string>) =>
        world.cluster.patch({ type: types.namespaces, name: world.name }, 'merge', { metadata: { annotations } });
      const mine = await arrived(world);
      await call(other);
      const theirs = await arrived(world);
      await call(own);
      const service = world.service();
      const refused = { code: 'UNCLAIMED_PLACEMENT' };
      await expect(plan(world, service, { point: theirs })).rejects.toMatchObject(refused);
      expect((await plan(world, service, { point: mine })).blockers).toEqual([]);
      const there: KubeObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: world.name, annotations: other } };
      await world.standby.cluster.create(types.namespaces, there);
      try {
        await expect(plan(world, service, { point: mine })).rejects.toMatchObject(refused);
      } finally {
        await world.standby.cluster.delete({ type: types.namespaces, name: world.name });
      }
    });
  });

  describe(`a drill on the standby whose process dies on ${title}`, () => {
    let worlds: Worlds;
    beforeAll(async () => {
      worlds = await openWorlds();
    });
    afterAll(() => worlds?.close());

    it('is ended by whoever resumes it, with nothing left and nothing touched', async () => {
      const every = Number(process.env.KILL_EVERY ?? worlds.sample);
      const prepared = async (): Promise<World> => {
        const opened = await worlds.open();
        opened.catalogued = true;
        await arrived(opened);
        return opened;
      };
      await killDrills({
        prepared,
        clusterOf: ({ standby }) => standby.cluster,
        service: (world, { cluster, holder }) => world.service({ standby: cluster, ...(holder !== undefined && { holder }) }),
        plan: (world, service) => plan(world, service, { namespace: `${world.name}-copy` }),
        leftOf: leftAt,
        every,
        atOnce: worlds.atOnce,
        moreThan: 2,
      });
    }, 900_000);
  });
}
