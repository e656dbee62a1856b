import type { Operation } from '@kubectl-dr/core/execution/model';
import type { Plan, PlanRequest } from '@kubectl-dr/core/planning/model';
import { MixedSites, type Site } from './mixed-sites.ts';
import type { OpenGround } from './site-ground.ts';

const caller = { name: 'olivia' };
const override = 'power of rack 3 is cut';
const whole = { 'orders-db': '1/1', web: '1/1' };
const stopped = { 'orders-db': '0/0', web: '0/0' };

/**
 * One application by two engines: its database by VolSync, its web server with a volume by Velero. It fails over with a set of both, moves
 * with a last backup, and comes back.
 */
export function describeMixed(target: string, open: OpenGround): void {
  describe(`an application by two engines (${target})`, { timeout: 600_000 }, () => {
    let sites: MixedSites;
    beforeEach(async () => {
      sites = await MixedSites.open(open);
    }, 120_000);
    afterEach(() => sites.close());

    const plan = (request: Omit<PlanRequest, 'application'>): Promise<Plan> => sites.pair.plan(request);

    async function takenBack(operation: Operation): Promise<void> {
      await sites.pair.takenBack(operation);
      await sites.pass(30_000);
    }

    async function move(request: Omit<PlanRequest, 'application'>): Promise<{ plan: Plan; done: Operation }> {
      const moved = await sites.pair.moved(request);
      await sites.pass(30_000);
      return moved;
    }

    const lossOf = ({ dataLoss }: Plan, name: string): number => dataLoss.find(({ component }) => component === name)!.seconds;

    it('fails over with the newest of both, tells how far they are apart, and leaves nothing stopped', async () => {
      await sites.write('east', 'web', 'uploads of the backup');
      await sites.backUp('east');
      await sites.write('east', 'web', 'uploads of later');
      await sites.write('east', 'orders-db', 'orders of later');
      await sites.pass(180_000);
      sites.lost.add('east');
      const { plan: made } = await move({ intent: 'Failover', to: 'west', override });
      expect(made.points).toMatchObject([{ component: 'web', cluster: 'west' }]);
      expect(made.copies).toMatchObject([{ component: 'orders-db', engine: 'volsync' }]);
      expect(made.skewSeconds).toBeGreaterThan(120);
      expect(lossOf(made, 'web') - lossOf(made, 'orders-db')).toBeGreaterThanOrEqual(made.skewSeconds! - 2);
      expect(await sites.read('west', 'orders-db')).toBe('orders of later');
      expect(await sites.read('west', 'web')).toBe('uploads of the backup');
      expect(await sites.running('west')).toEqual(whole);
    });

    it('goes back to a set of one moment, where the policy lets nothing be further apart', async () => {
      sites.policy = { owner: 'team-shop', consistency: { volumes: 'group', skew: '90s' } };
      await sites.write('east', 'orders-db', 'orders of then');
      await sites.write('east', 'web', 'uploads of then');
      await sites.pass(90_000);
      await sites.backUp('east');
      await sites.write('east', 'orders-db', 'encrypted');
      await sites.pass(600_000);
      const newest = await plan({ intent: 'Failover', to: 'west' });
      expect(newest.blockers).toMatchObject([{ code: 'SKEW_EXCEEDED', component: 'web' }]);
      const [older] = newest.sets!;
      expect(older!.skewSeconds).toBeLessThanOrEqual(90);
      const { plan: made } = await move({ intent: 'Failover', to: 'west', point: older!.moment, acceptDataLoss: true });
      expect(made.skewSeconds ?? 0).toBeLessThanOrEqual(90);
      expect(await sites.read('west', 'orders-db')).toBe('orders of then');
      expect(await sites.read('west', 'web')).toBe('uploads of then');
      expect(await sites.running('west')).toEqual(whole);
      expect(await sites.running('east')).toEqual(stopped);
    });

    it('is drilled on the standby with the newest of both, whether its cluster answers or not', async () => {
      await sites.write('east', 'web', 'uploads of the backup');
      await sites.backUp('east');
      await sites.write('east', 'orders-db', 'orders of later');
      await sites.pass(180_000);
      for (const isLost of [false, true]) {
        if (isLost) sites.lost.add('east');
        const made = await plan({ intent: 'Drill', on: 'west' });
        expect(made.blockers).toEqual([]);
        expect(made.copies).toMatchObject([{ component: 'orders-db', claim: 'data-orders-db-0', engine: 'volsync' }]);
        expect(made.points).toMatchObject([
          { component: 'web', name: expect.stringContaining('web') },
          { component: 'orders-db', name: expect.stringContaining('rest') },
        ]);
        const [namespace] = made.target[0]!.namespaces;
        const { done, held } = await sites.drilled(made, namespace!);
        expect(done, done.message).toMatchObject({ state: 'Succeeded' });
        expect(held).toEqual({ 'orders-db': 'orders of later', web: 'uploads of the backup' });
      }
      expect(await sites.running('west')).toEqual({});
    });

    it('is not relocated as long as nothing of a part has ever arrived there, nor where its labels do not tell its volume', async () => {
      const { blockers } = await plan({ intent: 'Relocate', to: 'west' });
      expect(blockers).toMatchObject([{ code: 'VOLUME_NOT_REPLICATED', component: 'web' }]);
      await sites.backUp('east');
      const labels = { 'app.kubernetes.io/name': null };
      await sites.client('east').patch(sites.claimOf('web'), 'merge', { metadata: { labels } });
      expect((await plan({ intent: 'Relocate', to: 'west' })).blockers).toMatchObject([
        { code: 'VOLUME_NOT_REPLICATED', component: 'web', message: expect.stringContaining('no label tells uploads') },
      ]);
    });

    it('is relocated without any loss: the part that is not copied by a last backup, and is taken back', async () => {
      await sites.backUp('east');
      await sites.write('east', 'orders-db', 'orders of later');
      await sites.write('east', 'web', 'uploads of later');
      const { plan: made, done } = await move({ intent: 'Relocate', to: 'west' });
      expect(made.dataLoss).toMatchObject([{ seconds: 0 }, { seconds: 0 }]);
      const order = made.waves.map((wave) => wave.map(({ action }) => action.kind).toSorted());
      expect(order.slice(order.findIndex((kinds) => kinds.includes('copy.stop'))).slice(0, 4)).toEqual([
        ['copy.stop'],
        ['engine.backup', 'replication.sync'],
        ['point.await'],
        ['engine.restore', 'replication.promote'],
      ]);
      expect(await sites.read('west', 'orders-db')).toBe('orders of later');
      expect(await sites.read('west', 'web')).toBe('uploads of later');
      expect([await sites.running('west'), await sites.running('east')]).toEqual([whole, stopped]);

      await takenBack(done);
      expect([await sites.running('east'), await sites.running('west')]).toEqual([whole, {}]);
      expect(await sites.read('east', 'web')).toBe('uploads of later');
    });

    it('waits for the last backup to arrive, and changes nothing at the target where it does not hold the volume', async () => {
      await sites.backUp('east');
      await sites.write('east', 'web', 'uploads of later');
      const made = await plan({ intent: 'Relocate', to: 'west' });
      // Somebody takes the label away by which the volume would have been found: the backup is complete all the same.
      sites.before = async (site, { verb, what }) => {
        if (site === 'east' && verb === 'create' && what === 'backups')
          await sites.client('east').patch(sites.claimOf('web'), 'merge', { metadata: { labels: { 'app.kubernetes.io/name': null } } });
      };
      const ended = await sites.during(
        sites
          .service()
          .execute(made, caller)
          .then((operation) => operation.run()),
      );
      expect(ended).toMatchObject({ state: 'Failed', message: expect.stringContaining('does not hold the data of shop/uploads') });
      expect(await sites.claims('west')).toEqual([]);
      await takenBack(ended);
      expect([await sites.running('east'), await sites.running('west')]).toEqual([whole, {}]);
      expect(await sites.read('east', 'web')).toBe('uploads of later');
    });

    it('fails over with a last backup, and loses what came after that alone', async () => {
      await sites.write('east', 'orders-db', 'orders');
      await sites.write('east', 'web', 'uploads');
      await sites.backUp('east');
      const { plan: made, done } = await move({ intent: 'Failover', to: 'west' });
      expect(lossOf(made, 'web')).toBeLessThanOrEqual(160);
      expect(await sites.read('west', 'orders-db')).toBe('orders');
      expect(await sites.read('west', 'web')).toBe('uploads');
      expect([await sites.running('west'), await sites.running('east')]).toEqual([whole, stopped]);

      await takenBack(done);
      expect(await sites.running('east')).toEqual(whole);
      expect(await sites.running('west')).toEqual({});
    });

    it('comes back with what both have written there', async () => {
      await sites.write('east', 'orders-db', 'orders of east');
      await sites.write('east', 'web', 'uploads of east');
      await sites.backUp('east');
      await move({ intent: 'Failover', to: 'west' });
      await sites.write('west', 'orders-db', 'orders of west');
      await sites.write('west', 'web', 'uploads of west');
      await sites.pass(180_000);
      const { blockers } = await plan({ intent: 'Failback' });
      expect(blockers).toMatchObject([{ code: 'VOLUME_NOT_REPLICATED', component: 'web' }]);
      await sites.backUp('west');
      await sites.write('west', 'web', 'uploads of west, and the last of them');
      // What Velero restored there says so by labels: they are no intention of anybody, and stay there.
      const marked = (site: Site) => sites.labelled(site, /^velero\.io\//);
      expect(await marked('west')).toEqual(expect.arrayContaining(['Deployment web']));
      expect(await marked('east')).toEqual([]);
      const { done } = await move({ intent: 'Failback' });
      expect(await marked('east')).toEqual([]);
      expect(await sites.read('east', 'orders-db')).toBe('orders of west');
      expect(await sites.read('east', 'web')).toBe('uploads of west, and the last of them');
      expect([await sites.running('east'), await sites.running('west')]).toEqual([whole, stopped]);

      // What stood still there from before was kept, and stands there again.
      await takenBack(done);
      expect([await sites.running('east'), await sites.running('west')]).toEqual([stopped, whole]);
      expect([await sites.read('east', 'orders-db'), await sites.read('east', 'web')]).toEqual(['orders of east', 'uploads of east']);
      expect(await sites.read('west', 'orders-db')).toBe('orders of west');
      expect(await sites.read('west', 'web')).toBe('uploads of west, and the last of them');
    });
  });
}
