import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import postgres from 'postgres';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { LEASE_SECONDS } from '../../stores/device-locks.ts';
import { startSimulator, type Simulator } from '../../simulator/simulator.ts';
import { startCluster, until, type ApiProcess, type Cluster, type WorkerProcess } from '../support/cluster.ts';
import { startOwnServers, type OwnServers } from '../support/own-servers.ts';

const DEVICES = 40;

let servers: OwnServers;
let cluster: Cluster;
let simulator: Simulator;
let api: ApiProcess;
let worker: WorkerProcess;
let ids: Map<string, string>;

beforeAll(async () => {
  servers = await startOwnServers();
  [cluster, simulator] = await Promise.all([
    startCluster(servers),
    startSimulator({ devices: DEVICES, platforms: ['cisco_ios'], latencyMs: 150, host: '127.61.0.1' }),
  ]);
  ids = await cluster.addDevices(simulator.devices);
  [api, worker] = await Promise.all([cluster.startApi(), cluster.startWorker({ CAIRN_MAX_SESSIONS: '6' })]);
});

afterAll(async () => {
  await cluster?.stop();
  await simulator?.stop();
  await servers?.stop();
});

beforeEach(() => simulator.reset());

const completed = async (job: string): Promise<number> =>
  (await cluster.devices(job)).filter((device) => device.status === 'completed').length;

async function midway(): Promise<string> {
  const job = await cluster.discover(ids);
  await until('some devices are done', async () => (await completed(job)) > 5);
  return job;
}

async function post(): Promise<{ status: number; body: { code?: string; job_id?: string } }> {
  const response = await fetch(`${api.url}/api/topology/discover-async`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${api.token}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ device_ids: [simulator.devices[0]!.name] }),
  });
  return { status: response.status, body: (await response.json()) as { code?: string; job_id?: string } };
}

// The pages of docs/operations/ refer to these.
describe('ways of dying', { timeout: 210_000 }, () => {
  it('PostgreSQL turns read-only amid a job: nothing is logged in to, nothing lost, and it goes on when it can be written', async () => {
    const job = await midway();
    const admin = postgres(servers.databaseUrl, { max: 1, onnotice: () => undefined });
    try {
      await admin`alter system set default_transaction_read_only = on`;
      await admin`select pg_reload_conf()`;
      await until('the worker has noticed', () => worker.log().includes('in a read-only transaction'));
      const refused = await post();
      expect([refused.status, refused.body.code]).toEqual([503, expect.stringMatching(/^(?:audit|database)_unavailable$/)]);
      expect((await fetch(`${api.url}/api/jobs/${job}`, { headers: { Authorization: `Bearer ${api.token}` } })).status).toBe(200);
      await sleep(2000);
      const { totals } = simulator.counters();
      await sleep(2000);
      expect(simulator.counters().totals.logins).toBe(totals.logins);
    } finally {
      await admin`set default_transaction_read_only = off`;
      await admin`alter system reset default_transaction_read_only`;
      await admin`select pg_reload_conf()`;
      await admin.end();
    }
    expect(await cluster.wait(job)).toBe('completed');
    expect(await cluster.job(job)).toMatchObject({ partial: false, error: null });
    expect(simulator.counters().totals.overlapping_sessions).toBe(0);
    expect(simulator.counters().totals.logins).toBeLessThanOrEqual(DEVICES + 6);
  });

  it('a worker is frozen for longer than its lease: another one takes over, and what it wakes up with is not kept', async () => {
    const job = await midway();
    process.kill(worker.pid, 'SIGSTOP');
    try {
      await cluster.startWorker({ CAIRN_MAX_SESSIONS: '6' });
      // Until its open polls have run out (a minute), Temporal gives it work now and then, which is given out again after 10 s.
      expect(await cluster.wait(job, (LEASE_SECONDS + 140) * 1000)).toBe('completed');
    } finally {
      process.kill(worker.pid, 'SIGCONT');
    }
    const before = await cluster.devices(job);
    const kinds = await cluster.kinds(job);
    await simulator.idle(20_000);
    await sleep(3000);
    expect(await cluster.devices(job)).toEqual(before);
    expect(await cluster.kinds(job)).toEqual(kinds);
    expect(before.map((device) => device.outcome)).toEqual(Array(DEVICES).fill('ok'));
    // The frozen sessions once more, and no other device.
    expect(simulator.counters().totals.logins).toBeLessThanOrEqual(DEVICES + 6);
    expect(await cluster.locks()).toBe(0);
  });

  it('Temporal loses its database amid a job: the job ends, what was committed stays, and new jobs run', async () => {
    const job = await midway();
    await servers.killTemporal();
    const [{ data_directory }] = await cluster.database.sql<[{ data_directory: string }]>`show data_directory`;
    const folder = data_directory.replace(/\/postgres(?:\/.*)?$/, '');
    const files = readdirSync(folder).filter((name) => name.startsWith('temporal.db'));
    expect(files).toContain('temporal.db');
    for (const name of files) rmSync(join(folder, name));
    await servers.startTemporal();
    expect(await cluster.wait(job, 30_000)).toBe('cancelled');
    expect(await cluster.job(job)).toMatchObject({ partial: true, error: expect.stringContaining('unknown to Temporal') });
    const statuses = new Set((await cluster.devices(job)).map((device) => device.status));
    expect(statuses).toEqual(new Set(['completed', 'cancelled']));
    // As docs/operations/temporal-lost.md says: an API that starts makes the search attributes again.
    await cluster.startApi();
    const started = await post();
    expect(started.status).toBe(202);
    expect(await cluster.wait(started.body.job_id!, 60_000)).toBe('completed');
  });
});
