import type { Database } from './database.ts';
import { deviceInScope, groupInScope, type Scope } from './scope.ts';

type Has = Pick<Database, 'sql'>;

/** Devices of a job that wait to be started, by the queue they wait on; most first. */
export async function waitingDevices({ sql }: Has, jobId: string): Promise<{ queue: string; devices: number }[]> {
  return sql`select queue, count(*)::int as devices from job_devices where job_id = ${jobId} and status = 'pending'
    group by queue order by devices desc, queue`;
}

/** Which of these queues have a device under a live lock: somebody works on it, even if he asks for no more. */
export async function busyQueues({ sql }: Has, queues: string[]): Promise<Set<string>> {
  const rows = await sql<{ queue: string }[]>`
    select distinct d.queue from device_locks l join job_devices d on d.job_id = l.job_id and d.device_id = l.device_id
    where l.expires_at > now() and d.queue = any(${queues}::text[])`;
  return new Set(rows.map((row) => row.queue));
}

/** Devices in scope under a live lock by the process that holds them, as `host:pid`. */
export async function heldByWorker({ sql }: Has, scope: Scope): Promise<Map<string, number>> {
  const rows = await sql<{ worker: string; n: number }[]>`
    select substring(holder from ' on ([^ ]+:[0-9]+)$') as worker, count(*)::int as n from device_locks l
    where expires_at > now() and holder ~ ' on [^ ]+:[0-9]+$'
      ${scope.groups === null ? sql`` : sql`and exists (select 1 from devices d where d.id = l.device_id and ${deviceInScope(sql, scope, 'd')})`}
    group by 1`;
  return new Map(rows.map((row) => [row.worker, row.n]));
}

/** The collection groups in scope with one of these queue ids, or all. */
export async function groupQueues(
  { sql }: Has,
  scope: Scope,
  queueIds: string[] | null,
): Promise<{ name: string; queue_id: string }[]> {
  return sql`select name, queue_id from collection_groups
    where ${groupInScope(sql, scope, 'id')} ${queueIds === null ? sql`` : sql`and queue_id = any(${queueIds}::text[])`} order by name`;
}

/** Whether a device on the queue is due whose job comes before this priority. */
export async function isPressed({ sql }: Has, queue: string, priority: number): Promise<boolean> {
  const [row] = await sql<[{ pressed: boolean }]>`select exists(
    select 1 from jobs j where j.status not in ('completed', 'failed', 'cancelled') and j.status in ('pending', 'in_progress')
      and j.priority > ${priority} and exists(select 1 from job_devices d where d.job_id = j.id and d.status = 'pending'
        and d.queue = ${queue} and (d.next_attempt_at is null or d.next_attempt_at <= now()))) as pressed`;
  return row.pressed;
}
