import { Context, getClient, log } from '@temporalio/activity';
import type { ScheduledJobActivities } from '../core/activities.ts';
import { isTerminalJob } from '../core/jobs.ts';
import { temporalScheduleId } from '../core/schedules.ts';
import type { Database } from '../stores/database.ts';
import { readJobState, recordRun } from '../stores/job-state.ts';
import { createScheduledJob } from '../stores/scheduled-jobs.ts';
import { UNSCOPED } from '../stores/scope.ts';
import { findSchedule, withSchedule } from '../stores/schedules.ts';

const POLL_MS = 2000;

/** What the runs of schedules do besides the jobs themselves. All are idempotent. */
export function createScheduledJobActivities({ database }: { database: Database }): ScheduledJobActivities {
  return {
    async createScheduledJob({ schedule_id, origin }) {
      // Waits where the row is just being written.
      const schedule = await withSchedule(database, schedule_id, (sql) => findSchedule({ sql }, UNSCOPED, schedule_id));
      if (schedule === null) {
        await removeOrphan(schedule_id);
        return null;
      }
      const job = await createScheduledJob(database, schedule, origin);
      if (job.problem !== null) log.warn('the job of a schedule failed before it began', { schedule_id, problem: job.problem });
      return job;
    },
    recordJobRun: ({ job_id, run_id }) => recordRun(database, job_id, run_id),
    async awaitJob({ job_id }) {
      const context = Context.current();
      for (;;) {
        const job = await readJobState(database, job_id);
        if (job === null) return 'cancelled';
        if (isTerminalJob(job.status)) return job.status;
        context.heartbeat();
        await context.sleep(POLL_MS);
      }
    },
  };
}

/** The Temporal schedule of a row that is gone (an older database was restored, or only one half of a deletion was done). */
async function removeOrphan(scheduleId: string): Promise<void> {
  log.warn('a Temporal schedule has no row in the database any more: it is removed', { schedule_id: scheduleId });
  try {
    await getClient().schedule.getHandle(temporalScheduleId(scheduleId)).delete();
  } catch (error) {
    if (!(error instanceof Error && error.name === 'ScheduleNotFoundError')) throw error;
  }
}
