import type { Operation } from '@kubectl-dr/core/execution/model';
import type { Plan, PlanRequest } from '@kubectl-dr/core/planning/model';
import { randomOf, replication, seeds, SiteLoss } from '../suites/site-loss.ts';

// Each is half an hour of the clusters.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 60_000 });

const caller = { name: 'olivia' };
let sites: SiteLoss;
beforeEach(async () => {
  sites = await SiteLoss.open({ copied: true });
});
afterEach(() => sites.close());

const longest = ({ dataLoss }: Plan): number => Math.max(...dataLoss.map(({ seconds }) => seconds));

async function move(request: Omit<PlanRequest, 'application'>): Promise<{ plan: Plan; done: Operation }> {
  const service = sites.service();
  const plan = await sites.during(service.plan({ application: 'shop', ...request }, caller));
  expect(plan.blockers).toEqual([]);
  const done = await sites.during(service.execute(plan, caller).then((operation) => operation.run()));
  expect(done, done.message).toMatchObject({ state: 'Succeeded' });
  return { plan, done };
}

/** No row is missing in between, none is there twice. */
function assertWhole(site: 'east' | 'west'): void {
  const rows = sites.rows(site);
  expect(rows.map(({ number }) => number)).toEqual(rows.map((_row, index) => index + 1));
}

describe.each(seeds())('seed %i', (seed) => {
  it.each([
    ['is lost with everything in it', true],
    ['is cut off while its workloads go on writing', false],
  ])('east %s: no more is lost than was told, and failback returns every row that west has written', async (_, workloads) => {
    const random = randomOf(seed);
    await sites.pass((2 + 2 * random()) * replication.interval);
    const { east } = sites.sandbox.clusters;
    east.lose({ workloads });
    const lostAt = sites.clock.now().getTime();
    const { plan, done } = await move({ intent: 'Failover', to: 'west', override: 'the power of the whole site is cut' });
    await sites.pass(60_000);
    const arrived = sites.rows('west').filter(({ site }) => site === 'east');
    const written = sites.rows('east');
    const [first] = written.filter(({ number, at }) => at <= lostAt && number > arrived.length);
    const lostFor = first ? Math.floor((lostAt - first.at - replication.moving) / 1_000) : 0;
    // Each counts up to its own moment: here all up to when the site was lost. Meanwhile time passes, and is told in whole seconds.
    const slack = 5;
    const since = (at: string): number => Math.floor((Date.parse(at) - lostAt) / 1_000);
    const [measured, told] = [(done.measured!.lossSeconds ?? 0) - since(done.requestedAt), longest(plan) - since(plan.createdAt)];
    expect(lostFor).toBeLessThanOrEqual(measured + slack);
    expect(measured).toBeLessThanOrEqual(told + slack);
    expect(told).toBeLessThanOrEqual((replication.interval + replication.sync) / 1_000);
    expect(arrived).toEqual(written.slice(0, arrived.length));
    expect(sites.rows('west').length).toBeGreaterThan(arrived.length);
    assertWhole('west');

    await sites.pass(random() * 120_000);
    east.comeBack();
    await sites.pass(30_000);
    expect(await sites.pods('east')).toHaveLength(3);
    expect(await sites.during(sites.service().releaseExpired(caller))).toMatchObject([{ id: done.id }]);
    expect(await sites.pods('east')).toEqual([]);
    const seen = sites.twoActive.length;
    await sites.pass(2 * replication.interval + random() * replication.interval);
    expect(sites.rows('west').filter(({ site }) => site === 'east')).toEqual(arrived);

    await move({ intent: 'Failback' });
    const kept = sites.rows('west');
    await sites.pass(60_000);
    expect(await sites.pods('west')).toEqual([]);
    const back = sites.rows('east');
    expect(back.slice(0, kept.length)).toEqual(kept);
    expect(back.length).toBeGreaterThan(kept.length);
    assertWhole('east');
    expect(sites.twoActive).toHaveLength(seen);
  });

  it('relocated while it writes: not one row is lost, and at no moment do two copies write', async () => {
    const random = randomOf(seed);
    await sites.pass((2 + random()) * replication.interval);
    const { plan, done } = await move({ intent: 'Relocate', to: 'west' });
    expect(longest(plan)).toBe(0);
    expect(done.measured?.lossSeconds ?? 0).toBe(0);
    await sites.pass(60_000);
    const written = sites.rows('east');
    expect(sites.rows('west').filter(({ site }) => site === 'east')).toEqual(written);
    expect(sites.rows('west').length).toBeGreaterThan(written.length);
    assertWhole('west');
    expect(sites.twoActive).toEqual([]);
    expect(await sites.pods('east')).toEqual([]);
  });

  it('with a fence nobody takes a risk, and at no moment do two copies write', async () => {
    await sites.prepareFence();
    const random = randomOf(seed);
    await sites.pass((2 + random()) * replication.interval);
    const { east } = sites.sandbox.clusters;
    east.lose({ workloads: random() < 0.5 });
    const { plan, done } = await move({ intent: 'Failover', to: 'west' });
    expect(plan.warnings.map(({ code }) => code)).toContain('SOURCE_FENCED');
    const arrived = sites.rows('west').filter(({ site }) => site === 'east');
    await sites.pass(60_000);
    expect(sites.rows('west').length).toBeGreaterThan(arrived.length);
    east.comeBack();
    await sites.pass(60_000);
    expect(await sites.during(sites.service().releaseExpired(caller))).toMatchObject([{ id: done.id }]);
    expect(east.stage.volumes.fenced).toBe(false);
    await sites.pass(replication.interval);
    expect(await sites.pods('east')).toEqual([]);
    expect(sites.twoActive).toEqual([]);
    expect(sites.rows('west').filter(({ site }) => site === 'east')).toEqual(arrived);
  });
});
