import { COLLECTOR_QUEUE, collectorQueue, JOBS_QUEUE } from '../core/queues.ts';
import type { Logger } from '../runtime/log.ts';
import type { Metrics } from '../runtime/metrics.ts';
import type { Database } from '../stores/database.ts';
import { groupQueues } from '../stores/queue-waits.ts';
import { UNSCOPED } from '../stores/scope.ts';
import { type QueueDescription, type QueueWatch, stateOf } from './queues.ts';
import { inTime } from './metrics-count.ts';
import { remember } from './remember.ts';

const FRESH_MS = 10_000;
/** Most groups whose queues are told, by name. */
const MOST_GROUPS = 200;

interface Deps {
  metrics: Metrics;
  database: Pick<Database, 'sql'>;
  queues: QueueWatch;
  log: Logger;
}

type Found = QueueDescription & { served: boolean };

/** Gauges of the servers that Cairn stands on, and of the queues as Temporal tells them; looked at every ten seconds at most. */
export function registerServerMetrics(deps: Deps): void {
  const { metrics } = deps;
  const database = remember(FRESH_MS, () => answers(deps));
  const queues = remember(FRESH_MS, () => readQueues(deps));
  metrics.gauge('database_up', '1 where PostgreSQL answers', [], async (gauge) => gauge.set((await database('')) ? 1 : 0));
  const temporal = remember(FRESH_MS, () => temporalAnswers(deps));
  metrics.gauge('temporal_up', '1 where Temporal answers', [], async (gauge) => gauge.set((await temporal('')) ? 1 : 0));
  const labels = ['queue', 'kind'] as const;
  const perQueue = (name: string, help: string, value: (found: Found) => number) =>
    metrics.gauge(name, help, labels, async (gauge) => {
      gauge.reset();
      for (const found of (await queues('')) ?? []) gauge.set({ queue: found.queue, kind: found.kind }, value(found));
    });
  perQueue('queue_backlog', 'Tasks that no worker has taken yet', (found) => found.backlog);
  perQueue('queue_backlog_age_seconds', 'Age of the oldest of them', (found) => found.backlog_age_seconds);
  perQueue('queue_served', '1 where a worker is there for the queue', (found) => (found.served ? 1 : 0));
}

async function answers({ database, log }: Deps): Promise<boolean> {
  try {
    await inTime(database.sql`select 1`);
    return true;
  } catch (error) {
    log.warn({ err: error }, 'PostgreSQL does not answer a scrape of the metrics');
    return false;
  }
}

async function temporalAnswers({ queues, log }: Deps): Promise<boolean> {
  try {
    await inTime(queues.describe(JOBS_QUEUE, 'workflow'));
    return true;
  } catch (error) {
    log.warn({ err: error }, 'Temporal does not answer a scrape of the metrics');
    return false;
  }
}

/** Null where Temporal, or the database that knows the groups, does not tell. */
async function readQueues(deps: Deps): Promise<Found[] | null> {
  try {
    return await inTime(describeAll(deps));
  } catch (error) {
    deps.log.warn({ err: error }, 'the queues could not be read for the metrics');
    return null;
  }
}

async function describeAll(deps: Deps): Promise<Found[]> {
  const groups = (await groupQueues(deps.database, UNSCOPED, null)).slice(0, MOST_GROUPS);
  const activity = [JOBS_QUEUE, COLLECTOR_QUEUE, ...groups.map((group) => collectorQueue(group.queue_id))];
  const asked = [[JOBS_QUEUE, 'workflow'] as const, ...activity.map((queue) => [queue, 'activity'] as const)];
  return Promise.all(
    asked.map(async ([queue, kind]) => {
      const found = await deps.queues.describe(queue, kind);
      return { ...found, served: (await stateOf(deps, found)) === 'served' };
    }),
  );
}
