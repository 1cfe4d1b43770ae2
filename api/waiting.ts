import type { JobStatus } from '../core/jobs.ts';
import { JOBS_QUEUE } from '../core/queues.ts';
import type { WaitingFor } from '../contracts/job.ts';
import type { Database } from '../stores/database.ts';
import { groupQueues, waitingDevices } from '../stores/queue-waits.ts';
import type { JobView } from '../stores/job-views.ts';
import { UNSCOPED } from '../stores/scope.ts';
import { adviceFor, queueIdOf, type QueueWatch } from './queues.ts';
import { remember } from './remember.ts';

const FRESH_MS = 2000;
/** Counting the waiting devices of a very large job costs more than a look at it should. */
const LARGE_FRESH_MS = 10_000;
const LARGE = 5000;
/** States in which devices are to be started. */
const DISPATCHING: readonly JobStatus[] = ['pending', 'in_progress'];

/** Tells of a job that cannot go on because nobody serves the queues that its devices wait on. */
export interface WaitWatch {
  /** Empty where the job waits for no worker, and where Temporal does not tell. */
  waitingFor(job: Pick<JobView, 'job_id' | 'status' | 'total_devices' | 'pending_devices'>): Promise<WaitingFor[]>;
}

export function createWaitWatch(deps: { database: Pick<Database, 'sql'>; queues: QueueWatch }): WaitWatch {
  const read = (jobId: string) => waitingDevices(deps.database, jobId);
  const small = remember(FRESH_MS, read);
  const large = remember(LARGE_FRESH_MS, read);

  async function waitOf(queue: string, devices: number): Promise<WaitingFor[]> {
    const kind = queue === JOBS_QUEUE ? 'workflow' : 'activity';
    if ((await deps.queues.view(queue, kind)).state !== 'no_worker') return [];
    const queueId = queueIdOf(queue);
    const [group] = queueId === null ? [] : await groupQueues(deps.database, UNSCOPED, [queueId]);
    const what = group === undefined ? `the queue ${queue}` : `the collection group ${group.name}`;
    return [{ queue, group: group?.name ?? null, devices, reason: `no worker serves ${what}`, advice: adviceFor(queue) }];
  }

  return {
    async waitingFor(job) {
      const dispatches = DISPATCHING.includes(job.status) && (job.pending_devices > 0 || job.status === 'pending');
      if (!dispatches) return [];
      // Nothing is dispatched at all without somebody who runs the workflow.
      const waits = await (job.total_devices > LARGE ? large : small)(job.job_id);
      const [blocked, ...rest] = await Promise.all([
        waitOf(JOBS_QUEUE, job.pending_devices),
        ...waits.map(({ queue, devices }) => waitOf(queue, devices)),
      ]);
      return blocked.length > 0 ? blocked : rest.flat();
    },
  };
}

/** The message of a job that says so. */
export function waitingMessage(message: string | null, waits: WaitingFor[]): string | null {
  const said = waits.map(
    ({ devices, reason, advice }) => `${devices === 0 ? 'the job waits' : `${devices} device(s) wait`}: ${reason}; ${advice}`,
  );
  return said.length === 0 ? message : [...said, ...(message === null ? [] : [message])].join('. ');
}
