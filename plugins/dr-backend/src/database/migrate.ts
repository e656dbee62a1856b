import type { DatabaseService } from '@backstage/backend-plugin-api';
import { resolvePackagePath } from '@backstage/backend-plugin-api';

/** Knex, in the version that the host brings. */
export type Database = Awaited<ReturnType<DatabaseService['getClient']>>;

export const migrationsDirectory = (): string => resolvePackagePath('@kubectl-dr/backstage-plugin-dr-backend', 'migrations');

/** The plugin's database, brought up to date. */
export async function openDatabase(database: DatabaseService): Promise<Database> {
  const knex = await database.getClient();
  if (!database.migrations?.skip) await oneAtATime(knex, () => knex.migrate.latest({ directory: migrationsDirectory() }));
  return knex;
}

/**
 * Knex has a lock of its own, in a table that it makes: of replicas that start together on an empty database each makes it, and none
 * gets the lock ever after. PostgreSQL can lock without a table; in SQLite there is one replica.
 */
async function oneAtATime(knex: Database, work: () => Promise<unknown>): Promise<void> {
  if (knex.client.config.client !== 'pg') return void (await work());
  await knex.transaction(async (held) => {
    await held.raw("select pg_advisory_xact_lock(hashtext('kubectl-dr migrations'))");
    await work();
  });
}
