import type { PlanRequest } from '@kubectl-dr/core/planning/model';
import type { DrService } from '@kubectl-dr/core/service/port';
import { TwoSites } from '../suites/two-sites.ts';

const caller = { name: 'olivia' };
let sites: TwoSites;
beforeEach(async () => {
  sites = await TwoSites.open({ copied: true });
});
afterEach(() => sites.close());

const plan = (service: DrService, request: Partial<PlanRequest> = {}) =>
  service.plan({ intent: 'Relocate', application: 'shop', to: 'west', ...request }, caller);
const done = async (request: Partial<PlanRequest> = {}) => {
  const service = sites.service();
  const made = await plan(service, request);
  expect(made.blockers).toEqual([]);
  return { made, ended: await (await service.execute(made, caller)).run() };
};

it('moves to west without losing a row, and copies the other way from then on', async () => {
  sites.write('east', '1,apples\n2,pears\n');
  const { made, ended } = await done();
  console.log(
    JSON.stringify(
      made.waves.map((wave) => wave.map(({ id, title }) => `${id}: ${title}`)),
      undefined,
      1,
    ),
    made.undo,
    made.changes.map((c) => `${c.action} ${c.kind} ${c.name}`),
    made.warnings,
    ended.steps,
  );
  expect(made.dataLoss.map(({ seconds }) => seconds)).toEqual([0, 0]);
  expect(ended, ended.message).toMatchObject({ state: 'Succeeded' });
  await sites.running('west');
  expect(sites.rows('west')).toBe('1,apples\n2,pears\n');
  expect(await sites.pods('east')).toEqual([]);
  expect(await sites.pods('west')).toHaveLength(3);
});
