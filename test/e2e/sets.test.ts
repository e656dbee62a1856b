import { listedSetListSchema } from '@kubectl-dr/core/wire/recovery-set';
import { planSchema } from '@kubectl-dr/core/wire/plan';
import { TestFleet } from './fleet.ts';

/** `shop` runs on east, and its recommender on west: no point holds both. */
let fleet: TestFleet;
beforeAll(async () => {
  fleet = await TestFleet.open();
  await fleet.backUp('first');
  await fleet.advance(20);
  await fleet.east.backup('second', { includedNamespaces: ['shop'], defaultVolumesToFsBackup: true });
  await fleet.settle();
  await fleet.advance(10);
});
afterAll(() => fleet.close());

const run = (line: string) => fleet.run(line);
const sets = async () => listedSetListSchema.parse(JSON.parse((await run('get sets --application shop -o json')).out)).items;

describe('sets of points that belong together', () => {
  it('are listed with the points of every component, over both clusters, their skew and what would be lost', async () => {
    const listed = await sets();
    expect(
      listed.map(({ spec }) => spec.parts.map(({ component, cluster, point }) => `${component}=${cluster}/${point.name}`).toSorted()),
    ).toEqual([
      ['orders-db=east/second', 'recommender=west/first', 'web=east/second'],
      ['orders-db=east/first', 'recommender=west/first', 'web=east/first'],
    ]);
    const [newest] = listed;
    expect(newest!.status.skewSeconds).toBeGreaterThanOrEqual(20 * 60);
    expect(newest!.status.lossSeconds).toBeGreaterThanOrEqual(30 * 60);
    expect(newest!.status).toMatchObject({ consistency: 'unsaid', usable: 'yes' });
  });

  it('are a table below the points of an application, and nothing but points without headers', async () => {
    const { out } = await run('get points --application shop');
    const [points, below] = out.split('\n\n');
    expect(points).toMatch(/^CLUSTER +NAME/);
    expect(below!.split('\n')[0]!.split(/ {2,}/)).toEqual(['NAME', 'TIME', 'PARTS', 'SKEW', 'CONSISTENCY', 'WOULD LOSE']);
    expect(below!.split('\n')[1]).toMatch(/^set-\d{8}-\d{6} +\S+Z +3\/3 from 2 points +2\dm +- +3\dm$/);
    expect((await run('get points --application shop -o wide')).out).toMatch(/POINTS\n.*recommender=west\/first/);
    expect((await run('get points --application shop --no-headers')).out).not.toContain('set-');
    expect((await run('get sets')).out).toMatch(/^APPLICATION +NAME.*\nshop +set-/);
    const [{ metadata }] = (await sets()) as [Awaited<ReturnType<typeof sets>>[number]];
    expect((await run(`describe set ${metadata.name}`)).out).toContain('recommender: first on west (velero)');
  });

  it('are what a restore and a drill go back to by their name: each component to its own point of the set', async () => {
    const older = (await sets()).at(-1)!;
    for (const intent of ['restore', 'drill']) {
      const ran = await run(`plan ${intent} shop --to ${older.metadata.name} -o json`);
      const { spec } = planSchema.parse(JSON.parse(ran.out));
      expect(spec.points.map(({ component, name }) => `${component}=${name}`).toSorted(), ran.err).toEqual([
        'orders-db=first',
        'recommender=first',
        'web=first',
      ]);
      // Planned again it means the same moment.
      expect(spec.request.point).toBe(older.spec.moment);
    }
  });

  it('that nobody knows are refused by name, with the command that lists them', async () => {
    for (const line of ['plan restore shop --to', 'plan failover shop --to west --point', 'diff shop --to']) {
      const ran = await run(`${line} set-20010101-000000`);
      expect(ran).toMatchObject({ code: 1, out: '' });
      expect(ran.err).toContain('there is no recovery set "set-20010101-000000" of shop');
      expect(ran.err).toContain('kubectl dr get sets --application shop');
    }
    const none = await run('get set set-20010101-000000');
    expect(none).toMatchObject({ code: 1, out: '' });
    expect(none.err).toContain('there is no set "set-20010101-000000"');
  });
});
