import { AppError } from '../../core/errors.ts';
import { DROP_SIGNAL, isTerminalJob } from '../../core/jobs.ts';
import { readJobState } from '../job-state.ts';
import { controlJob } from './control-job.ts';
import type { SteerDeps } from './deps.ts';
import { startWorkflow } from './start-workflow.ts';

/**
 * Cancels the devices of a job on one queue. A job that has no others is cancelled as a whole; any other goes on with them.
 * Returns what was done, for people.
 * @throws AppError `not_found`; `conflict` where nothing of it is left to cancel; `temporal_unavailable`
 */
export async function dropDevices(deps: SteerDeps, jobId: string, queue: string, actor: string): Promise<string> {
  const job = await readJobState(deps.database, jobId);
  if (job === null) throw new AppError('not_found', `There is no job ${jobId}.`);
  if (isTerminalJob(job.status) || job.status === 'cancelling') throw new AppError('conflict', `The job is ${job.status}.`);
  const [count] = await deps.database.sql<{ open: number; others: number }[]>`
    select (count(*) filter (where queue = ${queue} and status in ('pending', 'in_progress')))::int as open,
      (count(*) filter (where queue <> ${queue}))::int as others from job_devices where job_id = ${jobId}`;
  const { open, others } = count!;
  if (open === 0) throw new AppError('conflict', 'Its devices of the group are over.');
  if (others === 0) {
    await controlJob(deps, jobId, 'cancel', actor);
    return 'cancelled';
  }
  if (job.run_id === null) await startWorkflow(deps, job);
  const reason = `cancelled with its collection group by ${actor}`;
  if (!(await deps.engine.signal(jobId, DROP_SIGNAL, [{ queue, reason }])))
    throw new AppError('conflict', 'The run of the job is over in Temporal.');
  return `${open} device(s) of the group are cancelled; the job goes on with its others`;
}
