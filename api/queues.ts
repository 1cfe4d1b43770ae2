import type { Client } from '@temporalio/client';
import { optionalTsToMs, tsToMs } from '@temporalio/common/lib/time.js';
import { COLLECTOR_QUEUE, collectorQueue } from '../core/queues.ts';
import type { Logger } from '../runtime/log.ts';
import type { Database } from '../stores/database.ts';
import { busyQueues } from '../stores/queue-waits.ts';
import { remember } from './remember.ts';

/** `temporal.api.enums.v1.TaskQueueType` */
const TYPES = { workflow: 1, activity: 2 } as const;
export type QueueKind = keyof typeof TYPES;

const FRESH_MS = 2000;
/** How long Temporal may take for one queue before its state is unknown. */
const DEADLINE_MS = 1000;
/** A Temporal that did not answer is not waited for again by each look. */
const AWAY_MS = 3000;
/** A worker that waits for work asks anew at least every minute. */
const SEEN_MS = 70_000;
/** What waits longer is not taken by a worker that has room: whoever was seen last is gone. */
const STALE_BACKLOG_S = 15;

/** One process that asked a queue for work. */
export interface Poller {
  /** `pid@host` of a worker of ours. */
  identity: string;
  /** Epoch milliseconds of its last question. */
  seen_at: number;
}

/** What Temporal says of a queue; rates are per second over the last 30 s. */
export interface QueueDescription {
  queue: string;
  kind: QueueKind;
  /** Those of the last minute. */
  pollers: Poller[];
  backlog: number;
  backlog_age_seconds: number;
  add_rate: number;
  dispatch_rate: number;
}

export type QueueState = 'served' | 'no_worker' | 'unknown';

/** Whether somebody works on a queue, and how many processes do; null where Temporal does not tell. */
export interface QueueView {
  state: QueueState;
  workers: number | null;
}

/** Looks at queues, each at most every two seconds however often it is asked. */
export interface QueueWatch {
  /** @throws what Temporal throws, within a second */
  describe(queue: string, kind: QueueKind): Promise<QueueDescription>;
  /** Never throws for a Temporal that is away: the state is `unknown` then. */
  view(queue: string, kind?: QueueKind): Promise<QueueView>;
}

const UNKNOWN: QueueView = { state: 'unknown', workers: null };

interface Deps {
  database: Pick<Database, 'sql'>;
  temporal: Client;
  namespace: string;
  log: Logger;
}

export function createQueueWatch(deps: Deps): QueueWatch {
  const read: Record<QueueKind, (queue: string) => Promise<QueueDescription>> = {
    workflow: remember(FRESH_MS, (queue) => describeQueue(deps, queue, 'workflow')),
    activity: remember(FRESH_MS, (queue) => describeQueue(deps, queue, 'activity')),
  };
  let awayUntil = 0;
  return {
    describe: (queue, kind) => read[kind](queue),
    async view(queue, kind = 'activity') {
      if (Date.now() < awayUntil) return UNKNOWN;
      let found: QueueDescription;
      try {
        found = await read[kind](queue);
      } catch (error) {
        awayUntil = Date.now() + AWAY_MS;
        deps.log.debug({ err: error, queue }, 'the state of a queue is not known');
        return UNKNOWN;
      }
      return { state: await stateOf(deps, found), workers: found.pollers.length };
    },
  };
}

/** A worker whose slots are all taken asks for nothing more: the locks of its devices tell that it is there. */
export async function stateOf(deps: Pick<Deps, 'database'>, found: QueueDescription): Promise<'served' | 'no_worker'> {
  // By its age alone: Temporal's count is approximate and may be 0 while something waits.
  const stale = found.kind === 'activity' && found.backlog_age_seconds >= STALE_BACKLOG_S;
  if (found.pollers.length > 0 && !stale) return 'served';
  return (await busyQueues(deps.database, [found.queue])).has(found.queue) ? 'served' : 'no_worker';
}

async function describeQueue(deps: Deps, queue: string, kind: QueueKind): Promise<QueueDescription> {
  const { temporal, namespace } = deps;
  const answer = await temporal.connection.withDeadline(Date.now() + DEADLINE_MS, () =>
    temporal.workflowService.describeTaskQueue({
      namespace,
      taskQueue: { name: queue },
      taskQueueType: TYPES[kind],
      reportStats: true,
    }),
  );
  const since = Date.now() - SEEN_MS;
  const pollers = (answer.pollers ?? [])
    .map((poller) => ({ identity: poller.identity ?? '', seen_at: optionalTsToMs(poller.lastAccessTime) ?? 0 }))
    .filter((poller) => poller.seen_at >= since);
  const { stats } = answer;
  return {
    queue,
    kind,
    pollers,
    backlog: Number(stats?.approximateBacklogCount ?? 0),
    backlog_age_seconds: stats?.approximateBacklogAge ? tsToMs(stats.approximateBacklogAge) / 1000 : 0,
    add_rate: stats?.tasksAddRate ?? 0,
    dispatch_rate: stats?.tasksDispatchRate ?? 0,
  };
}

const GROUP_PREFIX = collectorQueue('');

/** The `queue_id` of the collection group that a queue is for; null for the queues that every worker serves. */
export function queueIdOf(queue: string): string | null {
  return queue.startsWith(GROUP_PREFIX) ? queue.slice(GROUP_PREFIX.length) : null;
}

/** What to do about a queue that nobody serves. */
export function adviceFor(queue: string): string {
  const queueId = queueIdOf(queue);
  if (queueId !== null) return `start a worker with CAIRN_GROUPS=${queueId}`;
  return queue === COLLECTOR_QUEUE
    ? 'start a worker (npm run worker); every one serves devices without a group'
    : 'start a worker (npm run worker)';
}
