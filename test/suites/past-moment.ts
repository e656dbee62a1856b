import { kinds } from '@kubectl-dr/core/engines/volsync/kinds';
import type { Plan } from '@kubectl-dr/core/planning/model';
import { NotAllowedError } from '@kubectl-dr/core/errors';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import { type SeenCall, seenBy, writes } from './seen-by.ts';
import { randomOf, seeds } from './seeds.ts';
import type { OpenGround } from './site-ground.ts';
import { replication, WrittenPair } from './written-pair.ts';

const minute = 60_000;
const lossOf = ({ dataLoss }: Plan, name: string): number => dataLoss.find(({ component }) => component === name)!.seconds;

/** An application goes on as of a moment of the past, out of what is copied continuously. Each case is an hour of the clusters. */
export function describePastMoments(title: string, open: OpenGround, usual: number): void {
  describe(`a moment of the past (${title})`, { timeout: 600_000 }, () => {
    let written: WrittenPair;
    beforeEach(async () => {
      written = await WrittenPair.open(open, { copied: true });
    }, 120_000);
    afterEach(() => written.close());

    /** The database runs; at the moment that is returned something begins to damage its rows, and copies go on for a while. */
    async function damaged(random: () => number): Promise<Date> {
      await written.pair.pass((3 + random()) * replication.interval);
      const moment = written.pair.clock.now();
      await written.pair.pass((2 + random()) * replication.interval);
      return moment;
    }

    describe.each(seeds(usual))('seed %i', (seed) => {
      it.each([
        ['whose source answers', false],
        ['whose source is lost', true],
      ])('the copy of the database, %s, goes on as of a moment when it was whole; the loss is accepted first', async (_, lost) => {
        const random = randomOf(seed);
        const moment = await damaged(random);
        if (lost) written.pair.clusters.east.lose({ workloads: true });
        const request = {
          intent: 'Failover',
          to: 'west',
          point: moment.toISOString(),
          ...(lost && { override: 'its power is cut' }),
        } as const;
        const refused = await written.pair.plan(request);
        expect(refused.blockers).toMatchObject([{ code: 'NEWER_DATA_LEFT', component: 'orders-db', cluster: 'west' }]);
        for (const { moment: older, lossSeconds, unknown } of refused.sets ?? []) {
          expect(unknown).toBeUndefined();
          expect(lossSeconds).toBeGreaterThanOrEqual((Date.parse(refused.createdAt) - Date.parse(older)) / 1_000);
        }
        expect(refused.sets?.length).toBeGreaterThan(0);
        const { plan, done } = await written.pair.moved({ ...request, acceptDataLoss: true });
        expect(plan.request).toMatchObject({ point: moment.toISOString(), acceptDataLoss: true });
        expect(plan.copies).toMatchObject([{ component: 'orders-db', asOf: moment.toISOString() }]);
        expect(plan.warnings.map(({ code }) => code)).toContain('NEWER_DATA_LEFT');

        const rows = await written.rowsOf('west', 'east');
        expect(rows.length).toBeGreaterThan(0);
        expect(rows.filter(({ at }) => at > moment.getTime())).toEqual([]);
        const sinceMade = (Date.parse(plan.createdAt) - moment.getTime()) / 1_000;
        const [told, measured] = [lossOf(plan, 'orders-db'), done.measured!.lossSeconds!];
        expect(told).toBeGreaterThanOrEqual(Math.floor(sinceMade));
        expect(told).toBeLessThanOrEqual(sinceMade + (replication.interval + replication.sync) / 1_000);
        const since = (Date.parse(done.requestedAt) - Date.parse(plan.createdAt)) / 1_000;
        expect(measured - since).toBeLessThanOrEqual(told + 1);
        // All but what is told to be lost has come.
        expect(rows.at(-1)!.at).toBeGreaterThanOrEqual(Date.parse(plan.createdAt) - (told + 2) * 1_000);

        // The newest copy is not given up: the standing destination has its image, and nothing of our own is left beside.
        const { client } = written.pair.clusters.west;
        const destinations = (await client.list(kinds.destinations, { namespace: 'shop' })).items;
        expect(destinations.map(({ metadata }) => metadata.name).filter((name) => name.startsWith('failover'))).toEqual([]);
        const pods = await written.pair.pods('west');
        expect(pods).toHaveLength(3);
        const sets = (await client.list(types.statefulSets, { namespace: 'shop' })).items;
        expect(sets.map(({ spec }) => (spec as { replicas?: number }).replicas)).toEqual([1]);
      });
    });

    it('looks for it before anything is stopped: where it cannot be had, the source runs on untouched', async () => {
      const moment = await damaged(randomOf(9));
      const { pair } = written;
      const refuse = ({ verb, what }: SeenCall): void => {
        if (verb === 'create' && what === 'replicationdestinations')
          throw new NotAllowedError('replicationdestinations is forbidden', { code: 'FORBIDDEN', cluster: 'west' });
      };
      const east: string[] = [];
      const service = pair.service('me', (cluster) =>
        seenBy(cluster, {
          before(call) {
            if (cluster.name === 'west') refuse(call);
            else if (writes.has(call.verb) && ['statefulsets', 'deployments', 'replicationsources'].includes(call.what))
              east.push(call.what);
          },
        }),
      );
      const plan = await pair.plan({ intent: 'Failover', to: 'west', point: moment.toISOString(), acceptDataLoss: true });
      const actions = plan.waves.flatMap((wave) => wave.map(({ action }) => action.kind));
      expect(actions.indexOf('replication.promote')).toBeLessThan(actions.indexOf('copy.stop'));
      const before = (await written.rows('east')).length;
      const caller = { name: 'olivia' };
      const ended = await pair.during(service.execute(plan, caller).then((operation) => operation.run()));
      expect(ended).toMatchObject({ state: 'Failed', message: expect.stringContaining('forbidden') });
      await pair.pass(minute);
      expect(east).toEqual([]);
      expect((await written.rows('east')).length).toBeGreaterThan(before);
      await pair.takenBack(ended);
      expect(await pair.pods('east')).toHaveLength(3);
    });

    it('takes it back: the source goes on with every row, and what is copied is again the newest', async () => {
      const moment = await damaged(randomOf(7));
      const { done } = await written.pair.moved({ intent: 'Failover', to: 'west', point: moment.toISOString(), acceptDataLoss: true });
      const before = await written.rows('east');
      await written.pair.takenBack(done);
      await written.pair.pass(3 * replication.interval);
      expect((await written.rows('east')).slice(0, before.length)).toEqual(before);
      expect((await written.rows('east')).length).toBeGreaterThan(before.length);
      await written.pair.moved({ intent: 'Failover', to: 'west' });
      const rows = await written.rowsOf('west', 'east');
      expect(rows.length).toBeGreaterThan(before.length);
    });

    it('comes back after it with what was written since, and nothing of what was left behind', async () => {
      const moment = await damaged(randomOf(8));
      await written.pair.moved({ intent: 'Failover', to: 'west', point: moment.toISOString(), acceptDataLoss: true });
      await written.pair.pass(3 * replication.interval);
      await written.pair.moved({ intent: 'Failback' });
      await written.pair.pass(minute);
      const rows = await written.rows('east');
      const [before, west] = [
        rows.filter(({ at, site }) => site === 'east' && at <= moment.getTime()),
        rows.filter(({ site }) => site === 'west'),
      ];
      expect(before.length).toBeGreaterThan(0);
      expect(west.length).toBeGreaterThan(0);
      // Between the moment and the failover nothing is there: that was left behind.
      const firstOfWest = west[0]!.at;
      expect(rows.filter(({ at, site }) => site === 'east' && at > moment.getTime() && at < firstOfWest)).toEqual([]);
      expect(written.twoActive).toEqual([]);
    });

    it('of a moment before there was a copy nothing is promised, and it says how far back it goes', async () => {
      await written.pair.pass(3 * replication.interval);
      const { blockers } = await written.pair.plan({ intent: 'Failover', to: 'west', point: '2020-01-01T00:00:00Z', acceptDataLoss: true });
      expect(blockers).toMatchObject([
        { code: 'POINT_UNUSABLE', component: 'orders-db', message: expect.stringMatching(/goes back to 20\d\d-/) },
      ]);
    });

    it('with a moment that nothing is newer than there is nothing to accept', async () => {
      await written.pair.pass(3 * replication.interval);
      const { blockers, dataLoss, request } = await written.pair.plan({ intent: 'Failover', to: 'west', point: '1s ago' });
      expect(blockers).toEqual([]);
      expect(request.point).toMatch(/^20.*Z$/);
      expect(dataLoss.find(({ component }) => component === 'orders-db')!.seconds).toBeLessThanOrEqual(
        (replication.interval + replication.sync) / 1_000,
      );
    });
  });
}
