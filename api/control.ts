import type { JobControl, JobStatus } from '../core/jobs.ts';
import { cancelWorkflow as cancelSteered, controlJob as steered } from '../stores/steer/control-job.ts';
import { steerDeps, type LaunchDeps } from './launch.ts';

/** As `stores/steer/control-job.ts`. */
export const controlJob = (
  deps: LaunchDeps,
  jobId: string,
  control: JobControl,
  actor: string,
): Promise<{ status: JobStatus; message: string }> => steered(steerDeps(deps), jobId, control, actor);

/** Tells Temporal; a job that it never had, or that is closed there, is ended in its row. */
export const cancelWorkflow = (deps: LaunchDeps, jobId: string): Promise<void> => cancelSteered(steerDeps(deps), jobId);
