import type { DatabaseService } from '@backstage/backend-plugin-api';
import { resolvePackagePath } from '@backstage/backend-plugin-api';

/** Knex, in the version that the host brings. */
export type Database = Awaited<ReturnType<DatabaseService['getClient']>>;

export const migrationsDirectory = (): string => resolvePackagePath('@kubectl-dr/backstage-plugin-dr-backend', 'migrations');

/** The plugin's database, brought up to date. */
export async function openDatabase(database: DatabaseService): Promise<Database> {
  const knex = await database.getClient();
  if (!database.migrations?.skip) await knex.migrate.latest({ directory: migrationsDirectory() });
  return knex;
}
