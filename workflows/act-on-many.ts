import { CancellationScope, continueAsNew, isCancellation, setCurrentDetails, workflowInfo } from '@temporalio/workflow';
import { installControl, type Control } from './control.ts';
import { acting, bulk, jobs } from './options.ts';
import { waitWhilePaused } from './wait-while-paused.ts';

export interface BulkInput {
  job_id: string;
  /** What a run hands to the next one when its history is full. */
  carried?: { paused_ms: number };
}

/**
 * Job types `jobs.bulk` and `devices.bulk`: does one thing to many jobs or devices, which were chosen when the job was made. Pause
 * and cancel are heard between the slices; a cancelled slice ends after the targets it is at.
 */
export async function actOnMany({ job_id, carried = { paused_ms: 0 } }: BulkInput): Promise<void> {
  const control = installControl(false);
  try {
    const plan = await jobs.beginJob({ job_id });
    if (!plan.runnable) return;
    if (plan.paused && !control.asked) control.paused = true;
    let pausedMs = carried.paused_ms;
    let end: 'done' | 'time_limit' | null = null;
    while (end === null) {
      pausedMs += await waitWhilePaused(job_id, control);
      if (workflowInfo().continueAsNewSuggested)
        await continueAsNew<typeof actOnMany>({ job_id, carried: { paused_ms: pausedMs } });
      if (Date.now() >= plan.deadline + pausedMs) end = 'time_limit';
      else if ((await runSlice(job_id, control)) === 0) end = 'done';
    }
    control.progress.phase = 'finishing';
    await bulk.finishBulk({ job_id, end });
    control.progress.phase = 'done';
  } catch (error) {
    if (!isCancellation(error)) throw error;
    await CancellationScope.nonCancellable(async () => {
      control.progress.phase = 'cancelling';
      await jobs.setJobStatus({ job_id, status: 'cancelling', message: 'cancelling' });
      await bulk.finishBulk({ job_id, end: 'cancelled' });
    });
    throw error;
  }
}

/** How many targets are left. */
async function runSlice(job_id: string, control: Control): Promise<number> {
  control.progress.phase = 'collecting';
  const { left, counts } = await acting.actOnItems({ job_id });
  const { total, pending, running, done, skipped, failed, cancelled } = counts;
  control.progress.counts = { total, pending, running, completed: done + skipped, failed, cancelled };
  setCurrentDetails(`**${total - left} of ${total}**: ${done} done, ${skipped} skipped, ${failed} failed`);
  return left;
}
