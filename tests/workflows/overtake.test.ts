import { afterAll, beforeAll, expect, it } from 'vitest';
import { controlJob } from '../../api/control.ts';
import { startCluster, until, type Cluster } from '../support/cluster.ts';
import { startSlowApi, type SlowApi } from '../support/slow-api.ts';

const MANY = 5000;
const SESSIONS = 20;
const LATENCY = 2000;

let cluster: Cluster;
let api: SlowApi;
let many: Map<string, string>;
let few: Map<string, string>;

beforeAll(async () => {
  [cluster, api] = await Promise.all([startCluster(), startSlowApi(LATENCY)]);
  many = await api.addDevices(cluster, 'many', MANY);
  few = await api.addDevices(cluster, 'few', 3);
  await cluster.startWorker({ CAIRN_MAX_SESSIONS: String(SESSIONS), CAIRN_LOG_LEVEL: 'warn' });
});

afterAll(async () => {
  await cluster?.stop();
  await api?.stop();
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
  for (const [name, id] of few) {
    const before = await done(scheduled);
    const job = await cluster.collect(new Map([[name, id]]), {}, { priority: 5, owner: 'person' });
    expect(await cluster.wait(job, 30_000)).toBe('completed');
    passed.push((await done(scheduled)) - before);
  }
  expect(await done(scheduled)).toBeLessThan(MANY / 10);
  await controlJob(cluster.deps, scheduled, 'cancel', 'tester');
  expect(await cluster.wait(scheduled)).toBe('cancelled');
  // One round of the sessions is what its own device takes, and its turn comes with the first session that ends.
  for (const devices of passed) expect(devices).toBeLessThan(SESSIONS * 2);
});
