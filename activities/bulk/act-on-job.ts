import { isBulk, type BulkParams, type JobAction } from '../../core/bulk.ts';
import { AppError } from '../../core/errors.ts';
import { JOB_ROLES, type JobStatus } from '../../core/jobs.ts';
import { roleAllows } from '../../core/roles.ts';
import type { ClaimedItem, ItemEnd } from '../../stores/bulk-items.ts';
import { isConnectionError } from '../../stores/database.ts';
import { readJobState } from '../../stores/job-state.ts';
import { findJobByOrigin } from '../../stores/scheduled-jobs.ts';
import { controlJob } from '../../stores/steer/control-job.ts';
import type { SteerDeps } from '../../stores/steer/deps.ts';
import { dropDevices } from '../../stores/steer/drop-devices.ts';
import { reprioritise } from '../../stores/steer/prioritise-job.ts';
import { retryJob } from '../../stores/steer/retry-job.ts';

export interface BulkJob {
  id: string;
  bulk: BulkParams;
}

/** In which state a job is that this was done to; where another attempt died in between, it is done. */
const GOAL: Partial<Record<JobAction, readonly JobStatus[]>> = {
  cancel: ['cancelling', 'cancelled'],
  pause: ['pausing', 'paused'],
  resume: ['in_progress'],
};
/** A target that is not as it must be. */
const UNFIT = ['not_found', 'conflict', 'validation_failed'];

/**
 * Does what a `jobs.bulk` job is for to one job. What is wrong with that job is told on its item.
 * @throws where Temporal or the database is away: the target is tried again
 */
export async function actOnJob(deps: SteerDeps, job: BulkJob, item: ClaimedItem): Promise<ItemEnd> {
  const { position } = item;
  try {
    return { position, state: 'done', message: await act(deps, job, item) };
  } catch (error) {
    if (error instanceof AppError && UNFIT.includes(error.code)) return { position, state: 'skipped', message: error.detail };
    if ((error instanceof AppError && error.code === 'temporal_unavailable') || isConnectionError(error)) throw error;
    deps.log.warn({ err: error, job_id: item.target_id }, 'a bulk action failed on a job');
    return { position, state: 'failed', message: error instanceof Error ? error.message : String(error) };
  }
}

async function act(deps: SteerDeps, { id, bulk }: BulkJob, { target_id, again }: ClaimedItem): Promise<string> {
  const actor = `${bulk.by.name} (bulk job ${id})`;
  const { action } = bulk;
  if (action === 'retry') return retry(deps, { id, bulk }, target_id);
  if (action === 'priority') {
    await reprioritise(deps, target_id, bulk.priority ?? 0, actor);
    return `priority ${bulk.priority ?? 0}`;
  }
  if (action !== 'cancel' && action !== 'pause' && action !== 'resume')
    throw new Error(`${action} is nothing that is done to jobs`);
  const status = again ? (await readJobState(deps.database, target_id))?.status : undefined;
  if (status !== undefined && GOAL[action]?.includes(status) === true) return status;
  if (bulk.only_queue !== null) return dropDevices(deps, target_id, bulk.only_queue, actor);
  return (await controlJob(deps, target_id, action, actor)).status;
}

/** The new job is found by its origin where another attempt has made it. */
async function retry(deps: SteerDeps, { id, bulk }: BulkJob, target: string): Promise<string> {
  const origin = `bulk ${id} ${target}`;
  const known = await findJobByOrigin(deps.database, origin);
  if (known !== null) return `job ${known.job_id}`;
  const type = (await readJobState(deps.database, target))?.type;
  if (type !== undefined && isBulk(type)) throw new AppError('conflict', 'It is a bulk job itself: retry it alone.');
  if (type !== undefined && !roleAllows(bulk.by.role, JOB_ROLES[type]))
    throw new AppError('conflict', `A job of this type needs the role ${JOB_ROLES[type]}.`);
  const wish = { ...bulk.retry, ...(bulk.priority === null ? {} : { priority: bulk.priority }) };
  const { job_id, devices } = await retryJob(deps, bulk.by, target, wish, origin);
  return `job ${job_id} for ${devices} device(s)`;
}
