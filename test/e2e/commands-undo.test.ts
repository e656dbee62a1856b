import { types } from '@kubectl-dr/core/ports/kubernetes';
import { operationSchema } from '@kubectl-dr/core/wire/plan';
import { InterruptedError } from '../../kubectl-plugin/src/interrupted.ts';
import { TestFleet } from './fleet.ts';

/** What comes after a restore in place: the way back, its end, and what is told of both. */
let fleet: TestFleet;
let id: string;
const corrupt = { 'orders.csv': '%%%' };
const good = { 'orders.csv': '1,apples\n2,pears\n' };
const files = () => fleet.east.read('shop', 'data-db-0');
const volumes = () => fleet.east.names(types.persistentVolumes);

beforeEach(async () => {
  await fleet?.close();
  fleet = await TestFleet.open();
  await fleet.backUp('p1');
  await fleet.advance(12);
  await fleet.east.write('shop', 'data-db-0', corrupt);
  const { code, out, err } = await fleet.run('restore shop --component orders-db --mode dataOnly --undo-window 2h --yes');
  expect(code, err).toBe(0);
  id = /restore-shop-\w+/.exec(out)![0];
  expect(err).toMatch(
    new RegExp(
      `\nnext: kubectl dr undo ${id} {3}\\(until \\S+, in 1\\d\\dm\\)\nnext: kubectl dr confirm ${id} {3}\\(give up what is kept for an undo\\)\n$`,
    ),
  );
  expect(await files()).toEqual(good);
});
afterAll(() => fleet.close());

it('describe tells until when it can be undone, and what to type', async () => {
  const { out } = await fleet.run(`describe operation ${id}`);
  expect(masked(out).split('\n\nSteps:')[0]).toMatchInlineSnapshot(`
    "Operation:  restore-shop-<id>
    State:      Succeeded
    Requested:  2026-01-15T13:12:<s>Z by kubernetes-admin
    Started:    2026-01-15T13:12:<s>Z
    Ended:      2026-01-15T13:12:<s>Z
    Took:       <s>s from request to ready
    Lost:       12m of data
    Message:    rolled back in east/shop
    Undo:       possible until 2026-01-15T15:12:<s>Z, in 119m

    Next:
      kubectl dr undo restore-shop-<id>      until 2026-01-15T15:12:<s>Z, in 119m
      kubectl dr confirm restore-shop-<id>   give up what is kept for an undo"
  `);
  await fleet.advance(180);
  const later = (await fleet.run(`describe operation ${id}`)).out;
  expect(later).toMatch(/\nUndo: +was possible until \S+\n/);
  expect(later).not.toContain(`kubectl dr undo ${id}`);
  expect(later).toContain(`kubectl dr confirm ${id}`);
});

it('the list tells it as well', async () => {
  expect(masked((await fleet.run('get operations')).out).replace(/AGE +/, 'AGE ')).toMatchInlineSnapshot(`
    "OPERATION            INTENT               APPLICATION   STATE       STEPS   BY                 AGE UNDO ENDS
    restore-shop-<id>   Restore (dataOnly)   shop          Succeeded   13/13   kubernetes-admin   <s>s in 119m
    "
  `);
});

describe('undo', () => {
  it('shows what is lost, and asks', async () => {
    const { code, out, err } = await fleet.run(`undo ${id}`);
    expect({ code, out }).toEqual({ code: 7, out: '' });
    expect(masked(err)).toMatchInlineSnapshot(`
      "Data loss:  what was written to orders-db since 2026-01-15T13:12:<s>Z
      Plan:       Undo restore-shop-<id>: restore of shop
      Into:       shop on east

      Steps:
        - [east] Make sure that the engine writes no more
        - [east] Stop StatefulSet db
        - [east] Take StatefulSet db away for the restore
        - [east] Take away the pods that carried the files of db
        - [east] Wait until nothing uses the volumes of orders-db
        - [east] Put data-db-0 back on its old volume
        - [east] Bring StatefulSet db back as it was
        - [east] Start db with 1 replica
        - [east] Wait until orders-db is ready
      error: this puts back what restore-shop-<id> replaced in orders-db, and there is no terminal on which to confirm it; nothing was changed
      next: kubectl dr undo restore-shop-<id> --yes
      "
    `);
    expect((await fleet.run(`undo ${id}`, { answer: 'shpo' })).code).toBe(7);
    expect(await files()).toEqual(good);
    expect(await fleet.run(`undo ${id} --dry-run=client`)).toMatchObject({
      code: 0,
      err: '',
      out: expect.stringContaining('Undo restore-shop-'),
    });
    expect(await files()).toEqual(good);
  });

  it('puts everything back, tells each step, and is told afterwards', async () => {
    const { code, out, err } = await fleet.run(`undo ${id}`, { answer: 'shop' });
    expect(code, err).toBe(0);
    expect(out).toBe(`operation ${id} Undone: everything is as it was before\n`);
    expect(err).toContain('Running: [east] Put data-db-0 back on its old volume\nSucceeded: ');
    expect(err).not.toContain('Undone: ');
    expect(await files()).toEqual(corrupt);
    const described = (await fleet.run(`describe operation ${id}`)).out;
    expect(described).toMatch(/\nUndo: +done \S+\n/);
    expect(described).toContain('\nUndo, requested ');
    expect(described).not.toContain('\nNext:');
    expect(await fleet.run(`undo ${id} --yes`)).toEqual({
      code: 1,
      out: '',
      err: `error: the operation ${id} is undone already\n`,
    });
    expect((await fleet.run(`wait ${id}`)).code).toBe(3);
  });

  it('is over when its window is, and what has no way back says so; nobody is asked', async () => {
    await fleet.advance(180);
    const late = await fleet.run(`undo ${id}`, { answer: 'shop' });
    expect(late.code).toBe(1);
    expect(late.err).toMatch(new RegExp(`^error: the operation ${id} could be undone until \\S+\nnext: go back to a point instead`));
    const copy = /restore-shop-\w+/.exec((await fleet.run('restore shop --component web --as copy')).out)![0];
    const { code, err } = await fleet.run(`undo ${copy}`, { answer: 'shop' });
    expect(code).toBe(1);
    expect(err).toMatch(
      new RegExp(`^error: the operation ${copy} has no undo: delete the copy: kubectl --context east delete namespace copy\n`),
    );
  });

  it('interrupted, goes on with resume', async () => {
    const leaving = new AbortController();
    const running = fleet.run(`undo ${id} --yes`, {
      signal: leaving.signal,
      clock: {
        now: () => fleet.clock.now(),
        sleep: async () => {
          leaving.abort(new InterruptedError());
          throw new InterruptedError();
        },
      },
    });
    const { code, err } = await running;
    expect(code).toBe(130);
    expect(err).toContain(`Continue with: kubectl dr resume ${id}\n`);
    expect(err).not.toContain('kubectl dr cancel');
    const resumed = await fleet.run(`resume ${id} -o json`);
    expect(resumed.code, resumed.err).toBe(0);
    expect(operationSchema.parse(JSON.parse(resumed.out)).status.state).toBe('Undone');
    expect(await files()).toEqual(corrupt);
  });
});

