import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { mockCredentials } from '@backstage/backend-test-utils';
import { planHash } from '@kubectl-dr/core/planning/hash';
import type { Plan } from '@kubectl-dr/core/planning/model';
import { builders, writes } from '@kubectl-dr/core/testing';
import { applicationListSchema } from '@kubectl-dr/core/wire/application';
import { doctorReportSchema } from '@kubectl-dr/core/wire/doctor';
import type { WirePlan } from '@kubectl-dr/core/wire/plan';
import { diffSchema, operationListSchema, operationSchema, planSchema } from '@kubectl-dr/core/wire/plan';
import { restoreListSchema } from '@kubectl-dr/core/wire/protection';
import { reportSchema } from '@kubectl-dr/core/wire/report';
import type { TestPortal } from '../../plugins/dr-backend/src/testing/backend.ts';
import { startPortal } from '../../plugins/dr-backend/src/testing/backend.ts';
import type { Ran, Surroundings } from './command-line.ts';
import { kubectlDr } from './command-line.ts';

/** The command line through the API of a real backend in this process; nobody has credentials of a cluster. */
let portal: TestPortal;
const cwd = mkdtempSync(path.join(os.tmpdir(), 'kubectl-dr-portal-'));

beforeAll(async () => {
  portal = await startPortal();
  await portal.ready();
});
afterAll(async () => {
  await portal.backend.stop();
  rmSync(cwd, { recursive: true, force: true });
});

const as = (user: string, line: string, options: Partial<Surroundings> = {}): Promise<Ran> =>
  kubectlDr(`${line} --portal http://localhost:${portal.backend.server.port()}`, {
    cwd,
    env: { KUBECTL_DR_TOKEN: mockCredentials.user.token(`user:default/${user}`) },
    ...options,
  });

/** Ages and ids differ from run to run. */
const masked = (text: string): string =>
  text
    .replace(/\b\d+m(\d+s)?\b|\b\d+s\b/g, '<age>')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>')
    .replace(/-[0-9a-f]{5,}\b/g, '-<id>');

