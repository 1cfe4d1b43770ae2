import type { PendingQuery, Row } from 'postgres';
import type { CleanupParams } from '../../core/cleanup.ts';
import type { Sql } from '../database.ts';
import { arrayLiteral } from '../text-array.ts';
import { chunks, MOST_ROWS, removeBatch, type CleanupScope, type CleanupStep, type Key } from './step.ts';

type Fragment = PendingQuery<Row[]>;

/** A column with the type that its text is cast to. */
type Column = readonly [name: string, type: string];

/** A table whose doomed rows are found in the order of an index and removed by their key. */
export interface KeyedTable {
  table: string;
  /** Names a row. */
  key: readonly Column[];
  /** The order in which they are found; ends with the key. */
  order: readonly Column[];
  rule: CleanupStep['rule'];
  /** What is true of a row `t` that is to go; null where the parameters ask for nothing. */
  doomed(sql: Sql, scope: CleanupScope): Fragment | null;
  /** Rows of one transaction, where they are large. */
  batch?: number;
  /** Locks what must stand still; answers those of the items that may be removed now. */
  lock?(tx: Sql, items: Key[]): Promise<Key[]>;
}

/** Rows looked for at a time: without an index for the rule each look reads the table. */
const PAGE = 20_000;

export function keyedStep(spec: KeyedTable): CleanupStep {
  const { table, key, order, batch = MOST_ROWS } = spec;
  const names = order.map(([name]) => `t.${name}`).join(', ');
  const keyAt = key.map(([name]) => order.findIndex(([other]) => other === name));

  return {
    rule: spec.rule,
    page: PAGE,
    async find(scope, after, limit) {
      const { sql } = scope.database;
      const doomed = spec.doomed(sql, scope);
      if (doomed === null) return { items: [], next: null };
      const select = order.map(([name]) => `t.${name}::text`).join(', ');
      const place = after === null ? sql`` : sql`and (${sql.unsafe(names)}) > (${values(sql, order, after)})`;
      const rows = await sql<{ key: Key }[]>`select array[${sql.unsafe(select)}] as key from ${sql(table)} t
        where ${doomed} ${place} order by ${sql.unsafe(names)} limit ${limit}`;
      const found = rows.map((row) => row.key);
      const items = found.map((row) => keyAt.map((at) => row[at]!));
      return { items, next: found.length < limit ? null : (found.at(-1) ?? null) };
    },
    count: (_scope, items) => Promise.resolve({ [table]: items.length }),
    async *remove(scope, items, removed) {
      for (const some of chunks(items, batch)) {
        yield await removeBatch(scope, removed, async (tx) => {
          const mine = spec.lock === undefined ? some : await spec.lock(tx, some);
          const doomed = spec.doomed(tx, scope);
          if (mine.length === 0 || doomed === null) return { [table]: 0 };
          const found =
            await tx`delete from ${tx(table)} t using unnest(${arrays(tx, key, mine)}) as k(${tx(key.map(([name]) => name))})
            where ${tx.unsafe(key.map(([name]) => `t.${name} = k.${name}`).join(' and '))} and ${doomed}`;
          return { [table]: found.count };
        });
      }
    },
  };
}

function values(sql: Sql, columns: readonly Column[], place: Key): Fragment {
  return joined(
    sql,
    columns.map(([, type], at) => sql`${place[at] ?? null}::text::${sql.unsafe(type)}`),
  );
}

function arrays(sql: Sql, columns: readonly Column[], items: Key[]): Fragment {
  return joined(
    sql,
    columns.map(([, type], at) => sql`${arrayLiteral(items.map((item) => item[at]))}::text::${sql.unsafe(type)}[]`),
  );
}

function joined(sql: Sql, parts: Fragment[]): Fragment {
  return parts.reduce((sum, part) => sql`${sum}, ${part}`);
}

/** `older than 90 days`, or null for a rule that is off. */
export function olderThan(days: number | null, what = 'older than'): string | null {
  return days === null ? null : `${what} ${days} day${days === 1 ? '' : 's'}`;
}

/** A rule of one number of days. */
export const byAge =
  (name: keyof CleanupParams, what?: string) =>
  (params: CleanupParams): string | null => {
    const days = params[name];
    return typeof days === 'number' ? olderThan(days, what) : null;
  };
