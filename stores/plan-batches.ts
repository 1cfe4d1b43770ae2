import type { BatchPlan } from '../core/activities.ts';
import type { LastVersion } from '../core/backups.ts';
import { CONFIGURATION, type JobKind } from '../core/facts.ts';
import type { JobParams, JobStatus } from '../core/jobs.ts';
import type { KindOutcome } from '../core/outcome.ts';
import type { Database } from './database.ts';

type Has = Pick<Database, 'sql'>;

/** Batches after number `after` that still have devices to do, in order. */
export async function planBatches({ sql }: Has, jobId: string, after: number, limit: number): Promise<BatchPlan[]> {
  const rows = await sql<{ batch: number; queue: string; devices: number; first: string; last: string; not_before: number }[]>`
    select batch, queue, count(*)::int as devices,
           (array_agg(name order by position))[1] as first, (array_agg(name order by position desc))[1] as last,
           coalesce(min(extract(epoch from coalesce(next_attempt_at, 'epoch')) * 1000), 0)::float8 as not_before
    from job_devices where job_id = ${jobId} and batch > ${after} and status in ('pending', 'in_progress')
    group by batch, queue order by batch limit ${limit}`;
  return rows.map((row) => ({
    batch: row.batch,
    queue: row.queue,
    summary: row.devices === 1 ? row.first : `${row.devices} devices, ${row.first} … ${row.last}`,
    not_before: row.not_before,
  }));
}

/** One device of a batch with all it takes to reach it. */
export interface BatchDevice {
  device_id: string;
  name: string;
  attempts: number;
  /** Milliseconds until it is due; 0 or less = now. */
  due_ms: number;
  /** Null where the device was deleted since. */
  host: string | null;
  port: number;
  platform: string;
  transport: 'ssh' | 'http';
  external_id: string | null;
  host_key: string | null;
  credential_id: string | null;
  jump: { id: string; name: string; host: string; port: number; host_key: string | null; credential_id: string | null } | null;
  group: { id: string; login_rate: number | null; max_sessions: number | null } | null;
  /** Kinds that this job committed already: they are not asked for again. */
  kinds: { [K in JobKind]?: KindOutcome };
  /** The newest version of its configuration; null where there is none, or the job asks for none. */
  last_version: LastVersion | null;
}

export interface Batch {
  status: JobStatus;
  params: JobParams;
  owner: string;
  priority: number;
  devices: BatchDevice[];
}

/** The devices of a batch that are not terminal; null if the job is gone. */
export async function loadBatch({ sql }: Has, jobId: string, batch: number): Promise<Batch | null> {
  const [jobs, devices] = await Promise.all([
    sql<Omit<Batch, 'devices'>[]>`select status, params, owner, priority from jobs where id = ${jobId}`,
    sql<BatchDevice[]>`
      select jd.device_id, jd.name, jd.attempts,
             coalesce(extract(epoch from jd.next_attempt_at - now()) * 1000, 0)::float8 as due_ms,
             d.host, coalesce(d.port, 22) as port, coalesce(d.platform, '') as platform, coalesce(d.transport, 'ssh') as transport,
             d.external_id, d.host_key, d.credential_id,
             case when j.id is null then null else json_build_object('id', j.id, 'name', j.name, 'host', j.host, 'port', j.port,
               'host_key', j.host_key, 'credential_id', j.credential_id) end as jump,
             case when g.id is null then null else json_build_object('id', g.id, 'login_rate', g.login_rate, 'max_sessions', g.max_sessions) end as "group",
             coalesce((select json_object_agg(k.kind, json_build_object('outcome', k.outcome, 'rows', k.rows, 'duration_ms', k.duration_ms, 'error', k.error))
               from job_device_kinds k where k.job_id = jd.job_id and k.device_id = jd.device_id), '{}'::json) as kinds,
             case when v.id is null then null else json_build_object('artifact', v.artifact, 'sha256', v.sha256,
               'content_sha256', v.content_sha256, 'bytes', v.bytes, 'volatile_lines', v.volatile_lines,
               'flagged', case when n.suspicious then n.content_sha256 end) end as last_version
      from job_devices jd
      join jobs jo on jo.id = jd.job_id
      left join devices d on d.id = jd.device_id
      left join devices j on j.id = d.jump_device_id
      left join collection_groups g on g.id = d.collection_group_id
      left join lateral (select * from backups b where b.device_id = jd.device_id and b.changed order by b.id desc limit 1) v
        on jo.params -> 'kinds' ? ${CONFIGURATION}
      left join lateral (select * from backups b where b.device_id = jd.device_id and b.content_sha256 is not null
        order by b.id desc limit 1) n on v.id is not null
      where jd.job_id = ${jobId} and jd.batch = ${batch} and jd.status in ('pending', 'in_progress')
      order by jd.position`,
  ]);
  return jobs[0] === undefined ? null : { ...jobs[0], devices };
}

/** Puts the current task of running devices on their rows; at most once a second per process. */
export async function recordTasks({ sql }: Has, tasks: { job_id: string; device_id: string; task: string }[]): Promise<void> {
  await sql`update job_devices jd set current_task = t.task
    from unnest(${tasks.map((task) => task.job_id)}::uuid[], ${tasks.map((task) => task.device_id)}::uuid[],
                ${tasks.map((task) => task.task)}::text[]) as t(job_id, device_id, task)
    where jd.job_id = t.job_id and jd.device_id = t.device_id and jd.status = 'in_progress'`;
}

/** Devices of a batch that are not terminal and when the first of them is due (milliseconds from now, null if none). */
export async function batchRemainder(
  { sql }: Has,
  jobId: string,
  batch: number,
): Promise<{ left: number; due_ms: number | null }> {
  const [row] = await sql<{ left: number; due_ms: number | null }[]>`
    select count(*)::int as left,
           (extract(epoch from min(coalesce(next_attempt_at, now())) - now()) * 1000)::float8 as due_ms
    from job_devices where job_id = ${jobId} and batch = ${batch} and status in ('pending', 'in_progress')`;
  return row ?? { left: 0, due_ms: null };
}
