import { systemClock } from '@kubectl-dr/core/system-clock';
import { ApprovalStore } from '../operations/ApprovalStore.ts';
import { PlanStore } from '../operations/PlanStore.ts';
import { CorrectionStore } from '../policies/CorrectionStore.ts';
import { RequestStore } from '../operations/RequestStore.ts';
import type { Postgres } from '../testing/postgres.ts';
import { databaseOf, missingPostgres, startPostgres } from '../testing/postgres.ts';
import type { Database } from './migrate.ts';
import { migrationsDirectory, openDatabase } from './migrate.ts';

const missing = missingPostgres();
let postgres: Postgres | undefined;
const opened: Database[] = [];
beforeAll(async () => {
  if (missing === undefined) postgres = await startPostgres();
}, 60_000);
afterEach(() => Promise.all(opened.splice(0).map((database) => database.destroy())));
afterAll(() => postgres?.close());

/** An empty database of its own. */
const fresh: Record<string, () => Promise<Database>> = {
  SQLite: async () => {
    const database = databaseOf({ client: 'better-sqlite3', connection: ':memory:', useNullAsDefault: true });
    opened.push(database);
    return database;
  },
  PostgreSQL: () => postgres!.open(),
};

const plan = { id: 'p', hash: 'h', intent: 'Backup', expiresAt: new Date(Date.now() + 60_000).toISOString() } as never;

