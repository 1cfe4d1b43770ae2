import type { Client } from '@temporalio/client';
import { v7 as uuidv7 } from 'uuid';
import { jobStart } from '../core/job-start.ts';
import { isTerminalJob, type JobStatus, type JobType } from '../core/jobs.ts';
import type { JobRequest } from '../core/job-request.ts';
import { JOBS_QUEUE } from '../core/queues.ts';
import type { Database } from '../stores/database.ts';
import { createJob, type NewJob } from '../stores/create-job.ts';
import type { SelectionLimits } from '../stores/job-devices.ts';
import { resolveJob } from '../stores/resolve-job.ts';
import { findJobByOrigin } from '../stores/scheduled-jobs.ts';
import { brokenConstraint } from '../stores/write-errors.ts';
import { readJobState, recordRun, type JobState } from '../stores/job-state.ts';
import type { Scope } from '../stores/scope.ts';
import type { Logger } from '../runtime/log.ts';

export interface LaunchDeps {
  database: Database;
  temporal: Client;
  namespace: string;
  log: Logger;
}

export type LaunchRequest = Omit<NewJob, 'id' | 'retry_of' | 'schedule_id'> & {
  retry_of?: string | null;
  schedule_id?: string | null;
};

/** How long a request waits for Temporal before it leaves the start to the reconciler. */
const START_DEADLINE_MS = 800;

/** What a caller asks for, as the schemas of the catalogue give it. */
export interface JobWish {
  type: JobType;
  request: JobRequest;
  priority: number;
  owner: string;
  retry_of?: string | null;
  changed_by?: string | null;
  /** Names what started it, where that may start it only once; a second time gives the job that is there. */
  origin?: string | null;
  /** Not while one of its devices is busy; see `createJob`. */
  refuse_busy?: Scope;
}

export type RequestLimits = Partial<SelectionLimits>;

/**
 * Chooses the devices of a request among those in scope and launches its job. `limit` is that of the settings unless told.
 * @throws AppError `validation_failed` that names each field that is wrong; nothing is started then
 */
export async function launchRequest(
  deps: LaunchDeps & { maxDevicesPerRequest: number },
  scope: Scope,
  { type, request, changed_by = null, ...rest }: JobWish,
  limits: RequestLimits = {},
): Promise<{ job_id: string; status: JobStatus; devices: number }> {
  const { params, devices } = await resolveJob(deps.database, scope, type, request, {
    limit: deps.maxDevicesPerRequest,
    ...limits,
  });
  const told = changed_by === null ? params : { ...params, changed_by };
  const launched = await launchJob(deps, { type, ...rest, params: told, devices });
  return { ...launched, devices: devices.length };
}

/**
 * The one way a job begins: its rows, then its workflow. With Temporal down the job stays `pending`, and the reconciler
 * starts it when Temporal is back.
 */
export async function launchJob(deps: LaunchDeps, request: LaunchRequest): Promise<{ job_id: string; status: JobStatus }> {
  const id = uuidv7();
  const { retry_of = null, schedule_id = null } = request;
  try {
    await createJob(deps.database, { ...request, id, retry_of, schedule_id });
  } catch (error) {
    const origin = request.origin ?? null;
    if (origin === null || brokenConstraint(error) !== 'jobs_origin_unique') throw error;
    const known = await findJobByOrigin(deps.database, origin);
    if (known === null) throw error;
    return { job_id: known.job_id, status: 'pending' };
  }
  const job = { id, type: request.type, owner: request.owner, priority: request.priority, total_devices: request.devices.length };
  try {
    await startWorkflow(deps, job, request.devices.length === 1 ? request.devices[0]!.name : null);
  } catch (error) {
    deps.log.warn({ err: error, job_id: id }, 'the job was stored, but its workflow could not be started yet');
  }
  return { job_id: id, status: 'pending' };
}

/** Starts the workflow of a stored job, or finds it started. Throws what Temporal throws. */
export async function startWorkflow(
  deps: LaunchDeps,
  job: Pick<JobState, 'id' | 'type' | 'owner' | 'priority' | 'total_devices'>,
  deviceName: string | null = null,
): Promise<void> {
  const { workflowType, ...start } = jobStart({ ...job, device_name: deviceName });
  const handle = await deps.temporal.connection.withDeadline(Date.now() + START_DEADLINE_MS, () =>
    deps.temporal.workflow.start(workflowType, {
      ...start,
      workflowId: job.id,
      taskQueue: JOBS_QUEUE,
      args: [{ job_id: job.id }],
      workflowIdConflictPolicy: 'USE_EXISTING',
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
    }),
  );
  await recordRun(deps.database, job.id, handle.firstExecutionRunId);
}

const POLL_MS = 100;

/** Waits until the job is over or the time is. Returns the status it has then; `pending` for a job that is not there. */
export async function waitForJob(deps: LaunchDeps, jobId: string, timeoutMs: number): Promise<JobStatus> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const status = (await readJobState(deps.database, jobId))?.status ?? 'pending';
    if (isTerminalJob(status) || Date.now() >= deadline) return status;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
