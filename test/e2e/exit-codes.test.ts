import { operationSchema } from '@kubectl-dr/core/wire/plan';
import { InterruptedError } from '../../kubectl-plugin/src/interrupted.ts';
import { TestFleet } from './fleet.ts';

/** Milliseconds that a busy machine may take until something is seen. */
const patience = 20_000;

/** The contract with scripts: `kubectl-plugin/src/exit-codes.ts`. */
let fleet: TestFleet;
/** Something was done to it: the next test gets another. */
let used = true;
beforeEach(async () => {
  if (used) {
    await fleet?.close();
    fleet = await TestFleet.open();
    await fleet.backUp('p1');
  }
  used = true;
});
afterAll(() => fleet.close());

it('0: done', async () => {
  expect(await fleet.run('get points')).toMatchObject({ code: 0, err: '' });
  expect((await fleet.run('backup shop')).code).toBe(0);
});

it('1: error', async () => {
  expect(await fleet.run('describe app nope')).toMatchObject({ code: 1, out: '' });
});

it.each([
  ['', 0],
  ['--help', 0],
  ['get --help', 0],
  ['help restore', 0],
  ['nope', 2],
  ['get', 2],
  ['get nope', 2],
  ['status --nope', 2],
  ['status a b', 2],
  ['restore', 2],
  ['restore shop --prune', 2],
  ['restore shop --mode sideways', 2],
  ['diff', 2],
  ['apply', 2],
  ['undo', 2],
  ['confirm', 2],
  ['logs', 2],
  ['get points -o xml', 2],
])('2: usage: %s', async (line, code) => {
  used = false;
  const ran = await fleet.run(line);
  expect(ran.code).toBe(code);
  if (code === 2) {
    expect(ran.out).toBe('');
    expect(ran.err).toMatch(/^error: .+\nSee "kubectl dr.* --help"\n$/);
  }
});

it('3: the operation ended, and failed', async () => {
  fleet.east.behaviour.failures.push({ kind: 'Backup', name: 'shop-', phase: 'Failed', message: 'the bucket is gone' });
  const { code, out, err } = await fleet.run('backup shop --component web');
  expect(code).toBe(3);
  expect(out).toMatch(/^operation backup-shop-\w+ Failed: .*the bucket is gone/);
  const id = /backup-shop-\w+/.exec(out)![0];
  expect(err).toContain(`next: kubectl dr resume ${id}   (try again from where it failed)\n`);
  expect((await fleet.run(`wait ${id}`)).code).toBe(3);
});

it('4: not protected, on request', async () => {
  expect((await fleet.run('status')).code).toBe(0);
  expect((await fleet.run('status --check')).code).toBe(4);
  expect((await fleet.run('status shop --check -o json')).code).toBe(4);
});

it('5: timed out while waiting', async () => {
  const ran = await fleet.run('wait shop --for=protected --timeout 50ms');
  expect(ran).toEqual({ code: 5, out: '', err: 'timed out after 50ms: shop is not protected yet\n' });
});

it('5: the time to look on is over; it goes on, and can be resumed', async () => {
  fleet.east.stage.durations.restore = 1e12;
  const { code, out, err } = await fleet.run('restore shop --as copy --timeout 300ms');
  expect({ code, out }).toEqual({ code: 5, out: '' });
  expect(err).toMatch(
    /\ntimed out after 300ms(: what the cluster has begun goes on there. Continue with: kubectl dr resume restore-shop-| while it was begun)/,
  );
  const stays = await fleet.run('backup shop --wait=false');
  expect(stays).toMatchObject({ code: 2, err: expect.stringContaining('error: --wait=false needs --portal') as string });
});

describe('6: refused', () => {
  it('by a blocker, named', async () => {
    fleet.east.behaviour.down = true;
    const { code, err } = await fleet.run('backup shop --component web');
    expect(code).toBe(6);
    expect(err).toMatch(/^blocker ENGINE_DOWN: the Velero server on east does not answer/);
  });

  it('because another operation runs, naming its holder', async () => {
    fleet.east.stage.durations.restore = 60_000;
    const leaving = new AbortController();
    const first = fleet.run('restore shop --as first', { signal: leaving.signal });
    await vi.waitFor(async () => expect((await fleet.run('get operations -o name')).out).toContain('restore-shop'), patience);
    const second = await fleet.run('backup shop');
    expect(second.code).toBe(6);
    expect(second.err).toMatch(
      /^error: the operation restore-shop-\w+ of shop is running, held by tester@test\/1\nnext: kubectl dr wait restore-shop-/,
    );
    leaving.abort(new InterruptedError());
    expect((await first).code).toBe(130);
  });

  it('by the cluster, with who, what and the smallest Role that would allow it', async () => {
    const { code, err } = await fleet.run('get operations', { clusters: [fleet.east.reach('bob')] });
    expect(code).toBe(6);
    expect(err).toMatchInlineSnapshot(`
      "error: bob may not list configmaps in the namespace kubectl-dr on east
      next: somebody who may can grant it: kubectl -n kubectl-dr create role kubectl-dr-configmaps --verb=list --resource=configmaps, and bind it to bob
      "
    `);
  });
});

it('7: not confirmed, with the line to repeat', async () => {
  const { code, out, err } = await fleet.run('restore shop --component orders-db --mode dataOnly');
  expect({ code, out }).toEqual({ code: 7, out: '' });
  expect(err).toMatch(/\nnext: kubectl dr restore shop --component orders-db --mode dataOnly --yes\n$/);
  expect((await fleet.run('restore shop --mode dataOnly', { answer: 'y' })).code).toBe(7);
  const asData = await fleet.run('restore shop --mode dataOnly --error-format=json');
  expect(JSON.parse(asData.err.trim().split('\n').at(-1)!)).toMatchObject({
    code: 'NOT_CONFIRMED',
    hint: 'kubectl dr restore shop --mode dataOnly --error-format=json --yes',
  });
});

it('130: interrupted, and it can be resumed', async () => {
  fleet.east.stage.durations.restore = 60_000;
  const leaving = new AbortController();
  const running = fleet.run('restore shop --as copy', { signal: leaving.signal });
  await vi.waitFor(async () => expect((await fleet.run('get operations -o json')).out).toContain('"Running"'), patience);
  leaving.abort(new InterruptedError());
  const { code, err } = await running;
  expect(code).toBe(130);
  const id = /kubectl dr resume (restore-shop-\w+)/.exec(err)![1]!;
  fleet.east.stage.durations.restore = 0;
  const resumed = await fleet.run(`resume ${id}`);
  expect(resumed.err + resumed.out).toContain(`operation ${id} Succeeded`);
  expect(resumed.code).toBe(0);
  expect(await fleet.run(`resume ${id}`)).toMatchObject({
    code: 1,
    err: `error: the operation ${id} has already ended: Succeeded\nnext: kubectl dr describe operation ${id}\n`,
  });
});

it('cancel stops it, wherever it runs', async () => {
  fleet.east.stage.durations.restore = 600_000;
  const running = fleet.run('restore shop --as copy');
  let id = '';
  await vi.waitFor(async () => {
    id = /restore-shop-\w+/.exec((await fleet.run('get operations -o json')).out)![0];
  }, patience);
  const cancelled = await fleet.run(`cancel ${id} -o json`, { who: 'tester@test/2' });
  expect(cancelled.code, cancelled.err).toBe(0);
  expect(operationSchema.parse(JSON.parse(cancelled.out)).metadata.name).toBe(id);
  const { code, out } = await running;
  expect(code).toBe(3);
  expect(out).toContain(`operation ${id} Cancelled`);
});
