import type { JobActivities, JobPlan } from '../core/activities.ts';
import { PLAN_PAGE, priorityKey } from '../core/batches.ts';
import { isTerminalJob } from '../core/jobs.ts';
import type { Database } from '../stores/database.ts';
import { cancelQueue } from '../stores/cancel-queue.ts';
import { countDevices, endJob, moveJob, readJobState } from '../stores/job-state.ts';
import type { Publisher } from './fleet/publisher.ts';
import { planBatches } from '../stores/plan-batches.ts';

/** How long before its deadline a job stops starting devices; half of the time of a job shorter than twice that. */
const SOFT_LIMIT_S = 60;

const NOT_RUN = { done: 'error', cancelled: 'cancelled', time_limit: 'timeout' } as const;

/** Short database activities of every job. All are idempotent: Temporal may run each more than once. */
export function createJobActivities(deps: { database: Database; publisher: Publisher }): Omit<JobActivities, 'snapshotTopology'> {
  const { database, publisher } = deps;
  return {
    async beginJob({ job_id }): Promise<JobPlan> {
      await moveJob(database, job_id, 'in_progress', ['pending'], null);
      const job = await readJobState(database, job_id);
      const limit = (job?.params.job_time_limit ?? 0) * 1000;
      const runnable = job !== null && !isTerminalJob(job.status);
      const [counts, batches] = runnable
        ? await Promise.all([countDevices(database.sql, job_id), planBatches(database, job_id, -1, PLAN_PAGE)])
        : [null, []];
      const started = (job?.started_at ?? new Date()).getTime();
      return {
        runnable,
        type: job?.type ?? '',
        total_devices: job?.total_devices ?? 0,
        soft_deadline: started + limit - Math.min(SOFT_LIMIT_S * 1000, limit / 2),
        deadline: started + limit,
        priority_key: priorityKey(job?.priority ?? 0),
        owner: job?.owner ?? '',
        paused: job?.status === 'pausing' || job?.status === 'paused',
        snapshot: job?.params.snapshot === true && job.params.cache_results,
        ...(counts === null ? {} : { first: { counts, batches } }),
      };
    },
    planBatches: ({ job_id, after, limit }) => planBatches(database, job_id, after, limit),
    publishVersions: ({ job_id }) => publisher.publishNow(job_id),
    countDevices: ({ job_id }) => countDevices(database.sql, job_id),
    cancelQueue: ({ job_id, queue, reason }) => cancelQueue(database, job_id, queue, reason),
    async setJobStatus({ job_id, status, message }) {
      await moveJob(database, job_id, status, ['pending', 'in_progress', 'pausing', 'paused', 'cancelling'], message);
    },
    finishJob: ({ job_id, end, message }) =>
      endJob(database, job_id, {
        status: end === 'cancelled' ? 'cancelled' : null,
        rest: {
          status: end === 'cancelled' ? 'cancelled' : 'failed',
          outcome: NOT_RUN[end],
          error: message ?? 'the device was not run',
        },
        error: end === 'cancelled' ? null : message,
      }),
  };
}
