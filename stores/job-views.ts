import type { JobStatus, JobType } from '../core/jobs.ts';
import type { DeviceOutcome, DeviceStatus } from '../core/outcome.ts';
import { idOrNull, rfc3339, selectList } from './columns.ts';
import type { Database, Sql } from './database.ts';
import { ITEM_STATUS } from './bulk-items.ts';
import { jobConditions, type JobFilter } from './job-filter.ts';
import { jobInScope, type Scope } from './scope.ts';

type Has = Pick<Database, 'sql'>;

/** A job with the counts of its devices, or of the targets of a bulk job, read from their rows. Times are RFC 3339. */
export interface JobView {
  job_id: string;
  type: JobType;
  status: JobStatus;
  partial: boolean;
  message: string | null;
  params: Record<string, unknown>;
  owner: string;
  priority: number;
  total_devices: number;
  pending_devices: number;
  running_devices: number;
  completed_devices: number;
  failed_devices: number;
  cancelled_devices: number;
  created_at: string;
  started_at: string | null;
  completed_at: string | null;
  error: string | null;
  retry_of: string | null;
  schedule_id: string | null;
  run_id: string | null;
  /** From its start to its end, or to now; 0 before it has started. */
  duration_seconds: number;
}

const FIELDS = ['type', 'status', 'partial', 'message', 'owner', 'priority', 'total_devices', 'error', 'retry_of'];
const TIMES = ['created_at', 'started_at', 'completed_at'];

// The table of an inventory sync may be a megabyte: it is in the row, and not shown with it.
const COLUMNS = `select j.id as job_id, ${selectList('j', [...FIELDS, 'schedule_id', 'run_id'], TIMES)},
    j.params #- '{inventory,source,text}' as params,
    coalesce(extract(epoch from coalesce(j.completed_at, now()) - j.started_at), 0)::float8 as duration_seconds, c.*`;
const COUNTS = `lateral (
    select (count(*) filter (where status = 'pending'))::int as pending_devices,
           (count(*) filter (where status = 'in_progress'))::int as running_devices,
           (count(*) filter (where status = 'completed'))::int as completed_devices,
           (count(*) filter (where status = 'failed'))::int as failed_devices,
           (count(*) filter (where status = 'cancelled'))::int as cancelled_devices
    from (select status from job_devices where job_id = j.id
      union all select ${ITEM_STATUS} from bulk_items where job_id = j.id) d) c`;

/** Null for an id that is unknown, not in scope, or cannot be one. */
export async function readJob({ sql }: Has, scope: Scope, jobId: string): Promise<JobView | null> {
  const id = idOrNull(jobId);
  if (id === null) return null;
  const rows = await sql<JobView[]>`${sql.unsafe(COLUMNS)} from jobs j, ${sql.unsafe(COUNTS)}
    where j.id = ${id} and ${jobInScope(sql, scope, 'j')}`;
  return rows[0] ?? null;
}

const NEWEST = (sql: Sql) => sql`j.created_at desc nulls last, j.id desc nulls last`;

/** The newest first; `before` is the last job of the page before. */
export async function listJobs(
  { sql }: Has,
  scope: Scope,
  filter: JobFilter,
  before: { created_at: string; job_id: string } | null,
  limit: number,
): Promise<JobView[]> {
  // The page first, then the counts of its jobs; the order is that of the index, whose columns hold no nulls.
  return sql<JobView[]>`${sql.unsafe(COLUMNS)} from (
    select * from jobs j where ${jobInScope(sql, scope, 'j')}
      ${jobConditions(sql, filter)}
      ${before === null ? sql`` : sql`and (j.created_at, j.id) < (${before.created_at}::timestamptz, ${before.job_id}::uuid)`}
    order by ${NEWEST(sql)} limit ${limit}) j, ${sql.unsafe(COUNTS)} order by ${NEWEST(sql)}`;
}

export interface JobDeviceView {
  position: number;
  device_id: string;
  device_name: string;
  status: DeviceStatus;
  outcome: DeviceOutcome | null;
  error: string | null;
  attempts: number;
  current_task: string | null;
  progress_percentage: number;
  kinds: Record<string, { outcome: string; rows: number; duration_ms: number; error: string | null }>;
  started_at: string | null;
  completed_at: string | null;
}

/**
 * The devices of a job after `position`, in order. A kind that a finished device was never asked for (cancel, time limit)
 * has the outcome of the device.
 */
