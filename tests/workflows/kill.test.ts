import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSimulator, type Simulator } from '../../simulator/simulator.ts';
import { startCluster, until, type Cluster } from '../support/cluster.ts';

let cluster: Cluster;
let simulator: Simulator;

beforeAll(async () => {
  [cluster, simulator] = await Promise.all([
    startCluster(),
    startSimulator({ devices: 200, platforms: ['cisco_ios'], latencyMs: 40, host: '127.32.0.1' }),
  ]);
});

afterAll(async () => {
  await cluster?.stop();
  await simulator?.stop();
});

/** Names of the devices that are done. */
async function done(job: string): Promise<Set<string>> {
  const devices = await cluster.devices(job);
  return new Set(devices.filter((device) => device.status === 'completed').map((device) => device.name));
}

describe('kill -9 of the worker amid 200 devices', () => {
  it('the job goes on within 15 s of a worker being there, and no finished device is logged in to again', async () => {
    const ids = await cluster.addDevices(simulator.devices);
    const first = await cluster.startWorker({ CAIRN_MAX_SESSIONS: '20' });
    const job = await cluster.discover(ids);
    await until('a quarter is done', async () => (await done(job)).size >= 50);
    await first.kill();
    const before = await done(job);
    const loginsBefore = simulator.counters().devices;
    const open = new Set(
      (await cluster.devices(job)).filter((device) => device.status === 'in_progress').map((device) => device.name),
    );
    expect(before.size).toBeLessThan(200);
    await cluster.startWorker({ CAIRN_MAX_SESSIONS: '20' });
    const ready = Date.now();
    await until('another device is done', async () => (await done(job)).size > before.size, 20_000);
    expect(Date.now() - ready).toBeLessThan(15_000);
    expect(await cluster.wait(job)).toBe('completed');
    expect(await cluster.job(job)).toMatchObject({
      message: '200 of 200 device(s) completed, 0 failed, 0 cancelled',
      error: null,
    });
    const { devices, totals } = simulator.counters();
    expect(totals.overlapping_sessions).toBe(0);
    for (const [name, counters] of Object.entries(devices)) {
      if (before.has(name)) expect([name, counters.logins]).toEqual([name, loginsBefore[name]!.logins]);
      // Only a device that was being collected at the moment of the kill may be logged in to a second time.
      else if (!open.has(name)) expect([name, counters.logins]).toEqual([name, 1]);
    }
    expect(await cluster.locks()).toBe(0);
  });
});
