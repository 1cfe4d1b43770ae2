import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { controlJob } from '../../api/control.ts';
import { startSimulator, type Simulator } from '../../simulator/simulator.ts';
import { commitDevices, type DeviceCommit } from '../../stores/commit-devices.ts';
import { takeLocks } from '../../stores/device-locks.ts';
import { startCluster, until, type Cluster } from '../support/cluster.ts';

let cluster: Cluster;
let simulator: Simulator;
let ids: Map<string, string>;

beforeAll(async () => {
  [cluster, simulator] = await Promise.all([
    startCluster(),
    startSimulator({ devices: 10, platforms: ['cisco_ios'], latencyMs: 40, host: '127.42.0.1' }),
  ]);
  ids = await cluster.addDevices(simulator.devices);
  await cluster.startWorker();
});

afterAll(async () => {
  await cluster?.stop();
  await simulator?.stop();
});

beforeEach(() => {
  simulator.setLatency(40);
  simulator.reset();
});

const open = (): number => simulator.counters().totals.open_sessions;
const logins = (name: string): number => simulator.counters().devices[name]!.logins;
const overlaps = (): number => simulator.counters().totals.overlapping_sessions;
const first = (): [string, string] => [...ids][0]!;
const quick = { snapshot: false, lock_wait: 60 };

describe('the lock of a device', () => {
  it('keeps two jobs over the same devices apart: both complete, no two sessions at once', async () => {
    const jobs = await Promise.all([cluster.discover(ids, quick), cluster.discover(new Map([...ids].toReversed()), quick)]);
    expect(await Promise.all(jobs.map((job) => cluster.wait(job)))).toEqual(['completed', 'completed']);
    expect(overlaps()).toBe(0);
    for (const name of ids.keys()) expect([name, logins(name)]).toEqual([name, 2]);
    for (const job of jobs) expect(new Set((await cluster.devices(job)).map((row) => row.outcome))).toEqual(new Set(['ok']));
    expect(await cluster.locks()).toBe(0);
  });

  it('is waited for as long as the job says, then the device is `locked` with the holder named', async () => {
    const [name, id] = first();
    simulator.setLatency(2000);
    const holder = await cluster.discover(new Map([[name, id]]), quick);
    await until('the first job is in', () => logins(name) === 1);
    const asked = Date.now();
    const waiter = await cluster.discover(new Map([[name, id]]), { ...quick, lock_wait: 2 });
    expect(await cluster.wait(waiter)).toBe('failed');
    expect(Date.now() - asked).toBeGreaterThanOrEqual(2000);
    const [row] = await cluster.devices(waiter);
    expect(row).toMatchObject({ status: 'failed', outcome: 'locked', attempts: 0 });
    expect(row!.error).toContain(`held by job ${holder} on `);
    expect((await cluster.job(waiter)).error).toContain('locked');
    simulator.setLatency(10);
    expect(await cluster.wait(holder)).toBe('completed');
    expect(logins(name)).toBe(1);
  });

  it('goes only when the session is closed, if the job is cancelled: the next job does not overlap', async () => {
    simulator.setLatency(500);
    const job = await cluster.discover(ids, quick);
    await until('sessions are open', () => open() >= 5);
    const next = cluster.discover(ids, quick);
    await controlJob(cluster.deps, job, 'cancel', 'tester');
    simulator.setLatency(10);
    expect(await cluster.wait(job)).toBe('cancelled');
    expect(await cluster.wait(await next)).toBe('completed');
    expect(overlaps()).toBe(0);
  });

  it('goes only when the session is closed, if the run is terminated in Temporal: the next job does not overlap', async () => {
    simulator.setLatency(500);
    const job = await cluster.discover(ids, quick);
    await until('sessions are open', () => open() >= 5);
    const next = await cluster.discover(ids, quick);
    await cluster.deps.temporal.workflow.getHandle(job).terminate('gone');
    expect(await cluster.wait(job, 15_000)).toBe('cancelled');
    simulator.setLatency(10);
    expect(await cluster.wait(next)).toBe('completed');
    expect(overlaps()).toBe(0);
    await until('nothing is held', async () => (await cluster.locks()) === 0, 5_000);
  });

  it('goes only when the session is closed, if the time of the job is over: the next job does not overlap', async () => {
    simulator.setLatency(1500);
    const job = await cluster.discover(ids, { ...quick, job_time_limit: 4 });
    const next = await cluster.discover(ids, quick);
    expect(await cluster.wait(job, 30_000)).toMatch(/completed|failed/);
    simulator.setLatency(10);
    expect(await cluster.wait(next)).toBe('completed');
    expect(overlaps()).toBe(0);
    const late = (await cluster.devices(job)).filter((row) => row.status === 'failed');
    expect(new Set(late.map((row) => row.outcome))).toEqual(new Set(['timeout']));
  });

  it('fences: a result collected under a token that was lost meanwhile is not committed', async () => {
    const { sql } = cluster.database;
    const [name, id] = first();
    const job = uuidv7();
    const wish = { job_id: job, device_id: id, holder: 'A', group_id: null };
    await sql`insert into jobs (id, type, status, params, owner, priority, total_devices)
      values (${job}, 'topology.discover', 'cancelled', '{}', 'test', 5, 1)`;
    await sql`insert into job_devices (job_id, device_id, position, name, batch, queue) values (${job}, ${id}, 0, ${name}, 0, 'none')`;
    const [stale] = await takeLocks(sql, [wish]);
    expect((await takeLocks(sql, [{ ...wish, holder: 'B' }]))[0]).toMatchObject({ token: null, held_by: 'A' });
    await sql`update device_locks set expires_at = now() - interval '1 second' where device_id = ${id}`;
    const [fresh] = await takeLocks(sql, [{ ...wish, holder: 'B' }]);
    expect(fresh!.token).toBeGreaterThan(stale!.token!);
    const result = (token: number, mtu: number): DeviceCommit => ({
      job_id: job,
      device_id: id,
      name,
      token,
      kinds: {
        arp: {
          outcome: 'ok',
          rows: 1,
          duration_ms: 1,
          error: null,
          records: [{ address: `192.0.2.${mtu}`, mac: null, interface: null, vrf: null }],
          commands: [],
        },
      },
      outputs: [],
      cache: true,
      verdict: { status: 'completed', outcome: 'ok', error: null },
      host_keys: [],
      collected_at: new Date(),
    });
    const cached = () => sql<{ address: string }[]>`select address from arp_entries where device_id = ${id}`;
    const before = await cached();
    expect(await commitDevices(cluster.database, [result(stale!.token!, 1)])).toEqual(new Set());
    expect(await cached()).toEqual(before);
    expect(await cluster.devices(job)).toMatchObject([{ status: 'in_progress', outcome: null }]);
    expect(await cluster.kinds(job)).toEqual([]);
    expect(await commitDevices(cluster.database, [result(fresh!.token!, 2)])).toEqual(new Set([id]));
    expect(await cached()).toEqual([{ address: '192.0.2.2' }]);
    expect(await cluster.devices(job)).toMatchObject([{ status: 'completed', outcome: 'ok' }]);
    // Its lock went with it: the same result is not told twice.
    expect(await commitDevices(cluster.database, [result(fresh!.token!, 3)])).toEqual(new Set());
    expect(await cached()).toEqual([{ address: '192.0.2.2' }]);
  });
});
