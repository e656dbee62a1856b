import type { Plan, PlanRequest } from '@kubectl-dr/core/planning/model';
import { randomOf, replication, seeds, SiteLoss } from '../suites/site-loss.ts';

// Each is half an hour of the clusters.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 60_000 });

const caller = { name: 'olivia' };
const override = 'the power of the whole site is cut';
let sites: SiteLoss;
beforeEach(async () => {
  sites = await SiteLoss.open();
});
afterEach(() => sites.close());

const longest = ({ dataLoss }: Plan): number => Math.max(...dataLoss.map(({ seconds }) => seconds));

/** `east` is lost at a moment of the third to fifth interval, and the application goes on at `west` at once. */
async function loseAndFailOver(seed: number, workloads: boolean, request: Partial<PlanRequest> = { override }) {
  const random = randomOf(seed);
  await sites.pass((2 + 2 * random()) * replication.interval);
  const { east } = sites.sandbox.clusters;
  east.lose({ workloads });
  const lostAt = sites.clock.now().getTime();
  const service = sites.service();
  const plan = await sites.during(service.plan({ intent: 'Failover', application: 'shop', to: 'west', ...request }, caller));
  const done = await sites.during(service.execute(plan, caller).then((operation) => operation.run()));
  return { lostAt, service, plan, done, random };
}

describe.each(seeds())('seed %i', (seed) => {
  it.each([
    ['is lost with everything in it', true],
    ['is cut off while its workloads go on writing', false],
  ])('east %s: west goes on, no more is lost than was told, and nothing that the old copy writes arrives', async (_, workloads) => {
    const { lostAt, service, plan, done, random } = await loseAndFailOver(seed, workloads);
    expect(done, done.message).toMatchObject({ state: 'Succeeded' });
    await sites.pass(60_000);

    // What was told before is what is lost, and no more than a copy every so often can lose.
    const written = sites.rows('east');
    const arrived = sites.rows('west').filter(({ site }) => site === 'east');
    const lost = written.filter(({ number, at }) => at <= lostAt && number > arrived.length);
    // Objects tell times in whole seconds.
    const lostFor = lost.length === 0 ? 0 : Math.floor((lostAt - lost[0]!.at) / 1_000);
    expect(lostFor).toBeLessThanOrEqual(done.measured!.lossSeconds!);
    expect(done.measured!.lossSeconds!).toBeLessThanOrEqual(longest(plan));
    // Time passes while it is planned.
    const planned = (Date.parse(plan.createdAt) - lostAt) / 1_000;
    expect(longest(plan) - planned).toBeLessThanOrEqual((replication.interval + replication.sync) / 1_000);
    expect(arrived).toEqual(written.slice(0, arrived.length));
    const here = sites.rows('west');
    expect(here.length).toBeGreaterThan(arrived.length);
    expect(here.map(({ number }) => number)).toEqual(here.map((_row, index) => index + 1));

    // The old copy runs again, as it was left, until somebody looks.
    await sites.pass(random() * 120_000);
    sites.sandbox.clusters.east.comeBack();
    await sites.pass(30_000);
    expect(await sites.pods('east')).toHaveLength(3);
    expect(sites.twoActive.length).toBeGreaterThan(0);
    const released = await sites.during(service.releaseExpired(caller));
    expect(released).toMatchObject([{ id: done.id, release: { endedAt: expect.any(String) } }]);
    expect(await sites.pods('east')).toEqual([]);
    const seen = sites.twoActive.length;
    await sites.pass(2 * replication.interval);
    expect(sites.twoActive).toHaveLength(seen);
    expect(sites.rows('west').filter(({ site }) => site === 'east')).toEqual(arrived);
    expect((await sites.during(service.application('shop'))).reasons.map(({ code }) => code)).not.toContain('MOVE_UNFINISHED');
  });

  it.each([
    ['is lost with everything in it', true],
    ['is cut off while its workloads go on writing', false],
  ])('east %s, with a fence: nobody has to take a risk, and at no moment do two copies write', async (_, workloads) => {
    await sites.prepareFence();
    const { service, plan, done, random } = await loseAndFailOver(seed, workloads, {});
    expect(plan.blockers).toEqual([]);
    expect(plan.warnings).toContainEqual(expect.objectContaining({ code: 'SOURCE_FENCED', cluster: 'east' }));
    expect(done, done.message).toMatchObject({ state: 'Succeeded' });
    const arrived = sites.rows('west').filter(({ site }) => site === 'east');
    await sites.pass(30_000 + random() * 120_000);
    expect(sites.rows('west').length).toBeGreaterThan(arrived.length);
    const { east } = sites.sandbox.clusters;
    expect(east.stage.volumes.fenced).toBe(true);

    // It runs again, cut off from its disks, until somebody looks; only then is it let in.
    east.comeBack();
    await sites.pass(60_000);
    expect(await sites.pods('east')).toHaveLength(3);
    expect(await sites.during(service.releaseExpired(caller))).toMatchObject([{ id: done.id, release: { endedAt: expect.any(String) } }]);
    expect(await sites.pods('east')).toEqual([]);
    expect(east.stage.volumes.fenced).toBe(false);
    await sites.pass(replication.interval);
    expect(sites.twoActive).toEqual([]);
    expect(sites.rows('west').filter(({ site }) => site === 'east')).toEqual(arrived);
  });
});
