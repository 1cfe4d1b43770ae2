import type { Logger } from '../runtime/log.ts';
import type { Metrics } from '../runtime/metrics.ts';
import type { Database } from '../stores/database.ts';
import { databaseTime, jobFlow } from '../stores/metric-counts.ts';
import { remember } from './metrics-count.ts';

/** Rows of a transaction that took long to commit carry an older time: nothing younger than this is counted yet. */
const SETTLED_S = 5;

/**
 * Counts jobs as they are made and as they end, however they end, from their rows at each scrape: since this process started.
 * Each API counts all of them: with several, take the largest. What the database did not tell, the next scrape counts.
 */
export function countJobFlow({
  metrics,
  database,
  log,
}: {
  metrics: Metrics;
  database: Pick<Database, 'sql'>;
  log: Logger;
}): void {
  let since: Date | null = null;
  const read = remember(log, async () => {
    since ??= await databaseTime(database, process.uptime() + SETTLED_S);
    const until = await databaseTime(database, SETTLED_S);
    const rows = await jobFlow(database, since, until);
    since = until;
    for (const { type, status, n } of rows) {
      if (status === null) started.inc({ type }, n);
      else ended.inc({ type, status }, n);
    }
  });
  const count = async (): Promise<void> => void (await read());
  const started = metrics.counter('jobs_started_total', 'Jobs that were started, a few seconds late', ['type'], count);
  const ended = metrics.counter('jobs_ended_total', 'Jobs that ended, a few seconds late', ['type', 'status'], count);
}
