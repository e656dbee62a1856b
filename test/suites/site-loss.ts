import type { Operation } from '@kubectl-dr/core/execution/model';
import type { Plan, PlanRequest } from '@kubectl-dr/core/planning/model';
import { randomOf, seeds } from './seeds.ts';
import type { OpenGround } from './site-ground.ts';
import { replication, WrittenPair } from './written-pair.ts';

const override = 'the power of the whole site is cut';
const ways = [
  ['is lost with everything in it', true],
  ['is cut off while its workloads go on writing', false],
] as const;

export const longest = ({ dataLoss }: Plan): number => Math.max(...dataLoss.map(({ seconds }) => seconds));

/**
 * `east` is lost at a random moment, while something writes. What `west` goes on with is in backups: each seed is half an hour of the
 * clusters. `usual`: how many seeds there are where `SEEDS` does not say it.
 */
export function describeSiteLoss(title: string, open: OpenGround, usual: number): void {
  describe(`a site that is lost (${title})`, { timeout: 600_000 }, () => {
    let written: WrittenPair;
    beforeEach(async () => {
      written = await WrittenPair.open(open);
    }, 120_000);
    afterEach(() => written.close());

    /** `east` is lost at a moment of the third to fifth interval, and the application goes on at `west` at once. */
    async function loseAndFailOver(seed: number, workloads: boolean, request: Partial<PlanRequest> = { override }) {
      const { pair } = written;
      const random = randomOf(seed);
      await pair.pass((2 + 2 * random()) * replication.interval);
      pair.clusters.east.lose({ workloads });
      const lostAt = pair.clock.now().getTime();
      const plan = await pair.plan({ intent: 'Failover', to: 'west', ...request });
      const done = await pair.carriedOut(plan);
      return { lostAt, plan, done, random, pair };
    }

    describe.each(seeds(usual))('seed %i', (seed) => {
      it.each(ways)(
        'east %s: west goes on, no more is lost than was told, and nothing that the old copy writes arrives',
        async (_, workloads) => {
          const { lostAt, plan, done, random, pair } = await loseAndFailOver(seed, workloads);
          expect(done, done.message).toMatchObject({ state: 'Succeeded' });
          await pair.pass(60_000);

          // What was told before is what is lost, and no more than a copy every so often can lose.
          const rows = await written.rows('east');
          const arrived = await written.rowsOf('west', 'east');
          const lost = rows.filter(({ number, at }) => at <= lostAt && number > arrived.length);
          // Objects tell times in whole seconds.
          const lostFor = lost.length === 0 ? 0 : Math.floor((lostAt - lost[0]!.at) / 1_000);
          expect(lostFor).toBeLessThanOrEqual(done.measured!.lossSeconds!);
          // Of the plan it counts up to when it was made, of the operation up to when that was asked for.
          const since = (at: string): number => (Date.parse(at) - lostAt) / 1_000;
          expect(done.measured!.lossSeconds! - since(done.requestedAt)).toBeLessThanOrEqual(longest(plan) - since(plan.createdAt) + 1);
          expect(longest(plan) - since(plan.createdAt)).toBeLessThanOrEqual((replication.interval + replication.sync) / 1_000);
          expect(arrived).toEqual(rows.slice(0, arrived.length));
          const here = await written.rows('west');
          expect(here.length).toBeGreaterThan(arrived.length);
          expect(here.map(({ number }) => number)).toEqual(here.map((_row, index) => index + 1));

          // The old copy runs again, as it was left, until somebody looks.
          await pair.pass(random() * 120_000);
          pair.clusters.east.comeBack();
          await pair.pass(30_000);
          expect(await pair.pods('east')).toHaveLength(3);
          expect(written.twoActive.length).toBeGreaterThan(0);
          expect(await pair.released()).toMatchObject([{ id: done.id, release: { endedAt: expect.any(String) } }]);
          expect(await pair.pods('east')).toEqual([]);
          const seen = written.twoActive.length;
          await pair.pass(2 * replication.interval);
          expect(written.twoActive).toHaveLength(seen);
          expect(await written.rowsOf('west', 'east')).toEqual(arrived);
          const { reasons } = await pair.during(pair.service().application('shop'));
          expect(reasons.map(({ code }) => code)).not.toContain('MOVE_UNFINISHED');
        },
      );

      it.each(ways)('east %s, with a fence: nobody has to take a risk, and at no moment do two copies write', async (_, workloads) => {
        await written.pair.prepareFence();
        const { plan, done, random, pair } = await loseAndFailOver(seed, workloads, {});
        expect(plan.blockers).toEqual([]);
        expect(plan.warnings).toContainEqual(expect.objectContaining({ code: 'SOURCE_FENCED', cluster: 'east' }));
        expect(done, done.message).toMatchObject({ state: 'Succeeded' });
        const arrived = await written.rowsOf('west', 'east');
        await pair.pass(30_000 + random() * 120_000);
        expect((await written.rows('west')).length).toBeGreaterThan(arrived.length);
        const { east } = pair.clusters;
        expect(east.volumes.fenced).toBe(true);

        // It runs again, cut off from its disks, until somebody looks; only then is it let in.
        east.comeBack();
        await pair.pass(60_000);
        expect(await pair.pods('east')).toHaveLength(3);
        expect(await pair.released()).toMatchObject([{ id: done.id, release: { endedAt: expect.any(String) } }]);
        expect(await pair.pods('east')).toEqual([]);
        expect(east.volumes.fenced).toBe(false);
        await pair.pass(replication.interval);
        expect(written.twoActive).toEqual([]);
        expect(await written.rowsOf('west', 'east')).toEqual(arrived);
      });
    });
  });
}

