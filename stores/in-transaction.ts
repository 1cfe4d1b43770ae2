import { drizzle } from 'drizzle-orm/postgres-js';
import type postgres from 'postgres';
import * as schema from '../drizzle/schema/index.ts';
import type { Database } from './database.ts';

/**
 * Runs `work` in one transaction. What it does with the database that it is given is committed together, or not at all; a
 * transaction that it begins there is a savepoint. Not for work that waits long: the transaction keeps a connection and its locks.
 */
export async function inTransaction<T>(database: Database, work: (bound: Database) => Promise<T>): Promise<T> {
  let result: { value: T } | null = null;
  await database.sql.begin(async (tx) => {
    result = { value: await work(boundTo(tx)) };
  });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- set by a transaction that was committed
  return (result as unknown as { value: T }).value;
}

function boundTo(tx: postgres.TransactionSql): Database {
  const begin = (...args: unknown[]): Promise<unknown> => {
    const [run] = args;
    if (typeof run !== 'function') throw new Error('a transaction within another one cannot have a mode of its own');
    return tx.savepoint((inner) => run(inner));
  };
  // Drizzle reads and sets these; the types of the connection stay as they are.
  const options = { parsers: {}, serializers: {} };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what a transaction lacks of a pool is given here, but for what ends it
  const sql = Object.assign(tx, { begin, options }) as unknown as postgres.Sql;
  return {
    get db() {
      return drizzle(sql, { schema });
    },
    sql,
    close: () => Promise.reject(new Error('a transaction is not closed; it ends')),
  };
}
