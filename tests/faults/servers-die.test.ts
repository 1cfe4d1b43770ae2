import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { controlJob } from '../../api/control.ts';
import { startSimulator, type Simulator } from '../../simulator/simulator.ts';
import { startCluster, until, type Cluster } from '../support/cluster.ts';
import { startOwnServers, type OwnServers } from '../support/own-servers.ts';

const DEVICES = 100;

let servers: OwnServers;
let cluster: Cluster;
let simulator: Simulator;
let ids: Map<string, string>;

beforeAll(async () => {
  servers = await startOwnServers();
  [cluster, simulator] = await Promise.all([
    startCluster(servers),
    startSimulator({ devices: DEVICES, platforms: ['cisco_ios'], latencyMs: 60, host: '127.33.0.1' }),
  ]);
  ids = await cluster.addDevices(simulator.devices);
  await cluster.startWorker({ CAIRN_MAX_SESSIONS: '10' });
});

afterAll(async () => {
  await cluster?.stop();
  await simulator?.stop();
  await servers?.stop();
});

beforeEach(() => simulator.reset());

async function statuses(job: string): Promise<Map<string, string>> {
  return new Map((await cluster.devices(job)).map((device) => [device.name, device.status]));
}

const count = (states: Map<string, string>, status: string): number =>
  [...states.values()].filter((one) => one === status).length;

/** Finished devices are left alone; one in flight at the kill may be logged in to once more; none is open twice at once. */
function expectNothingTwice(before: Map<string, string>): void {
  const { devices, totals } = simulator.counters();
  expect(totals.overlapping_sessions).toBe(0);
  for (const [name, state] of before) {
    const logins = devices[name]?.logins ?? 0;
    expect([name, logins >= 1, logins <= (state === 'in_progress' ? 2 : 1)]).toEqual([name, true, true]);
  }
}

describe('kill -9 of a server amid a job', () => {
  it('PostgreSQL: the job goes on when it is back, and finished devices are left alone', async () => {
    const job = await cluster.discover(ids);
    await until('a fifth is done', async () => count(await statuses(job), 'completed') >= DEVICES / 5);
    const before = await statuses(job);
    await servers.killPostgres();
    await servers.startPostgres();
    expect(await cluster.wait(job)).toBe('completed');
    expect(await cluster.job(job)).toMatchObject({
      message: `${DEVICES} of ${DEVICES} device(s) completed, 0 failed, 0 cancelled`,
    });
    // The states were read a moment before the kill: whatever was pending then may have been in flight at it.
    expectNothingTwice(new Map([...before].map(([name, state]) => [name, state === 'completed' ? state : 'in_progress'])));
    expect(await cluster.locks()).toBe(0);
  });

  it('Temporal: the job goes on when it is back, and finished devices are left alone', async () => {
    const job = await cluster.discover(ids);
    await until('a fifth is done', async () => count(await statuses(job), 'completed') >= DEVICES / 5);
    const before = await statuses(job);
    await servers.killTemporal();
    await servers.startTemporal();
    expect(await cluster.wait(job)).toBe('completed');
    expect(await cluster.job(job)).toMatchObject({
      message: `${DEVICES} of ${DEVICES} device(s) completed, 0 failed, 0 cancelled`,
    });
    expectNothingTwice(new Map([...before].map(([name, state]) => [name, state === 'completed' ? state : 'in_progress'])));
    expect(await cluster.locks()).toBe(0);
  });

  it('a job launched while Temporal is down starts when it is back; one cancelled meanwhile never runs', async () => {
    await servers.killTemporal();
    const job = await cluster.discover(ids);
    const unwanted = await cluster.discover(ids);
    expect(await cluster.job(job)).toMatchObject({ status: 'pending' });
    expect(await controlJob(cluster.deps, unwanted, 'cancel', 'tester')).toMatchObject({ status: 'cancelling' });
    await servers.startTemporal();
    expect(await cluster.wait(unwanted, 60_000)).toBe('cancelled');
    expect(await cluster.wait(job)).toBe('completed');
    const { devices } = simulator.counters();
    expect(Object.values(devices).map((device) => device.logins)).toEqual(Array(DEVICES).fill(1));
  });
});