export async function listJobDevices(
  { sql }: Has,
  jobId: string,
  filter: { status?: DeviceStatus | undefined; outcome?: DeviceOutcome | undefined },
  position: number,
  limit: number,
): Promise<JobDeviceView[]> {
  return sql<JobDeviceView[]>`
    select jd.position, jd.device_id, jd.name as device_name, jd.status, jd.outcome, jd.error, jd.attempts, jd.current_task,
      case when jd.status in ('completed', 'failed', 'cancelled') then 100
           else floor(100.0 * k.done / greatest(k.asked, 1)) end::int as progress_percentage, k.kinds,
      ${sql.unsafe(rfc3339('jd.started_at'))} as started_at, ${sql.unsafe(rfc3339('jd.completed_at'))} as completed_at
    from (
      select * from job_devices jd where jd.job_id = ${jobId} and jd.position > ${position}
      ${filter.status === undefined ? sql`` : sql`and jd.status = ${filter.status}`}
      ${filter.outcome === undefined ? sql`` : sql`and jd.outcome = ${filter.outcome}`}
      order by jd.position limit ${limit}) jd join jobs j on j.id = jd.job_id, lateral (
      select count(*) as asked, count(s.kind) as done,
        coalesce(json_object_agg(a.kind, json_build_object('outcome', coalesce(s.outcome, jd.outcome), 'rows', coalesce(s.rows, 0),
          'duration_ms', coalesce(s.duration_ms, 0), 'error', case when s.kind is null then jd.error else s.error end) order by a.n)
          filter (where s.kind is not null or jd.status in ('failed', 'cancelled')), '{}'::json) as kinds
      from jsonb_array_elements_text(j.params -> 'kinds') with ordinality as a(kind, n)
      left join job_device_kinds s on s.job_id = jd.job_id and s.device_id = jd.device_id and s.kind = a.kind) k
    order by jd.position`;
}

/** A device of a job as the classic progress answer shows it. */
export type DeviceProgress = Omit<JobDeviceView, 'outcome' | 'attempts' | 'kinds'>;

/** The progress of the devices of a job after `position`, in order: it is asked for often, so it reads no more than it shows. */
export async function listProgress({ sql }: Has, jobId: string, position: number, limit: number): Promise<DeviceProgress[]> {
  return sql<DeviceProgress[]>`
    select jd.position, jd.device_id, jd.name as device_name, jd.status, jd.error, jd.current_task,
      case when jd.status in ('completed', 'failed', 'cancelled') then 100
           else floor(100.0 * (select count(*) from job_device_kinds s where s.job_id = jd.job_id and s.device_id = jd.device_id)
             / greatest(jsonb_array_length(j.params -> 'kinds'), 1)) end::int as progress_percentage,
      ${sql.unsafe(rfc3339('jd.started_at'))} as started_at, ${sql.unsafe(rfc3339('jd.completed_at'))} as completed_at
    from job_devices jd join jobs j on j.id = jd.job_id
    where jd.job_id = ${jobId} and jd.position > ${position} order by jd.position limit ${limit}`;
}

/** What one device gave in a job, as JSON text that is passed on unparsed. */
export interface DeviceResult {
  position: number;
  device_id: string;
  status: DeviceStatus;
  outcome: DeviceOutcome | null;
  error: string | null;
  /** `{"<kind>":[…]}` of the kinds that were `ok` or `empty`; null where there are none. */
  data: string | null;
  /** `{"<kind>":"<outcome>"}` */
  outcomes: string;
  /** Kinds whose records are no longer kept. */
  lost: string[];
}

/** The results of the devices of a job after `position`, in order. */
export async function listResults({ sql }: Has, jobId: string, position: number, limit: number): Promise<DeviceResult[]> {
  return sql<DeviceResult[]>`
    select jd.position, jd.device_id, jd.status, jd.outcome, jd.error, k.*
    from job_devices jd join jobs j on j.id = jd.job_id, lateral (
      select '{' || string_agg(to_json(a.kind)::text || ':' || case when s.outcome = 'empty' then '[]' else f.records::text end, ',' order by a.n)
          filter (where s.outcome = 'empty' or (s.outcome = 'ok' and f.records is not null)) || '}' as data,
        coalesce(json_object_agg(a.kind, coalesce(s.outcome, jd.outcome) order by a.n)
          filter (where s.kind is not null or jd.status in ('failed', 'cancelled')), '{}'::json)::text as outcomes,
        coalesce(array_agg(a.kind order by a.n) filter (where s.outcome = 'ok' and f.records is null), '{}') as lost
      from jsonb_array_elements_text(j.params -> 'kinds') with ordinality as a(kind, n)
      left join job_device_kinds s on s.job_id = jd.job_id and s.device_id = jd.device_id and s.kind = a.kind
      left join fact_sets f on f.device_id = s.device_id and f.kind = s.kind and f.sha256 = s.facts_sha256) k
    where jd.job_id = ${jobId} and jd.position > ${position}
    order by jd.position limit ${limit}`;
}
