import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { controlJob } from '../../api/control.ts';
import { startSimulator, type Simulator } from '../../simulator/simulator.ts';
import { LEASE_SECONDS } from '../../stores/device-locks.ts';
import { startCluster, until, type Cluster, type WorkerProcess } from '../support/cluster.ts';

let cluster: Cluster;
let simulator: Simulator;
let workers: WorkerProcess[];
let target: Map<string, string>;

beforeAll(async () => {
  [cluster, simulator] = await Promise.all([
    startCluster(),
    startSimulator({ devices: 1, platforms: ['cisco_ios'], host: '127.43.0.1' }),
  ]);
  workers = await Promise.all([cluster.startWorker(), cluster.startWorker(), cluster.startWorker()]);
  target = await cluster.addDevices(simulator.devices);
});

afterAll(async () => {
  await cluster?.stop();
  await simulator?.stop();
});

beforeEach(() => simulator.reset());

const logins = (): number => simulator.counters().totals.logins;

/** Kills the worker that holds the device, and says until when its lock holds. */
async function killHolder(): Promise<number> {
  const lock = () => cluster.database.sql<{ holder: string; expires_at: Date }[]>`select holder, expires_at from device_locks`;
  const [held] = await lock();
  const pid = Number(/:(\d+)$/.exec(held!.holder)![1]);
  await workers.find((worker) => worker.pid === pid)!.kill();
  workers = workers.filter((worker) => worker.pid !== pid);
  return (await lock())[0]!.expires_at.getTime();
}

/** Starts a job over the device and waits until its session is open and busy for long. */
async function begin(): Promise<string> {
  simulator.setLatency(8000);
  const job = await cluster.discover(target, { snapshot: false });
  await until('the session is open', () => logins() === 1);
  simulator.setLatency(5);
  return job;
}

describe('the lock of a worker that was killed', () => {
  it('is taken by nobody before its lease is over; then the job goes on, and the one that waited too', async () => {
    const job = await begin();
    const expires = await killHolder();
    expect(expires - Date.now()).toBeGreaterThan((LEASE_SECONDS / 2) * 1000);
    const other = await cluster.discover(target, { snapshot: false });
    await until('somebody logs in', () => logins() === 2);
    expect(Date.now()).toBeGreaterThanOrEqual(expires);
    expect(await cluster.wait(job)).toBe('completed');
    expect(await cluster.wait(other)).toBe('completed');
    expect(await cluster.devices(job)).toMatchObject([{ outcome: 'ok', attempts: 2 }]);
    expect(await cluster.devices(other)).toMatchObject([{ outcome: 'ok', attempts: 1 }]);
    expect(simulator.counters().totals).toMatchObject({ logins: 3, overlapping_sessions: 0 });
  });

  it('holds even if its job is cancelled meanwhile, for nobody knows whether its session is closed', async () => {
    const job = await begin();
    const expires = await killHolder();
    const other = await cluster.discover(target, { snapshot: false });
    await controlJob(cluster.deps, job, 'cancel', 'tester');
    await until('somebody logs in', () => logins() === 2);
    expect(Date.now()).toBeGreaterThanOrEqual(expires);
    expect(await cluster.wait(other)).toBe('completed');
    expect(await cluster.wait(job, 30_000)).toBe('cancelled');
    expect(await cluster.devices(job)).toMatchObject([{ status: 'cancelled', outcome: 'cancelled' }]);
    expect(simulator.counters().totals).toMatchObject({ logins: 2, overlapping_sessions: 0 });
  });
});