/** The same with a database that VolSync copies: then it comes back with every row, and can be relocated while it writes. */
export function describeCopiedSiteLoss(title: string, open: OpenGround, usual: number): void {
  describe(`a copied site that is lost (${title})`, { timeout: 600_000 }, () => {
    let written: WrittenPair;
    beforeEach(async () => {
      written = await WrittenPair.open(open, { copied: true });
    }, 120_000);
    afterEach(() => written.close());

    describe.each(seeds(usual))('seed %i', (seed) => {
      it.each(ways)(
        'east %s: no more is lost than was told, and failback returns every row that west has written',
        async (_, workloads) => {
          const { pair } = written;
          const random = randomOf(seed);
          await pair.pass((2 + 2 * random()) * replication.interval);
          const { east } = pair.clusters;
          east.lose({ workloads });
          const lostAt = pair.clock.now().getTime();
          const { plan, done } = await pair.moved({ intent: 'Failover', to: 'west', override });
          await pair.pass(60_000);
          const arrived = await written.rowsOf('west', 'east');
          await assertLoss(lostAt, plan, done, arrived.length);
          expect(arrived).toEqual((await written.rows('east')).slice(0, arrived.length));
          expect((await written.rows('west')).length).toBeGreaterThan(arrived.length);
          await written.assertWhole('west');

          await pair.pass(random() * 120_000);
          east.comeBack();
          await pair.pass(30_000);
          expect(await pair.pods('east')).toHaveLength(3);
          expect(await pair.released()).toMatchObject([{ id: done.id }]);
          expect(await pair.pods('east')).toEqual([]);
          const seen = written.twoActive.length;
          await pair.pass(2 * replication.interval + random() * replication.interval);
          expect(await written.rowsOf('west', 'east')).toEqual(arrived);

          await pair.moved({ intent: 'Failback' });
          const kept = await written.rows('west');
          await pair.pass(60_000);
          expect(await pair.pods('west')).toEqual([]);
          const back = await written.rows('east');
          expect(back.slice(0, kept.length)).toEqual(kept);
          expect(back.length).toBeGreaterThan(kept.length);
          await written.assertWhole('east');
          expect(written.twoActive).toHaveLength(seen);
        },
      );

      it('relocated while it writes: not one row is lost, and at no moment do two copies write', async () => {
        const { pair } = written;
        await pair.pass((2 + randomOf(seed)()) * replication.interval);
        const { plan, done } = await pair.moved({ intent: 'Relocate', to: 'west' });
        expect(longest(plan)).toBe(0);
        expect(done.measured?.lossSeconds ?? 0).toBe(0);
        await pair.pass(60_000);
        const rows = await written.rows('east');
        expect(rows.length).toBeGreaterThan(0);
        expect(await written.rowsOf('west', 'east')).toEqual(rows);
        expect((await written.rows('west')).length).toBeGreaterThan(rows.length);
        await written.assertWhole('west');
        expect(written.twoActive).toEqual([]);
        expect(await pair.pods('east')).toEqual([]);
      });

      it('with a fence nobody takes a risk, and at no moment do two copies write', async () => {
        const { pair } = written;
        await pair.prepareFence();
        const random = randomOf(seed);
        await pair.pass((2 + random()) * replication.interval);
        const { east } = pair.clusters;
        east.lose({ workloads: random() < 0.5 });
        const { plan, done } = await pair.moved({ intent: 'Failover', to: 'west' });
        expect(plan.warnings.map(({ code }) => code)).toContain('SOURCE_FENCED');
        const arrived = await written.rowsOf('west', 'east');
        await pair.pass(60_000);
        expect((await written.rows('west')).length).toBeGreaterThan(arrived.length);
        east.comeBack();
        await pair.pass(60_000);
        expect(await pair.released()).toMatchObject([{ id: done.id }]);
        expect(east.volumes.fenced).toBe(false);
        await pair.pass(replication.interval);
        expect(await pair.pods('east')).toEqual([]);
        expect(written.twoActive).toEqual([]);
        expect(await written.rowsOf('west', 'east')).toEqual(arrived);
      });
    });

    /** Of what `east` had written when it was lost: what is lost <= what was measured <= what was told <= what a copy every so often loses. */
    async function assertLoss(lostAt: number, plan: Plan, done: Operation, arrived: number): Promise<void> {
      const [first] = (await written.rows('east')).filter(({ number, at }) => at <= lostAt && number > arrived);
      const lostFor = first ? Math.floor((lostAt - first.at - replication.moving) / 1_000) : 0;
      // Each counts up to its own moment, and is told in whole seconds: here all up to when the site was lost.
      const slack = 2;
      const since = (at: string): number => (Date.parse(at) - lostAt) / 1_000;
      const measured = (done.measured!.lossSeconds ?? 0) - since(done.requestedAt);
      const told = longest(plan) - since(plan.createdAt);
      expect(lostFor).toBeLessThanOrEqual(measured + slack);
      expect(measured).toBeLessThanOrEqual(told + slack);
      expect(told).toBeLessThanOrEqual((replication.interval + replication.sync) / 1_000);
    }
  });
}
