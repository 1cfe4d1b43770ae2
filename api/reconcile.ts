import {
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
  type WorkflowExecutionStatusName,
} from '@temporalio/client';
import { isTerminalJob } from '../core/jobs.ts';
import { dueTimeOf } from '../core/schedules.ts';
import { cancelAge } from '../stores/cancel-age.ts';
import { endJob, openJobs, readJobState } from '../stores/job-state.ts';
import { tryLead } from '../stores/lead.ts';
import { cancelWorkflow } from './control.ts';
import { startWorkflow, type LaunchDeps } from './launch.ts';
import { traceEnd } from './trace-end.ts';

const EVERY_MS = 2000;
const JOBS_A_ROUND = 500;
/** A job this young may just be on its way to Temporal. */
const YOUNG_MS = 3000;
const DEADLINE_MS = 3000;
/** A cancel that nobody has carried out by then is enforced. Sessions are closed and batches given up well before. */
const CANCEL_DEADLINE_MS = 60_000;

/** How a run that ended without telling us is told: what became of it, for people. */
const ENDED: Partial<Record<WorkflowExecutionStatusName, string>> = {
  TERMINATED: 'was terminated',
  FAILED: 'failed',
  TIMED_OUT: 'timed out',
  CANCELLED: 'was cancelled',
  COMPLETED: 'completed without ending the job',
};

/**
 * Holds the open jobs against Temporal every two seconds: starts those that a crash or a Temporal outage left behind, sends
 * cancels again, terminates those whose cancel does not end, and ends those whose run was terminated or failed. One API process at a time does it.
 */
export function startReconciler(deps: LaunchDeps): { stop(): Promise<void> } {
  let running: Promise<void> = Promise.resolve();
  let idle = true;
  const timer = setInterval(() => {
    if (!idle) return;
    idle = false;
    running = tryLead(deps.database, () => reconcile(deps))
      .catch((error: unknown) => deps.log.warn({ err: error }, 'jobs could not be held against Temporal'))
      .finally(() => (idle = true));
  }, EVERY_MS);
  return {
    async stop() {
      clearInterval(timer);
      await running;
    },
  };
}

/** One round; exported for tests. What goes wrong with one job is logged and costs only that job this round. */
export async function reconcile(deps: LaunchDeps, { cancelDeadlineMs = CANCEL_DEADLINE_MS } = {}): Promise<void> {
  for (const job of await openJobs(deps.database, JOBS_A_ROUND)) {
    if (job.age_ms < YOUNG_MS) continue;
    try {
      if (job.status === 'cancelling') await cancelOrTerminate(deps, job.id, cancelDeadlineMs);
      else if (job.run_id === null && isScheduled(job.origin)) {
        // Its run starts it; one that ended before it could leaves a job that Temporal does not know.
        if (await isRunning(deps, job.origin)) continue;
      } else if (job.run_id === null) await start(deps, job.id);
      await endIfClosed(deps, job.id);
    } catch (error) {
      deps.log.warn({ err: error, job_id: job.id }, 'a job could not be held against Temporal');
    }
  }
}

async function start(deps: LaunchDeps, jobId: string): Promise<void> {
  const job = await readJobState(deps.database, jobId);
  if (job === null || isTerminalJob(job.status)) return;
  try {
    await startWorkflow(deps, job);
  } catch (error) {
    // Temporal had it, and it is closed: only the answer to an earlier start was lost.
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
  deps.log.info({ job_id: jobId }, 'started a job that was left behind');
}

/**
 * Sends the cancel again, or ends a job whose cancel is overdue: whoever was to carry it out is gone, or stands still. What such
 * a worker does later finds the job over and is not kept.
 */
async function cancelOrTerminate(deps: LaunchDeps, jobId: string, deadlineMs: number): Promise<void> {
  const age = await cancelAge(deps.database, jobId);
  if (age === null || age < deadlineMs) return cancelWorkflow(deps, jobId);
  const why = `no worker carried out the cancel within ${Math.round(deadlineMs / 1000)} s`;
  try {
    await deps.temporal.connection.withDeadline(Date.now() + DEADLINE_MS, () =>
      deps.temporal.workflow.getHandle(jobId).terminate(why),
    );
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  }
  const rest = { status: 'cancelled', outcome: 'cancelled', error: `the job was cancelled; ${why}` } as const;
  await endJob(deps.database, jobId, { status: 'cancelled', rest, error: `The workflow run was terminated: ${why}.` });
  await traceEnd(deps, jobId);
  deps.log.warn({ job_id: jobId, age_ms: age }, 'terminated a job whose cancel did not end');
}

async function endIfClosed(deps: LaunchDeps, jobId: string): Promise<void> {
  const found = await describe(deps, jobId);
  const what = found === 'NOT_FOUND' ? 'is unknown to Temporal' : ENDED[found];
  if (what === undefined) return;
  const job = await readJobState(deps.database, jobId);
  if (job === null || isTerminalJob(job.status)) return;
  const error =
    found === 'NOT_FOUND'
      ? 'The workflow run is unknown to Temporal, which may have lost its database.'
      : `The workflow run ${what} in Temporal before the job was done.`;
  const rest = { status: 'cancelled', outcome: 'cancelled', error: `the workflow run ${what}` } as const;
  await endJob(deps.database, jobId, { status: 'cancelled', rest, error });
  await traceEnd(deps, jobId);
  deps.log.warn({ job_id: jobId, run: found }, 'ended a job whose run is over in Temporal');
}

function isScheduled(origin: string | null): origin is string {
  return origin !== null && dueTimeOf(origin) !== null;
}

/** Whether the run of a schedule that `origin` names is not over. */
async function isRunning(deps: LaunchDeps, origin: string): Promise<boolean> {
  const end = origin.lastIndexOf('/');
  return (await describe(deps, origin.slice(0, end), origin.slice(end + 1))) === 'RUNNING';
}

async function describe(
  deps: LaunchDeps,
  workflowId: string,
  runId?: string,
): Promise<WorkflowExecutionStatusName | 'NOT_FOUND'> {
  try {
    const description = await deps.temporal.connection.withDeadline(Date.now() + DEADLINE_MS, () =>
      deps.temporal.workflow.getHandle(workflowId, runId).describe(),
    );
    return description.status.name;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return 'NOT_FOUND';
    throw error;
  }
}
