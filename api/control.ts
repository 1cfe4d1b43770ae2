import { isGrpcServiceError, WorkflowNotFoundError } from '@temporalio/client';
import { AppError } from '../core/errors.ts';
import { LEGAL_FROM, PAUSE_SIGNAL, RESUME_SIGNAL, type JobControl, type JobStatus } from '../core/jobs.ts';
import { endJob, moveJob, readJobState } from '../stores/job-state.ts';
import { startWorkflow, type LaunchDeps } from './launch.ts';

const DEADLINE_MS = 5000;

const SAID: Record<JobControl, { status: JobStatus; message: string }> = {
  pause: { status: 'pausing', message: 'The job pauses: running devices finish the data kind they are in.' },
  resume: { status: 'in_progress', message: 'The job goes on.' },
  cancel: { status: 'cancelling', message: 'The job is being cancelled: open sessions are closed.' },
};

/**
 * Pauses, resumes or cancels a job. A cancel is kept on the row first and is sent again by the reconciler until Temporal has
 * taken it; pause and resume need Temporal.
 * @throws AppError `not_found`; `conflict` with the state the job is in; `temporal_unavailable`
 */
export async function controlJob(
  deps: LaunchDeps,
  jobId: string,
  control: JobControl,
  actor: string,
): Promise<{ status: JobStatus; message: string }> {
  const job = await readJobState(deps.database, jobId);
  if (job === null) throw new AppError('not_found', `There is no job ${jobId}.`);
  const { status, message } = SAID[control];
  if (!(LEGAL_FROM[control] as readonly JobStatus[]).includes(job.status)) throw illegal(control, job.status);
  if (control === 'cancel') {
    const moved = await moveJob(deps.database, jobId, status, LEGAL_FROM.cancel, `cancel asked for by ${actor}`);
    if (moved?.moved !== true) throw illegal(control, moved?.status ?? 'cancelled');
    try {
      await cancelWorkflow(deps, jobId);
    } catch (error) {
      deps.log.warn({ err: error, job_id: jobId }, 'the cancel is stored, but Temporal could not be told yet');
    }
    return { status, message };
  }
  // Before the signal, so that it is seen at once by the workers and never written over what the workflow says later.
  if (control === 'pause') await moveJob(deps.database, jobId, status, LEGAL_FROM.pause, `pause asked for by ${actor}`);
  try {
    await reachTemporal(async () => {
      if (job.run_id === null) await startWorkflow(deps, job);
      await within(deps, () =>
        deps.temporal.workflow.getHandle(jobId).signal(control === 'pause' ? PAUSE_SIGNAL : RESUME_SIGNAL),
      );
    });
  } catch (error) {
    if (control === 'pause') await moveJob(deps.database, jobId, job.status, ['pausing'], 'the pause did not reach the job');
    throw error;
  }
  return { status, message };
}

/** Tells Temporal; a job that it never had, or that is closed there, is ended in its row. */
export async function cancelWorkflow(deps: LaunchDeps, jobId: string): Promise<void> {
  try {
    await within(deps, () => deps.temporal.workflow.getHandle(jobId).cancel());
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    const rest = {
      status: 'cancelled',
      outcome: 'cancelled',
      error: 'the job was cancelled before the device was done',
    } as const;
    await endJob(deps.database, jobId, { status: 'cancelled', rest, error: null });
  }
}

const within = <T>(deps: LaunchDeps, call: () => Promise<T>): Promise<T> =>
  deps.temporal.connection.withDeadline(Date.now() + DEADLINE_MS, call);

async function reachTemporal(call: () => Promise<void>): Promise<void> {
  try {
    await call();
  } catch (error) {
    if (error instanceof WorkflowNotFoundError)
      throw new AppError('conflict', 'The run of the job is over in Temporal.', { cause: error });
    if (isGrpcServiceError(error))
      throw new AppError('temporal_unavailable', 'Temporal does not answer; try again.', { cause: error });
    throw error;
  }
}

function illegal(control: JobControl, status: JobStatus): AppError {
  return new AppError(
    'conflict',
    `The job is ${status}; ${control} is possible only while it is ${LEGAL_FROM[control].join(', ')}.`,
  );
}
