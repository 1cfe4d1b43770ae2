import type { Database } from './database.ts';

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

/** Devices under a live lock by the process that holds them, as `host:pid`. */
export async function heldByWorker({ sql }: Has): Promise<Map<string, number>> {
  const rows = await sql<{ worker: string; n: number }[]>`
    select substring(holder from ' on ([^ ]+:[0-9]+)$') as worker, count(*)::int as n from device_locks
    where expires_at > now() and holder ~ ' on [^ ]+:[0-9]+$' group by 1`;
  return new Map(rows.map((row) => [row.worker, row.n]));
}

/** The collection groups with one of these queue ids, or all. */
export async function groupQueues({ sql }: Has, queueIds: string[] | null): Promise<{ name: string; queue_id: string }[]> {
  return sql`select name, queue_id from collection_groups
    ${queueIds === null ? sql`` : sql`where queue_id = any(${queueIds}::text[])`} order by name`;
}
