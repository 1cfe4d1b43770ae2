import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AppError } from '../../core/errors.ts';
import { discovery } from '../../contracts/http/discovery.ts';
import { jobs } from '../../contracts/http/jobs.ts';
import { startSimulator, type Simulator } from '../../simulator/simulator.ts';
import { startCluster, until, type ApiProcess, type Cluster } from '../support/cluster.ts';
import { opened, textOf } from '../support/opened.ts';
import { sorted } from '../support/facts.ts';

const DEVICES = 12;

let cluster: Cluster;
let simulator: Simulator;
let api: ApiProcess;
let ids: Map<string, string>;
let names: string[];

beforeAll(async () => {
  [cluster, simulator] = await Promise.all([
    startCluster(),
    startSimulator({ devices: DEVICES, platforms: ['cisco_ios'], host: '127.49.0.1' }),
  ]);
  [api] = await Promise.all([cluster.startApi(), cluster.startWorker({ CAIRN_MAX_SESSIONS: '4' })]);
  ids = await cluster.addDevices(simulator.devices);
  names = [...ids.keys()];
});

afterAll(async () => {
  await cluster?.stop();
  await simulator?.stop();
});

beforeEach(() => {
  simulator.setLatency(5);
  simulator.reset();
});

const name = (index: number): string => names[index]!;

type Body = Parameters<typeof start>[0];

async function start(body: { device_ids: string[]; command_time_limit?: number; include_arp?: boolean }): Promise<string> {
  return (await api.client.call(discovery.discoverAsync, { body })).body.job_id;
}

const progress = async (job_id: string) => (await api.client.call(discovery.discoverProgress, { params: { job_id } })).body;
const result = async (job_id: string) => (await api.client.call(discovery.discoverResult, { params: { job_id } })).body;
const jobOf = async (id: string) => (await api.client.call(jobs.getJob, { params: { id } })).body;

async function finished(body: Body): Promise<string> {
  const job = await start(body);
  await cluster.wait(job);
  return job;
}

