import type { DeviceCounts, JobStatus } from '../../core/jobs.ts';
import type { Database } from '../../stores/database.ts';
import { activeHolds } from '../../stores/holds.ts';
import { countDevices, jobStatuses } from '../../stores/job-state.ts';
import { recordTasks } from '../../stores/plan-batches.ts';
import type { Logger } from '../../runtime/log.ts';

/**
 * What the batches of this process need to know of their jobs, asked for once a second for all of them: whether a job was
 * paused or cancelled. Writes the current tasks of running devices in the same beat.
 */
export interface JobWatch {
  /** Counts as one more user of the job until the function `leave` is called. */
  enter(jobId: string, status: JobStatus, onChange: (status: JobStatus) => void): { status(): JobStatus; leave(): void };
  /** True while the group, or the whole system, is paused: running devices are to stop. At most a second old. */
  isHeld(groupId: string | null): boolean;
  task(jobId: string, deviceId: string, task: string): void;
  /** Device counts of a job, at most two seconds old. */
  counts(jobId: string): Promise<DeviceCounts>;
  stop(): void;
}

const BEAT_MS = 1000;
const COUNTS_MS = 2000;

export function createJobWatch({ database, log }: { database: Database; log: Logger }): JobWatch {
  const jobs = new Map<string, { status: JobStatus; listeners: Set<(status: JobStatus) => void> }>();
  const tasks = new Map<string, { job_id: string; device_id: string; task: string }>();
  const counted = new Map<string, { at: number; counts: Promise<DeviceCounts> }>();

  /** Groups that are paused; null stands for everything. */
  let paused = new Set<string | null>();

  async function beat(): Promise<void> {
    const written = [...tasks.values()];
    tasks.clear();
    if (written.length > 0) await recordTasks(database, written);
    if (jobs.size === 0) return;
    const [statuses, holds] = await Promise.all([jobStatuses(database, [...jobs.keys()]), activeHolds(database)]);
    paused = new Set(holds.filter((hold) => hold.kind === 'pause').map((hold) => hold.group_id));
    for (const [id, job] of jobs) {
      // A job whose row is gone is over for us.
      const status = statuses.get(id) ?? 'cancelled';
      if (status === job.status) continue;
      job.status = status;
      for (const listener of job.listeners) listener(status);
    }
  }

  let busy = false;
  const timer = setInterval(() => {
    if (busy) return;
    busy = true;
    beat()
      .catch((error: unknown) => log.warn({ err: error }, 'the state of running jobs could not be read'))
      .finally(() => (busy = false));
  }, BEAT_MS);
  timer.unref();

  return {
    enter(jobId, status, onChange) {
      // What was held before nobody looked is old: whether a device may start is asked with its lock.
      if (jobs.size === 0) paused = new Set();
      const job = jobs.get(jobId) ?? { status, listeners: new Set() };
      job.status = status;
      job.listeners.add(onChange);
      jobs.set(jobId, job);
      return {
        status: () => job.status,
        leave() {
          job.listeners.delete(onChange);
          if (job.listeners.size === 0) {
            jobs.delete(jobId);
            counted.delete(jobId);
          }
        },
      };
    },
    isHeld: (groupId) => paused.has(null) || (groupId !== null && paused.has(groupId)),
    task(jobId, deviceId, task) {
      tasks.set(`${jobId}/${deviceId}`, { job_id: jobId, device_id: deviceId, task });
    },
    counts(jobId) {
      const known = counted.get(jobId);
      if (known !== undefined && Date.now() - known.at < COUNTS_MS) return known.counts;
      const counts = countDevices(database.sql, jobId);
      counted.set(jobId, { at: Date.now(), counts });
      return counts;
    },
    stop: () => clearInterval(timer),
  };
}
