import { isCancellation, log, proxyActivities, proxyLocalActivities, type ActivityOptions } from '@temporalio/workflow';
import type {
  BulkActivities,
  CleanupActivities,
  DeviceActivities,
  InventoryActivities,
  JobActivities,
  ScheduledJobActivities,
} from '../core/activities.ts';
import { fairnessKeyOf, summaryOf } from '../core/job-start.ts';

/** Every timeout, retry and queue of the engine, in one table. */
export const OPTIONS = {
  /** Short database work on `cairn-jobs`; a database that is away is waited for. */
  job: {
    startToCloseTimeout: '60 seconds',
    heartbeatTimeout: '10 seconds',
    retry: { initialInterval: '500 milliseconds', backoffCoefficient: 2, maximumInterval: '5 seconds' },
  },
  /** Building a topology reads every cache, and of a large network no heartbeat gets through for a while. */
  topology: {
    startToCloseTimeout: '10 minutes',
    heartbeatTimeout: '60 seconds',
    retry: { initialInterval: '1 second', maximumInterval: '30 seconds', maximumAttempts: 5 },
  },
  /** Showing what is stored already; the job tells where it cannot. */
  publish: {
    startToCloseTimeout: '5 minutes',
    heartbeatTimeout: '10 seconds',
    retry: { initialInterval: '1 second', maximumInterval: '10 seconds', maximumAttempts: 4 },
  },
  /** Reading a source; bounded by the deadline of the job. What cannot be read is not tried again here. */
  inventory: {
    startToCloseTimeout: '25 hours',
    heartbeatTimeout: '10 seconds',
    cancellationType: 'WAIT_CANCELLATION_COMPLETED',
    retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '10 seconds' },
  },
  /** A slice of a step takes seconds, a sweep of a large store many minutes. */
  cleanup: {
    startToCloseTimeout: '2 hours',
    heartbeatTimeout: '15 seconds',
    cancellationType: 'WAIT_CANCELLATION_COMPLETED',
    retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '10 seconds', maximumAttempts: 8 },
  },
  /** A slice of targets takes seconds; Temporal or a database that is away is waited for. */
  bulk: {
    startToCloseTimeout: '5 minutes',
    heartbeatTimeout: '10 seconds',
    cancellationType: 'WAIT_CANCELLATION_COMPLETED',
    retry: { initialInterval: '500 milliseconds', backoffCoefficient: 2, maximumInterval: '5 seconds' },
  },
  /** A job that another run of ours does is waited for: longer than any job may take. A cancel need not wait for a heartbeat. */
  wait: {
    startToCloseTimeout: '30 days',
    heartbeatTimeout: '10 seconds',
    cancellationType: 'TRY_CANCEL',
    retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '10 seconds' },
  },
  /** A batch of devices; bounded by the deadline of the job, which cancels it. */
  batch: {
    startToCloseTimeout: '25 hours',
    heartbeatTimeout: '10 seconds',
    // Said, for what the SDK documents as its default is not what it does: a cancelled batch is over when its sessions are closed.
    cancellationType: 'WAIT_CANCELLATION_COMPLETED',
    retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '10 seconds' },
  },
} as const satisfies Record<string, ActivityOptions>;

/** Batches in flight at once, over all queues of a job. The session limit of the workers decides how many devices run. */
export const WINDOW = 100;

/** The least time before a batch that made no progress is dispatched again. */
export const IDLE_RETRY_MS = 1000;

/** How long a cancelled job waits for its batches to close their sessions. */
export const CANCEL_GRACE = '15 seconds';

export const scheduled = proxyActivities<Omit<ScheduledJobActivities, 'awaitJob'>>(OPTIONS.job);
export const waiting = proxyActivities<Pick<ScheduledJobActivities, 'awaitJob'>>(OPTIONS.wait);
export const jobs = proxyActivities<Omit<JobActivities, 'snapshotTopology' | 'publishVersions'>>(OPTIONS.job);
const artifacts = proxyActivities<Pick<JobActivities, 'publishVersions'>>(OPTIONS.publish);
export const inventory = proxyActivities<Pick<InventoryActivities, 'finishInventory'>>(OPTIONS.job);
export const reading = proxyActivities<Pick<InventoryActivities, 'syncInventory'>>(OPTIONS.inventory);
export const cleanup = proxyActivities<Omit<CleanupActivities, 'cleanStep'>>(OPTIONS.job);
export const cleaning = proxyActivities<Pick<CleanupActivities, 'cleanStep'>>(OPTIONS.cleanup);
export const bulk = proxyActivities<Pick<BulkActivities, 'finishBulk'>>(OPTIONS.job);
export const acting = proxyActivities<Pick<BulkActivities, 'actOnItems'>>(OPTIONS.bulk);
export const topology = proxyActivities<Pick<JobActivities, 'snapshotTopology'>>(OPTIONS.topology);

type ShortActivities = Pick<JobActivities, 'beginJob' | 'publishVersions' | 'finishJob' | 'countDevices'>;

/** Within the workflow task that asks for them: no queue, no events, no further workflow task. Once, and for a moment. */
const local = proxyLocalActivities<ShortActivities>({ startToCloseTimeout: '5 seconds', retry: { maximumAttempts: 1 } });
const queued: ShortActivities = {
  beginJob: jobs.beginJob,
  publishVersions: artifacts.publishVersions,
  finishJob: jobs.finishJob,
  countDevices: jobs.countDevices,
};

/**
 * Does short work at once, as a local activity. What fails there or takes longer is left to the activity of the same name, which waits
 * for what is away; so is all of it in runs that began before there were local activities, whose input has no `local`.
 */
export async function atOnce<T>(run: { local?: boolean }, work: (activities: ShortActivities) => Promise<T>): Promise<T> {
  if (run.local === true) {
    try {
      return await work(local);
    } catch (error) {
      if (isCancellation(error)) throw error;
      log.warn('what could not be done at once is left to an activity', { error: String(error) });
    }
  }
  return work(queued);
}

/** The activities of one batch: on the queue of its group, named after its devices, in the job's turn. */
export function batchActivities(
  batch: { queue: string; summary: string },
  plan: { priority_key: number; owner: string },
): DeviceActivities {
  return proxyActivities<DeviceActivities>({
    ...OPTIONS.batch,
    taskQueue: batch.queue,
    summary: summaryOf(batch.summary),
    priority: { priorityKey: plan.priority_key, fairnessKey: fairnessKeyOf(plan.owner) },
  });
}
