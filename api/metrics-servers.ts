import { COLLECTOR_QUEUE, collectorQueue, JOBS_QUEUE } from '../core/queues.ts';
import type { Logger } from '../runtime/log.ts';
import type { Metrics } from '../runtime/metrics.ts';
import type { Database } from '../stores/database.ts';
import { groupQueues } from '../stores/queue-waits.ts';
import { type QueueDescription, type QueueKind, type QueueWatch, stateOf } from './queues.ts';
import { remember } from './remember.ts';

const FRESH_MS = 10_000;
/** How long a scrape waits for PostgreSQL before it says that it is down. */
const DATABASE_MS = 2_000;
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
  metrics.gauge('temporal_up', '1 where Temporal tells of its queues', [], async (gauge) =>
    gauge.set((await queues('')) === null ? 0 : 1),
  );
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
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${DATABASE_MS} ms`)), DATABASE_MS);
  });
  try {
    await Promise.race([database.sql`select 1`, late]);
    return true;
  } catch (error) {
    log.warn({ err: error }, 'PostgreSQL does not answer a scrape of the metrics');
    return false;
  } finally {
    clearTimeout(timer);
  }
}

/** Null where Temporal, or the database that knows the groups, does not tell. */
async function readQueues(deps: Deps): Promise<Found[] | null> {
  try {
    const groups = (await groupQueues(deps.database, null)).slice(0, MOST_GROUPS);
    const activity = [JOBS_QUEUE, COLLECTOR_QUEUE, ...groups.map((group) => collectorQueue(group.queue_id))];
    const asked: [string, QueueKind][] = [
      [JOBS_QUEUE, 'workflow'],
      ...activity.map((queue): [string, QueueKind] => [queue, 'activity']),
    ];
    return await Promise.all(
      asked.map(async ([queue, kind]) => {
        const found = await deps.queues.describe(queue, kind);
        return { ...found, served: (await stateOf(deps, found)) === 'served' };
      }),
    );
  } catch (error) {
    deps.log.warn({ err: error }, 'the queues could not be read for the metrics');
    return null;
  }
}
