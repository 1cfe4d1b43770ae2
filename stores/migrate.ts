import { fileURLToPath } from 'node:url';
import { existsSync } from 'node:fs';
import { migrate as apply } from 'drizzle-orm/postgres-js/migrator';
import { openDatabase } from './database.ts';

/** Any number that nothing else of ours locks. */
const MIGRATION_LOCK = 7_221_001;

/** The folder of the generated migrations, from the sources and from `dist/` alike. */
function migrationsFolder(): string {
  const near = fileURLToPath(new URL('../drizzle/migrations', import.meta.url));
  return existsSync(near) ? near : fileURLToPath(new URL('../../drizzle/migrations', import.meta.url));
}

/** Brings the schema up to date. Processes that start together wait for one another (advisory lock). */
export async function migrate(url: string): Promise<void> {
  const database = openDatabase(url, { max: 1, name: 'cairn-migrate' });
  try {
    await database.sql`select pg_advisory_lock(${MIGRATION_LOCK})`;
    await apply(database.db, { migrationsFolder: migrationsFolder() });
  } finally {
    await database.close();
  }
}