describe('--portal', () => {
  it('shows what the portal knows', async () => {
    const { code, out, err } = await as('alice', 'status');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('6 applications on 1 cluster');
    expect(masked((await as('alice', 'status shop')).out)).toMatchInlineSnapshot(`
      "shop  AtRisk
      data age <age>, no next run, owner group:default/team-shop

      |- web        AtRisk  <age>  east/shop  shop-2
      |    warning NO_SCHEDULE: No schedule covers web (shop on east)
      |      next: Assign a DRPolicy to component:default/web, or create a schedule for the namespace.
      |    info NO_POLICY: No policy applies to web, so the age of its data is not judged
      |      next: Add the annotation kubectl-dr.dev/policy to component:default/web.
      \`- orders-db  AtRisk  <age>  east/shop  shop-2
           volume data-orders-db-0: captured, file-system, 9 B
           warning NO_SCHEDULE: No schedule covers orders-db (shop on east)
             next: Assign a DRPolicy to resource:default/orders-db, or create a schedule for the namespace.
           info NO_POLICY: No policy applies to orders-db, so the age of its data is not judged
             next: Add the annotation kubectl-dr.dev/policy to resource:default/orders-db.
      "
    `);
    const { items } = applicationListSchema.parse(JSON.parse((await as('bob', 'get apps -o json')).out));
    expect(items.map(({ metadata }) => metadata.name)).toContain('trick');
    expect((await as('alice', 'get points --application shop')).out).toContain('shop-2');
    const sets = await as('alice', 'get sets --application shop');
    expect(sets).toMatchObject({ code: 0, err: '' });
    expect(sets.out).toMatch(/^NAME +TIME +PARTS .*\nset-\d{8}-\d{6} .* 2\/2 from 1 point /);
    expect((await as('alice', 'get sets')).out).toMatch(/^APPLICATION +NAME .*\n(?:.*\n)*shop +set-/);
    // A set of one capture says nothing that its point does not.
    expect((await as('alice', 'get points --application shop')).out).not.toContain('set-');
    const points = await as('bob', 'get points');
    expect({ code: points.code, err: points.err }).toEqual({ code: 0, err: '' });
    for (const name of ['shop-1', 'shop-2', 'mixed-1']) expect(points.out.split(` ${name} `), name).toHaveLength(2);
    expect((await as('alice', 'get points -n shop')).out).not.toContain('mixed-1');
    const sorted = (await as('bob', 'get apps --no-headers --sort-by {.metadata.name}')).out.split('\n').filter(Boolean);
    expect(sorted).toHaveLength(6);
    expect(sorted).toEqual(sorted.toSorted());
    expect((await as('alice', 'get clusters -o name')).out).toBe('cluster.kubectl-dr.dev/east\n');
    expect((await as('alice', 'get engines')).out).toMatch(/^fake +Fake +east /m);
    expect(await as('alice', 'get schedules')).toMatchObject({ code: 0, out: '', err: 'No schedules found.\n' });
    expect(await as('alice', 'get restores')).toMatchObject({
      code: 0,
      out: '',
      err: expect.stringContaining('No restores found.') as string,
    });
  });

  it('is asked for names when a word is completed, and nothing else is', async () => {
    const completed = async (user: string, ...words: string[]): Promise<string[]> => {
      const address = `http://localhost:${portal.backend.server.port()}`;
      const env = { KUBECTL_DR_TOKEN: mockCredentials.user.token(`user:default/${user}`) };
      const { out, err } = await kubectlDr(['__complete', '--portal', address, ...words], { cwd, env });
      expect(err).not.toMatch(/error|warning/);
      return out.split('\n').map((line) => line.split('\t')[0]!);
    };
    expect(await completed('alice', 'status', 'sh')).toContain('shop');
    expect(await completed('alice', 'restore', 'shop', '--to', 'shop-')).toEqual(expect.arrayContaining(['shop-1', 'shop-2']));
    // Nobody is signed in, or it is no portal: no names, and no word of it.
    const silent = await kubectlDr(['__complete', '--portal', 'http://127.0.0.1:1', 'status', 'sh'], { cwd });
    expect(silent).toMatchObject({ code: 0, out: expect.not.stringContaining('shop') as string });
  });

  it('backs up, follows it, and tells it afterwards', async () => {
    const { code, out, err } = await as('alice', 'backup shop --component web --reason before-the-release');
    expect({
      code,
      end: masked(err)
        .split('\n')
        .find((line) => line.startsWith('Succeeded')),
    }).toEqual({
      code: 0,
      end: 'Succeeded: [east] Back up web',
    });
    const id = /operation (\S+) Succeeded/.exec(out)![1]!;
    const operation = operationSchema.parse(JSON.parse((await as('alice', `describe operation ${id} -o json`)).out));
    expect(operation.status).toMatchObject({ state: 'Succeeded', requestedBy: 'user:default/alice', reason: 'before-the-release' });
    expect((await as('alice', 'get operations')).out).toContain(id);
    expect((await as('alice', `wait ${id}`)).code).toBe(0);
  });

  it('restore without an application picks it where somebody sits at a terminal, and only there', async () => {
    const picked = await as('alice', 'restore --dry-run client', { choices: [['shop'], ['shop-2'], ['web']] });
    expect(picked.code, picked.err).toBe(0);
    expect(picked.err).toMatch(
      /^Which application\? .*shop.*\nWhich recovery point\? latest \| .*shop-2  .* old \| .*\nWhich components\? /,
    );
    expect(picked.out).toMatch(/Plan: +Restore shop beside the original\n[^]*\nPoint: +east\/shop-2 of \S+ \(web\)\n/);
    expect(await as('alice', 'restore')).toEqual({ code: 2, out: '', err: 'error: APP is missing\nSee "kubectl dr restore --help"\n' });
  });

  it('is started and left, or looked at for a while', async () => {
    const left = await as('alice', 'backup shop --component web --wait=false');
    expect({ code: left.code, out: left.out }).toEqual({ code: 0, out: expect.stringMatching(/^operation backup-shop-\w+ /) as string });
    expect((await as('alice', `wait ${/operation (\S+) /.exec(left.out)![1]!}`)).code).toBe(0);
    const late = await as('alice', 'backup shop --component web --timeout 1ms');
    expect({ code: late.code, out: late.out }).toEqual({ code: 5, out: '' });
    const id = /timed out after 1ms: (\S+) goes on in the portal. Look at it with: kubectl dr wait \1 --portal http/.exec(late.err)![1]!;
    expect((await as('alice', `wait ${id}`)).code).toBe(0);
    expect((await as('alice', 'backup shop --dry-run=server')).err).toContain('error: a portal does not try at servers\nnext: ');
  });

  it('asks before a restore in place, and lets another person agree', async () => {
    const refused = await as('alice', 'restore shop --component web --to shop-2 --mode configOnly');
    expect(refused.code).toBe(7);
    const asked = await as('alice', 'restore shop --component web --to shop-2 --mode configOnly', { answer: 'shop' });
    expect({ code: asked.code, out: asked.out }).toEqual({ code: 0, out: expect.stringContaining('WaitingForApproval') as string });
    const id = /operation (\S+) /.exec(asked.out)![1]!;
    const own = await as('alice', `approve ${id}`);
    expect(own.code).toBe(6);
    const rejected = await as('olivia', `reject ${id} --reason not-now -o json`);
    expect(rejected.code, rejected.err).toBe(0);
    expect(operationSchema.parse(JSON.parse(rejected.out)).status.state).toBe('Cancelled');
    const other = await as('alice', 'restore shop --component web --to shop-2 --mode configOnly', { answer: 'shop' });
    const done = /operation (\S+) /.exec(other.out)![1]!;
    const agreed = await as('carol', `approve ${done} -o json`);
    expect(agreed.code, agreed.err).toBe(0);
    expect(operationSchema.parse(JSON.parse(agreed.out)).status.state).toBe('Succeeded');
    const restores = restoreListSchema.parse(JSON.parse((await as('carol', 'get restores --application shop -o json')).out)).items;
    expect(restores.find(({ metadata }) => metadata.name === done)).toMatchObject({
      spec: { mode: 'configOnly' },
      status: { state: 'Succeeded' },
    });
    expect((await as('carol', `describe restore ${done}`)).out).toMatch(/^Points: +shop-2$/m);
    // What is only to be shown is never done.
    const looked = await as('carol', `undo ${done} --dry-run=client --yes`);
    expect(looked).toMatchObject({ code: 0, err: '' });
    expect(looked.out).toContain(`Undo ${done}: restore of shop\nInto:       shop on east\n`);
    const [state] = operationListSchema
      .parse(JSON.parse((await as('carol', 'get operations --application shop -o json')).out))
      .items.filter(({ metadata }) => metadata.name === done);
    expect(state!.status.state).toBe('Succeeded');
  });

  it('says what is missing in one sentence, with the next step', async () => {
    expect(await as('alice', 'status', { env: {} })).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringMatching(/^error: nobody is signed in at the portal .*\nnext: sign in there .*KUBECTL_DR_TOKEN\n$/) as string,
    });
    expect((await as('alice', 'sandbox')).err).toContain('error: sandbox is nothing that a portal does');
    expect((await as('alice', 'plan relocate shop --to west --undo-window 2h')).err).toContain(
      "error: --undo-window is the portal's own decision",
    );
    expect(await as('alice', 'get replications')).toMatchObject({ code: 0, out: '', err: 'No replications found.\n' });
    expect(await as('bob', 'backup shop')).toMatchObject({ code: 6, out: '' });
    expect((await as('alice', 'status shpo')).code).toBe(1);
    const line = (url: string): Promise<Ran> => kubectlDr(['status', '--portal', url], { cwd, env: { KUBECTL_DR_TOKEN: 'x' } });
    expect((await line('portal')).err).toContain('error: --portal is not an address: portal');
    expect((await line('http://localhost:9')).err).toMatch(/^error: the portal http:\/\/localhost:9 cannot be reached: .*\nnext: /);
    expect((await line(`http://localhost:${portal.backend.server.port()}`)).code).toBe(1);
  });

  it('asks the next command of the same portal', async () => {
    const { err } = await as('alice', 'logs nothing');
    expect(err).toMatch(/^error: There is no operation "nothing"\nnext: Look at the list of operations.\n$/);
    const { err: again } = await as('olivia', 'policy render shop --diff -f x');
    expect(again).toContain('error: a portal renders the policies of its own catalog');
  });
});

