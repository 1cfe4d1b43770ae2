import { AppError } from '../../core/errors.ts';
import { START_DEADLINE_MS } from '../../core/job-engine.ts';
import { turnOf } from '../../core/job-start.ts';
import { PRIORITY_SIGNAL, type JobStatus } from '../../core/jobs.ts';
import { setPriority } from '../job-priority.ts';
import type { SteerDeps } from './deps.ts';

/**
 * Gives a job that is not over another priority: on its row, for its workflow tasks and, by a signal, for the batches of devices
 * that it starts from now on. Batches that wait in a queue already keep their turn.
 * Workflow tasks that Temporal could not be told of keep theirs; the log says so.
 * @throws AppError `not_found`; `conflict` with the state of a job that is over; `temporal_unavailable`, nothing is changed then
 */
export async function reprioritise(deps: SteerDeps, jobId: string, priority: number, actor: string): Promise<void> {
  const changed = await setPriority(deps.database, jobId, priority, `priority set to ${priority} by ${actor}`);
  if (changed === null) throw new AppError('not_found', `There is no job ${jobId}.`);
  if (!changed.changed) throw over(changed.status);
  try {
    await tellTemporal(deps, jobId, turnOf({ priority, owner: changed.owner }), changed.run_id === null);
  } catch (error) {
    const back = `priority ${changed.before} again: Temporal could not be told`;
    await setPriority(deps.database, jobId, changed.before, back);
    throw error;
  }
}

async function tellTemporal(
  { engine, log }: SteerDeps,
  jobId: string,
  turn: ReturnType<typeof turnOf>,
  young: boolean,
): Promise<void> {
  const deadline = young ? START_DEADLINE_MS : undefined;
  try {
    const heard = await engine.signal(jobId, PRIORITY_SIGNAL, [turn.priorityKey], deadline);
    if (!heard && !young) throw new AppError('conflict', 'The run of the job is over in Temporal.');
    if (!heard) return;
  } catch (error) {
    // A job that Temporal has not taken yet is started with the priority of its row.
    if (!young || !isUnavailable(error)) throw error;
    return;
  }
  // The job has heard it, and its batches go by it: taking that back would be untrue.
  await engine.setTurn(jobId, turn, deadline).catch((error: unknown) => {
    if (!isUnavailable(error)) throw error;
    log.warn({ err: error, job_id: jobId }, 'the workflow tasks of a job keep their turn');
  });
}

const isUnavailable = (error: unknown): boolean => error instanceof AppError && error.code === 'temporal_unavailable';

const over = (status: JobStatus): AppError =>
  new AppError('conflict', `The job is ${status}; its priority changes nothing any more.`);
