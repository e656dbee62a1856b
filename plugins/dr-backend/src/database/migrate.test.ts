import { readdirSync } from 'node:fs';
import { systemClock } from '@kubectl-dr/core/system-clock';
import { ApprovalStore } from '../operations/ApprovalStore.ts';
import { PlanStore } from '../operations/PlanStore.ts';
import { CorrectionStore } from '../policies/CorrectionStore.ts';
import { RequestStore } from '../operations/RequestStore.ts';
import { VerdictStore } from '../verdicts/VerdictStore.ts';
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

/** Of each table of ours its columns, with type and whether they may be empty. */
async function shapeOf(knex: Database): Promise<Record<string, unknown>> {
  const asked =
    knex.client.config.client === 'pg'
      ? knex('pg_tables').where('schemaname', 'public').select({ name: 'tablename' })
      : knex('sqlite_master').where('type', 'table').select('name');
  const tables = (await asked).map(({ name }: { name: string }) => name).filter((name: string) => !/^(knex|sqlite)_/.test(name));
  const shapes = await Promise.all(tables.map(async (name: string) => [name, await knex(name).columnInfo()] as const));
  return Object.fromEntries(shapes.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

describe.each(Object.entries(fresh))('the schema on %s', (name, init) => {
  const skipped = name === 'PostgreSQL' && missing;
  beforeEach(({ skip }) => void (skipped && skip(skipped)));

  it('goes up, down step by step, and up again, and each step down leaves what the steps before it had made', async () => {
    const knex = await init();
    const directory = migrationsDirectory();
    const shapes = [await shapeOf(knex)];
    const files = readdirSync(directory).filter((file) => file.endsWith('.js'));
    for (const _ of files) {
      await knex.migrate.up({ directory });
      shapes.push(await shapeOf(knex));
    }
    expect(Object.keys(shapes.at(-1)!)).toEqual(['approvals', 'plans', 'policy_corrections', 'started_requests', 'verdict_states']);
    expect(shapes[0]).toEqual({});
    for (const before of shapes.slice(0, -1).toReversed()) {
      await knex.migrate.down({ directory });
      expect(await shapeOf(knex)).toEqual(before);
    }
    await knex.migrate.latest({ directory });
    expect(await shapeOf(knex)).toEqual(shapes.at(-1));
    await new PlanStore(knex, systemClock).put(plan, 'alice');
  });

  it('keeps what is in a table while a later step goes down and up again', async () => {
    const knex = await init();
    const directory = migrationsDirectory();
    await knex.migrate.latest({ directory });
    const row = { caller: 'user:default/alice', key: 'k', fingerprint: 'f', operation_id: 'o', created_at: '2026-01-15T12:00:00.000Z' };
    await knex('started_requests').insert({ ...row, owner: 'group:default/team-shop' });
    await new PlanStore(knex, systemClock).put(plan, 'alice');
    for (const _ of [1, 2]) await knex.migrate.down({ directory });
    expect(await knex('started_requests')).toEqual([row]);
    await knex.migrate.latest({ directory });
    expect(await knex('started_requests')).toEqual([{ ...row, owner: null }]);
    expect(await new PlanStore(knex, systemClock).get({ id: 'p', hash: 'h' })).toEqual(plan);
  });

  it('keeps how applications stood, and lets one replica tell of it', async () => {
    const knex = await init();
    await knex.migrate.latest({ directory: migrationsDirectory() });
    let now = Date.parse('2026-01-15T12:00:00Z');
    const stores = [1, 2].map(() => new VerdictStore(knex, { now: () => new Date(now), sleep: async () => undefined }));
    // More than one statement of SQLite takes.
    const many = new Map(Array.from({ length: 250 }, (_, index) => [`app-${index}`, 'met' as const]));
    await Promise.all(stores.map((store) => store.add(many)));
    const all = await stores[0]!.all();
    expect([all.size, all.get('app-7')]).toEqual([250, { standing: 'met', since: new Date(now), told: 'silent' }]);
    now += 60_000;
    const moved = await Promise.all(
      stores.map((store) => store.move('app-7', all.get('app-7')!, { standing: 'breached', told: 'pending' })),
    );
    expect(moved.toSorted()).toEqual([false, true]);
    expect((await stores[1]!.all()).get('app-7')).toEqual({ standing: 'breached', since: new Date(now), told: 'pending' });
    now += 31 * 86_400_000;
    await stores[0]!.forget([...many.keys()]);
    expect((await stores[0]!.all()).size).toBe(0);
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
    // Over two connections, either may be first.
    const claims = await Promise.all(['one', 'two'].map(async (id) => ((await store.claim(request, id)) ? [id] : [])));
    expect(claims.flat()).toHaveLength(1);
    expect(await store.find(request)).toMatchObject({ operationId: claims.flat()[0] });
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
