import { ApplicationFailure, Context, getClient } from '@temporalio/activity';
import type { BulkActivities } from '../core/activities.ts';
import type { BulkCounts } from '../core/bulk.ts';
import { createJobEngine } from '../runtime/job-engine.ts';
import type { Logger } from '../runtime/log.ts';
import { changeNextDevices } from '../stores/bulk-devices.ts';
import { cancelItems, claimItems, countItems, settleItems } from '../stores/bulk-items.ts';
import type { Database } from '../stores/database.ts';
import { endJob, readJobState } from '../stores/job-state.ts';
import type { SteerDeps } from '../stores/steer/deps.ts';
import { actOnJob, type BulkJob } from './bulk/act-on-job.ts';

/** A pause or a cancel is heard after so long. */
const SLICE_MS = 4000;
/** Jobs that are acted on at once. */
const AT_ONCE = 8;
/** Devices of one transaction. */
const CHUNK = 200;
/** Before a job that is to stop is looked at again. */
const REST_MS = 500;

/** The parts of `jobs.bulk` and `devices.bulk` jobs. All are idempotent: a target that is over is left alone. */
export function createBulkActivities({ database, log }: { database: Database; log: Logger }): BulkActivities {
  return {
    async actOnItems({ job_id }) {
      const job = await readJobState(database, job_id);
      if (job?.params.bulk === undefined) throw ApplicationFailure.nonRetryable(`job ${job_id} is no bulk job`, 'bulk');
      const context = Context.current();
      const deps: SteerDeps = { database, log, engine: createJobEngine(getClient()) };
      const bulk: BulkJob = { id: job_id, bulk: job.params.bulk };
      const next = job.type === 'devices.bulk' ? nextDevices : nextJobs;
      const until = Date.now() + SLICE_MS;
      let position: number | null = -1;
      // What was begun is ended, also where the job is cancelled or the worker ends.
      while (position !== null && Date.now() < until && !context.cancellationSignal.aborted)
        position = await next(deps, bulk, position);
      const counts = await countItems(database.sql, job_id);
      const left = counts.pending + counts.running;
      if (left > 0 && position === null && !context.cancellationSignal.aborted) await pause(REST_MS);
      return { left, counts };
    },

    async finishBulk({ job_id, end }) {
      const before = await countItems(database.sql, job_id);
      const left = before.pending + before.running;
      const why = end === 'time_limit' ? 'the time limit of the job was reached before' : 'the job was cancelled before';
      if (left > 0) await cancelItems(database.sql, job_id, why);
      const counts = left > 0 ? await countItems(database.sql, job_id) : before;
      const cancelled = end === 'cancelled' && counts.cancelled > 0;
      const failed = counts.failed > 0 && counts.done + counts.skipped === 0;
      const status = cancelled ? 'cancelled' : failed ? 'failed' : 'completed';
      const message = saysCounts(counts);
      return endJob(database, job_id, {
        status: cancelled ? 'cancelled' : null,
        rest: { status: 'cancelled', outcome: 'cancelled', error: message },
        error: !cancelled && left > 0 ? why : failed ? message : null,
        whole: { status, partial: counts.failed + counts.cancelled > 0, message, data: { counts } },
      });
    },
  };
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Acts on some jobs at once; each is told as soon as it is over. Returns the last position, or null where there are no more. */
async function nextJobs(deps: SteerDeps, job: BulkJob, position: number): Promise<number | null> {
  const { sql } = deps.database;
  const items = await claimItems(sql, job.id, position, AT_ONCE);
  const ends = await Promise.allSettled(items.map(async (item) => settleItems(sql, job.id, [await actOnJob(deps, job, item)])));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  return items.at(-1)?.position ?? null;
}

const nextDevices = ({ database }: SteerDeps, { id, bulk }: BulkJob, position: number): Promise<number | null> =>
  changeNextDevices(database, id, bulk, position, CHUNK);

/** The message of a job: `28 of 30 done, 2 skipped`. */
function saysCounts({ total, done, skipped, failed, cancelled }: BulkCounts): string {
  if (total === 0) return 'nothing was found to act on';
  const rest = { skipped, failed, 'not reached': cancelled };
  const told = Object.entries(rest).flatMap(([word, n]) => (n === 0 ? [] : `${n} ${word}`));
  return [`${done} of ${total} done`, ...told].join(', ');
}
