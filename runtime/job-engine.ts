import { isGrpcServiceError, ServiceError, WorkflowNotFoundError, type Client } from '@temporalio/client';
import { AppError } from '../core/errors.ts';
import { START_DEADLINE_MS, type JobEngine } from '../core/job-engine.ts';
import { jobArguments, jobStart } from '../core/job-start.ts';
import { JOBS_QUEUE } from '../core/queues.ts';

const DEADLINE_MS = 5000;
/** gRPC: an older server does not know how to change what it is asked to (3, 12); the run has just ended (5). */
const HARMLESS = [3, 5, 12];

/** The workflows of jobs, by a client of the API or that of an activity. */
export function createJobEngine(client: Client): JobEngine {
  const { workflow, connection, workflowService } = client;
  const { namespace } = client.options;

  async function reach<T>(call: () => Promise<T>, deadlineMs = DEADLINE_MS): Promise<T> {
    try {
      return await connection.withDeadline(Date.now() + deadlineMs, call);
    } catch (error) {
      if (!isGrpcServiceError(error instanceof ServiceError ? error.cause : error)) throw error;
      throw new AppError('temporal_unavailable', 'Temporal does not answer; try again.', { cause: error });
    }
  }

  async function there(call: () => Promise<unknown>, deadlineMs?: number): Promise<boolean> {
    try {
      await reach(call, deadlineMs);
      return true;
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return false;
      throw error;
    }
  }

  return {
    async start(job) {
      const { workflowType, ...start } = jobStart(job);
      const handle = await reach(
        () =>
          workflow.start(workflowType, {
            ...start,
            workflowId: job.id,
            taskQueue: JOBS_QUEUE,
            args: jobArguments(job.id),
            workflowIdConflictPolicy: 'USE_EXISTING',
            workflowIdReusePolicy: 'REJECT_DUPLICATE',
          }),
        START_DEADLINE_MS,
      );
      return handle.firstExecutionRunId;
    },
    signal: (jobId, signal, args = [], deadlineMs) => there(() => workflow.getHandle(jobId).signal(signal, ...args), deadlineMs),
    cancel: (jobId) => there(() => workflow.getHandle(jobId).cancel()),
    setTurn: (jobId, turn, deadlineMs) =>
      reach(async () => {
        try {
          await workflowService.updateWorkflowExecutionOptions({
            namespace,
            workflowExecution: { workflowId: jobId },
            workflowExecutionOptions: { priority: turn },
            updateMask: { paths: ['priority'] },
          });
        } catch (error) {
          if (!isGrpcServiceError(error) || !HARMLESS.includes(error.code)) throw error;
        }
      }, deadlineMs),
  };
}
