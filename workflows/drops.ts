import { condition, isCancellation, log } from '@temporalio/workflow';
import type { BatchPlan } from '../core/activities.ts';
import type { Control } from './control.ts';
import { CANCEL_GRACE, jobs } from './options.ts';

/** Queues that were dropped while the job goes on: their batches are cancelled, then their devices told as cancelled. */
export function createDrops(
  job_id: string,
  control: Control,
  batches: {
    running: ReadonlySet<BatchPlan>;
    /** With the time each is due. */
    waiting: Map<BatchPlan, number>;
    /** Cancels those of a queue that run. */
    cancel(queue: string): void;
  },
) {
  const { running, waiting } = batches;
  const begun = new Set<string>();
  let open = 0;

  async function drop(queue: string, reason: string): Promise<void> {
    batches.cancel(queue);
    for (const batch of waiting.keys()) if (batch.queue === queue) waiting.set(batch, 0);
    // As for a whole job: a worker that is dead is given up after its heartbeat timeout.
    await condition(() => [...running].every((batch) => batch.queue !== queue), CANCEL_GRACE);
    control.progress.counts = await jobs.cancelQueue({ job_id, queue, reason });
  }

  return {
    open: () => open > 0,
    begin() {
      for (const [queue, reason] of control.dropped) {
        if (begun.has(queue)) continue;
        begun.add(queue);
        open += 1;
        drop(queue, reason)
          .catch((error: unknown) => {
            // Then the job is cancelled as a whole.
            if (!isCancellation(error)) log.error('a queue could not be dropped', { queue, error: String(error) });
          })
          .finally(() => {
            open -= 1;
            control.wake();
          });
      }
    },
  };
}
