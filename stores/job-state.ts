import { TERMINAL_JOB_STATUSES, type DeviceCounts, type JobParams, type JobStatus, type JobType } from '../core/jobs.ts';
import type { Outcome } from '../core/outcome.ts';
import { cancelItems } from './bulk-items.ts';
import type { Database, Sql } from './database.ts';
import { writeDeadLetters } from './write-dead-letters.ts';
import { storableJson } from './storable-text.ts';
import { tellJobEnd } from './webhook-events.ts';

type Has = Pick<Database, 'sql'>;

export interface JobState {
  id: string;
  type: JobType;
  status: JobStatus;
  params: JobParams;
  owner: string;
  priority: number;
  total_devices: number;
  started_at: Date | null;
  run_id: string | null;
}

export async function readJobState({ sql }: Has, jobId: string): Promise<JobState | null> {
  const rows = await sql<JobState[]>`select id, type, status, params, owner, priority, total_devices, started_at, run_id
    from jobs where id = ${jobId}`;
  return rows[0] ?? null;
}

/** Remembers that Temporal has taken the job. */
export async function recordRun({ sql }: Has, jobId: string, runId: string): Promise<void> {
  await sql`update jobs set run_id = ${runId} where id = ${jobId} and run_id is null`;
}

/**
 * Moves a job that is in one of `from` to `status`, with a log line. Returns the status the job has afterwards
 * (the old one where the move was not legal), or null for an unknown job.
 */
export async function moveJob(
  { sql }: { sql: Sql },
  jobId: string,
  status: JobStatus,
  from: readonly JobStatus[],
  message: string | null,
): Promise<{ moved: boolean; status: JobStatus } | null> {
  const rows = await sql<{ moved: boolean; status: JobStatus }[]>`
    with moved as (
      update jobs set status = ${status}, message = coalesce(${message}::text, message),
             started_at = case when ${status} = 'in_progress' then coalesce(started_at, now()) else started_at end
      where id = ${jobId} and status = any(${[...from]}::text[]) returning id
    ), logged as (
      insert into job_log (job_id, event, level, message, data)
      select id, 'status', 'info', coalesce(${message}::text, ${`status is ${status}`}::text), json_build_object('status', ${status}::text) from moved
    )
    select exists(select 1 from moved) as moved, case when exists(select 1 from moved) then ${status}::text else status end as status
    from jobs where id = ${jobId}`;
  return rows[0] ?? null;
}

/** Jobs that are not over: what the reconciler holds against Temporal. Oldest first. */
export async function openJobs(
  { sql }: Has,
  limit: number,
): Promise<{ id: string; type: JobType; status: JobStatus; run_id: string | null; origin: string | null; age_ms: number }[]> {
  return sql`select id, type, status, run_id, origin, (extract(epoch from now() - created_at) * 1000)::float8 as age_ms
    from jobs where status not in ('completed', 'failed', 'cancelled') order by created_at limit ${limit}`;
}

/** The live status of each of these jobs, for the workers that run their devices. */
export async function jobStatuses({ sql }: Has, ids: string[]): Promise<Map<string, JobStatus>> {
  const rows = await sql<{ id: string; status: JobStatus }[]>`select id, status from jobs where id = any(${ids}::uuid[])`;
  return new Map(rows.map((row) => [row.id, row.status]));
}

export async function countDevices(sql: Sql, jobId: string): Promise<DeviceCounts> {
  const rows = await sql<{ status: string; n: number }[]>`
    select status, count(*)::int as n from job_devices where job_id = ${jobId} group by status`;
  const of = (status: string): number => rows.find((row) => row.status === status)?.n ?? 0;
  return {
    total: rows.reduce((sum, row) => sum + row.n, 0),
    pending: of('pending'),
    running: of('in_progress'),
    completed: of('completed'),
    failed: of('failed'),
    cancelled: of('cancelled'),
  };
}

const TERMINAL = [...TERMINAL_JOB_STATUSES] as string[];

/**
 * Ends a job: every device that is not terminal gets `rest`, targets of a bulk job are cancelled, and the row gets the status that the devices give: `cancelled` if
 * asked for, `failed` if none completed, else `completed`; `partial` if anything asked for is missing. Locks are left to their
 * holders, who release them when their sessions are closed, or to their leases.
 * A job without devices is `completed` unless it has an error, or what `whole` says.
 * Idempotent: a job that is over keeps its end. Returns the status.
 */
export async function endJob(
  { sql }: Has,
  jobId: string,
  end: {
    status: 'cancelled' | null;
    rest: { status: 'failed' | 'cancelled'; outcome: Outcome; error: string };
    error: string | null;
    /** What a job without devices came to; `data` goes into its log. */
    whole?: { status: JobStatus; partial: boolean; message: string; data: object };
  },
): Promise<JobStatus> {
  return sql.begin(async (tx) => {
    const [job] = await tx<{ status: JobStatus }[]>`select status from jobs where id = ${jobId} for update`;
    if (job === undefined) return 'cancelled';
    if (TERMINAL.includes(job.status)) return job.status;
    const left = await tx<{ job_id: string; device_id: string; name: string }[]>`
      update job_devices set status = ${end.rest.status}, outcome = ${end.rest.outcome}, error = ${end.rest.error},
        current_task = null, next_attempt_at = null, completed_at = now()
      where job_id = ${jobId} and status in ('pending', 'in_progress') returning job_id, device_id, name`;
    await Promise.all(
      writeDeadLetters(
        tx,
        left.map((device) => ({ ...device, verdict: end.rest })),
      ),
    );
    await cancelItems(tx, jobId, end.rest.error);
    await tx`delete from device_locks where job_id = ${jobId} and expires_at < now()`;
    const counts = await countDevices(tx, jobId);
    const [missing] = await tx<{ any: boolean }[]>`select exists(
      select 1 from job_devices where job_id = ${jobId} and (status <> 'completed' or outcome <> 'ok')) as any`;
    const bare = counts.total === 0;
    const ofDevices: JobStatus = counts.completed === 0 ? 'failed' : 'completed';
    const status: JobStatus =
      end.status ?? (bare ? (end.whole?.status ?? (end.error === null ? 'completed' : 'failed')) : ofDevices);
    const message = bare
      ? (end.whole?.message ?? end.error ?? end.rest.error)
      : `${counts.completed} of ${counts.total} device(s) completed, ${counts.failed} failed, ${counts.cancelled} cancelled`;
    const error = end.error ?? (status === 'failed' ? await firstError(tx, jobId) : null);
    const partial = bare ? end.whole?.partial === true : missing?.any === true;
    await tx`update jobs set status = ${status}, partial = ${partial}, message = ${message}, error = ${error},
        completed_at = now(), started_at = coalesce(started_at, now()) where id = ${jobId}`;
    await tx`insert into job_log (job_id, event, level, message, data)
      values (${jobId}, 'status', ${status === 'completed' ? 'info' : 'warn'}, ${message},
        ${storableJson({ status, ...(bare ? end.whole?.data : {}) })}::text::json)`;
    await tellJobEnd(tx, jobId);
    return status;
  });
}

async function firstError(tx: Sql, jobId: string): Promise<string> {
  const [row] = await tx<{ name: string; outcome: string; error: string | null }[]>`
    select name, outcome, error from job_devices where job_id = ${jobId} order by position limit 1`;
  return row === undefined
    ? 'the job has no devices'
    : `no device completed; ${row.name}: ${row.outcome}${row.error ? `: ${row.error}` : ''}`;
}
