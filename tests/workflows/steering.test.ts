import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { controlJob } from '../../api/control.ts';
import { PROGRESS_QUERY, type JobProgress } from '../../core/jobs.ts';
import { startSimulator, type Simulator } from '../../simulator/simulator.ts';
import { startCluster, until, type Cluster, type WorkerProcess } from '../support/cluster.ts';

let cluster: Cluster;
let simulator: Simulator;
let worker: WorkerProcess;
let ids: Map<string, string>;

beforeAll(async () => {
  [cluster, simulator] = await Promise.all([
    startCluster(),
    startSimulator({ devices: 40, platforms: ['cisco_ios'], latencyMs: 60, host: '127.31.0.1' }),
  ]);
  ids = await cluster.addDevices(simulator.devices);
  worker = await cluster.startWorker({ CAIRN_MAX_SESSIONS: '8' });
});

afterAll(async () => {
  await cluster?.stop();
  await simulator?.stop();
});

const openSessions = (): number => simulator.counters().totals.open_sessions;

async function finished(jobId: string): Promise<number> {
  return (await cluster.devices(jobId)).filter((device) => device.status === 'completed').length;
}

describe('a job that people steer', () => {
  it('logs in to each device exactly once, never twice at a time, and tells its progress', async () => {
    simulator.reset();
    const job = await cluster.discover(ids);
    const query = (): Promise<JobProgress> => cluster.deps.temporal.workflow.getHandle(job).query<JobProgress>(PROGRESS_QUERY);
    await until('the workflow collects', async () => (await query()).phase === 'collecting');
    expect(await cluster.wait(job)).toBe('completed');
    await until('the workflow is done', async () => (await query()).phase === 'done');
    expect(await query()).toMatchObject({
      batches: { total: 40, done: 40, running: 0, waiting: 0 },
      counts: { total: 40, completed: 40, failed: 0 },
    });
    const { totals, devices } = simulator.counters();
    expect(Object.values(devices).map((device) => device.logins)).toEqual(Array(40).fill(1));
    expect(totals.overlapping_sessions).toBe(0);
    expect(totals.peak_sessions).toBeLessThanOrEqual(8);
    expect(await cluster.locks()).toBe(0);
  });

  it('goes quiet when paused, holds nothing, and ends with the right totals when resumed', async () => {
    simulator.reset();
    const job = await cluster.discover(ids);
    await until('some devices are done', async () => (await finished(job)) >= 3);
    expect(await controlJob(cluster.deps, job, 'pause', 'tester')).toMatchObject({ status: 'pausing' });
    await until('it is paused', async () => (await cluster.job(job)).status === 'paused', 20_000);
    expect(openSessions()).toBe(0);
    expect(await cluster.locks()).toBe(0);
    const before = simulator.counters().totals.commands;
    const states = await cluster.devices(job);
    expect(states.filter((device) => device.status === 'in_progress')).toEqual([]);
    await expect(controlJob(cluster.deps, job, 'pause', 'tester')).rejects.toMatchObject({ code: 'conflict' });
    expect(simulator.counters().totals.commands).toBe(before);
    await controlJob(cluster.deps, job, 'resume', 'tester');
    expect(await cluster.wait(job)).toBe('completed');
    expect(await cluster.job(job)).toMatchObject({ message: '40 of 40 device(s) completed, 0 failed, 0 cancelled' });
    const { devices } = simulator.counters();
    const done = new Set(states.filter((device) => device.status === 'completed').map((device) => device.name));
    // A device that was done is not logged in to again; one that was interrupted is, for the rest of its kinds.
    for (const [name, device] of Object.entries(devices)) expect(device.logins).toBeLessThanOrEqual(done.has(name) ? 1 : 2);
  });

  it('closes every session within 5 s of a cancel; what is done stays done', async () => {
    simulator.reset();
    simulator.setLatency(700);
    const job = await cluster.discover(ids);
    await until('sessions are open', () => openSessions() >= 4);
    const asked = Date.now();
    expect(await controlJob(cluster.deps, job, 'cancel', 'tester')).toMatchObject({ status: 'cancelling' });
    await until('all sessions are closed', () => openSessions() === 0, 5_000);
    expect(Date.now() - asked).toBeLessThan(5_000);
    expect(await cluster.wait(job)).toBe('cancelled');
    simulator.setLatency(60);
    const devices = await cluster.devices(job);
    expect(new Set(devices.map((device) => device.status))).toEqual(
      devices.some((device) => device.status === 'completed') ? new Set(['completed', 'cancelled']) : new Set(['cancelled']),
    );
    expect(await cluster.locks()).toBe(0);
    await expect(controlJob(cluster.deps, job, 'cancel', 'tester')).rejects.toMatchObject({ code: 'conflict' });
    await until('Temporal says the same', async () => {
      const { status } = await cluster.deps.temporal.workflow.getHandle(job).describe();
      return status.name === 'CANCELLED';
    });
  });

  it('cancels while paused', async () => {
    const job = await cluster.discover(ids);
    await until('it has begun', async () => (await finished(job)) >= 1);
    await controlJob(cluster.deps, job, 'pause', 'tester');
    await until('it is paused', async () => (await cluster.job(job)).status === 'paused', 20_000);
    await controlJob(cluster.deps, job, 'cancel', 'tester');
    expect(await cluster.wait(job)).toBe('cancelled');
  });

  it('tells within seconds that a run was terminated in Temporal', async () => {
    const job = await cluster.discover(ids);
    await until('it has begun', async () => (await finished(job)) >= 1);
    await cluster.deps.temporal.workflow.getHandle(job).terminate('somebody pressed the button');
    expect(await cluster.wait(job, 10_000)).toBe('cancelled');
    expect((await cluster.job(job)).error).toContain('terminated');
    await until('its sessions are closed', () => openSessions() === 0, 5_000);
    await until('its locks are given back', async () => (await cluster.locks()) === 0, 5_000);
  });

  it('stops at its time limit: what was not started says so', async () => {
    simulator.setLatency(1500);
    const job = await cluster.discover(ids, { job_time_limit: 6 });
    expect(await cluster.wait(job, 40_000)).toMatch(/completed|failed/);
    simulator.setLatency(60);
    const late = (await cluster.devices(job)).filter((device) => device.outcome === 'timeout');
    expect(late.length).toBeGreaterThan(0);
    expect(late[0]!.error).toContain('time limit of the job');
    expect((await cluster.job(job)).partial).toBe(true);
    await until('its sessions are closed', () => openSessions() === 0, 5_000);
  });

  it('hands its devices back when the worker is asked to end, and another worker finishes them', async () => {
    simulator.reset();
    const job = await cluster.discover(ids);
    await until('some devices are done', async () => (await finished(job)) >= 3);
    expect(await worker.stop()).toBe(0);
    expect(openSessions()).toBe(0);
    expect(await cluster.locks()).toBe(0);
    expect((await cluster.devices(job)).filter((device) => device.status === 'cancelled')).toEqual([]);
    worker = await cluster.startWorker({ CAIRN_MAX_SESSIONS: '8' });
    expect(await cluster.wait(job)).toBe('completed');
    expect(await cluster.job(job)).toMatchObject({ message: '40 of 40 device(s) completed, 0 failed, 0 cancelled' });
  });
});
