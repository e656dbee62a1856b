import type { Operation } from '@kubectl-dr/core/execution/model';
import type { PlanRequest } from '@kubectl-dr/core/planning/model';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import { eventually } from '@kubectl-dr/core/testing/cluster-conformance-harness';
import { kinds } from '@kubectl-dr/sandbox/simulators/velero/kinds';
import { changedSince, stateOf } from './state.ts';
import type { World, Worlds } from './world.ts';
import { orders } from './world.ts';

const caller = { name: 'alice' };

/** What somebody may choose when something goes back is what is carried out, and what an undo takes back. */
export function describeChoices(title: string, openWorlds: () => Promise<Worlds>): void {
  describe(`what was chosen is carried out on ${title}`, () => {
    let worlds: Worlds;
    let world: World;
    beforeAll(async () => {
      worlds = await openWorlds();
    });
    beforeEach(async () => {
      world = await changedSince(worlds, {});
    });
    afterEach(() => world?.close());
    afterAll(() => worlds?.close());

    const carriedOut = async (request: Partial<PlanRequest>): Promise<Operation> => {
      const service = world.service();
      const made = await service.plan({ intent: 'Restore', application: world.name, components: ['orders-db'], ...request }, caller);
      expect(made.blockers).toEqual([]);
      const done = await (await service.execute(made, caller)).run();
      expect(done, done.message).toMatchObject({ state: 'Succeeded' });
      return done;
    };
    const undone = async ({ id }: Operation): Promise<Operation> => {
      const back = await (await world.service().undo(id, caller)).run();
      expect(back, back.message).toMatchObject({ state: 'Undone' });
      return back;
    };
    const backups = async (): Promise<string[]> =>
      (await world.cluster.list(kinds.backups, { namespace: 'velero' })).items
        .filter(({ spec }) => (spec as { includedNamespaces?: string[] }).includedNamespaces?.includes(world.name))
        .map(({ metadata }) => metadata.name)
        .toSorted();
    const podsOf = async (name: string): Promise<string[]> => {
      await world.ground.settle();
      await eventually(async () => (await world.readyReplicas()).every(Boolean), 'everything runs', 60_000);
      return (await world.list(types.pods))
        .filter(({ metadata }) => metadata.labels?.['app.kubernetes.io/name'] === name && metadata.deletionTimestamp === undefined)
        .map(({ metadata }) => metadata.uid!)
        .toSorted();
    };

    it('without a safety backup none is made, and the data goes back and forth all the same', async () => {
      const [before, points] = [await stateOf(world), await backups()];
      const done = await carriedOut({ mode: 'dataOnly', safetyBackup: false });
      expect(done.plan.undo.possible).toBe(true);
      expect(await backups()).toEqual(points);
      expect(await world.files()).toEqual(orders);
      await undone(done);
      expect(await stateOf(world)).toEqual(before);
    });

    it('without a safety backup the undo of data and configuration gives the data back, and said before that it is all it can', async () => {
      const points = await backups();
      const newer = await world.files();
      const done = await carriedOut({ mode: 'inPlace', prune: true, safetyBackup: false });
      expect(done.plan.undo).toMatchObject({ possible: false, text: expect.stringContaining('the configuration cannot be written back') });
      expect(await backups()).toEqual(points);
      expect(await world.names(types.configMaps)).not.toContain('later');
      await undone(done);
      expect(await world.files()).toEqual(newer);
      expect(await world.get(types.secrets, 'orders-db')).toMatchObject({ data: { password: 'b2xk' } });
      expect(await world.names(types.configMaps)).not.toContain('later');
      expect(await world.get(types.statefulSets, 'orders-db')).toMatchObject({ spec: { replicas: 1 } });
    });

    it('what depends on the database is restarted when asked, after it is ready, and once more by an undo', async () => {
      const before = await podsOf('web');
      const done = await carriedOut({ mode: 'dataOnly', restartDependents: true });
      const at = (kind: string): number => done.plan.waves.findIndex((wave) => wave.some(({ action }) => action.kind === kind));
      expect(at('workload.restart')).toBeGreaterThan(at('await.ready'));
      const restarted = await podsOf('web');
      expect(restarted).toHaveLength(2);
      expect(restarted.filter((uid) => before.includes(uid))).toEqual([]);
      await undone(done);
      const again = await podsOf('web');
      expect(again).toHaveLength(2);
      expect(again.filter((uid) => restarted.includes(uid))).toEqual([]);
      // A restart is nobody's change of configuration.
      const { changes } = await world
        .service()
        .plan({ intent: 'Restore', application: world.name, components: ['web'], mode: 'configOnly' }, caller);
      expect(changes.find(({ kind, name }) => kind === 'Deployment' && name === 'web')).toMatchObject({ action: 'leave' });
    });

    it('what depends on the database keeps running when nobody asks', async () => {
      const before = await podsOf('web');
      await undone(await carriedOut({ mode: 'dataOnly' }));
      expect(await podsOf('web')).toEqual(before);
    });
  });
}
