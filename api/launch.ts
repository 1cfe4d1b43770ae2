import type { Client } from '@temporalio/client';
import { isTerminalJob, type JobStatus, type JobType } from '../core/jobs.ts';
import type { JobRequest } from '../core/job-request.ts';
import type { Database } from '../stores/database.ts';
import type { SelectionLimits } from '../stores/job-devices.ts';
import { resolveJob } from '../stores/resolve-job.ts';
import { readJobState } from '../stores/job-state.ts';
import type { Scope } from '../stores/scope.ts';
import type { SteerDeps } from '../stores/steer/deps.ts';
import { launchJob as launchStored, type LaunchRequest } from '../stores/steer/launch-job.ts';
import { startWorkflow as startStored } from '../stores/steer/start-workflow.ts';
import { createJobEngine } from '../runtime/job-engine.ts';
import type { Tracing } from '../runtime/tracing.ts';
import { traceStarts, type CallTrace, type StartTraces } from './tracing.ts';

export interface LaunchDeps extends CallTrace {
  database: Database;
  temporal: Client;
  namespace: string;
  /** Absent where nothing is traced. */
  tracing?: Tracing & { starts: StartTraces };
}

export type { LaunchRequest };

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
  const {
    params,
    devices,
    named = null,
  } = await resolveJob(deps.database, scope, type, request, {
    limit: deps.maxDevicesPerRequest,
    ...limits,
  });
  const told = changed_by === null ? params : { ...params, changed_by };
  const launched = await launchJob(deps, { type, ...rest, params: told, devices, named });
  return { ...launched, devices: devices.length };
}

/** What the shared functions that start and steer jobs work with. */
export const steerDeps = (deps: LaunchDeps): SteerDeps => ({
  database: deps.database,
  log: deps.log,
  engine: traceStarts(createJobEngine(deps.temporal), deps),
});

/** As `stores/steer/launch-job.ts`. */
export const launchJob = (deps: LaunchDeps, request: LaunchRequest) => launchStored(steerDeps(deps), request);

/** Starts the workflow of a stored job, or finds it started. Throws what Temporal throws. */
export const startWorkflow = (deps: LaunchDeps, job: Parameters<typeof startStored>[1], deviceName: string | null = null) =>
  startStored(steerDeps(deps), job, deviceName);

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
