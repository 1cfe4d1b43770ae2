import type { StartingJob, turnOf } from './job-start.ts';

/**
 * What steering a job needs of Temporal; `runtime/job-engine.ts` is it. Each throws AppError `temporal_unavailable` where Temporal
 * does not answer. The answer false: Temporal has no such run that is not over.
 */
export interface JobEngine {
  /** Starts the workflow of a stored job, or finds it started; returns the id of its first run. Throws where the run is over already. */
  start(job: StartingJob & { id: string }): Promise<string>;
  signal(jobId: string, signal: string, args?: unknown[], deadlineMs?: number): Promise<boolean>;
  cancel(jobId: string): Promise<boolean>;
  /** The turn of the workflow tasks of a run. An older server, which cannot change it, is no error. */
  setTurn(jobId: string, turn: ReturnType<typeof turnOf>, deadlineMs?: number): Promise<void>;
}

/** How long a request waits for Temporal before it leaves the start to the reconciler. */
export const START_DEADLINE_MS = 800;
