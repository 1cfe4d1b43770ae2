import type { JobStatus } from '../core/jobs.ts';
import type { Database } from './database.ts';

/** Sets the priority of a job that is not over, with a log line. Null for an unknown job. */
export async function setPriority(
  { sql }: Pick<Database, 'sql'>,
  jobId: string,
  priority: number,
  message: string,
): Promise<{ changed: boolean; before: number; status: JobStatus; owner: string; run_id: string | null } | null> {
  return sql.begin(async (tx) => {
    const [job] = await tx<{ before: number; status: JobStatus; owner: string; run_id: string | null; changed: boolean }[]>`
      select priority as before, status, owner, run_id, status not in ('completed', 'failed', 'cancelled') as changed
      from jobs where id = ${jobId} for update`;
    if (job === undefined || !job.changed) return job ?? null;
    await tx`update jobs set priority = ${priority} where id = ${jobId}`;
    await tx`insert into job_log (job_id, event, level, message) values (${jobId}, 'log', 'info', ${message})`;
    return job;
  });
}
