import type { ExampleFleet } from './example-fleet.ts';

/** The first line of each list, word for word: scripts cut tables by them. */
const headers: Record<string, string> = {
  status: 'APPLICATION|VERDICT|DATA AGE|NEXT RUN|OWNER|REASON',
  'get apps': 'APPLICATION|VERDICT|DATA AGE|NEXT RUN|OWNER|REASON',
  'get components': 'APPLICATION|COMPONENT|VERDICT|DATA AGE|NEXT RUN|VOLUMES|PLACEMENT|REASON',
  'get points': 'CLUSTER|NAME|STATUS|AGE|EXPIRES|LOCATION',
  'get points --application shop -o wide': 'CLUSTER|NAME|STATUS|AGE|EXPIRES|LOCATION|USABLE FOR|SCHEDULE|NAMESPACES|ENGINE|MESSAGE',
  'get policies': 'NAME|RPO|RTO|SCHEDULE|KEEPS|OWNER|APPLICATIONS',
  'get locations': 'CLUSTER|NAME|PHASE|ACCESS|DEFAULT|TARGET|VALIDATED|MESSAGE',
  'get clusters': 'NAME|REACHABLE|ENGINES|MESSAGE',
  'get engines': 'NAME|TITLE|INSTALLED ON|CAN',
};

/** What does not depend on what an application went through: columns, words, and how each line ends. The fleet has the point `p1`. */
export function describeLooking(fleet: () => ExampleFleet): void {
  describe('looking', () => {
    it.each(Object.entries(headers))('%s has the columns %s', async (line, columns) => {
      const { code, out, err } = await fleet().run(line);
      expect({ code, err }).toEqual({ code: 0, err: '' });
      const [header, ...rows] = out.split('\n').filter(Boolean);
      expect(header!.split(/ {3,}/).join('|')).toBe(columns);
      expect(rows.length).toBeGreaterThan(0);
      const bare = await fleet().run(`${line} --no-headers`);
      expect(bare.out).not.toContain(header!.split(' ')[0]! + '   ');
    });

    it.each([
      'app shop',
      'component shop/web',
      'point east/velero/velero/p1',
      'policy gold',
      'location east/velero/velero/default',
      'cluster east',
      'engine velero',
    ])('describe %s begins with what it is', async (named) => {
      const { code, out, err } = await fleet().run(`describe ${named}`);
      expect({ code, err }).toEqual({ code: 0, err: '' });
      expect(out.split('\n').slice(0, 2).join()).toContain(named.split(/[ /]/).at(-1)!);
    });

    it('a name that several clusters have is asked for with each of them', async () => {
      expect(await fleet().run('describe location default')).toEqual({
        code: 1,
        out: '',
        err: 'error: "default" names 2 locations: east/velero/velero/default, west/velero/velero/default\nnext: kubectl dr describe location east/velero/velero/default\n',
      });
    });

    it('status of one is a tree: what it is, where it runs, what it has, why', async () => {
      const { code, out } = await fleet().run('status shop');
      expect(code).toBe(0);
      expect(out).toMatch(/^shop {2}\w+\ndata age .*, owner group:default\/team-shop, policy gold\n\n/);
      for (const [component, place] of Object.entries({ web: 'east/shop', 'orders-db': 'east/shop', recommender: 'west/shop-ml' }))
        expect(out).toMatch(new RegExp(`^[|\`]- ${component} +\\w+ +.*${place}`, 'm'));
      expect(out).toMatch(/volume data-db-0: captured, (file-system|csi-snapshot)/);
      expect((await fleet().run('status shop --check')).code).toBe(4);
    });

    it('doctor: each finding has its code, checks, why, evidence and fix', async () => {
      const { code, out, err } = await fleet().run('doctor');
      expect({ code, err }).toEqual({ code: 0, err: '' });
      const findings = out.split(/\n(?= {2}[A-Z][A-Z_]+ {2})/).slice(1);
      expect(findings.length).toBeGreaterThan(1);
      for (const finding of findings) expect(finding).toMatch(/^ {2}[A-Z_]+ {2}((BP-|D)\d+ ?)+\n {4}why: {2}.*[^]*\n {4}fix: {2}/);
      expect(out).toMatch(
        /\n\d+ critical, \d+ warnings?, \d+ notes?; of \d+ checks \d+ found nothing, \d+ something(, \d+ not answered .*)?\n$/,
      );
      expect((await fleet().run('doctor shop --check')).code).toBe(4);
    });

    it('--dry-run=server asks the servers as well, and writes nothing', async () => {
      const before = (await fleet().run('get points -o name')).out;
      const backup = await fleet().run('backup shop --component web --dry-run=server');
      expect({ code: backup.code, err: backup.err }).toEqual({
        code: 0,
        err: 'The servers would take 1 of 1 writes. Nothing was written.\n',
      });
      const copy = await fleet().run('restore shop --component web --as shop-trial --dry-run=server');
      expect({ code: copy.code, err: copy.err }).toEqual({
        code: 0,
        err: 'The servers would take 2 of 3 writes; 1 that need what comes before them were not asked. Nothing was written.\n',
      });
      expect((await fleet().run('get points -o name')).out).toBe(before);
      expect((await fleet().run('get operations -o name')).out).toBe('');
    });

    it('a report is one page that asks nobody for anything', async () => {
      const { code, out } = await fleet().run('report shop');
      expect(code).toBe(0);
      expect(out).toMatch(/^<!doctype html>/i);
      expect(out).not.toMatch(/(src|href)="(?!#)/);
      expect(out).toContain('orders-db');
    });

    it.each([
      ['nope', 2],
      ['get nope', 2],
      ['status --nope', 2],
      ['restore', 2],
      ['restore shop --mode sideways', 2],
      ['get points -o xml', 2],
      ['describe app nope', 1],
      ['diff nope', 1],
      ['backup nope', 1],
      ['failover shop --to nowhere', 1],
      ['drill nope', 1],
      ['wait nope', 1],
      ['undo nope', 1],
      ['resume nope', 1],
      ['logs nope', 1],
      ['apply -f nope.json', 1],
      ['explain NOPE', 1],
    ])('%s ends with %d, one sentence and what next', async (line, code) => {
      const ran = await fleet().run(line);
      expect({ ...ran, err: '' }).toEqual({ code, out: '', err: '' });
      expect(ran.err).toMatch(code === 2 ? /^error: .+\nSee "kubectl dr.* --help"\n$/ : /^error: .+\nnext: .+\n$/);
    });
  });
}
