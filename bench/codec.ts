import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import type { BatchInput, BatchPlan, BatchResult } from '../core/activities.ts';
import { COLLECTOR_QUEUE, JOBS_QUEUE } from '../core/queues.ts';
import { loadSettings } from '../runtime/config.ts';
import { createDataConverter } from '../runtime/data-converter.ts';
import { createReaper } from '../runtime/embedded/reaper.ts';
import { findTemporalBinary } from '../runtime/embedded/temporal-binary.ts';
import { startTemporal } from '../runtime/embedded/temporal.ts';
import { createLogger } from '../runtime/log.ts';
import { connectClient } from '../runtime/temporal.ts';
import { connectWorker } from '../runtime/temporal-worker.ts';
import { workflowBundle } from '../runtime/workflow-bundle.ts';
import { printTable, spread } from './support/table.ts';

/** What the payload codec costs: the workflow of a job with batches that do nothing, with it and without, in turn. */
const { values } = parseArgs({
  options: { batches: { type: 'string', default: '1000' }, rounds: { type: 'string', default: '5' } },
});
const BATCHES = Number(values.batches);
const ROUNDS = Number(values.rounds);
const PAGE = 200;
const counts = { total: BATCHES, pending: 0, running: 0, completed: BATCHES, failed: 0, cancelled: 0 };

Runtime.install({ logger: new DefaultLogger('ERROR') });
const { temporalBin, cacheDir } = loadSettings(process.env);
const dataDir = await mkdtemp(join(tmpdir(), 'cairn-codec-'));
const log = createLogger({ level: 'warn', name: 'bench' });
const reaper = createReaper();
const signal = new AbortController().signal;
const { path: binary } = await findTemporalBinary({ temporalBin, cacheDir, path: process.env.PATH ?? '', log, signal });
const server = await startTemporal({ dataDir, log, reaper, binary, namespace: 'default', port: 0, uiPort: 0 });
const target = { address: server.address, namespace: 'default', tls: undefined, apiKey: undefined, metadata: undefined };
const connection = await connectWorker(target);

const activities = {
  beginJob: () =>
    Promise.resolve({
      runnable: true,
      type: 'topology.discover',
      total_devices: BATCHES,
      soft_deadline: Date.now() + 600_000,
      deadline: Date.now() + 660_000,
      priority_key: 3,
      owner: 'bench',
      paused: false,
      snapshot: false,
    }),
  planBatches({ after }: { after: number }): Promise<BatchPlan[]> {
    const length = Math.max(0, Math.min(PAGE, BATCHES - after - 1));
    const plan = (_: unknown, index: number): BatchPlan => {
      const batch = after + 1 + index;
      return {
        batch,
        queue: COLLECTOR_QUEUE,
        summary: `50 devices, access-sw-${batch} … access-sw-${batch + 49}`,
        not_before: 0,
      };
    };
    return Promise.resolve(Array.from({ length }, plan));
  },
  countDevices: () => Promise.resolve(counts),
  setJobStatus: () => Promise.resolve(),
  finishJob: () => Promise.resolve('completed'),
  discoverDevices: (_input: BatchInput): Promise<BatchResult> =>
    Promise.resolve({ done: 50, left: 0, retry_after_ms: null, counts }),
};

/** CPU milliseconds of this process (workers and client) per batch, and bytes of the history. */
async function round(seal: boolean): Promise<{ cpu: number; bytes: number }> {
  const dataConverter = createDataConverter({ keys: { current: randomBytes(32), previous: [] }, seal });
  const client = await connectClient(target, undefined, dataConverter);
  const shared = { connection, namespace: 'default', dataConverter, activities };
  const bundle = await workflowBundle(cacheDir, seal);
  const [jobs, collector] = await Promise.all([
    Worker.create({ ...shared, taskQueue: JOBS_QUEUE, workflowBundle: bundle }),
    Worker.create({ ...shared, taskQueue: COLLECTOR_QUEUE }),
  ]);
  const id = `bench-${randomBytes(6).toString('hex')}`;
  const start = { workflowId: id, taskQueue: JOBS_QUEUE, args: [{ job_id: id }] };
  return jobs.runUntil(
    collector.runUntil(async () => {
      const before = process.cpuUsage();
      await client.workflow.execute('discoverTopology', start);
      const { user, system } = process.cpuUsage(before);
      const { historySize } = await client.workflow.getHandle(id).describe();
      await client.connection.close();
      return { cpu: (user + system) / 1000 / BATCHES, bytes: historySize ?? 0 };
    }),
  );
}

const rows: string[][] = [];
const measured = new Map<boolean, { cpu: number; bytes: number }[]>([
  [false, []],
  [true, []],
]);
try {
  for (const seal of measured.keys()) await round(seal);
  for (let count = 0; count < ROUNDS; count += 1) for (const seal of [false, true]) measured.get(seal)!.push(await round(seal));
} finally {
  await connection.close();
  await server.stop();
  await reaper.close();
  await rm(dataDir, { recursive: true, force: true });
}
for (const [seal, results] of measured)
  rows.push([
    seal ? 'on' : 'off',
    spread(
      results.map(({ cpu }) => cpu),
      2,
    ),
    spread(
      results.map(({ bytes }) => bytes / 1024),
      0,
    ),
  ]);
printTable(['codec', 'CPU ms an activity', 'KiB of history'], rows);
