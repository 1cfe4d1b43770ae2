import type { BulkCounts } from './bulk.ts';
import type { CleanupCounts } from './cleanup.ts';
import type { DeviceCounts, JobStatus } from './jobs.ts';
import type { ScheduledJob } from './schedules.ts';

/** What the engine needs to know of a job; everything else stays in rows. */
export interface JobPlan {
  /** False where the job is already over or was never stored: the workflow then ends at once. */
  runnable: boolean;
  type: string;
  total_devices: number;
  /** Epoch milliseconds. No device is started after `soft_deadline`; sessions are closed at `deadline`. */
  soft_deadline: number;
  deadline: number;
  /** Temporal priority key, 1 (first) to 5. */
  priority_key: number;
  /** Fairness key. */
  owner: string;
  /** The row says that the job is to be paused: nothing is dispatched until it is resumed. */
  paused: boolean;
  snapshot: boolean;
  /** What the dispatcher would ask for first; a run that an older worker began has it not. */
  first?: { counts: DeviceCounts; batches: BatchPlan[] };
}

/** One batch that still has devices to do. */
export interface BatchPlan {
  batch: number;
  queue: string;
  /** Names its first and last device; shown in the Temporal Web UI. */
  summary: string;
  /** Epoch milliseconds before which none of its devices is due again; 0 = now. */
  not_before: number;
}

export interface BatchInput {
  job_id: string;
  batch: number;
  /** Epoch milliseconds; devices not started by then are left. */
  soft_deadline: number;
}

export interface BatchResult {
  /** Devices of the batch that are terminal now. */
  done: number;
  /** Devices of the batch that are not: paused, due for another attempt, or out of time. */
  left: number;
  /** Milliseconds until the first of them is due again; null if none is waiting for an attempt. */
  retry_after_ms: number | null;
  /** Of the whole job, read from its rows at most two seconds ago. */
  counts: DeviceCounts;
}

/** What a run of a schedule needs besides, also on `cairn-jobs`. */
export interface ScheduledJobActivities {
  /**
   * Writes the job that the schedule is for now, once for each `origin`. One that selects nothing any more is written as failed.
   * Null where the schedule is no longer there; its Temporal schedule is removed then.
   */
  createScheduledJob(input: { schedule_id: string; origin: string }): Promise<ScheduledJob | null>;
  recordJobRun(input: { job_id: string; run_id: string }): Promise<void>;
  /** Waits until the job is over, whoever runs it. Heartbeats. */
  awaitJob(input: { job_id: string }): Promise<JobStatus>;
}

/** Short database activities on `cairn-jobs`. All are idempotent. */
export interface JobActivities {
  beginJob(input: { job_id: string }): Promise<JobPlan>;
  planBatches(input: { job_id: string; after: number; limit: number }): Promise<BatchPlan[]>;
  countDevices(input: { job_id: string }): Promise<DeviceCounts>;
  /** Moves the row to a live status. */
  setJobStatus(input: { job_id: string; status: JobStatus; message: string | null }): Promise<void>;
  /** Gives every device that is not terminal its last word and ends the row by the rule of partial success. */
  finishJob(input: { job_id: string; end: 'done' | 'cancelled' | 'time_limit'; message: string | null }): Promise<JobStatus>;
  /** Cancels the devices of the job on this queue that are not terminal. */
  cancelQueue(input: { job_id: string; queue: string; reason: string }): Promise<DeviceCounts>;
  /** Shows the versions of the job in the artifact store that are not shown yet. Returns how many there were. */
  publishVersions(input: { job_id: string }): Promise<number>;
  /** Returns the id of the snapshot. */
  snapshotTopology(input: { job_id: string }): Promise<string>;
}

/** Of `inventory.sync`, on `cairn-jobs`. */
export interface InventoryActivities {
  /** Reads the source and writes what it comes to, once for each job. Heartbeats. `deadline`: epoch milliseconds. */
  syncInventory(input: { job_id: string; deadline: number }): Promise<void>;
  /** Ends the job by what it wrote; `error` says why it wrote nothing. */
  finishInventory(input: { job_id: string; end: 'done' | 'cancelled'; error: string | null }): Promise<JobStatus>;
}

/** What a cleanup is to do. */
export interface CleanupPlan {
  /** False where the job is already over or was never stored. */
  runnable: boolean;
  /** Another cleanup that is not over; null where there is none. */
  held_by: string | null;
  paused: boolean;
  /** Epoch milliseconds. */
  deadline: number;
  steps: string[];
}

/** How far a step has come. */
export interface CleanSlice {
  done: boolean;
  /** Where the next slice begins. */
  after: string[] | null;
  /** In a dry run what was counted so far. */
  counted: CleanupCounts;
}

/** The parts of a cleanup, also on `cairn-jobs`. All are idempotent. */
export interface CleanupActivities {
  beginCleanup(input: { job_id: string }): Promise<CleanupPlan>;
  /** Does a step for some seconds, or to its end. Heartbeats. */
  cleanStep(input: { job_id: string; step: string; after: string[] | null; counted: CleanupCounts }): Promise<CleanSlice>;
  /** Ends the row with what was removed, what went wrong (`troubles`) and which steps were not reached (`rest`). */
  finishCleanup(input: {
    job_id: string;
    end: 'done' | 'cancelled' | 'time_limit';
    troubles: { step: string; error: string }[];
    rest: string[];
  }): Promise<JobStatus>;
  /** Ends the row of a cleanup that did nothing because another one is under way. */
  skipCleanup(input: { job_id: string; held_by: string }): Promise<JobStatus>;
}

/** Of `jobs.bulk` and `devices.bulk`, on `cairn-jobs`. */
export interface BulkActivities {
  /** Acts on targets for some seconds, or until there are no more. Heartbeats. Returns how many are left. */
  actOnItems(input: { job_id: string }): Promise<{ left: number; counts: BulkCounts }>;
  /** Ends the row by what became of the targets; those that were not reached are told as cancelled. */
  finishBulk(input: { job_id: string; end: 'done' | 'cancelled' | 'time_limit' }): Promise<JobStatus>;
}

/** Device activities, on the collector queues. */
export interface DeviceActivities {
  discoverDevices(input: BatchInput): Promise<BatchResult>;
  /** Parses the stored raw output again; touches no device. */
  reparseDevices(input: BatchInput): Promise<BatchResult>;
  /** Collects the configuration of each device. */
  collectDevices(input: BatchInput): Promise<BatchResult>;
}
