import { readFileSync } from 'node:fs';
import path from 'node:path';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import { diffSchema, planSchema } from '@kubectl-dr/core/wire/plan';
import { stringify } from 'yaml';
import { TestFleet } from './fleet.ts';

/** Saved plans, differences without a plan, and what an operation did, told in order. */
let fleet: TestFleet;
const page = { type: types.configMaps, namespace: 'shop', name: 'web' };
const secret = { type: types.secrets, namespace: 'shop', name: 'db' };
const corrupt = { 'orders.csv': '%%%' };
const good = { 'orders.csv': '1,apples\n2,pears\n' };
const files = () => fleet.east.read('shop', 'data-db-0');
const patch = (target: typeof page, data: Record<string, string>) => fleet.east.stage.cluster.patch(target, 'merge', { data });

beforeEach(async () => {
  await fleet?.close();
  fleet = await TestFleet.open();
  await fleet.backUp('p1');
  await fleet.advance(12);
});
afterAll(() => fleet.close());

describe('apply', () => {
  const saved = () => readFileSync(path.join(fleet.folder, 'plan.json'), 'utf8');

  beforeEach(async () => {
    await fleet.east.write('shop', 'data-db-0', corrupt);
    await patch(page, { page: 'new' });
    expect((await fleet.run('plan restore shop --component web --component orders-db --mode inPlace --out plan.json')).code).toBe(0);
  });

  it('does exactly what was saved, after asking', async () => {
    const unasked = await fleet.run('apply -f plan.json');
    expect(unasked).toMatchObject({ code: 7, out: '' });
    expect(unasked.err).toMatch(/^Data loss: {2}12 minutes of orders-db; nothing of web\n/);
    expect(unasked.err).toMatch(/\nnext: kubectl dr apply -f plan\.json --yes\n$/);
    expect(await files()).toEqual(corrupt);
    const { code, out, err } = await fleet.run('apply -f plan.json --reason agreed -o json', { answer: 'shop' });
    expect(code, err).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      spec: { hash: (JSON.parse(saved()) as { spec: { hash: string } }).spec.hash },
      status: { state: 'Succeeded', reason: 'agreed' },
    });
    expect(await files()).toEqual(good);
  });

  it('takes YAML as well', async () => {
    fleet.write('plan.yaml', stringify(JSON.parse(saved())));
    expect(await fleet.run('apply -f plan.yaml --yes')).toMatchObject({ code: 0 });
    expect(await files()).toEqual(good);
  });

  it.each([
    ['asked', { answer: 'shop' }, ''],
    ['with --yes', {}, ' --yes'],
  ])('refuses a plan that is stale, naming what moved: %s', async (_, surroundings, more) => {
    await patch(page, { page: 'newer' });
    const { code, out, err } = await fleet.run(`apply -f plan.json${more}`, surroundings);
    expect({ code, out }).toEqual({ code: 6, out: '' });
    expect(err).toMatch(/\nerror: the plan restore-shop-\w+ is stale, changed since: east\/ConfigMap shop\/web\nnext: make it again/);
    expect(err).not.toContain('Type the name');
    expect(await files()).toEqual(corrupt);
  });

  it('refuses a plan that has expired', async () => {
    await fleet.advance(31);
    const { code, err } = await fleet.run('apply -f plan.json --yes');
    expect(code).toBe(6);
    expect(err).toMatch(/\nerror: the plan restore-shop-\w+ expired at \S+\nnext: make it again\n/);
  });

  it('refuses a plan that somebody changed, before it is shown', async () => {
    const plan = planSchema.parse(JSON.parse(saved()));
    plan.spec.target[0]!.namespaces.push('kube-system');
    fleet.write('plan.json', JSON.stringify(plan));
    const { code, err } = await fleet.run('apply -f plan.json --yes');
    expect(code).toBe(6);
    expect(err).toMatch(/^error: the plan restore-shop-\w+ was changed after it was made: its hash does not fit\n/);
  });

  it.each([
    ['nothing.json', undefined, 1, /^error: there is no file \S+nothing\.json\nnext: write one with: /],
    ['half.json', '{ "kind": "Plan", ', 1, /^error: \S+half\.json is not JSON: /],
    ['list.yaml', '- a\n- b\n', 1, /^error: \S+list\.yaml is not a plan: /],
    ['other.json', '{"kind":"Operation"}', 1, /^error: \S+other\.json is not a plan: /],
    ['wild.yaml', 'a: [', 1, /^error: \S+wild\.yaml is not YAML: /],
  ])('%s is one sentence', async (file, content, code, message) => {
    if (content !== undefined) fleet.write(file, content);
    const ran = await fleet.run(`apply -f ${file} --yes`);
    expect(ran).toMatchObject({ code, out: '' });
    expect(ran.err).toMatch(message);
  });

  it('needs a file', async () => {
    expect(await fleet.run('apply')).toEqual({ code: 2, out: '', err: 'error: PLAN is missing: -f FILE\nSee "kubectl dr apply --help"\n' });
  });
});