describe('--portal, closer', () => {
  it('diff: what a restore of the configuration would do, with its exit codes', async () => {
    expect((await as('alice', 'diff shop --component web --to shop-2')).code).toBe(0);
    portal.east.seed([builders.deployment('shop/web', { replicas: 5 })]);
    const { code, out, err } = await as('alice', 'diff shop --component web --to shop-2');
    expect({ code, err }).toEqual({ code: 1, err: '' });
    expect(masked(out)).toMatchInlineSnapshot(`
      "shop: 1 object of 1 differ; data is not compared
      Point:      east/shop-2 of <time> (web)

      What going back would do in shop on east:
        change    Deployment web
                  spec.replicas: 5 -> 1
      "
    `);
    expect(diffSchema.parse(JSON.parse((await as('alice', 'diff shop -o json')).out)).spec.application).toBe('shop');
    expect(await as('bob', 'diff shop')).toMatchObject({
      code: 6,
      out: '',
      err: 'error: user:default/bob does not own web of shop: group:default/team-shop does\nnext: Ask a member of group:default/team-shop, or an operator.\n',
    });
    expect((await as('alice', 'diff shop --to never')).code).toBe(1);
  });

  it('doctor: of an application for its team, of everything for operators', async () => {
    const { code, out, err } = await as('alice', 'doctor shop');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('NO_SCHEDULE');
    expect((await as('alice', 'doctor shop --check')).code).toBe(4);
    expect((await as('alice', 'doctor')).err).toBe(
      'error: Only an operator may look at everything this closely\nnext: Name one of your applications.\n',
    );
    const { status } = doctorReportSchema.parse(JSON.parse((await as('olivia', 'doctor -o json')).out));
    expect(status.findings.map(({ application }) => application)).toEqual(expect.arrayContaining(['shop', 'mixed']));
  });

  it('report: the same page, into a file', async () => {
    const { code, err } = await as('alice', 'report shop --out report.html');
    expect({ code, err }).toEqual({ code: 0, err: `report written: ${path.join(cwd, 'report.html')}\n` });
    const page = readFileSync(path.join(cwd, 'report.html'), 'utf8');
    expect(page).toContain('<title>');
    expect(page).toContain('orders-db');
    const { spec } = reportSchema.parse(JSON.parse((await as('olivia', 'report -o json --since 7d')).out));
    expect(spec).toEqual({ days: 7 });
    expect((await as('bob', 'report shop')).code).toBe(6);
  });

  it('policy: renders and lints what is in the catalog of the portal, and writes nothing', async () => {
    expect(await as('alice', 'policy render shop')).toEqual({ code: 0, out: '', err: 'No policy asks for a schedule.\n' });
    expect(await as('alice', 'policy lint shop')).toEqual({ code: 0, out: 'There is no policy in the catalog.\n', err: '' });
    expect(await as('alice', 'policy apply shop')).toMatchObject({
      code: 1,
      err: expect.stringContaining('error: a portal writes no policies') as string,
    });
    expect((await as('bob', 'policy render shop')).code).toBe(6);
  });

  it('logs: what happened, from the journal', async () => {
    const { out } = await as('alice', 'backup shop --component web');
    const id = /operation (\S+) Succeeded/.exec(out)![1]!;
    const { code, out: told } = await as('alice', `logs ${id}`);
    expect(code).toBe(0);
    expect(told.split('\n').map((line) => line.replace(/^\S+ {2}/, ''))).toEqual([
      'requested by user:default/alice',
      expect.stringMatching(/^begin \[east\] Back up web/),
      expect.stringMatching(/^end {3}\[east\] Back up web/),
      'Succeeded: done',
      '',
    ]);
    expect((await as('alice', `logs ${id} -f`)).out).toBe(told);
    expect(operationSchema.parse(JSON.parse((await as('alice', `logs ${id} -o json`)).out)).metadata.name).toBe(id);
  });
});

