import { CancellationScope, condition, isCancellation, setCurrentDetails } from '@temporalio/workflow';
import { installControl, type Control } from './control.ts';
import { inventory, jobs, reading } from './options.ts';

/**
 * Job type `inventory.sync`: reads a source, and writes what it comes to in one transaction. A pause is heard before it begins;
 * a cancel at any time until the transaction is under way.
 */
export async function syncInventory({ job_id }: { job_id: string }): Promise<void> {
  const control = installControl(false);
  try {
    const plan = await jobs.beginJob({ job_id });
    if (!plan.runnable) return;
    if (plan.paused && !control.asked) control.paused = true;
    const held = await waitWhilePaused(job_id, control);
    control.progress.phase = 'collecting';
    setCurrentDetails('**reading** the source');
    const error = await run(job_id, plan.deadline + held);
    // What is written is told, even if a cancel came meanwhile.
    await CancellationScope.nonCancellable(async () => {
      control.progress.phase = 'finishing';
      await inventory.finishInventory({ job_id, end: 'done', error });
      control.progress.phase = 'done';
      setCurrentDetails(error === null ? '**done**' : '**failed**');
    });
  } catch (error) {
    if (!isCancellation(error)) throw error;
    await CancellationScope.nonCancellable(async () => {
      control.progress.phase = 'cancelling';
      await jobs.setJobStatus({ job_id, status: 'cancelling', message: 'cancelling' });
      await inventory.finishInventory({ job_id, end: 'cancelled', error: 'the job was cancelled; nothing was changed' });
    });
    throw error;
  }
}

/** What went wrong, or null. */
async function run(job_id: string, deadline: number): Promise<string | null> {
  try {
    await reading.syncInventory({ job_id, deadline });
    return null;
  } catch (error) {
    if (isCancellation(error)) throw error;
    return reasonOf(error);
  }
}

/** Milliseconds for which the time of the job stood still. */
async function waitWhilePaused(job_id: string, control: Control): Promise<number> {
  if (!control.paused) return 0;
  const since = Date.now();
  control.progress.phase = 'paused';
  setCurrentDetails('**paused**');
  while (control.paused) {
    control.asked = false;
    await jobs.setJobStatus({ job_id, status: 'paused', message: 'paused' });
    await condition(() => control.asked);
  }
  await jobs.setJobStatus({ job_id, status: 'in_progress', message: 'resumed' });
  return Date.now() - since;
}

/** The innermost message: what Temporal wraps around it tells nothing. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error && 'cause' in error ? error.cause : undefined;
  if (cause instanceof Error) return reasonOf(cause);
  return error instanceof Error ? error.message : String(error);
}