describe('what the nearest predecessor gets wrong about jobs', () => {
  it('defect 1: a cancel reaches every device: sessions are closed and no device is started any more', async () => {
    simulator.setLatency(500);
    const job = await start({ device_ids: names });
    await until('sessions are open', () => simulator.counters().totals.open_sessions === 4);
    const asked = Date.now();
    const { body } = await api.client.call(discovery.discoverCancel, { params: { job_id: job } });
    expect(body).toMatchObject({ job_id: job, status: 'cancelling' });
    await until('all sessions are closed', () => simulator.counters().totals.open_sessions === 0, 5_000);
    expect(Date.now() - asked).toBeLessThan(5_000);
    expect(await cluster.wait(job, 20_000)).toBe('cancelled');
    await until('the run is closed in Temporal', async () => {
      return (await cluster.deps.temporal.workflow.getHandle(job).describe()).status.name === 'CANCELLED';
    });
    const { devices } = await progress(job);
    expect(devices.filter((device) => device.status === 'cancelled').length).toBeGreaterThan(0);
    const rows = new Map((await cluster.devices(job)).map((row) => [row.name, row]));
    for (const [name, counters] of Object.entries(simulator.counters().devices)) {
      // An attempt may have been stopped before it reached the device.
      expect([name, counters.connections <= rows.get(name)!.attempts]).toEqual([name, true]);
    }
    await expect(api.client.call(discovery.discoverCancel, { params: { job_id: job } })).rejects.toMatchObject({
      code: 'conflict',
    } satisfies Partial<AppError>);
  });

  it('defect 2: the progress has a row for each device from the first moment on, and says what it does', async () => {
    simulator.setLatency(60);
    const job = await start({ device_ids: names });
    const seen = { tasks: new Set<string>(), statuses: new Set<string>(), done: [0] };
    await until('the job is over', async () => {
      const now = await progress(job);
      expect(now.devices.map((device) => device.device_name)).toEqual(names);
      for (const device of now.devices) {
        seen.statuses.add(device.status);
        if (device.current_task !== null) seen.tasks.add(device.current_task);
      }
      const done = now.devices.filter((device) => device.status === 'completed').length;
      expect(now.completed_devices).toBeLessThanOrEqual(done);
      expect(done).toBeGreaterThanOrEqual(seen.done.at(-1)!);
      seen.done.push(done);
      return now.status === 'completed';
    });
    expect(new Set(seen.done).size).toBeGreaterThan(2);
    expect(seen.statuses).toEqual(new Set(['pending', 'in_progress', 'completed']));
    expect([...seen.tasks].some((task) => task.startsWith('show '))).toBe(true);
    expect(await progress(job)).toMatchObject({ completed_devices: DEVICES, progress_percentage: 100 });
  });

  it('defect 3: a device that failed is failed, and a job of nothing else is failed too', async () => {
    const [good, refused, locked] = [name(0), name(1), name(2)];
    await simulator.setFault(refused, 'auth');
    await simulator.setFault(locked, 'no_prompt');
    const mixed = await finished({ device_ids: [good, refused, locked], command_time_limit: 2 });
    expect(await jobOf(mixed)).toMatchObject({ status: 'completed', partial: true, completed_devices: 1, failed_devices: 2 });
    expect(await result(mixed)).toMatchObject({ successful_devices: 1, failed_devices: 2 });
    expect(Object.keys((await result(mixed)).errors).sort()).toEqual([ids.get(refused)!, ids.get(locked)!].sort());
    const failed = await finished({ device_ids: [refused, locked], command_time_limit: 2 });
    expect(await jobOf(failed)).toMatchObject({ status: 'failed', completed_devices: 0, failed_devices: 2 });
    expect((await jobOf(failed)).error).toContain('auth_failed');
    for (const name of [refused, locked]) await simulator.setFault(name, null);
  });

  it('defect 4: a device that could not be reached is tried again, and comes', async () => {
    const flaky = name(0);
    await simulator.setFault(flaky, { kind: 'flaky', times: 2 });
    const job = await finished({ device_ids: [flaky] });
    await simulator.setFault(flaky, null);
    expect(await cluster.devices(job)).toMatchObject([{ status: 'completed', outcome: 'ok', attempts: 3, error: null }]);
    expect(simulator.counters().devices[flaky]).toMatchObject({ connections: 3, logins: 1 });
  });

  it('defect 5: a kind that failed is told from one that is empty, at every level', async () => {
    const [odd, other] = [name(0), name(1)];
    await simulator.setFault(odd, { kind: 'garbage', command: 'show ip arp' });
    simulator.change(odd, { kind: 'clear', table: 'mac_table' });
    const job = await finished({ device_ids: [odd, other] });
    const { outcomes, errors, devices_data } = await result(job);
    const id = ids.get(odd)!;
    expect(outcomes[id]).toMatchObject({ arp: 'parse_failed', mac_table: 'empty', interfaces: 'ok' });
    expect(errors[id]).toContain('arp: parse_failed');
    expect(devices_data[id]!.mac_table).toEqual([]);
    // No list stands for what was not understood.
    expect('arp' in devices_data[id]!).toBe(false);
    expect(devices_data[ids.get(other)!]!.arp!.length).toBeGreaterThan(0);
    expect(await jobOf(job)).toMatchObject({ status: 'completed', partial: true });
    const { body } = await api.client.call(jobs.listJobDevices, { params: { id: job }, query: { outcome: 'partial' } });
    expect(body.items).toMatchObject([{ device_name: odd, kinds: { arp: { outcome: 'parse_failed', rows: 0 } } }]);
    await simulator.setFault(odd, null);
    simulator.change(odd, { kind: 'restore', table: 'mac_table' });
  });

  it('defect 6: the result is there after the API was killed, and from another API', async () => {
    const job = await finished({ device_ids: names.slice(0, 3) });
    const before = await result(job);
    expect(Object.keys(before.devices_data).length).toBe(3);
    await api.kill();
    api = await cluster.startApi();
    expect(await result(job)).toEqual(before);
  });

  it('defect 8: the bearer token of the caller goes no further than the API', async () => {
    const job = await finished({ device_ids: names.slice(0, 1) });
    const { temporal } = cluster.deps;
    const history = textOf(await opened(temporal, await temporal.workflow.getHandle(job).fetchHistory()));
    const [row] = await cluster.database.sql<{ text: string }[]>`select j::text as text from jobs j where id = ${job}`;
    // They do tell whose job it is.
    for (const text of [history, row!.text]) expect([text.includes('admin'), text.includes(api.token)]).toEqual([true, false]);
  });

  it('defect 16: sync, async, the deprecated route and a job are one path with one result', async () => {
    const body = { device_ids: names.slice(0, 2) };
    const sync = await api.client.call(discovery.discoverSync, { body });
    expect(sync.status).toBe(200);
    const old = await api.client.call(discovery.discover, { body });
    expect([old.status, old.headers.get('deprecation')]).toEqual([200, expect.stringMatching(/^@\d+$/)]);
    const { body: job } = await api.client.call(jobs.createJob, { body: { type: 'topology.discover', params: body } });
    await cluster.wait(job.job_id);
    const answers = await Promise.all([sync.body.job_id, old.body.job_id, await finished(body), job.job_id].map(result));
    // What came at once is what is there afterwards.
    expect([sync.body, old.body]).toEqual(answers.slice(0, 2));
    const told = answers.map(({ devices_data, errors, outcomes, successful_devices }) => ({
      devices: Object.entries(devices_data).map(([id, kinds]) => [
        id,
        Object.entries(kinds).map(([kind, rows]) => [kind, sorted(rows)]),
      ]),
      errors,
      outcomes,
      successful_devices,
    }));
    for (const one of told) expect(one).toEqual(told[0]);
    expect(told[0]!.successful_devices).toBe(2);
    const params = await Promise.all(answers.map(async ({ job_id }) => (await jobOf(job_id)).params));
    for (const one of params) expect(one).toEqual(params[0]);
    for (const { job_id } of answers) {
      const handle = cluster.deps.temporal.workflow.getHandle(job_id);
      // A job is over before its workflow is.
      await handle.result();
      const { type, status } = await handle.describe();
      expect([type, status.name]).toEqual(['discoverTopology', 'COMPLETED']);
    }
  });
});
