import {
  ApplicationFailure,
  CancellationScope,
  ChildWorkflowFailure,
  getExternalWorkflowHandle,
  isCancellation,
  startChild,
  TemporalFailure,
  workflowInfo,
  type ChildWorkflowHandle,
  type Workflow,
} from '@temporalio/workflow';
import { jobArguments, jobStart } from '../core/job-start.ts';
import type { JobStatus } from '../core/jobs.ts';
import { originOf, type ScheduledJob, type ScheduleInput } from '../core/schedules.ts';
import { jobs, scheduled, waiting } from './options.ts';

/** What became of one run of a schedule; shown as its result in the Temporal Web UI. */
export interface ScheduledRun {
  /** Null where the schedule was deleted meanwhile. */
  job_id: string | null;
  status: JobStatus | null;
}

/**
 * One run of a schedule: writes the job and runs its workflow as a child. It lives as long as the job, so that Temporal's overlap
 * policies mean the job; it fails if the job fails, so that a schedule can be paused on failure.
 */
export async function scheduledJob({ schedule_id }: ScheduleInput): Promise<ScheduledRun> {
  const origin = originOf(workflowInfo());
  // A cancel that comes now must find the row, to end it.
  const job = await CancellationScope.nonCancellable(() => scheduled.createScheduledJob({ schedule_id, origin }));
  if (job === null) return { job_id: null, status: null };
  const { job_id, problem } = job;
  if (problem !== null) throw failed(`job ${job_id}: ${problem}`);
  const status = await runJob(job);
  if (status === 'failed') throw failed(`job ${job_id} failed`);
  return { job_id, status };
}

const failed = (message: string): ApplicationFailure => ApplicationFailure.nonRetryable(message, 'job_failed');

/** Runs the job to its end; a cancel cancels it and is thrown on when it is over. */
async function runJob(job: ScheduledJob): Promise<JobStatus> {
  const { job_id } = job;
  try {
    const child = await startJob(job);
    if (child === null) return await attendJob(job_id);
    await scheduled.recordJobRun({ job_id, run_id: child.firstExecutionRunId });
    await child.result();
  } catch (error) {
    if (isCancellation(error) && CancellationScope.current().consideredCancelled) {
      await CancellationScope.nonCancellable(() =>
        endJob(job_id, 'the run of the schedule was cancelled before the job was done'),
      );
      throw error;
    }
    // What a person cancels or terminates on the job itself is no failure of the schedule.
    if (!(error instanceof ChildWorkflowFailure)) throw error;
  }
  return endJob(job_id, 'the workflow run ended before the job was done');
}

/** Null where the workflow runs already, or did: another part of Cairn found the row first. */
async function startJob(job: ScheduledJob): Promise<ChildWorkflowHandle<Workflow> | null> {
  const { workflowType, ...start } = jobStart(job);
  try {
    return await startChild(workflowType, {
      ...start,
      workflowId: job.job_id,
      args: jobArguments(job.job_id),
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      // Also where the schedule terminates this run: the job closes its sessions and says so.
      parentClosePolicy: 'REQUEST_CANCEL',
      cancellationType: 'WAIT_CANCELLATION_COMPLETED',
    });
  } catch (error) {
    // The package does not export the class.
    if (error instanceof TemporalFailure && error.name === 'WorkflowExecutionAlreadyStartedError') return null;
    throw error;
  }
}

async function attendJob(jobId: string): Promise<JobStatus> {
  try {
    return await waiting.awaitJob({ job_id: jobId });
  } catch (error) {
    if (isCancellation(error)) {
      await CancellationScope.nonCancellable(async () => {
        await getExternalWorkflowHandle(jobId).cancel();
        await waiting.awaitJob({ job_id: jobId });
      });
    }
    throw error;
  }
}

/** The status of a job whose run is over; one that its run did not end is ended. */
function endJob(jobId: string, message: string): Promise<JobStatus> {
  return jobs.finishJob({ job_id: jobId, end: 'cancelled', message });
}
