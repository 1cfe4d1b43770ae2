import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AppError } from '../../core/errors.ts';
import { jobs } from '../../contracts/http/jobs.ts';
import { startSimulator, type Simulator } from '../../simulator/simulator.ts';
import { startCluster, type ApiProcess, type Cluster } from '../support/cluster.ts';

const DEVICES = 200;
const FAILING = 37;

let cluster: Cluster;
let simulator: Simulator;
let api: ApiProcess;
let ids: Map<string, string>;
let failing: string[];
let first: string;

beforeAll(async () => {
  [cluster, simulator] = await Promise.all([
    startCluster(),
    startSimulator({ devices: DEVICES, platforms: ['cisco_ios'], host: '127.63.0.1' }),
  ]);
  [api] = await Promise.all([cluster.startApi(), cluster.startWorker()]);
  ids = await cluster.addDevices(simulator.devices);
  // Every fifth, so that they are spread over the batches.
  failing = [...ids.keys()].filter((_, index) => index % 5 === 2).slice(0, FAILING);
  for (const name of failing) await simulator.setFault(name, 'auth');
  first = await collectAll();
});

afterAll(async () => {
  await cluster?.stop();
  await simulator?.stop();
});

async function collectAll(): Promise<string> {
  const { body } = await api.client.call(jobs.createJob, { body: { type: 'fleet.collect', params: { all: true } } });
  await cluster.wait(body.job_id);
  return body.job_id;
}

type Wish = {
  status?: ('failed' | 'completed')[];
  outcome?: ('partial' | 'timeout' | 'auth_failed' | 'ok')[];
  dry_run?: boolean;
  priority?: number;
};
const retry = (id: string, body?: Wish) =>
  api.client.call(jobs.retryJob, { params: { id }, ...(body === undefined ? {} : { body }) });
async function retried(id: string, body?: Wish) {
  const answer = await retry(id, body);
  if (!('job_id' in answer.body)) throw new Error('a preview');
  return { status: answer.status, body: answer.body, headers: answer.headers };
}
const refused = (id: string, body?: Wish): Promise<AppError> =>
  retry(id, body).then(
    () => Promise.reject(new Error('it was not refused')),
    (error: AppError) => error,
  );

describe('a retry', () => {
  it('is previewed without doing anything', async () => {
    simulator.reset();
    const { status, body } = await retry(first, { dry_run: true });
    expect([status, body]).toEqual([
      200,
      expect.objectContaining({ devices: FAILING, by_outcome: { auth_failed: FAILING }, skipped: [] }),
    ]);
    if (!('items' in body)) throw new Error('no preview');
    expect(body.items.map((item) => item.device_name).sort()).toEqual([...failing].sort());
    expect((await retry(first, { dry_run: true, status: ['completed'] })).body).toMatchObject({ devices: DEVICES - FAILING });
    expect((await retry(first, { dry_run: true, outcome: ['auth_failed', 'ok'] })).body).toMatchObject({ devices: DEVICES });
    expect((await retry(first, { dry_run: true, outcome: ['auth_failed'], status: ['completed'] })).body).toMatchObject({
      devices: 0,
    });
    expect(simulator.counters().totals.connections).toBe(0);
  });

  it('of a 200-device job where 37 failed touches exactly those 37', async () => {
    for (const name of failing) await simulator.setFault(name, null);
    simulator.reset();
    const { status, body, headers } = await retried(first);
    expect([status, body]).toEqual([
      202,
      expect.objectContaining({
        retry_of: first,
        type: 'fleet.collect',
        total_devices: FAILING,
        skipped: [],
        skipped_devices: 0,
      }),
    ]);
    expect(headers.get('location')).toBe(`/api/jobs/${body.job_id}`);
    expect(await cluster.wait(body.job_id)).toBe('completed');
    const { devices } = simulator.counters();
    const touched = Object.entries(devices).filter(([, device]) => device.connections > 0);
    expect(touched.map(([name, device]) => `${name} ${device.connections}`).sort()).toEqual(
      failing.map((name) => `${name} 1`).sort(),
    );
    expect((await cluster.devices(body.job_id)).map((device) => device.name).sort()).toEqual([...failing].sort());
    // The first job keeps its end, and the new one has nothing left.
    expect((await api.client.call(jobs.getJob, { params: { id: first } })).body).toMatchObject({ failed_devices: FAILING });
    expect(await refused(body.job_id)).toMatchObject({ code: 'conflict', detail: expect.stringContaining('No device') });
  });

  it('leaves out what was deleted or disabled since, and says so', async () => {
    const [gone, off] = failing as [string, string];
    await cluster.database.sql`delete from devices where name = ${gone}`;
    await cluster.database.sql`update devices set enabled = false where name = ${off}`;
    const { body } = await retried(first, { priority: 9 });
    expect(body).toMatchObject({
      total_devices: FAILING - 2,
      priority: 9,
      skipped_devices: 2,
      skipped: [
        { device_name: gone, reason: 'was deleted' },
        { device_name: off, reason: 'is disabled' },
      ],
    });
    // Not over yet.
    expect(await refused(body.job_id)).toMatchObject({ code: 'conflict', detail: expect.stringContaining('when it is over') });
    await cluster.wait(body.job_id);
    const { items } = (await api.client.call(jobs.listJobs, { query: { status: ['completed'] } })).body;
    expect(items.filter((item) => item.retry_of === first).length).toBe(2);
  });

  it('of a job that is not there is 404', async () => {
    expect(await refused('00000000-0000-7000-8000-000000000000')).toMatchObject({ code: 'not_found' });
  });
});
