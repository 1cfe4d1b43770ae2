import { isCancellation, sleep } from '@temporalio/workflow';
import type { JobPlan } from '../core/activities.ts';
import type { Control } from './control.ts';

/** The job's time: its deadlines, put off by however long it was paused, and the alarm for batches that become due. */
export function createClock(plan: JobPlan, pausedBefore: number, control: Control, onDeadline: () => void) {
  let pausedMs = pausedBefore;
  let pausedSince: number | null = null;
  let alarm = Infinity;
  const paused = (): number => pausedMs + (pausedSince === null ? 0 : Date.now() - pausedSince);
  const after = (ms: number, act: () => void): void => {
    sleep(Math.max(1, ms)).then(act, (error: unknown) => {
      if (!isCancellation(error)) throw error;
    });
  };
  const watch = (deadline: number, act: () => void): void => {
    const left = (): number => deadline + paused() - Date.now();
    after(left(), () => (left() > 0 ? watch(deadline, act) : act()));
  };
  watch(plan.soft_deadline, () => control.wake());
  watch(plan.deadline, () => {
    onDeadline();
    control.wake();
  });
  return {
    isOver: () => pausedSince === null && Date.now() >= plan.soft_deadline + pausedMs,
    isPast: () => Date.now() >= plan.deadline + paused(),
    softDeadline: () => plan.soft_deadline + paused(),
    pausedMs: paused,
    setPaused(now: boolean) {
      if (now) pausedSince ??= Date.now();
      else {
        pausedMs = paused();
        pausedSince = null;
      }
    },
    /** Wakes the dispatcher then, unless an earlier alarm is set. */
    wakeAt(time: number) {
      if (time >= alarm) return;
      alarm = time;
      after(time - Date.now(), () => {
        alarm = Infinity;
        control.wake();
      });
    },
  };
}
