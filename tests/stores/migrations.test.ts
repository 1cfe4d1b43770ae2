import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { migrate as apply } from 'drizzle-orm/postgres-js/migrator';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import { openDatabase, type Database } from '../../stores/database.ts';
import { migrate } from '../../stores/migrate.ts';
import { addDevice } from '../support/cleanup.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const FOLDER = fileURLToPath(new URL('../../drizzle/migrations', import.meta.url));

let test: TestDatabase;
let database: Database;

beforeAll(async () => {
  test = await createTestDatabase();
  database = openDatabase(test.url, { max: 2 });
});
afterAll(async () => {
  await database?.close();
  await test?.drop();
});

/** An empty schema with the first so many migrations. */
async function startOver(count: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'cairn-migrations-'));
  try {
    await cp(FOLDER, folder, { recursive: true });
    const path = join(folder, 'meta', '_journal.json');
    const journal: { entries: unknown[] } = JSON.parse(await readFile(path, 'utf8'));
    await writeFile(path, JSON.stringify({ ...journal, entries: journal.entries.slice(0, count) }));
    await database.sql`drop schema public cascade`;
    await database.sql`drop schema drizzle cascade`;
    await database.sql`create schema public`;
    await apply(database.db, { migrationsFolder: folder });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

it('0007: versions that were not shown yet are still to be shown, and no others', async () => {
  await startOver(7);
  const { sql } = database;
  const device = await addDevice(database, 'sw1');
  const add = async (changed: boolean, published: boolean): Promise<number> => {
    const task = uuidv7();
    const [row] = await sql<{ id: number }[]>`
      insert into backups (task_id, task_identifier, device_id, job_id, actor, platform, status, timestamp, log, changed, published_at)
      values (${task}, ${task}, ${device}, ${uuidv7()}, 'test', 'cisco_ios', 'success', now(), '[]', ${changed}, ${published ? new Date() : null})
      returning id`;
    return row!.id;
  };
  await add(true, true);
  await add(false, false);
  const waiting = [await add(true, false), await add(true, false)];
  await migrate(test.url);
  const rows = await sql<{ backup_id: number }[]>`select backup_id from unpublished_versions order by 1`;
  expect(rows.map((row) => row.backup_id)).toEqual(waiting);
  expect(await sql`select 1 from backups`).toHaveLength(4);
});
