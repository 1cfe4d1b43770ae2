import type { DeviceCounts } from '../core/jobs.ts';
import type { Database } from './database.ts';
import { countDevices } from './job-state.ts';

/**
 * Cancels the devices of a job on one queue that are not terminal; the job goes on with the others. Locks are left to their
 * holders, as where a job ends. Returns the counts of the job.
 */
export async function cancelQueue(
  { sql }: Pick<Database, 'sql'>,
  jobId: string,
  queue: string,
  reason: string,
): Promise<DeviceCounts> {
  return sql.begin(async (tx) => {
    const left = await tx`
      update job_devices set status = 'cancelled', outcome = 'cancelled', error = ${reason}, current_task = null,
        next_attempt_at = null, completed_at = now()
      where job_id = ${jobId} and queue = ${queue} and status in ('pending', 'in_progress') returning device_id`;
    if (left.length > 0)
      await tx`insert into job_log (job_id, event, level, message)
        values (${jobId}, 'log', 'warn', ${`${reason}: ${left.length} device(s) of ${queue}; the others go on`})`;
    return countDevices(tx, jobId);
  });
}
