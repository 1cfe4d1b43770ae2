import { AppError } from '../../core/errors.ts';
import { START_DEADLINE_MS } from '../../core/job-engine.ts';
import { turnOf } from '../../core/job-start.ts';
import { PRIORITY_SIGNAL, type JobStatus } from '../../core/jobs.ts';
import { setPriority } from '../job-priority.ts';
import type { SteerDeps } from './deps.ts';

type Turn = ReturnType<typeof turnOf>;

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
  const turn = turnOf({ priority, owner: changed.owner });
  let heard: boolean;
  try {
    heard = await tellJob(deps, jobId, turn, changed.run_id === null);
  } catch (error) {
    const back = `priority ${changed.before} again: Temporal could not be told`;
    await setPriority(deps.database, jobId, changed.before, back);
    throw error;
  }
  // From here on its batches go by it: taking it back would be untrue.
  if (heard) await tellServer(deps, jobId, turn, changed.run_id === null);
}

/** False for a job that Temporal has not taken yet: it is started with the priority of its row. */
async function tellJob({ engine }: SteerDeps, jobId: string, turn: Turn, young: boolean): Promise<boolean> {
  try {
    const heard = await engine.signal(jobId, PRIORITY_SIGNAL, [turn.priorityKey], deadlineOf(young));
    if (!heard && !young) throw new AppError('conflict', 'The run of the job is over in Temporal.');
    return heard;
  } catch (error) {
    if (!young || !isUnavailable(error)) throw error;
    return false;
  }
}

async function tellServer({ engine, log }: SteerDeps, jobId: string, turn: Turn, young: boolean): Promise<void> {
  try {
    await engine.setTurn(jobId, turn, deadlineOf(young));
  } catch (error) {
    if (!isUnavailable(error)) throw error;
    log.warn({ err: error, job_id: jobId }, 'the workflow tasks of a job keep their turn');
  }
}

/** A job that was only just started may not be in Temporal yet: that is not waited for. */
const deadlineOf = (young: boolean): number | undefined => (young ? START_DEADLINE_MS : undefined);

const isUnavailable = (error: unknown): boolean => error instanceof AppError && error.code === 'temporal_unavailable';

const over = (status: JobStatus): AppError =>
  new AppError('conflict', `The job is ${status}; its priority changes nothing any more.`);
