import { CancellationScope, condition, continueAsNew, isCancellation, log, workflowInfo } from '@temporalio/workflow';
import type { BatchInput, BatchPlan, BatchResult, DeviceActivities, JobPlan } from '../core/activities.ts';
import { PLAN_PAGE } from '../core/batches.ts';
import { installControl, type Control } from './control.ts';
import { createDrops } from './drops.ts';
import { createClock } from './job-clock.ts';
import { atOnce, batchActivities, CANCEL_GRACE, IDLE_RETRY_MS, jobs, WINDOW } from './options.ts';

/** The input of every job workflow: the job and small numbers, never devices. */
export interface FleetInput {
  job_id: string;
  /** Whether short activities are local ones (`atOnce`). */
  local?: boolean;
  /** What a run hands to the next one when its history is full; everything else is in rows. */
  carried?: { paused: boolean; paused_ms: number };
}

/** What differs between job types. */
export interface FleetWork {
  /** Runs one batch. */
  run(activities: DeviceActivities, input: BatchInput): Promise<BatchResult>;
  /** After the last device, before the job ends; returns what went wrong with it, if anything. */
  afterwards(plan: JobPlan): Promise<string | null>;
}

type LiveStatus = 'in_progress' | 'pausing' | 'paused';

/** The engine: do this activity for each of the devices of a job, whatever dies, is paused or cancelled. */
export async function runFleet(input: FleetInput, work: FleetWork): Promise<void> {
  const control = installControl(input.carried?.paused ?? false);
  const { job_id } = input;
  try {
    const plan = await atOnce(input, (short) => short.beginJob({ job_id }));
    if (!plan.runnable) return;
    // A later run knows better than the row, which may not have been told yet.
    if (plan.paused && input.carried === undefined && !control.asked) control.paused = true;
    const end = await dispatchBatches(input, plan, control, work);
    control.progress.phase = 'finishing';
    const trouble = end === 'done' ? await work.afterwards(plan) : null;
    const message = end === 'time_limit' ? 'the time limit of the job was reached before the device was done' : trouble;
    await atOnce(input, (short) => short.finishJob({ job_id, end, message }));
    control.progress.counts = await atOnce(input, (short) => short.countDevices({ job_id }));
    control.progress.phase = 'done';
    control.describe();
  } catch (error) {
    if (!isCancellation(error)) throw error;
    await CancellationScope.nonCancellable(async () => {
      control.progress.phase = 'cancelling';
      await jobs.setJobStatus({ job_id, status: 'cancelling', message: 'cancelling' });
      // Locks go only when the sessions are closed; a worker that is dead is given up after its heartbeat timeout.
      await condition(() => control.progress.batches.running === 0, CANCEL_GRACE);
      await jobs.finishJob({ job_id, end: 'cancelled', message: 'the job was cancelled before the device was done' });
    });
    throw error;
  }
}

/** Keeps up to `WINDOW` batches in flight until none has anything left to do, or the job's time is over. */
async function dispatchBatches(
  input: FleetInput,
  plan: JobPlan,
  control: Control,
  work: FleetWork,
): Promise<'done' | 'time_limit'> {
  const { job_id } = input;
  const { batches } = control.progress;
  const scope = new CancellationScope();
  const clock = createClock(plan, input.carried?.paused_ms ?? 0, control, () => scope.cancel());
  const ready: BatchPlan[] = [];
  const running = new Set<BatchPlan>();
  /** What cancels the batches of one queue. */
  const queues = new Map<string, CancellationScope>();
  /** Batches whose devices wait for another attempt, with the time they are due. */
  const waiting = new Map<BatchPlan, number>();
  const drops = createDrops(job_id, control, { running, waiting, cancel: (queue) => queues.get(queue)?.cancel() });
  let cursor = -1;
  let planned = false;
  /** A batch was ended by the deadline of the job. */
  let cut = false;
  /** What the row says; null where that must be said anew. */
  let status: LiveStatus | null = plan.paused ? null : 'in_progress';

  control.progress.phase = 'collecting';
  control.progress.counts = plan.first?.counts ?? (await jobs.countDevices({ job_id }));

  const start = (batch: BatchPlan): void => {
    batches.running += 1;
    const turn = { priority_key: control.priorityKey ?? plan.priority_key, owner: plan.owner };
    const input = { job_id, batch: batch.batch, soft_deadline: clock.softDeadline() };
    const ended = (result: BatchResult | null): void => {
      batches.running -= 1;
      running.delete(batch);
      if (result !== null) control.progress.counts = result.counts;
      if (result === null || result.left === 0) batches.done += 1;
      else waiting.set(batch, Date.now() + (result.retry_after_ms || (result.done === 0 ? IDLE_RETRY_MS : 0)));
      control.wake();
    };
    running.add(batch);
    const own = queues.get(batch.queue) ?? new CancellationScope({ cancellable: true, parent: scope });
    queues.set(batch.queue, own);
    own
      .run(() => work.run(batchActivities(batch, turn), input))
      .then(ended, (error: unknown) => {
        // A dead worker cannot confirm the cancel of its batch: that times out instead.
        if (clock.isPast() || (isCancellation(error) && !control.dropped.has(batch.queue))) cut = true;
        else if (!control.dropped.has(batch.queue))
          log.error('a batch could not be run', { batch: batch.batch, error: String(error) });
        ended(null);
      });
  };

  const show = async (next: LiveStatus): Promise<void> => {
    if (next === status && !control.asked) return;
    control.asked = false;
    status = next;
    control.progress.phase = next === 'in_progress' ? 'collecting' : next;
    clock.setPaused(next !== 'in_progress');
    await jobs.setJobStatus({ job_id, status: next, message: next === 'in_progress' ? 'resumed' : next });
  };

  for (;;) {
    control.woken = false;
    drops.begin();
    const over = clock.isOver();
    const full = workflowInfo().continueAsNewSuggested;
    if (!control.paused && !over && !full) {
      await show('in_progress');
      for (const [batch, due] of waiting) {
        if (due > Date.now()) continue;
        waiting.delete(batch);
        ready.push(batch);
      }
      while (batches.running < WINDOW && !control.paused) {
        if (ready.length === 0 && !planned) {
          const first = batches.total === 0 ? plan.first?.batches : undefined;
          const page = first ?? (await jobs.planBatches({ job_id, after: cursor, limit: PLAN_PAGE }));
          planned = page.length < PLAN_PAGE;
          cursor = page.at(-1)?.batch ?? cursor;
          batches.total += page.length;
          for (const batch of page) {
            if (batch.not_before > Date.now()) waiting.set(batch, batch.not_before);
            else ready.push(batch);
          }
          continue;
        }
        const next = ready.shift();
        if (next === undefined) break;
        if (control.dropped.has(next.queue)) batches.done += 1;
        else start(next);
      }
    }
    batches.waiting = waiting.size + ready.length;
    if (control.paused) await show(batches.running > 0 ? 'pausing' : 'paused');
    // What happened while the row was written changes what is next.
    if (control.woken) continue;
    if (batches.running === 0 && !drops.open() && !control.paused) {
      if (planned && batches.waiting === 0 && !cut) return 'done';
      if (over || cut) return 'time_limit';
    }
    if (batches.running === 0 && !drops.open() && full) {
      const carried = { paused: control.paused, paused_ms: clock.pausedMs() };
      await continueAsNew<(next: FleetInput) => Promise<void>>({ ...input, carried });
    }
    control.describe();
    if (!control.paused) clock.wakeAt(Math.min(...waiting.values()));
    await condition(() => control.woken);
  }
}
