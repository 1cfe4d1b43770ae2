import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { controlJob } from '../../api/control.ts';
import { reconcile } from '../../api/reconcile.ts';
import { startSimulator, type Simulator } from '../../simulator/simulator.ts';
import { startCluster, until, type Cluster, type WorkerProcess } from '../support/cluster.ts';

const DEVICES = 8;
const DEADLINE = { cancelDeadlineMs: 4000 };

let cluster: Cluster;
let simulator: Simulator;
let worker: WorkerProcess;
let ids: Map<string, string>;

beforeAll(async () => {
  [cluster, simulator] = await Promise.all([
    startCluster(),
    startSimulator({ devices: DEVICES, platforms: ['cisco_ios'], host: '127.65.0.1', latencyMs: 700 }),
  ]);
  ids = await cluster.addDevices(simulator.devices);
  worker = await cluster.startWorker({ CAIRN_MAX_SESSIONS: '4' });
});

afterAll(async () => {
  process.kill(worker.pid, 'SIGCONT');
  await cluster?.stop();
  await simulator?.stop();
});

const open = (): number => simulator.counters().totals.open_sessions;
const statusInTemporal = async (job: string): Promise<string> =>
  (await cluster.deps.temporal.workflow.getHandle(job).describe()).status.name;

describe('a cancel that does not end', () => {
  it('is enforced after its deadline, and what the worker does when it goes on again is not kept', async () => {
    const job = await cluster.discover(ids);
    await until('sessions are open', () => open() === 4);
    process.kill(worker.pid, 'SIGSTOP');
    const asked = Date.now();
    await controlJob(cluster.deps, job, 'cancel', 'tester');
    await reconcile(cluster.deps, DEADLINE);
    // Not before its time.
    expect((await cluster.job(job)).status).toBe('cancelling');
    await until('it is enforced', async () => {
      await reconcile(cluster.deps, DEADLINE);
      return (await cluster.job(job)).status === 'cancelled';
    });
    expect(Date.now() - asked).toBeGreaterThanOrEqual(DEADLINE.cancelDeadlineMs);
    expect(await statusInTemporal(job)).toBe('TERMINATED');
    expect((await cluster.job(job)).error).toBe('The workflow run was terminated: no worker carried out the cancel within 4 s.');
    const ended = await cluster.devices(job);
    expect(new Set(ended.map((device) => device.status))).toEqual(new Set(['cancelled']));
    expect(ended[0]!.error).toContain('no worker carried out the cancel');

    process.kill(worker.pid, 'SIGCONT');
    await until('its sessions are closed', () => open() === 0, 30_000);
    await until('its locks are given back', async () => (await cluster.locks()) === 0, 30_000);
    expect(await cluster.devices(job)).toEqual(ended);
    expect((await cluster.job(job)).status).toBe('cancelled');
  });

  it('is left alone while a worker carries it out', async () => {
    simulator.setLatency(100);
    const job = await cluster.discover(ids);
    await until('sessions are open', () => open() > 0);
    await controlJob(cluster.deps, job, 'cancel', 'tester');
    expect(await cluster.wait(job, 20_000)).toBe('cancelled');
    expect((await cluster.job(job)).error).toBeNull();
    await until('Temporal says the same', async () => (await statusInTemporal(job)) === 'CANCELLED');
  });
});
