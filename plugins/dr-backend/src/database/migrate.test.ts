import { TestDatabases } from '@backstage/backend-test-utils';
import { systemClock } from '@kubectl-dr/core/system-clock';
import { PlanStore } from '../operations/PlanStore.ts';
import { RequestStore } from '../operations/RequestStore.ts';
import { migrationsDirectory } from './migrate.ts';

const databases = TestDatabases.create({ ids: ['SQLITE_3'] });
const plan = { id: 'p', hash: 'h', intent: 'Backup', expiresAt: new Date(Date.now() + 60_000).toISOString() } as never;

describe.each(databases.eachSupportedId())('the schema on %s', (id) => {
  it('goes up, down, and up again', async () => {
    const knex = await databases.init(id);
    const directory = migrationsDirectory();
    await knex.migrate.latest({ directory });
    expect(await knex.schema.hasTable('plans')).toBe(true);
    await knex.migrate.rollback({ directory }, true);
    expect(await knex.schema.hasTable('plans')).toBe(false);
    expect(await knex.schema.hasTable('started_requests')).toBe(false);
    await knex.migrate.latest({ directory });
    await new PlanStore(knex, systemClock).put(plan, 'alice');
  });

  it('keeps plans by id and hash, and forgets those that expired long ago', async () => {
    const knex = await databases.init(id);
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
    const knex = await databases.init(id);
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
});
