import type { PendingQuery, Row } from 'postgres';
import type { CleanupParams } from '../../core/cleanup.ts';
import { arrayLiteral } from '../text-array.ts';
import type { Sql } from '../database.ts';
import { doomedUnchanged } from './backups.ts';
import { olderThan } from './keyed-step.ts';
import { chunks, cutoff, MOST_ROWS, removeBatch, type CleanupScope, type CleanupStep, type Key } from './step.ts';

const asked = ({ versions_keep, versions_days, versions_bytes }: CleanupParams): boolean =>
  versions_keep !== null || versions_days !== null || versions_bytes !== null;

/**
 * The versions that are to go: `id, device_id, next_id` (the version that replaced it). Never the newest of a device, nor one of its
 * newest `versions_least`. By count and age first; of what is left, the oldest of all devices until the size is kept.
 */
export function doomedVersions(sql: Sql, scope: CleanupScope): PendingQuery<Row[]> {
  const { versions_keep, versions_days, versions_bytes, versions_least } = scope.params;
  const before = cutoff(scope, versions_days);
  return sql`
    with v as (
      select id, device_id, coalesce(bytes, 0)::bigint as bytes, lead(id) over (partition by device_id order by id) as next_id,
        lead(timestamp) over (partition by device_id order by id) as replaced_at,
        row_number() over (partition by device_id order by id desc) as place
      from backups where changed
    ), judged as (
      select *, place > ${versions_least} and (
        ${versions_keep === null ? sql`false` : sql`place > ${versions_keep}`}
        or ${before === null ? sql`false` : sql`replaced_at < ${before}`}) as old from v
    ), measured as (
      select *, sum(bytes) over () as total, sum(bytes) filter (where place > ${versions_least}) over (order by id) as freed
      from judged where not old
    )
    select id, device_id, next_id from judged where old
    ${
      versions_bytes === null
        ? sql``
        : sql`union all select id, device_id, next_id from measured
          where place > ${versions_least} and total - (freed - bytes) > ${String(versions_bytes)}::text::bigint`
    }`;
}

/** The collections of these versions: those that found each, and found it unchanged; the version itself comes last. */
async function rowsOf(scope: CleanupScope, items: Key[]): Promise<{ id: number; changed: boolean }[]> {
  const { sql } = scope.database;
  const aged = doomedUnchanged(sql, scope);
  const column = (at: number): string => arrayLiteral(items.map((item) => item[at]));
  // What goes by its age is counted there.
  return sql<{ id: number; changed: boolean }[]>`
    select t.id, t.changed from unnest(${column(0)}::text::bigint[], ${column(1)}::text::uuid[], ${column(2)}::text::bigint[])
      as v(id, device_id, next_id)
    join backups t on t.device_id = v.device_id and t.id >= v.id and t.id < v.next_id and t.status = 'success'
    where true ${aged === null ? sql`` : sql`and not (${aged})`}
    order by v.id, t.id desc`;
}

/** True where these versions of a device may go with their collections: by count, by age, by size. */
export const versions: CleanupStep = {
  rule(params) {
    const { versions_keep, versions_days, versions_bytes, versions_least } = params;
    const rules = [
      versions_keep === null ? null : `beyond ${versions_keep} of a device`,
      olderThan(versions_days, 'replaced more than')?.concat(' ago') ?? null,
      versions_bytes === null ? null : `beyond ${versions_bytes} bytes together`,
    ].filter((rule) => rule !== null);
    return rules.length === 0 ? null : `${rules.join(', ')}; the newest ${versions_least} of each device stay`;
  },
  page: 5_000,
  async find(scope, after, limit) {
    if (!asked(scope.params)) return { items: [], next: null };
    const { sql } = scope.database;
    const rows = await sql<{ id: number; device_id: string; next_id: number }[]>`
      select * from (${doomedVersions(sql, scope)}) d where d.id > ${after?.[0] ?? '0'}::text::bigint order by d.id limit ${limit}`;
    const last = rows.at(-1);
    const next = last === undefined || rows.length < limit ? null : [String(last.id)];
    return { items: rows.map((row) => [String(row.id), row.device_id, String(row.next_id)]), next };
  },
  async count(scope, items) {
    const rows = await rowsOf(scope, items);
    return { versions: items.length, backups: rows.filter((row) => !row.changed).length };
  },
  async *remove(scope, items, removed) {
    for (const some of chunks(items, MOST_ROWS))
      for (const rows of chunks(await rowsOf(scope, some), MOST_ROWS))
        yield await removeBatch(scope, removed, async (tx) => {
          const gone = await tx<{ changed: boolean }[]>`
            delete from backups t where t.id = any(${arrayLiteral(rows.map((row) => row.id))}::text::bigint[])
              and exists (select 1 from backups n where n.device_id = t.device_id and n.changed and n.id > t.id)
            returning t.changed`;
          const replaced = gone.filter((row) => row.changed).length;
          return { versions: replaced, backups: gone.length - replaced };
        });
  },
};
