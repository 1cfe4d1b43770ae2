import { CancellationScope, CancelledFailure, isCancellation, setCurrentDetails } from '@temporalio/workflow';
import type { CleanSlice } from '../core/activities.ts';
import { installControl, type Control } from './control.ts';
import { cleaning, cleanup, jobs } from './options.ts';
import { waitWhilePaused } from './wait-while-paused.ts';

type Trouble = { step: string; error: string };

/**
 * Job type `maintenance.cleanup`: removes what is old, a table after the other, then what no row refers to in the artifact store.
 * A step that fails is told and costs only itself; pause and cancel are heard between the slices of a step.
 */
export async function cleanUp({ job_id }: { job_id: string }): Promise<void> {
  const control = installControl(false);
  const troubles: Trouble[] = [];
  try {
    const plan = await cleanup.beginCleanup({ job_id });
    if (!plan.runnable) return;
    if (plan.held_by !== null) {
      await cleanup.skipCleanup({ job_id, held_by: plan.held_by });
      return;
    }
    if (plan.paused && !control.asked) control.paused = true;
    const rest = [...plan.steps];
    const clock = { deadline: plan.deadline };
    control.progress.batches.total = rest.length;
    for (let step = rest[0]; step !== undefined && Date.now() < clock.deadline; step = rest[0]) {
      try {
        if (!(await runStep(job_id, step, control, clock))) break;
      } catch (error) {
        if (isCancellation(error)) throw error;
        if (CancellationScope.current().consideredCancelled) throw new CancelledFailure('the cleanup was cancelled');
        troubles.push({ step, error: reasonOf(error) });
      }
      rest.shift();
      control.progress.batches.done += 1;
    }
    control.progress.phase = 'finishing';
    await cleanup.finishCleanup({ job_id, end: rest.length === 0 ? 'done' : 'time_limit', troubles, rest });
    control.progress.phase = 'done';
    setCurrentDetails('**done**');
  } catch (error) {
    if (!isCancellation(error)) throw error;
    await CancellationScope.nonCancellable(async () => {
      control.progress.phase = 'cancelling';
      await jobs.setJobStatus({ job_id, status: 'cancelling', message: 'cancelling' });
      await cleanup.finishCleanup({ job_id, end: 'cancelled', troubles, rest: [] });
    });
    throw error;
  }
}

/** Runs a step slice by slice; false where the time of the job is over before it is done. */
async function runStep(job_id: string, step: string, control: Control, clock: { deadline: number }): Promise<boolean> {
  let slice: CleanSlice = { done: false, after: null, counted: {} };
  while (!slice.done) {
    const stood = await waitWhilePaused(job_id, control);
    clock.deadline += stood;
    if (Date.now() >= clock.deadline) return false;
    control.progress.phase = 'collecting';
    control.progress.batches.running = 1;
    setCurrentDetails(`**${step}**: step ${control.progress.batches.done + 1} of ${control.progress.batches.total}`);
    try {
      slice = await cleaning.cleanStep({ job_id, step, after: slice.after, counted: slice.counted });
    } finally {
      control.progress.batches.running = 0;
    }
  }
  return true;
}

/** The innermost message: what Temporal wraps around it tells nothing. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error && 'cause' in error ? error.cause : undefined;
  if (cause instanceof Error) return reasonOf(cause);
  return error instanceof Error ? error.message : String(error);
}
