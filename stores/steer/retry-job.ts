import type { BulkRetry } from '../../core/bulk.ts';
import { AppError } from '../../core/errors.ts';
import { isTerminalJob, type JobParams } from '../../core/jobs.ts';
import type { DeviceOutcome } from '../../core/outcome.ts';
import { countItems } from '../bulk-items.ts';
import { readJobState } from '../job-state.ts';
import { retryCandidates, type RetryCandidate } from '../retry.ts';
import type { Scope } from '../scope.ts';
import type { SteerDeps } from './deps.ts';
import { launchJob } from './launch-job.ts';

/** What is asked for again unless told: what failed and what was cancelled. */
const DEFAULT_STATUS = ['failed', 'cancelled'] as const;
/** Devices that a preview, and the list of those left out, name. */
const NAMED = 100;

/** Which devices of a job, with the priority of the new one; that of the job unless told. */
export interface RetryWish extends BulkRetry {
  priority?: number | undefined;
}

type Ready = RetryCandidate & { now: NonNullable<RetryCandidate['now']> };

/** What a retry would do: the devices it is for, and those that it leaves out with the reason. */
export interface RetryPlan {
  devices: Ready[];
  skipped: { device_id: string; device_name: string; reason: string }[];
}

/**
 * The devices of a finished job that a retry is for. A status alone or an outcome alone decides; both together must both hold.
 * @throws AppError `not_found`; `conflict` while the job is not over
 */
async function planRetry(deps: SteerDeps, scope: Scope, jobId: string, wish: RetryWish) {
  const job = await readJobState(deps.database, jobId);
  if (job === null) throw new AppError('not_found', `There is no job ${jobId}.`);
  if (!isTerminalJob(job.status)) throw new AppError('conflict', `The job is ${job.status}; it can be retried when it is over.`);
  const status = wish.status ?? (wish.outcome === undefined ? DEFAULT_STATUS : undefined);
  const found = await retryCandidates(deps.database, scope, jobId, { status, outcome: wish.outcome });
  const plan: RetryPlan = { devices: [], skipped: [] };
  // Whoever sees only some groups is not told which of the two it is.
  const gone = scope.groups === null ? 'was deleted' : 'is not there any more';
  for (const device of found) {
    const { device_id, device_name, now } = device;
    if (now !== null && now.enabled) plan.devices.push({ ...device, now });
    else plan.skipped.push({ device_id, device_name, reason: now === null ? gone : 'is disabled' });
  }
  return { job, plan };
}

/** What a retry would do, with nothing done. Errors as `retryJob`, but a retry of nothing is none. */
export async function previewRetry(deps: SteerDeps, scope: Scope, jobId: string, wish: RetryWish) {
  const { plan } = await planRetry(deps, scope, jobId, wish);
  const by_outcome: Partial<Record<DeviceOutcome, number>> = {};
  for (const { outcome } of plan.devices) if (outcome !== null) by_outcome[outcome] = (by_outcome[outcome] ?? 0) + 1;
  const items = plan.devices
    .slice(0, NAMED)
    .map(({ device_id, now, status, outcome, error }) => ({ device_id, device_name: now.name, status, outcome, error }));
  return { devices: plan.devices.length, by_outcome, items, ...skippedOf(plan) };
}

/**
 * Starts a job with the parameters of a finished one for those of its devices that are wanted and in scope, whose name is its owner.
 * @throws AppError `not_found`; `conflict` while the job is not over, and where nothing is to be retried
 */
export async function retryJob(deps: SteerDeps, scope: Scope, jobId: string, wish: RetryWish, origin: string | null) {
  const { job, plan } = await planRetry(deps, scope, jobId, wish);
  // A job that is for no devices is done again as a whole.
  const whole = job.params.kinds.length === 0 && (job.status !== 'completed' || (await isUnfinished(deps, job)));
  if (plan.devices.length === 0 && !whole) throw nothing(plan);
  const { job_id } = await launchJob(deps, {
    type: job.type,
    owner: scope.name,
    priority: wish.priority ?? job.priority,
    params: paramsOf(job.params, scope),
    devices: plan.devices.map(({ device_id, now }) => ({ id: device_id, name: now.name, queue_id: now.queue_id })),
    retry_of: job.id,
    origin,
  });
  return { job_id, devices: plan.devices.length, ...skippedOf(plan) };
}

/** A bulk job some of whose targets failed or were not reached. */
async function isUnfinished({ database }: SteerDeps, { id, params }: { id: string; params: JobParams }): Promise<boolean> {
  if (params.bulk === undefined) return false;
  const { failed, cancelled } = await countItems(database.sql, id);
  return failed + cancelled > 0;
}

/** A bulk job is done again in the name of whoever asks now. */
function paramsOf(params: JobParams, { name, groups }: Scope): JobParams {
  return params.bulk === undefined ? params : { ...params, bulk: { ...params.bulk, by: { name, role: 'operator', groups } } };
}

const skippedOf = ({ skipped }: RetryPlan) => ({ skipped: skipped.slice(0, NAMED), skipped_devices: skipped.length });

function nothing({ skipped }: RetryPlan): AppError {
  const left = skipped.length === 0 ? '' : ` ${skipped.length} device(s) match but were deleted or are disabled.`;
  return new AppError('conflict', `No device of the job is to be retried.${left}`);
}
