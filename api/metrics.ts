import { JOB_STATUSES } from '../core/jobs.ts';
import type { Logger } from '../runtime/log.ts';
import type { Metrics } from '../runtime/metrics.ts';
import type { Database } from '../stores/database.ts';
import { countJobs, countOutcomes } from '../stores/job-counts.ts';

/** How long one count serves, however often the metrics are read. */
const FRESH_MS = 10_000;

/** Gauges that are read from rows at each scrape. With the database away they are left out, and the scrape still answers. */
export function registerJobMetrics(deps: { metrics: Metrics; database: Pick<Database, 'sql'>; log: Logger }): void {
  const jobs = remember(deps.log, () => countJobs(deps.database));
  const outcomes = remember(deps.log, () => countOutcomes(deps.database));
  deps.metrics.gauge('jobs', 'Jobs by status', ['status'], async (gauge) => {
    gauge.reset();
    const counts = await jobs();
    if (counts === null) return;
    for (const status of JOB_STATUSES) gauge.set({ status }, counts.get(status) ?? 0);
  });
  deps.metrics.gauge('job_devices_24h', 'Devices of the jobs of the last 24 hours, by outcome', ['outcome'], async (gauge) => {
    gauge.reset();
    for (const [outcome, count] of (await outcomes()) ?? []) gauge.set({ outcome }, count);
  });
}

/** Null where the count failed; the log says why. */
function remember(log: Logger, count: () => Promise<Map<string, number>>): () => Promise<Map<string, number> | null> {
  let last: { at: number; counts: Promise<Map<string, number>> } | null = null;
  return async () => {
    if (last === null || Date.now() - last.at > FRESH_MS) last = { at: Date.now(), counts: count() };
    try {
      return await last.counts;
    } catch (error) {
      last = null;
      log.warn({ err: error }, 'a metric could not be read');
      return null;
    }
  };
}
