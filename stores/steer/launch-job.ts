import { v7 as uuidv7 } from 'uuid';
import type { JobStatus } from '../../core/jobs.ts';
import { createJob, type NewJob } from '../create-job.ts';
import { findJobByOrigin } from '../scheduled-jobs.ts';
import { brokenConstraint } from '../write-errors.ts';
import type { SteerDeps } from './deps.ts';
import { startWorkflow } from './start-workflow.ts';

export type LaunchRequest = Omit<NewJob, 'id' | 'retry_of' | 'schedule_id'> & {
  retry_of?: string | null;
  schedule_id?: string | null;
};

/**
 * The one way a job begins: its rows, then its workflow. With Temporal down the job stays `pending`, and the reconciler
 * starts it when Temporal is back. An origin that started one before gives that job, with the status it has now.
 */
export async function launchJob(deps: SteerDeps, request: LaunchRequest): Promise<{ job_id: string; status: JobStatus }> {
  const id = uuidv7();
  const { retry_of = null, schedule_id = null } = request;
  let total_devices: number;
  try {
    total_devices = await createJob(deps.database, { ...request, id, retry_of, schedule_id });
  } catch (error) {
    const origin = request.origin ?? null;
    if (origin === null || brokenConstraint(error) !== 'jobs_origin_unique') throw error;
    const known = await findJobByOrigin(deps.database, origin);
    if (known === null) throw error;
    return { job_id: known.job_id, status: known.status };
  }
  const job = { id, type: request.type, owner: request.owner, priority: request.priority, total_devices };
  try {
    await startWorkflow(deps, job, request.devices.length === 1 ? request.devices[0]!.name : null);
  } catch (error) {
    deps.log.warn({ err: error, job_id: id }, 'the job was stored, but its workflow could not be started yet');
  }
  return { job_id: id, status: 'pending' };
}