describe('apply -f --portal', () => {
  const saved = async (line: string): Promise<string> => {
    await as('alice', `plan ${line} --out plan.json`);
    return path.join(cwd, 'plan.json');
  };
  const edited = async (change: (plan: WirePlan['spec']) => Partial<WirePlan['spec']>): Promise<void> => {
    const plan = planSchema.parse(JSON.parse(readFileSync(path.join(cwd, 'plan.json'), 'utf8')));
    const spec = { ...plan.spec, ...change(plan.spec) };
    writeFileSync(path.join(cwd, 'plan.json'), JSON.stringify({ ...plan, spec: { ...spec, hash: await planHash(spec as Plan) } }));
  };

  it('carries out what was planned, if it is planned the same again', async () => {
    await saved('backup shop --component web');
    const { code, out, err } = await as('alice', 'apply -f plan.json --reason agreed');
    expect({ code, out }).toEqual({ code: 0, out: expect.stringMatching(/^operation \S+ Succeeded: done\n$/) as string });
    expect(err).toContain('Succeeded: [east] Back up web');
  });

  it('asks for what goes back in place, and waits for another person', async () => {
    portal.east.seed([builders.deployment('shop/web', { replicas: 7 })]);
    await saved('restore shop --component web --to shop-1 --mode configOnly');
    expect((await as('alice', 'apply -f plan.json')).code).toBe(7);
    const { code, out } = await as('alice', 'apply -f plan.json', { answer: 'shop' });
    expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining('WaitingForApproval') as string });
    const id = /operation (\S+) /.exec(out)![1]!;
    const withdrawn = await as('alice', `cancel ${id}`);
    expect(withdrawn).toMatchObject({ code: 0, out: expect.stringContaining('Withdrawn by user:default/alice') as string });
  });

  it.each<[string, (plan: WirePlan['spec']) => Partial<WirePlan['spec']>, RegExp]>([
    ['with steps of another one', ({ waves }) => ({ waves: [...waves, ...waves] }), /is stale, changed since/],
    [
      'into a namespace that nobody was shown',
      ({ waves }) => ({ waves: JSON.parse(JSON.stringify(waves).replaceAll('shop-restore-', 'payroll-')) as typeof waves }),
      /is stale, changed since/,
    ],
    ['that came from another world', ({ basis }) => ({ basis: { ...basis, 'west/Backup velero/x': '1' } }), /stale, changed since: west/],
    ['of another home', () => ({ home: 'west' }), /is stale/],
    ['of another application', () => ({ application: 'orphan' }), /the application orphan has no component "web"/],
    [
      'of a point of another application',
      ({ request }) => ({ request: { ...request, pins: request.pins!.map((pin) => ({ ...pin, pointId: 'east/fake/fake/mixed-1' })) } }),
      /is stale/,
    ],
    [
      'without a copy of the present state',
      ({ request }) => ({ request: { ...request, safetyBackup: false } }),
      /is the portal's own decision/,
    ],
    ['of yesterday', ({ request }) => ({ request: { ...request, at: new Date(Date.now() - 86_400_000).toISOString() } }), /has expired/],
  ])('refuses one %s, with a hash that fits', async (_, change, why) => {
    await saved('restore shop --component web');
    await edited(change);
    const before = portal.east.calls.filter(({ verb }) => writes.includes(verb)).length;
    const { code, out, err } = await as('alice', 'apply -f plan.json --yes');
    expect({ out, err: err.split('\n').find((line) => line.startsWith('error: ')) }).toEqual({
      out: '',
      err: expect.stringMatching(why) as string,
    });
    expect([1, 6]).toContain(code);
    expect(portal.east.calls.filter(({ verb }) => writes.includes(verb))).toHaveLength(before);
  });

  it('refuses one that expired, one that was changed without its hash, and one of another team', async () => {
    await saved('restore shop --component web');
    const text = readFileSync(path.join(cwd, 'plan.json'), 'utf8');
    expect(await as('bob', 'apply -f plan.json --yes')).toMatchObject({ code: 6, out: '' });
    await edited(() => ({ expiresAt: new Date(Date.now() - 1000).toISOString() }));
    expect((await as('alice', 'apply -f plan.json --yes')).err).toMatch(/error: the plan \S+ expired at /);
    writeFileSync(path.join(cwd, 'plan.json'), text.replaceAll('shop-restore-', 'payroll-'));
    expect((await as('alice', 'apply -f plan.json --yes')).err).toMatch(/error: the plan \S+ was changed after it was made/);
  });
});
