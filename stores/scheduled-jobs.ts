import { v7 as uuidv7 } from 'uuid';
import { AppError } from '../core/errors.ts';
import { jobParams } from '../core/job-request.ts';
import type { JobStatus } from '../core/jobs.ts';
import type { ScheduledJob } from '../core/schedules.ts';
import { createJob } from './create-job.ts';
import type { Database } from './database.ts';
import { resolveJob, type ResolvedJob } from './resolve-job.ts';
import type { ScheduleRow } from './schedules.ts';
import { problemText } from './selection-problem.ts';
import { scopeNow } from './owner-scope.ts';
import { groupsOfOwner } from './scope.ts';
import { storableText } from './storable-text.ts';
import { brokenConstraint } from './write-errors.ts';

type Has = Pick<Database, 'sql'>;

/**
 * Chooses the devices of a schedule now, among those that its owner might see when he wrote it and may see now, and writes its job, once for each `origin`. Where none can be chosen the job is written
 * as failed, so that it is seen where jobs are.
 */
export async function createScheduledJob(database: Has, schedule: ScheduleRow, origin: string): Promise<ScheduledJob> {
  const known = await findJobByOrigin(database, origin);
  if (known !== null) return known;
  const { type, owner, priority } = schedule;
  const id = uuidv7();
  let resolved: ResolvedJob;
  try {
    resolved = await resolveJob(database, await scopeNow(database, schedule), type, schedule.params, { limit: Infinity });
  } catch (error) {
    await writeFailedJob(database, { id, origin, schedule, error: problemText(error, schedule.params) });
    return (await findJobByOrigin(database, origin))!;
  }
  try {
    await createJob(database, { id, type, owner, priority, ...resolved, retry_of: null, schedule_id: schedule.id, origin });
  } catch (error) {
    // A bulk job whose filter finds too much.
    if (error instanceof AppError && error.code === 'validation_failed')
      await writeFailedJob(database, { id, origin, schedule, error: problemText(error, schedule.params) });
    // Another attempt of the same activity was faster.
    else if (brokenConstraint(error) !== 'jobs_origin_unique') throw error;
  }
  return (await findJobByOrigin(database, origin))!;
}

/** The job that something started which may start it only once; null before it has. */
export async function findJobByOrigin({ sql }: Has, origin: string): Promise<(ScheduledJob & { status: JobStatus }) | null> {
  const rows = await sql<(ScheduledJob & { status: JobStatus })[]>`
    select j.id as job_id, j.type, j.status, j.owner, j.priority, j.total_devices,
      case when j.total_devices = 0 then j.error end as problem,
      case when j.total_devices = 1 then (select name from job_devices d where d.job_id = j.id) end as device_name
    from jobs j where j.origin = ${origin}`;
  return rows[0] ?? null;
}

async function writeFailedJob(
  { sql }: Has,
  job: { id: string; origin: string; schedule: ScheduleRow; error: string },
): Promise<void> {
  const { id, origin, schedule } = job;
  const error = storableText(job.error);
  const params = jobParams(schedule.type, schedule.params, 0);
  await sql`
    with written as (
      insert into jobs (id, type, status, params, owner, priority, total_devices, schedule_id, origin, message, error, started_at, completed_at, groups)
      values (${id}, ${schedule.type}, 'failed', ${JSON.stringify(params)}::text::jsonb, ${schedule.owner}, ${schedule.priority}, 0,
              ${schedule.id}, ${origin}, 'no device could be chosen', ${error}, now(), now(), ${groupsOfOwner(schedule.groups)}::uuid[])
      on conflict (origin) do nothing returning id)
    insert into job_log (job_id, event, level, message, data)
    select id, 'status', 'warn', ${error}::text, '{"status":"failed"}'::json from written`;
}
