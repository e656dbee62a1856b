import { TestFleet } from './fleet.ts';

/** A laptop whose clock is hours off shows what everybody else is shown: ages are those of the clusters. */
let fleet: TestFleet;
beforeAll(async () => {
  fleet = await TestFleet.open();
  await fleet.backUp('p1');
  expect((await fleet.run('policy apply shop')).code).toBe(0);
  expect((await fleet.run('restore shop --component web')).code).toBe(0);
  await fleet.advance(20);
});
afterAll(() => fleet.close());

it.each([
  'status',
  'status shop',
  'get points -o wide',
  'get schedules',
  'get operations',
  'get components',
  'describe app shop',
  'describe point east/velero/velero/p1',
])('%s', async (line) => {
  const { code, out } = await fleet.run(line);
  expect(code).toBe(0);
  expect(out).not.toBe('');
  for (const hours of [-7, 9]) expect((await fleet.run(line, { clock: fleet.laptop(hours) })).out, `${hours}h off`).toBe(out);
});

it('judges by the cluster whether a plan has expired', async () => {
  expect((await fleet.run('plan restore shop --component web --as shop-2 --out plan.json')).code).toBe(0);
  const { code, err } = await fleet.run('apply -f plan.json', { clock: fleet.laptop(9) });
  expect({ code, expired: err.includes('expired') }).toEqual({ code: 0, expired: false });
});
