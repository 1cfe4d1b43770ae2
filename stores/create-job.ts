import { batchSize } from '../core/batches.ts';
import { AppError } from '../core/errors.ts';
import type { JobParams, JobType } from '../core/jobs.ts';
import { collectorQueue } from '../core/queues.ts';
import { whyBusy } from './backups.ts';
import { chooseTargets } from './bulk-targets.ts';
import type { Database, Sql } from './database.ts';
import { groupsOfOwner, NO_GROUP, type Scope } from './scope.ts';

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
  /** Targets of a bulk job that were named; without, its filter chooses them. */
  named?: string[] | null;
  /** Names what started it, where that may start it only once. */
  origin?: string | null;
  /** The devices begin spread over so long. */
  jitter_seconds?: number;
  /** Not to be made while one of its devices has a session of ours or is about to be collected; who is told why. */
  refuse_busy?: Scope;
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

/**
 * Writes the job, its devices or targets and its first log line in one transaction; status `pending`. Returns how many they are.
 * @throws AppError `device_busy`, and nothing is written, where `refuse_busy` says so; `validation_failed` for too many targets
 */
export async function createJob({ sql }: Pick<Database, 'sql'>, job: NewJob): Promise<number> {
  const placed = assignBatches(job.devices);
  return sql.begin(async (tx) => {
    await tx`insert into jobs (id, type, status, params, owner, priority, total_devices, retry_of, schedule_id, origin, groups)
      values (${job.id}, ${job.type}, 'pending', ${JSON.stringify(job.params)}::text::jsonb, ${job.owner}, ${job.priority},
              ${job.devices.length}, ${job.retry_of}, ${job.schedule_id}, ${job.origin ?? null},
              ${groupsOf(tx, job)})`;
    // After the row of the job: what came in again under the same origin is that job, and not one too many.
    if (job.refuse_busy !== undefined) await refuseBusy(tx, job.refuse_busy, job.devices);
    const jitter = job.jitter_seconds ?? 0;
    await tx`insert into job_devices (job_id, device_id, position, name, batch, queue, next_attempt_at)
      select ${job.id}, d.device_id, d.position - 1, d.name, d.batch, d.queue,
             case when ${jitter}::float8 > 0 then now() + make_interval(secs => random() * ${jitter}::float8) end
      from unnest(${job.devices.map((device) => device.id)}::uuid[], ${job.devices.map((device) => device.name)}::text[],
                  ${placed.map((place) => place.batch)}::int[], ${placed.map((place) => place.queue)}::text[])
           with ordinality as d(device_id, name, batch, queue, position)`;
    const { bulk } = job.params;
    const targets = bulk === undefined ? null : await chooseTargets(tx, { ...job, bulk, named: job.named ?? null });
    const created = `job created for ${targets === null ? `${job.devices.length} device(s)` : `${targets} target(s)`}`;
    await tx`insert into job_log (job_id, event, level, message, data)
      values (${job.id}, 'status', 'info', ${created}, ${'{"status":"pending"}'}::text::json)`;
    return targets ?? job.devices.length;
  });
}

/** Those of its devices; a job about none is seen by who sees all it may act on. */
function groupsOf(tx: Sql, { devices, params }: NewJob) {
  if (devices.length === 0) return tx`${groupsOfOwner(params.bulk?.by.groups ?? null)}::uuid[]`;
  return tx`array(select distinct coalesce(d.collection_group_id, ${NO_GROUP}::uuid) from devices d
    where d.id = any(${devices.map((device) => device.id)}::uuid[]) order by 1)`;
}

/** Jobs that ask this of one device do it one after the other, and each sees what the one before it wrote. */
async function refuseBusy(tx: Sql, scope: Scope, devices: NewJob['devices']): Promise<void> {
  for (const device of devices.toSorted((a, b) => (a.id < b.id ? -1 : 1))) {
    await tx`select pg_advisory_xact_lock(hashtextextended(${`collect ${device.id}`}, 0))`;
    const why = await whyBusy({ sql: tx }, scope, device.id);
    if (why !== null) throw new AppError('device_busy', `The device ${device.name} is ${why}.`);
  }
}