describe('confirm', () => {
  it('asks, naming the volume that goes, and then gives it up', async () => {
    const { code, err } = await fleet.run(`confirm ${id}`);
    expect(code).toBe(7);
    expect(masked(err)).toMatchInlineSnapshot(`
      "error: this ends the time in which restore-shop-<id> can be undone; pvc-<uid> on east, the old volume of data-db-0, is deleted with its data, and there is no terminal on which to confirm it; nothing was changed
      next: kubectl dr confirm restore-shop-<id> --yes
      "
    `);
    expect(await volumes()).toHaveLength(2);
    const done = await fleet.run(`confirm ${id}`, { answer: 'shop' });
    expect(done.code, done.err).toBe(0);
    expect(done.err).toContain('Succeeded: [east] Give up the old volume of data-db-0\n');
    await fleet.settle();
    expect(await volumes()).toHaveLength(1);
    expect((await fleet.run(`describe operation ${id}`)).out).toMatch(/\nUndo: +given up: it was confirmed\n/);
    const undo = await fleet.run(`undo ${id} --yes`);
    expect(undo.code).toBe(1);
    expect(undo.err).toContain('was confirmed');
    expect((await fleet.run(`confirm ${id} --yes`)).err).toContain('has nothing to confirm');
  });
});

it('a restore that failed half way is said so, and undo puts everything back', async () => {
  await fleet.run(`confirm ${id} --yes`);
  await fleet.east.write('shop', 'data-db-0', corrupt);
  fleet.east.behaviour.failures.push({ kind: 'Restore', name: 'restore-shop-', phase: 'Failed', message: 'the bucket is gone' });
  const { code, out, err } = await fleet.run('restore shop --component orders-db --mode dataOnly --to p1 --yes');
  expect(code).toBe(3);
  const failed = /restore-shop-\w+/.exec(out)![0];
  expect(out).toContain('the bucket is gone');
  expect(err).toContain(`next: kubectl dr resume ${failed}   (try again from where it failed)\n`);
  expect(err).toContain(`next: kubectl dr undo ${failed}   (put everything back as it was)\n`);
  expect((await fleet.run(`describe operation ${failed}`)).out).toContain(`  kubectl dr undo ${failed} `);
  expect(await fleet.run(`undo ${failed}`, { answer: 'shop' })).toMatchObject({ code: 0 });
  expect(await files()).toEqual(corrupt);
});

it('what does not exist is said so', async () => {
  for (const verb of ['undo', 'confirm', 'logs']) {
    expect(await fleet.run(`${verb} restore-shop-none`), verb).toEqual({
      code: 1,
      out: '',
      err: 'error: there is no operation "restore-shop-none"\nnext: list them with: kubectl dr get operations\n',
    });
  }
});

/** Ids and names of volumes differ from run to run. */
/** Seconds pass on the clock of the test with whatever waits on it: how many is a matter of moments. */
function masked(output: string): string {
  return output
    .replace(/\brestore-shop-[0-9a-f]{5,8}\b/g, 'restore-shop-<id>')
    .replace(/pvc-[0-9a-f-]{36}/g, 'pvc-<uid>')
    .replace(/(T\d\d:\d\d:)\d\d\.\d{3}Z/g, '$1<s>Z')
    .replace(/\b\d{1,2}s(?= from| +in)/g, '<s>s')
    .replace(/ +in 1(?:19|20)m/g, ' in 119m');
}
