import { AppError } from '../../core/errors.ts';
import { LEGAL_FROM, PAUSE_SIGNAL, RESUME_SIGNAL, type JobControl, type JobStatus } from '../../core/jobs.ts';
import { endJob, moveJob, readJobState } from '../job-state.ts';
import type { SteerDeps } from './deps.ts';
import { startWorkflow } from './start-workflow.ts';

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
  deps: SteerDeps,
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
    if (job.run_id === null) await startWorkflow(deps, job);
    const told = await deps.engine.signal(jobId, control === 'pause' ? PAUSE_SIGNAL : RESUME_SIGNAL);
    if (!told) throw new AppError('conflict', 'The run of the job is over in Temporal.');
  } catch (error) {
    if (control === 'pause') await moveJob(deps.database, jobId, job.status, ['pausing'], 'the pause did not reach the job');
    throw error;
  }
  return { status, message };
}

/** Tells Temporal; a job that it never had, or that is closed there, is ended in its row. */
export async function cancelWorkflow(deps: Pick<SteerDeps, 'database' | 'engine'>, jobId: string): Promise<void> {
  if (await deps.engine.cancel(jobId)) return;
  const error = 'the job was cancelled before the device was done';
  await endJob(deps.database, jobId, {
    status: 'cancelled',
    rest: { status: 'cancelled', outcome: 'cancelled', error },
    error: null,
  });
}

function illegal(control: JobControl, status: JobStatus): AppError {
  return new AppError(
    'conflict',
    `The job is ${status}; ${control} is possible only while it is ${LEGAL_FROM[control].join(', ')}.`,
  );
}
