import { drizzle, type PostgresJsDatabase } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';
import * as schema from '../drizzle/schema/index.ts';

/** Both faces of one connection pool: drizzle for typed queries, `sql` for set-based statements. */
export interface Database {
  db: PostgresJsDatabase<typeof schema>;
  sql: postgres.Sql;
  close(): Promise<void>;
}

export type Sql = postgres.Sql | postgres.TransactionSql;

/** Opens a pool; the first query connects. `max` connections, each closed after 5 idle minutes. */
export function openDatabase(url: string, options: { max?: number; name?: string } = {}): Database {
  const sql = postgres(url, {
    max: options.max ?? 10,
    idle_timeout: 300,
    connect_timeout: 10,
    backoff: reconnectSeconds,
    onnotice: () => undefined,
    connection: { application_name: options.name ?? 'cairn' },
    types: {
      // bigint columns of ours (tokens, ids, speeds, metrics) stay below 2^53.
      bigint: { to: 20, from: [20], parse: Number, serialize: String },
    },
  });
  const db = drizzle(sql, { schema });
  readTimesAsDates(sql);
  return { db, sql, close: () => sql.end({ timeout: 5 }) };
}

/**
 * Seconds until a lost connection is tried again, at most 1. The driver's own 20 would hold back queries long after a server that was
 * away for a moment is there again: it gives them to connections that wait, too.
 */
function reconnectSeconds(retries: number): number {
  return (0.5 + Math.random() / 2) * Math.min(3 ** retries / 100, 1);
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
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (typeof code !== 'string') return false;
  return (
    /^(CONNECTION_|CONNECT_TIMEOUT|ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN)/.test(code) ||
    /^(08|53|57P|40001|40P01)/.test(code) ||
    code === '25006'
  );
}
