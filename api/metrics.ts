import { JOB_STATUSES } from '../core/jobs.ts';
import type { Logger } from '../runtime/log.ts';
import type { Metrics } from '../runtime/metrics.ts';
import type { Database } from '../stores/database.ts';
import { countJobs, countOutcomes } from '../stores/job-counts.ts';
import { countDeliveries, countOpenCircuits, countOpenLetters } from '../stores/metric-counts.ts';
import { UNSCOPED } from '../stores/scope.ts';
import { remember } from './metrics-count.ts';
import { countJobFlow } from './metrics-jobs.ts';

/** Gauges that are read from rows at each scrape. With the database away they are left out, and the scrape still answers. */
export function registerJobMetrics(deps: { metrics: Metrics; database: Pick<Database, 'sql'>; log: Logger }): void {
  const jobs = remember(deps.log, () => countJobs(deps.database, UNSCOPED));
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
  const deliveries = remember(deps.log, () => countDeliveries(deps.database));
  deps.metrics.gauge('webhook_deliveries', 'Deliveries to webhooks that are kept, by status', ['status'], async (gauge) => {
    gauge.reset();
    for (const [status, count] of (await deliveries()) ?? []) gauge.set({ status }, count);
  });
  single(deps, 'circuits_open', 'Devices whose circuit is open', () => countOpenCircuits(deps.database));
  single(deps, 'dead_letters_open', 'Dead letters that nobody has settled', () => countOpenLetters(deps.database));
  countJobFlow(deps);
}

type Deps = Parameters<typeof registerJobMetrics>[0];

function single({ metrics, log }: Deps, name: string, help: string, count: () => Promise<number>): void {
  const read = remember(log, count);
  metrics.gauge(name, help, [], async (gauge) => gauge.set((await read()) ?? Number.NaN));
}