describe.each(Object.entries(fresh))('the schema on %s', (name, init) => {
  const skipped = name === 'PostgreSQL' && missing;
  beforeEach(({ skip }) => void (skipped && skip(skipped)));

  it('goes up, down, and up again', async () => {
    const knex = await init();
    const directory = migrationsDirectory();
    await knex.migrate.latest({ directory });
    expect(await knex.schema.hasTable('plans')).toBe(true);
    await knex.migrate.rollback({ directory }, true);
    expect(await knex.schema.hasTable('plans')).toBe(false);
    expect(await knex.schema.hasTable('started_requests')).toBe(false);
    expect(await knex.schema.hasTable('approvals')).toBe(false);
    expect(await knex.schema.hasTable('verdict_states')).toBe(false);
    await knex.migrate.latest({ directory });
    await new PlanStore(knex, systemClock).put(plan, 'alice');
  });

  it('keeps plans by id and hash, and forgets those that expired long ago', async () => {
    const knex = await init();
    await knex.migrate.latest({ directory: migrationsDirectory() });
    const store = new PlanStore(knex, systemClock);
    await store.put(plan, 'alice');
    await store.put({ ...(plan as object), id: 'old', expiresAt: '2020-01-01T00:00:00.000Z' } as never, 'alice');
    expect(await store.get({ id: 'p', hash: 'h' })).toEqual(plan);
    expect(await store.get({ id: 'old', hash: 'h' })).toMatchObject({ id: 'old' });
    await store.put(plan, 'bob');
    await expect(store.get({ id: 'old', hash: 'h' })).rejects.toMatchObject({ name: 'NotFoundError' });
    await expect(store.get({ id: 'p', hash: 'x' })).rejects.toMatchObject({ name: 'NotFoundError' });
  });

  it('lets one of two claims of a key win, and forgets keys after a day', async () => {
    const knex = await init();
    await knex.migrate.latest({ directory: migrationsDirectory() });
    let now = Date.parse('2026-01-15T12:00:00Z');
    const store = new RequestStore(knex, { now: () => new Date(now), sleep: async () => undefined });
    const request = { caller: 'user:default/alice', key: 'k', body: { plan: { id: 'p', hash: 'h' } } };
    expect(await Promise.all([store.claim(request, 'one'), store.claim(request, 'two')])).toEqual([true, false]);
    expect(await store.find(request)).toMatchObject({ operationId: 'one' });
    await expect(store.find({ ...request, body: { ...request.body, reason: 'other' } })).rejects.toMatchObject({ name: 'ConflictError' });
    expect(await store.find({ ...request, caller: 'user:default/bob' })).toBeUndefined();
    await store.release(request);
    expect(await store.find(request)).toBeUndefined();
    await store.claim(request, 'one');
    now += 25 * 3_600_000;
    await store.claim({ ...request, key: 'another' }, 'three');
    expect(await store.find(request)).toBeUndefined();
  });

  it('lets nobody approve their own request, whatever the code above it believes, and only one decide', async () => {
    const knex = await init();
    await knex.migrate.latest({ directory: migrationsDirectory() });
    let now = Date.parse('2026-01-15T12:00:00Z');
    const store = new ApprovalStore(knex, { now: () => new Date(now), sleep: async () => undefined });
    const asked = { operationId: 'o', plan: { ...(plan as object), application: 'shop' } as never, requestedBy: 'user:default/alice' };
    expect(await store.request(asked)).toMatchObject({ state: 'waiting', expiresAt: '2026-01-16T12:00:00.000Z' });
    expect(await store.request({ ...asked, requestedBy: 'user:default/bob' })).toMatchObject({ requestedBy: 'user:default/alice' });
    await expect(store.decide('o', 'approved', 'user:default/alice')).rejects.toThrow(/constraint/i);
    expect(await Promise.all(['bob', 'carol'].map((who) => store.decide('o', 'approved', `user:default/${who}`)))).toEqual([true, false]);
    expect(await store.decide('o', 'withdrawn', 'user:default/alice')).toBe(false);
    // The replica that was told to start it died: the approval may be given again.
    now += 120_000;
    expect(await store.decide('o', 'approved', 'user:default/carol')).toBe(true);
    await store.notStarted('o', 'failed', 'the plan is stale');
    expect(await store.find('o')).toMatchObject({ state: 'failed', decidedBy: 'user:default/carol', message: 'the plan is stale' });
    expect(await store.decide('o', 'approved', 'user:default/bob')).toBe(false);
  });

  it('keeps the last correction of each object, newest first, and forgets old ones', async () => {
    const knex = await init();
    await knex.migrate.latest({ directory: migrationsDirectory() });
    let now = Date.parse('2026-01-15T12:00:00Z');
    const store = new CorrectionStore(knex, { now: () => new Date(now), sleep: async () => undefined });
    const change = (application: string, name: string) =>
      ({
        application,
        cluster: 'east',
        action: 'change',
        type: { kind: 'Schedule' },
        object: { metadata: { namespace: 'velero', name } },
      }) as never;
    await store.record(change('shop', 'a'), 'it was refused');
    await store.record(change('lab', 'x'));
    now += 60_000;
    await store.record(change('shop', 'b'));
    now += 60_000;
    await store.record(change('shop', 'a'));
    expect(await store.of(['shop'])).toMatchObject([
      { object: 'Schedule velero/a', at: '2026-01-15T12:02:00.000Z', action: 'change' },
      { object: 'Schedule velero/b' },
    ]);
    expect((await store.of(['shop'])).some(({ error }) => error !== undefined)).toBe(false);
    now += 91 * 86_400_000;
    await store.record(change('lab', 'y'));
    expect(await store.of(['shop', 'lab'])).toMatchObject([{ object: 'Schedule velero/y' }]);
  });
});

it('replicas that start in the same moment bring the schema up to date once', async ({ skip }) => {
  if (missing !== undefined) return skip(missing);
  const first = await postgres!.open();
  const others = [1, 2, 3].map(() => postgres!.openAgain((first.client as { database(): string }).database()));
  await Promise.all([first, ...others].map((knex) => openDatabase({ getClient: async () => knex })));
  expect(await first('approvals').count({ n: '*' })).toEqual([{ n: '0' }]);
  const applied = (await first('knex_migrations')).map(({ name }) => name);
  expect(applied).toEqual([...new Set(applied)]);
});
