import { drizzle, type PostgresJsDatabase } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';
import * as schema from '../drizzle/schema/index.ts';
import { databaseSockets } from './database-socket.ts';

/** Both faces of one connection pool: drizzle for typed queries, `sql` for set-based statements. */
export interface Database {
  db: PostgresJsDatabase<typeof schema>;
  sql: postgres.Sql;
  close(): Promise<void>;
}

export type Sql = postgres.Sql | postgres.TransactionSql;

/**
 * Opens a pool; the first query connects. `max` connections, which stay open. A pool that lost a connection is replaced: the driver
 * (postgres 3.4.9) may not be able to use that one again, and would wait up to 20 s before it tried. What runs in the old one may end.
 */
export function openDatabase(url: string, options: { max?: number; name?: string } = {}): Database {
  const open = (): Pool => {
    const pool = openPool(url, options, () => {
      if (pool !== current || closed) return;
      current = open();
      void retire(pool, RETIRED_SECONDS);
    });
    return pool;
  };
  const retired = new Set<Promise<void>>();
  const retire = (pool: Pool, timeout: number): Promise<void> => {
    const end = pool.sql.end({ timeout }).finally(() => retired.delete(end));
    retired.add(end);
    return end;
  };
  let closed = false;
  let current = open();
  return {
    get db() {
      return current.db;
    },
    get sql() {
      return current.sql;
    },
    async close() {
      closed = true;
      await Promise.all([retire(current, CLOSE_SECONDS), ...retired]);
    },
  };
}

const CLOSE_SECONDS = 5;
const RETIRED_SECONDS = 10;

type Pool = Pick<Database, 'db' | 'sql'>;

function openPool(url: string, options: { max?: number; name?: string }, onLost: () => void): Pool {
  // The driver's types do not know it.
  const sockets = { socket: databaseSockets(onLost) };
  const sql = postgres(url, {
    ...sockets,
    max: options.max ?? 10,
    idle_timeout: 0,
    max_lifetime: null,
    connect_timeout: 10,
    onnotice: () => undefined,
    connection: { application_name: options.name ?? 'cairn' },
    types: {
      // bigint columns of ours (tokens, ids, speeds, metrics) stay below 2^53.
      bigint: { to: 20, from: [20], parse: Number, serialize: String },
    },
  });
  const db = drizzle(sql, { schema });
  readTimesAsDates(sql);
  return { db, sql };
}

const TIMESTAMPTZ = 1184;
const TIMESTAMPTZ_ARRAY = 1185;

/** Drizzle makes the driver give times as text and take no arrays of them; it reads dates just as well. */
function readTimesAsDates(sql: postgres.Sql): void {
  sql.options.parsers[TIMESTAMPTZ] = (text: string) => new Date(text);
  sql.options.serializers[TIMESTAMPTZ] = (time: Date | string) => (typeof time === 'string' ? time : time.toISOString());
  delete sql.options.parsers[TIMESTAMPTZ_ARRAY];
  delete sql.options.serializers[TIMESTAMPTZ_ARRAY];
}

/** True for an error that says nothing about the data: the server is away, restarting or full. Worth another try. */
export function isConnectionError(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error)) return false;
  const { code } = error;
  if (typeof code !== 'string') return false;
  return (
    /^(CONNECTION_|CONNECT_TIMEOUT|ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN)/.test(code) ||
    /^(08|53|57P|40001|40P01)/.test(code) ||
    code === '25006' ||
    // While somebody restores or renames it, a database takes no connections. The same code inside a session is about the data.
    (code === '55000' && 'severity' in error && error.severity === 'FATAL')
  );
}
