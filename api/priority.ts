import { isGrpcServiceError, WorkflowNotFoundError } from '@temporalio/client';
import { AppError } from '../core/errors.ts';
import { turnOf } from '../core/job-start.ts';
import { PRIORITY_SIGNAL, type JobStatus } from '../core/jobs.ts';
import { setPriority } from '../stores/job-priority.ts';
import type { LaunchDeps } from './launch.ts';
import { toAppError } from './problems.ts';

const DEADLINE_MS = 5000;
/** As long as a job waits for its start. */
const START_MS = 800;
/** gRPC: an older server does not know how to change what it is asked to (3, 12); the run has just ended (5). */
const HARMLESS = [3, 5, 12];

/**
 * Gives a job that is not over another priority: on its row, for its workflow tasks and, by a signal, for the batches of devices
 * that it starts from now on. Batches that wait in a queue already keep their turn.
 * @throws AppError `not_found`; `conflict` with the state of a job that is over; `temporal_unavailable`, nothing is changed then
 */
export async function reprioritise(deps: LaunchDeps, jobId: string, priority: number, actor: string): Promise<void> {
  const changed = await setPriority(deps.database, jobId, priority, `priority set to ${priority} by ${actor}`);
  if (changed === null) throw new AppError('not_found', `There is no job ${jobId}.`);
  if (!changed.changed) throw over(changed.status);
  try {
    await tellTemporal(deps, jobId, turnOf({ priority, owner: changed.owner }), changed.run_id === null ? START_MS : DEADLINE_MS);
  } catch (error) {
    const isGone = error instanceof WorkflowNotFoundError;
    // A job that Temporal has not taken yet is started with the priority of its row.
    if (changed.run_id === null && (isGone || toAppError(error).code === 'temporal_unavailable')) return;
    const back = `priority ${changed.before} again: Temporal could not be told`;
    await setPriority(deps.database, jobId, changed.before, back);
    if (isGone) throw new AppError('conflict', 'The run of the job is over in Temporal.', { cause: error });
    throw error;
  }
}

async function tellTemporal(deps: LaunchDeps, jobId: string, turn: ReturnType<typeof turnOf>, deadlineMs: number): Promise<void> {
  const { connection, workflow, workflowService } = deps.temporal;
  await connection.withDeadline(Date.now() + deadlineMs, async () => {
    await workflow.getHandle(jobId).signal(PRIORITY_SIGNAL, turn.priorityKey);
    try {
      await workflowService.updateWorkflowExecutionOptions({
        namespace: deps.namespace,
        workflowExecution: { workflowId: jobId },
        workflowExecutionOptions: { priority: turn },
        updateMask: { paths: ['priority'] },
      });
    } catch (error) {
      if (!isGrpcServiceError(error) || !HARMLESS.includes(error.code)) throw error;
      deps.log.info({ err: error, job_id: jobId }, 'the priority of the workflow itself could not be changed');
    }
  });
}

const over = (status: JobStatus): AppError =>
  new AppError('conflict', `The job is ${status}; its priority changes nothing any more.`);
