import { AppError } from '../core/errors.ts';
import { isTerminalJob } from '../core/jobs.ts';
import type { DeviceOutcome } from '../core/outcome.ts';
import type { RetryRequest } from '../contracts/retry.ts';
import { readJobState } from '../stores/job-state.ts';
import type { Scope } from '../stores/scope.ts';
import { retryCandidates, type RetryCandidate } from '../stores/retry.ts';
import { launchJob, type LaunchDeps } from './launch.ts';

/** What is asked for again unless told: what failed and what was cancelled. */
const DEFAULT_STATUS = ['failed', 'cancelled'] as const;
/** Devices that a preview, and the list of those left out, name. */
const NAMED = 100;

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
async function planRetry(deps: LaunchDeps, scope: Scope, jobId: string, wish: RetryRequest) {
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
export async function previewRetry(deps: LaunchDeps, scope: Scope, jobId: string, wish: RetryRequest) {
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
export async function retryJob(deps: LaunchDeps, scope: Scope, jobId: string, wish: RetryRequest, origin: string | null) {
  const { job, plan } = await planRetry(deps, scope, jobId, wish);
  // A job that is for no devices is done again as a whole.
  const whole = job.params.kinds.length === 0 && job.status !== 'completed';
  if (plan.devices.length === 0 && !whole) throw nothing(plan);
  const { job_id } = await launchJob(deps, {
    type: job.type,
    owner: scope.name,
    priority: wish.priority ?? job.priority,
    params: job.params,
    devices: plan.devices.map(({ device_id, now }) => ({ id: device_id, name: now.name, queue_id: now.queue_id })),
    retry_of: job.id,
    origin,
  });
  return { job_id, devices: plan.devices.length, ...skippedOf(plan) };
}

const skippedOf = ({ skipped }: RetryPlan) => ({ skipped: skipped.slice(0, NAMED), skipped_devices: skipped.length });

function nothing({ skipped }: RetryPlan): AppError {
  const left = skipped.length === 0 ? '' : ` ${skipped.length} device(s) match but were deleted or are disabled.`;
  return new AppError('conflict', `No device of the job is to be retried.${left}`);
}
