import { defineQuery, defineSignal, setCurrentDetails, setHandler } from '@temporalio/workflow';
import { DROP_SIGNAL, PAUSE_SIGNAL, PRIORITY_SIGNAL, PROGRESS_QUERY, RESUME_SIGNAL, type JobProgress } from '../core/jobs.ts';

export const pause = defineSignal(PAUSE_SIGNAL);
export const resume = defineSignal(RESUME_SIGNAL);
export const priority = defineSignal<[number]>(PRIORITY_SIGNAL);
export const drop = defineSignal<[{ queue: string; reason: string }]>(DROP_SIGNAL);
export const progress = defineQuery<JobProgress>(PROGRESS_QUERY);

/** What people asked of a run, and what it tells them. */
export interface Control {
  paused: boolean;
  /** Pause or resume came since the row was last written: it is written again, even if nothing changed here. */
  asked: boolean;
  /** The priority key that was asked for since the run began; null where none was. A later run reads the row. */
  priorityKey: number | null;
  /** Queues whose devices are to be cancelled, with the reason. */
  dropped: Map<string, string>;
  progress: JobProgress;
  /** Set whenever something happened that the dispatcher should look at. */
  woken: boolean;
  wake(): void;
  /** Puts the progress where the Temporal Web UI shows it. */
  describe(): void;
}

/** Registers pause, resume, priority and progress. First thing in a workflow, so that no signal comes too early. */
export function installControl(paused: boolean): Control {
  const control: Control = {
    paused,
    asked: false,
    woken: false,
    priorityKey: null,
    dropped: new Map(),
    progress: {
      phase: 'starting',
      batches: { total: 0, done: 0, running: 0, waiting: 0 },
      counts: { total: 0, pending: 0, running: 0, completed: 0, failed: 0, cancelled: 0 },
    },
    wake() {
      control.woken = true;
    },
    describe() {
      const { phase, batches, counts } = control.progress;
      setCurrentDetails(
        `**${phase}**: ${counts.completed} completed, ${counts.failed} failed, ${counts.cancelled} cancelled of ${counts.total} devices; ` +
          `batches: ${batches.done} done, ${batches.running} running, ${batches.waiting} waiting`,
      );
    },
  };
  setHandler(pause, () => {
    control.paused = true;
    control.asked = true;
    control.wake();
  });
  setHandler(resume, () => {
    control.paused = false;
    control.asked = true;
    control.wake();
  });
  setHandler(priority, (key) => {
    control.priorityKey = key;
  });
  setHandler(drop, ({ queue, reason }) => {
    control.dropped.set(queue, reason);
    control.wake();
  });
  setHandler(progress, () => control.progress);
  return control;
}
