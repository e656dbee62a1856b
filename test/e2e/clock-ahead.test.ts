import { createSandbox, instant } from '@kubectl-dr/sandbox';
import { serviceOf } from './sandbox-service.ts';

const caller = { name: 'alice' };
const hour = 3_600_000;

it.each(['east', 'west'])(
  'a roll-back over two clusters, of which %s is an hour ahead, dates everything by its own cluster',
  async (ahead) => {
    const sandbox = await createSandbox({ durations: instant, faults: [`${ahead}:clock-ahead=1h`] });
    try {
      const service = serviceOf(sandbox);
      const { east, west } = sandbox.clusters;
      const plan = await service.plan({ intent: 'Restore', application: 'shop', mode: 'dataOnly' }, caller);
      expect(plan.blockers).toEqual([]);
      const home = plan.home === 'east' ? east : west;
      expect(Math.abs(Date.parse(plan.expiresAt) - home.clock.now().getTime() - 30 * 60_000)).toBeLessThan(120_000);
      // As old as it is where it lies, whatever the other one's clock says.
      const losses = plan.dataLoss.filter(({ seconds }) => seconds > 0);
      expect(losses.length).toBeGreaterThan(1);
      for (const { component, seconds } of losses) {
        const ages = plan.points
          .filter((point) => point.component === component)
          .map(({ cluster, capturedAt }) => (sandbox.clusters[cluster as 'east'].clock.now().getTime() - Date.parse(capturedAt)) / 1000);
        expect(Math.abs(seconds - Math.max(...ages)), component).toBeLessThan(120);
      }
      const done = await (await service.execute(plan, caller)).run();
      expect(done.steps.filter(({ state }) => state !== 'Succeeded')).toEqual([]);
      const now = home.clock.now().getTime();
      expect(Math.abs(Date.parse(done.requestedAt) - now)).toBeLessThan(10 * 60_000);
      expect(done.measured!.rtoSeconds).toBeLessThan(600);
      expect(Math.abs(Date.parse(done.undoUntil!) - now - 24 * hour)).toBeLessThan(10 * 60_000);
      expect(await service.releaseExpired(caller, { application: 'shop' })).toEqual([]);
      expect(await (await service.undo(done.id, caller)).run()).toMatchObject({ state: 'Undone' });
    } finally {
      sandbox.close();
    }
  },
  180_000,
);

it('a plan of a cluster whose clock jumps an hour ahead before it is executed has expired', async () => {
  const sandbox = await createSandbox();
  try {
    const service = serviceOf(sandbox);
    const plan = await service.plan({ intent: 'Restore', application: 'shop', components: ['orders-db'], mode: 'dataOnly' }, caller);
    expect(plan.blockers).toEqual([]);
    sandbox.clusters[plan.home as 'east'].clock.offset = hour;
    await expect(service.execute(plan, caller)).rejects.toMatchObject({ code: 'PLAN_EXPIRED' });
    expect(await service.operations({ application: 'shop' })).toEqual([]);
  } finally {
    sandbox.close();
  }
}, 120_000);
