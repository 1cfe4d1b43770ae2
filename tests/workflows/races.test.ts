import { Context } from '@temporalio/activity';
import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { BatchInput, BatchResult, DeviceActivities, JobActivities, JobPlan } from '../../core/activities.ts';
import { PAUSE_SIGNAL, RESUME_SIGNAL } from '../../core/jobs.ts';
import { COLLECTOR_QUEUE, JOBS_QUEUE } from '../../core/queues.ts';
import { loadSettings } from '../../runtime/config.ts';
import { createLogger } from '../../runtime/log.ts';
import { connectWorker, installTemporalRuntime } from '../../runtime/temporal-worker.ts';
import { workflowBundle } from '../../runtime/workflow-bundle.ts';
import { until } from '../support/cluster.ts';
import { createTestNamespace, type TestNamespace } from '../support/namespace.ts';

const COUNTS = { total: 1, pending: 1, running: 0, completed: 0, failed: 0, cancelled: 0 };
const PLAN: JobPlan = {
  runnable: true,
  type: 'topology.discover',
  total_devices: 1,
  soft_deadline: Date.now() + 600_000,
  deadline: Date.now() + 660_000,
  priority_key: 3,
  owner: 'test',
  paused: false,
  snapshot: false,
};

let namespace: TestNamespace;
let connection: Awaited<ReturnType<typeof connectWorker>>;

beforeAll(async () => {
  installTemporalRuntime(createLogger({ level: 'fatal', name: 'test' }));
  namespace = await createTestNamespace();
  connection = await connectWorker(namespace.target);
});

afterAll(async () => {
  await connection?.close();
  await namespace?.close();
});

/**
 * Runs the workflow of one batch on a real server, with activities that are played by hand so that things happen in an order
 * that is rare with real ones. Returns the activities in the order they were called.
 */
async function play(
  script: (id: string) => Partial<JobActivities> & { batch: (input: BatchInput, call: number) => Promise<BatchResult> },
  run: { workflow: string; local?: true } = { workflow: 'discoverTopology' },
): Promise<string[]> {
  const id = `race-${Date.now()}`;
  const calls: string[] = [];
  const { batch, ...given } = script(id);
  let batches = 0;
  const { workflow, ...more } = run;
  const runBatch = (input: BatchInput): Promise<BatchResult> => {
    batches += 1;
    calls.push('batch');
    return batch(input, batches);
  };
  const jobs: JobActivities = {
    beginJob: () => Promise.resolve(PLAN),
    planBatches: () => Promise.resolve([{ batch: 0, queue: COLLECTOR_QUEUE, summary: 'sw1', not_before: 0 }]),
    countDevices: () => Promise.resolve(COUNTS),
    cancelQueue: () => Promise.reject(new Error('no queue was dropped')),
    publishVersions: () => Promise.reject(new Error('nothing was collected')),
    snapshotTopology: () => Promise.reject(new Error('no snapshot was asked for')),
    ...given,
    setJobStatus: async (input) => {
      calls.push(input.status);
      await given.setJobStatus?.(input);
    },
    finishJob: async (input) => {
      calls.push(input.end);
      await given.finishJob?.(input);
      return 'completed';
    },
  };
  const devices: DeviceActivities = { discoverDevices: runBatch, reparseDevices: runBatch, collectDevices: runBatch };
  const bundle = await workflowBundle(loadSettings(process.env).cacheDir);
  const shared = { connection, namespace: namespace.namespace };
  const [first, second] = await Promise.all([
    Worker.create({ ...shared, taskQueue: JOBS_QUEUE, workflowBundle: bundle, activities: { ...jobs } }),
    Worker.create({ ...shared, taskQueue: COLLECTOR_QUEUE, activities: { ...devices } }),
  ]);
  await first.runUntil(
    second.runUntil(
      namespace.client.workflow.execute(workflow, { workflowId: id, taskQueue: JOBS_QUEUE, args: [{ job_id: id, ...more }] }),
    ),
  );
  return calls;
}

it('a batch that comes back and a resume, both while the pause is still being written, are not the end of the job', async () => {
  const calls = await play((id) => {
    const handle = namespace.client.workflow.getHandle(id);
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    const pending = async (): Promise<number> => (await handle.describe()).raw.pendingActivities?.length ?? 0;
    return {
      async batch(_input, call) {
        if (call === 1) {
          await handle.signal(PAUSE_SIGNAL);
          await released;
        }
        const left = call === 1 ? 1 : 0;
        return { done: 1 - left, left, retry_after_ms: left === 0 ? null : 0, counts: COUNTS };
      },
      async setJobStatus({ status }) {
        if (status !== 'pausing') return;
        release();
        await until('Temporal has the result of the batch', async () => (await pending()) === 1);
        await handle.signal(RESUME_SIGNAL);
      },
    };
  });
  expect(calls).toEqual(['batch', 'pausing', 'in_progress', 'batch', 'done']);
});

it('a batch whose worker is dead when the time of the job is over counts as out of time, not as done', async () => {
  const calls = await play(() => ({
    beginJob: () => Promise.resolve({ ...PLAN, soft_deadline: Date.now() + 1000, deadline: Date.now() + 1500 }),
    // Without a heartbeat, as if nobody were there any more.
    batch: () => Context.current().cancelled,
  }));
  expect(calls).toEqual(['batch', 'time_limit']);
});

it('what cannot be done at once is done by an activity that waits: a local one that fails, or takes long', async () => {
  const done: string[] = [];
  /** Only the queued activity succeeds. */
  const refuse = (name: string) => {
    const { isLocal, activityType } = Context.current().info;
    done.push(`${name} ${isLocal ? 'local' : 'queued'}`);
    if (activityType !== name) throw new Error(`${activityType} was asked for as ${name}`);
    if (isLocal) throw new Error('the database is away');
  };
  const calls = await play(
    () => ({
      beginJob: async () => {
        refuse('beginJob');
        return PLAN;
      },
      batch: () => Promise.resolve({ done: 1, left: 0, retry_after_ms: null, counts: COUNTS }),
      publishVersions: async () => {
        const { isLocal } = Context.current().info;
        done.push(`publishVersions ${isLocal ? 'local' : 'queued'}`);
        // Longer than a workflow task may take.
        if (isLocal) await Context.current().cancelled;
        return 1;
      },
      finishJob: async () => {
        refuse('finishJob');
        return 'completed';
      },
    }),
    { workflow: 'collectDevices', local: true },
  );
  expect(calls).toEqual(['batch', 'done', 'done']);
  expect(done).toEqual(['beginJob', 'publishVersions', 'finishJob'].flatMap((name) => [`${name} local`, `${name} queued`]));
});

it('a run that began before there were local activities has none', async () => {
  const done: boolean[] = [];
  const note = () => void done.push(Context.current().info.isLocal);
  const calls = await play(
    () => ({
      beginJob: async () => (note(), PLAN),
      batch: () => Promise.resolve({ done: 1, left: 0, retry_after_ms: null, counts: COUNTS }),
      publishVersions: async () => (note(), 1),
      finishJob: async () => (note(), 'completed'),
      countDevices: async () => (note(), COUNTS),
    }),
    { workflow: 'collectDevices' },
  );
  expect(calls).toEqual(['batch', 'done']);
  expect(done).toEqual([false, false, false, false, false]);
});