describe('diff', () => {
  it('0: nothing differs', async () => {
    const { code, out, err } = await fleet.run('diff shop');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatchInlineSnapshot(`
      "shop: 6 objects, nothing differs; data is not compared
      Point:      west/p1 of 2026-01-15T13:00:00Z (recommender)
      Point:      east/p1 of 2026-01-15T13:00:00Z (web, orders-db)
      "
    `);
  });

  it('1: something differs; secrets are named and not shown', async () => {
    await patch(page, { page: 'new' });
    await patch(secret, { password: 'bmV3' });
    await fleet.east.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'late', namespace: 'shop', labels: { app: 'web' } } });
    const { code, out, err } = await fleet.run('diff shop');
    expect({ code, err }).toEqual({ code: 1, err: '' });
    expect(out).toMatchInlineSnapshot(`
      "shop: 3 objects of 7 differ; data is not compared
      Point:      west/p1 of 2026-01-15T13:00:00Z (recommender)
      Point:      east/p1 of 2026-01-15T13:00:00Z (web, orders-db)

      What going back would do in shop on east:
        web
          change    ConfigMap web
                    data.page: "new" -> "hello"
          leave     ConfigMap late: it did not exist then; --prune removes it
        of no single component
          change    Secret db
                    data.password: the value differs; it is not shown
      "
    `);
    expect(JSON.stringify(await fleet.run('diff shop -o json'))).not.toMatch(/bmV3|c2VjcmV0/);
  });

  it('of one component, against a point or a time; something that others use as well differs, too', async () => {
    await patch(page, { page: 'new' });
    await fleet.backUp('p2');
    expect(await fleet.run('diff shop --component web')).toMatchObject({ code: 0 });
    expect(await fleet.run('diff shop --component web --to p1')).toMatchObject({
      code: 1,
      out: expect.stringContaining('"new" -> "hello"'),
    });
    expect(await fleet.run(['diff', 'shop', '--component', 'web', '--to', '5m ago'])).toMatchObject({ code: 1 });
    expect(await fleet.run('diff shop --component orders-db --to p1')).toMatchObject({ code: 0 });
  });

  it('is data for machines', async () => {
    const { out } = await fleet.run('diff shop --component web -o json');
    expect(diffSchema.parse(JSON.parse(out)).spec.changes.map(({ action }) => action)).toEqual(['leave', 'leave', 'leave']);
  });

  it('6: what could not be compared is not called the same', async () => {
    fleet.east.behaviour.down = true;
    const { code, out } = await fleet.run('diff shop --component web');
    expect(code).toBe(6);
    expect(out).toContain('Not compared:\n  blocker ENGINE_DOWN');
  });
});

describe('logs', () => {
  it('tell what happened, in order', async () => {
    const { out: ended } = await fleet.run(['restore', 'shop', '--component', 'web', '--as', 'copy', '--reason', 'a look']);
    const id = /restore-shop-\w+/.exec(ended)![0];
    const { code, out } = await fleet.run(`logs ${id}`);
    expect(code).toBe(0);
    // How long it takes is a matter of moments, and a real server has objects of its own in every namespace.
    const told = out.replace(/^(\S+T13:12:)\d\d\.\d{3}Z/gm, '$1<s>Z').replace(/\d+ objects/, '<n> objects');
    expect(told).toMatchInlineSnapshot(`
      "2026-01-15T13:12:<s>Z  requested by kubernetes-admin: a look
      2026-01-15T13:12:<s>Z  begin [east] Create the namespace copy
      2026-01-15T13:12:<s>Z  end   [east] Create the namespace copy: created copy
      2026-01-15T13:12:<s>Z  begin [east] Let copy reach nothing outside itself
      2026-01-15T13:12:<s>Z  end   [east] Let copy reach nothing outside itself: isolated
      2026-01-15T13:12:<s>Z  begin [east] Restore web into copy
      2026-01-15T13:12:<s>Z  end   [east] Restore web into copy: <n> objects created
      2026-01-15T13:12:<s>Z  begin [east] Wait until web in copy is ready
      2026-01-15T13:12:<s>Z  end   [east] Wait until web in copy is ready: 1 workload ready
      2026-01-15T13:12:<s>Z  Succeeded: restored into east/copy
      "
    `);
    const times = out
      .split('\n')
      .slice(0, -1)
      .map((line) => line.slice(0, 24));
    expect(times).toEqual(times.toSorted());
    expect((await fleet.run(`logs ${id} -f`)).out).toBe(out);
  });

  it('follow one that runs elsewhere, each line once', async () => {
    // Long enough to be found while it runs, however busy the machine is.
    fleet.east.stage.durations.restore = 240_000;
    let over = false;
    const running = fleet.run('restore shop --component web --as copy').finally(() => (over = true));
    let id = '';
    await vi.waitFor(async () => {
      id = /restore-shop-\w+/.exec((await fleet.run('get operations -o name')).out)![0];
    }, 20_000);
    expect(over).toBe(false);
    const { code, out } = await fleet.run(`logs ${id} -f`);
    await running;
    expect(code).toBe(0);
    const lines = out.split('\n').slice(0, -1);
    expect(new Set(lines).size).toBe(lines.length);
    expect(lines.at(-1)).toMatch(/ Succeeded: restored into east\/copy$/);
  });

  it('tell of failures', async () => {
    fleet.east.behaviour.failures.push({ kind: 'Backup', name: 'shop-', phase: 'Failed', message: 'the bucket is gone' });
    const id = /backup-shop-\w+/.exec((await fleet.run('backup shop --component web')).out)![0];
    expect((await fleet.run(`logs ${id}`)).out).toMatch(/FAILED {3}\[east\] Back up web: .*the bucket is gone\n/);
  });
});
