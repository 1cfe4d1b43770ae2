import type { BulkCounts, ItemState } from '../core/bulk.ts';
import { rfc3339 } from './columns.ts';
import type { Database, Sql } from './database.ts';
import { arrayLiteral } from './text-array.ts';

type Has = Pick<Database, 'sql'>;

/** SQL: a target counts as a device of this status. */
export const ITEM_STATUS =
  "case state when 'done' then 'completed' when 'skipped' then 'completed' when 'running' then 'in_progress' else state end";

export interface BulkItemView {
  position: number;
  target_id: string;
  name: string;
  state: ItemState;
  message: string | null;
  completed_at: string | null;
}

/** The targets of a bulk job after `position`, in order; none of any other job. */
export async function listBulkItems(
  { sql }: Has,
  jobId: string,
  filter: { state?: readonly ItemState[] | undefined },
  position: number,
  limit: number,
): Promise<BulkItemView[]> {
  return sql<BulkItemView[]>`
    select position, target_id, name, state, message, ${sql.unsafe(rfc3339('completed_at'))} as completed_at from bulk_items
    where job_id = ${jobId} and position > ${position}
      ${filter.state === undefined ? sql`` : sql`and state = any(${[...filter.state]}::text[])`}
    order by position limit ${limit}`;
}

export async function countItems(sql: Sql, jobId: string): Promise<BulkCounts> {
  const rows = await sql<{ state: string; n: number }[]>`
    select state, count(*)::int as n from bulk_items where job_id = ${jobId} group by state`;
  const of = (state: ItemState): number => rows.find((row) => row.state === state)?.n ?? 0;
  return {
    total: rows.reduce((sum, row) => sum + row.n, 0),
    pending: of('pending'),
    running: of('running'),
    done: of('done'),
    skipped: of('skipped'),
    failed: of('failed'),
    cancelled: of('cancelled'),
  };
}

/** A target whose turn it is. `again`: somebody was at it before, and died or gave up. */
export interface ClaimedItem {
  position: number;
  target_id: string;
  name: string;
  again: boolean;
}

/** Takes the next targets after `position` that are not over, in order; while the job is not to stop. */
export async function claimItems(sql: Sql, jobId: string, position: number, limit: number): Promise<ClaimedItem[]> {
  return sql<ClaimedItem[]>`
    with next as (
      select i.position, i.state = 'running' as again from bulk_items i join jobs j on j.id = i.job_id
      where i.job_id = ${jobId} and i.position > ${position} and i.state in ('pending', 'running') and j.status = 'in_progress'
      order by i.position limit ${limit} for update of i
    ), claimed as (
      update bulk_items i set state = 'running' from next n where i.job_id = ${jobId} and i.position = n.position
      returning i.position, i.target_id, i.name, n.again
    ) select * from claimed order by position`;
}

/** What became of a target. */
export interface ItemEnd {
  position: number;
  state: 'done' | 'skipped' | 'failed';
  message: string;
}

/** Targets that are over keep their end. */
export async function settleItems(sql: Sql, jobId: string, ends: ItemEnd[]): Promise<void> {
  await sql`
    update bulk_items i set state = e.state, message = e.message, completed_at = now()
    from unnest(${ends.map((end) => end.position)}::int[], ${arrayLiteral(ends.map((end) => end.state))}::text[],
      ${arrayLiteral(ends.map((end) => end.message))}::text[]) as e(position, state, message)
    where i.job_id = ${jobId} and i.position = e.position and i.state in ('pending', 'running')`;
}

/** Targets that the end of the job came before; of one that somebody was at nobody knows how far it came. */
export async function cancelItems(sql: Sql, jobId: string, message: string): Promise<void> {
  await sql`update bulk_items set state = 'cancelled', completed_at = now(),
      message = case state when 'running' then 'it was begun when the job ended, and may be done' else ${message} end
    where job_id = ${jobId} and state in ('pending', 'running')`;
}
