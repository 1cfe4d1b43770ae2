import { batchSize } from '../core/batches.ts';
import type { JobParams, JobType } from '../core/jobs.ts';
import { collectorQueue } from '../core/queues.ts';
import type { Database } from './database.ts';

export interface NewJob {
  id: string;
  type: JobType;
  owner: string;
  priority: number;
  params: JobParams;
  /** In the order asked for, without doubles. */
  devices: { id: string; name: string; queue_id: string | null }[];
  retry_of: string | null;
  schedule_id: string | null;
  /** Names what started it, where that may start it only once. */
  origin?: string | null;
  /** The devices begin spread over so long. */
  jitter_seconds?: number;
}

/** Splits devices by queue into batches numbered from 0. Pure; exported for its test. */
export function assignBatches(devices: NewJob['devices']): { batch: number; queue: string }[] {
  const size = batchSize(devices.length);
  const open = new Map<string, { batch: number; used: number }>();
  let next = 0;
  return devices.map((device) => {
    const queue = collectorQueue(device.queue_id);
    let current = open.get(queue);
    if (current === undefined || current.used === size) {
      current = { batch: next++, used: 0 };
      open.set(queue, current);
    }
    current.used += 1;
    return { batch: current.batch, queue };
  });
}

/** Writes the job, its devices and its first log line in one transaction; status `pending`. */
export async function createJob({ sql }: Pick<Database, 'sql'>, job: NewJob): Promise<void> {
  const placed = assignBatches(job.devices);
  await sql.begin(async (tx) => {
    await tx`insert into jobs (id, type, status, params, owner, priority, total_devices, retry_of, schedule_id, origin)
      values (${job.id}, ${job.type}, 'pending', ${JSON.stringify(job.params)}::text::jsonb, ${job.owner}, ${job.priority},
              ${job.devices.length}, ${job.retry_of}, ${job.schedule_id}, ${job.origin ?? null})`;
    const jitter = job.jitter_seconds ?? 0;
    await tx`insert into job_devices (job_id, device_id, position, name, batch, queue, next_attempt_at)
      select ${job.id}, d.device_id, d.position - 1, d.name, d.batch, d.queue,
             case when ${jitter}::float8 > 0 then now() + make_interval(secs => random() * ${jitter}::float8) end
      from unnest(${job.devices.map((device) => device.id)}::uuid[], ${job.devices.map((device) => device.name)}::text[],
                  ${placed.map((place) => place.batch)}::int[], ${placed.map((place) => place.queue)}::text[])
           with ordinality as d(device_id, name, batch, queue, position)`;
    await tx`insert into job_log (job_id, event, level, message, data)
      values (${job.id}, 'status', 'info', ${`job created for ${job.devices.length} device(s)`}, ${'{"status":"pending"}'}::text::json)`;
  });
}
