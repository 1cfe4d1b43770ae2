import { afterAll, beforeAll, expect, it } from 'vitest';
import { controlJob } from '../../api/control.ts';
import { backups } from '../../contracts/http/backups.ts';
import { startCluster, until, type ApiProcess, type Cluster } from '../support/cluster.ts';
import { startSlowApi, type SlowApi } from '../support/slow-api.ts';

const MANY = 5000;
const SESSIONS = 20;
const LATENCY = 2000;

let cluster: Cluster;
let devices: SlowApi;
let api: ApiProcess;
let many: Map<string, string>;
let few: Map<string, string>;

beforeAll(async () => {
  [cluster, devices] = await Promise.all([startCluster(), startSlowApi()]);
  many = await devices.addDevices(cluster, 'many', MANY, LATENCY);
  few = await devices.addDevices(cluster, 'few', 3, 50);
  [api] = await Promise.all([
    cluster.startApi(),
    cluster.startWorker({ CAIRN_MAX_SESSIONS: String(SESSIONS), CAIRN_LOG_LEVEL: 'warn' }),
  ]);
});

afterAll(async () => {
  await cluster?.stop();
  await devices?.stop();
});

async function done(job: string): Promise<number> {
  const [row] = await cluster.database.sql<[{ n: number }]>`
    select count(*)::int as n from job_devices where job_id = ${job} and status = 'completed'`;
  return row.n;
}

it(`an interactive job overtakes a scheduled one over ${MANY} devices at once`, { timeout: 55_000 }, async () => {
  const scheduled = await cluster.collect(many, {}, { priority: 2, owner: 'schedule' });
  await until('it is in full swing', async () => (await done(scheduled)) > SESSIONS);
  const passed: number[] = [];
  for (const id of few.values()) {
    const before = await done(scheduled);
    const { job_id } = (await api.client.call(backups.collectDevice, { params: { id } })).body;
    expect(await cluster.wait(job_id, 30_000)).toBe('completed');
    passed.push((await done(scheduled)) - before);
  }
  expect(await done(scheduled)).toBeLessThan(MANY / 10);
  await controlJob(cluster.deps, scheduled, 'cancel', 'tester');
  expect(await cluster.wait(scheduled)).toBe('cancelled');
  // Its turn comes with the first session that ends; all may be at their beginning when it is asked for.
  for (const overtaken of passed) expect(overtaken).toBeLessThan(SESSIONS * 2);
});
