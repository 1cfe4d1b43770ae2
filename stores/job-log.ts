import type { JobStatus } from '../core/jobs.ts';
import { idOrNull, rfc3339 } from './columns.ts';
import { ITEM_STATUS } from './bulk-items.ts';
import type { Database } from './database.ts';

type Has = Pick<Database, 'sql'>;

/** A place in the log: (`xact`, `id`) is the order in which rows become visible. `xact` is decimal text, up to 20 digits. */
export interface LogPlace {
  xact: string;
  id: number;
}

export interface LogRow extends LogPlace {
  at: string;
  event: string;
  level: string;
  message: string;
  device_id: string | null;
  data: unknown;
}

export const LOG_START: LogPlace = { xact: '0', id: 0 };

/**
 * Transactions before this one are over, as far as they can write to this log: one that is known to work in another database
 * of the server (they share their numbers) is not waited for. Of the snapshot of the statement that it is part of.
 */
const EDGE = `select coalesce(
    (select x from pg_snapshot_xip(s) x where not exists (
       select 1 from pg_stat_activity a join pg_database o on o.oid = a.datid
       where a.backend_xid = x::xid and o.datname <> current_database())
     order by x limit 1), pg_snapshot_xmax(s)) as xmin from pg_current_snapshot() s`;

/**
 * Log rows after a place, in order. Rows that a transaction still open might come before are held back, so that whoever goes
 * on from the last row he got misses none.
 */
export async function readLog(
  { sql }: Has,
  jobId: string,
  after: LogPlace,
  limit: number,
  filter: { device_id?: string | undefined; level?: readonly string[] | undefined } = {},
): Promise<LogRow[]> {
  const { device_id, level } = filter;
  return sql<LogRow[]>`
    with edge as materialized (${sql.unsafe(EDGE)})
    select xact::text as xact, id, ${sql.unsafe(rfc3339('at'))} as at, event, level, message, device_id, data from job_log
    where job_id = ${jobId} and (xact, id) > (${after.xact}::text::xid8, ${after.id}::bigint)
      and xact < (select xmin from edge)
      ${device_id === undefined ? sql`` : sql`and device_id = ${idOrNull(device_id)}`}
      ${level === undefined ? sql`` : sql`and level = any(${[...level]}::text[])`}
    order by xact, id limit ${limit}`;
}

/** What one look at a job shows, all of the same moment. */
export interface JobMoment {
  status: JobStatus;
  /** Rows that are held back for now. */
  withheld: boolean;
  rows: LogRow[];
  counts: { pending: number; running: number; completed: number; failed: number; cancelled: number; total: number };
}

/** The one query behind an event stream; null if the job is gone. */
export async function lookAtJob({ sql }: Has, jobId: string, after: LogPlace, limit: number): Promise<JobMoment | null> {
  const found = await sql<JobMoment[]>`
    with edge as materialized (${sql.unsafe(EDGE)}), fresh as (
      select xact, id, ${sql.unsafe(rfc3339('at'))} as at, event, level, message, device_id, data from job_log
      where job_id = ${jobId} and (xact, id) > (${after.xact}::text::xid8, ${after.id}::bigint) and xact < (select xmin from edge)
      order by xact, id limit ${limit}
    )
    select j.status,
      exists(select 1 from job_log l where l.job_id = j.id and l.xact >= (select xmin from edge)) as withheld,
      coalesce((select json_agg(json_build_object('xact', f.xact::text, 'id', f.id, 'at', f.at, 'event', f.event, 'level', f.level,
        'message', f.message, 'device_id', f.device_id, 'data', f.data) order by f.xact, f.id) from fresh f), '[]'::json) as rows,
      (select json_build_object('total', count(*), 'pending', count(*) filter (where status = 'pending'),
        'running', count(*) filter (where status = 'in_progress'), 'completed', count(*) filter (where status = 'completed'),
        'failed', count(*) filter (where status = 'failed'), 'cancelled', count(*) filter (where status = 'cancelled'))
        from (select status from job_devices where job_id = j.id
          union all select ${sql.unsafe(ITEM_STATUS)} from bulk_items where job_id = j.id) d) as counts
    from jobs j where j.id = ${jobId}`;
  return found[0] ?? null;
}
