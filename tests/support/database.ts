import { randomBytes } from 'node:crypto';
import postgres from 'postgres';
import { openDatabase } from '../../stores/database.ts';
import { TEMPLATE_DATABASE, testServer } from './servers.ts';

export interface TestDatabase {
  /** `postgres://…/<name>`, superuser. */
  url: string;
  sql: postgres.Sql;
  /** Closes `sql`, ends every other session and removes the database. */
  drop(): Promise<void>;
}

/** A fresh, migrated database on the PostgreSQL of this test run: a copy of the template, in about 50 ms. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const { url: adminUrl } = await testServer('postgres');
  const name = `test_${randomBytes(6).toString('hex')}`;
  await asAdmin(adminUrl, (sql) => sql`create database ${sql(name)} template ${sql(TEMPLATE_DATABASE)}`);
  const url = adminUrl.replace(/[^/]+$/, name);
  const database = openDatabase(url, { name: 'test' });
  return {
    url,
    sql: database.sql,
    drop: async () => {
      await database.close();
      await asAdmin(adminUrl, (admin) => admin`drop database ${admin(name)} with (force)`);
    },
  };
}

async function asAdmin(url: string, work: (sql: postgres.Sql) => Promise<unknown>): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => undefined });
  try {
    await work(sql);
  } finally {
    await sql.end();
  }
}
