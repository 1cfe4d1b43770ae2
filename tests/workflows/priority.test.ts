import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { controlJob } from '../../api/control.ts';
import { jobs } from '../../contracts/http/jobs.ts';
import { MAX_BATCH_SIZE, priorityKey } from '../../core/batches.ts';
import { startSimulator, type Simulator } from '../../simulator/simulator.ts';
import { startCluster, until, type ApiProcess, type Cluster } from '../support/cluster.ts';

let cluster: Cluster;
let simulator: Simulator;
let api: ApiProcess;
let ids: Map<string, string>;

beforeAll(async () => {
  [cluster, simulator] = await Promise.all([
    startCluster(),
    startSimulator({ devices: 20, platforms: ['cisco_ios'], host: '127.67.0.1', latencyMs: 60 }),
  ]);
  [api] = await Promise.all([cluster.startApi(), cluster.startWorker({ CAIRN_MAX_SESSIONS: '2' })]);
  ids = await cluster.addDevices(simulator.devices);
});

afterAll(async () => {
  await cluster?.stop();
  await simulator?.stop();
});

const reprioritise = (id: string, priority: number) =>
  api.client.call(jobs.updateJob, { params: { id }, body: { priority } }).then(({ body }) => body);

/** The priority keys that the batches of a job were scheduled with, in order. */
async function batchKeys(job: string): Promise<number[]> {
  const history = await cluster.deps.temporal.workflow.getHandle(job).fetchHistory();
  return (history.events ?? []).flatMap((event) => {
    const scheduled = event.activityTaskScheduledEventAttributes;
    if (!scheduled?.taskQueue?.name?.startsWith('collector')) return [];
    return [scheduled.priority?.priorityKey ?? 0];
  });
}

describe('PATCH /jobs/{id} {priority}', { timeout: 150_000 }, () => {
  it('holds for the batches that a running job starts from then on', async () => {
    const job = await cluster.discover(ids, { snapshot: false }, { priority: 5 });
    await until('some devices are done', async () =>
      (await cluster.devices(job)).some((device) => device.status === 'completed'),
    );
    // What is paused goes back, and is started anew after it.
    await controlJob(cluster.deps, job, 'pause', 'tester');
    await until('it is paused', async () => (await cluster.job(job)).status === 'paused', 20_000);
    const before = await batchKeys(job);
    expect(await reprioritise(job, 10)).toMatchObject({ job_id: job, priority: 10, status: 'paused' });
    await controlJob(cluster.deps, job, 'resume', 'tester');
    expect(await cluster.wait(job)).toBe('completed');
    const keys = await batchKeys(job);
    expect(new Set(keys.slice(0, before.length))).toEqual(new Set([priorityKey(5)]));
    expect(keys.length).toBeGreaterThan(before.length);
    expect(new Set(keys.slice(before.length))).toEqual(new Set([priorityKey(10)]));
    const { items } = (await api.client.call(jobs.listJobLog, { params: { id: job } })).body;
    expect(items.map((line) => line.message)).toContain('priority set to 10 by admin');
  });

  it('reaches the window of a large job: batches not yet dispatched go out with the new key', async () => {
    // More batches than are in flight at once, of devices that are gone: no session is needed.
    const gone = Array.from({ length: 104 * MAX_BATCH_SIZE }, (_, index) => ({
      id: crypto.randomUUID(),
      name: `gone${index}`,
      queue_id: 'nobody',
    }));
    const job = await cluster.discover(new Map(), { snapshot: false }, { devices: gone, priority: 0 });
    await until('the window is full', async () => (await batchKeys(job)).length === 100);
    await reprioritise(job, 10);
    const worker = await cluster.startWorker({ CAIRN_GROUPS: 'nobody' });
    expect(await cluster.wait(job)).toBe('failed');
    expect(await batchKeys(job)).toEqual([...Array(100).fill(5), ...Array(4).fill(1)]);
    await worker.stop();
  });

  it('is refused for a job that is over, and for one that is not there', async () => {
    const job = await cluster.discover(new Map([...ids].slice(0, 1)), { snapshot: false });
    await cluster.wait(job);
    await expect(reprioritise(job, 1)).rejects.toMatchObject({ code: 'conflict', detail: expect.stringContaining('completed') });
    await expect(reprioritise('00000000-0000-7000-8000-000000000000', 1)).rejects.toMatchObject({ code: 'not_found' });
    await expect(reprioritise(job, 11)).rejects.toMatchObject({ code: 'validation_failed' });
  });
});
