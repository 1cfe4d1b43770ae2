import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { controlJob } from '../../api/control.ts';
import { openArtifactStore } from '../../artifacts/open.ts';
import { startSimulator, type Simulator } from '../../simulator/simulator.ts';
import { complaintOf, newestShown, rowsOf, withoutTail } from '../support/backups.ts';
import { startCluster, until, type Cluster } from '../support/cluster.ts';

const DEVICES = 40;
const LATENCY = 80;

let cluster: Cluster;
let simulator: Simulator;
let ids: Map<string, string>;

beforeAll(async () => {
  [cluster, simulator] = await Promise.all([
    startCluster(),
    startSimulator({ devices: DEVICES, platforms: ['cisco_ios', 'arista_eos'], latencyMs: LATENCY, host: '127.43.0.1' }),
  ]);
  ids = await cluster.addDevices(simulator.devices);
  await cluster.startWorker({ CAIRN_MAX_SESSIONS: '8' });
});

afterAll(async () => {
  await cluster?.stop();
  await simulator?.stop();
});

beforeEach(() => simulator.reset());

const openSessions = (): number => simulator.counters().totals.open_sessions;
const finished = async (job: string): Promise<number> =>
  (await cluster.devices(job)).filter((device) => device.status === 'completed').length;
const only = (name: string): Map<string, string> => new Map([[name, ids.get(name)!]]);
const nameAt = (index: number): string => simulator.devices[index]!.name;

async function shown(): Promise<Map<string, string>> {
  const { store } = await openArtifactStore(pathToFileURL(join(cluster.dataDir, 'artifacts')).href, { dataDir: cluster.dataDir });
  const published = await store.published();
  await store.close();
  return published;
}

describe.sequential('a backup that people steer', () => {
  it('cancel: every session is closed within 5 s, and what was stored stays, with its row, and is shown', async () => {
    const job = await cluster.collect(ids);
    await until('some devices are done', async () => (await finished(job)) >= 4);
    await until('sessions are open', () => openSessions() >= 2);
    const asked = Date.now();
    expect(await controlJob(cluster.deps, job, 'cancel', 'tester')).toMatchObject({ status: 'cancelling' });
    await until('all sessions are closed', () => openSessions() === 0, 5_000);
    expect(Date.now() - asked).toBeLessThan(5_000);
    expect(await cluster.wait(job)).toBe('cancelled');
    const devices = await cluster.devices(job);
    expect(new Set(devices.map((device) => device.status))).toEqual(new Set(['completed', 'cancelled']));
    expect(await cluster.locks()).toBe(0);
    const done = devices.filter((device) => device.status === 'completed').map((device) => device.name);
    const rows = await rowsOf(cluster, job);
    expect(rows.filter((row) => row.status === 'success').map((row) => row.name)).toEqual(done.toSorted());
    expect(rows.filter((row) => row.changed).length).toBe(done.length);
    await until('the store shows them', async () => (await shown()).size === done.length, 15_000);
    expect(await shown()).toEqual(await newestShown(cluster));
  });

  it('pause: it goes quiet and holds nothing; resumed, each device has one row and one login but for those interrupted', async () => {
    const job = await cluster.collect(ids);
    await until('some devices are done', async () => (await finished(job)) >= 3);
    await controlJob(cluster.deps, job, 'pause', 'tester');
    await until('it is paused', async () => (await cluster.job(job)).status === 'paused', 20_000);
    expect([openSessions(), await cluster.locks()]).toEqual([0, 0]);
    const states = await cluster.devices(job);
    expect(states.filter((device) => device.status === 'in_progress')).toEqual([]);
    expect(states.filter((device) => device.status === 'pending').length).toBeGreaterThan(0);
    const { commands } = simulator.counters().totals;
    await controlJob(cluster.deps, job, 'resume', 'tester');
    expect(await cluster.wait(job)).toBe('completed');
    expect(simulator.counters().totals.commands).toBeGreaterThan(commands);
    expect(await rowsOf(cluster, job)).toHaveLength(DEVICES);
    const done = new Set(states.filter((device) => device.status === 'completed').map((device) => device.name));
    for (const [name, device] of Object.entries(simulator.counters().devices))
      expect([name, device.logins <= (done.has(name) ? 1 : 2)]).toEqual([name, true]);
  });

  it('two jobs at once never have two sessions on a device, and find one new version between them', async () => {
    for (const { name } of simulator.devices) simulator.change(name, { kind: 'edit_config' });
    const jobs = await Promise.all([cluster.collect(ids), cluster.collect(ids)]);
    for (const job of jobs) expect(await cluster.wait(job)).toBe('completed');
    const { totals, devices } = simulator.counters();
    expect(totals.overlapping_sessions).toBe(0);
    expect(Object.values(devices).map((device) => device.logins)).toEqual(Array(DEVICES).fill(2));
    const [one, two] = await Promise.all(jobs.map((job) => rowsOf(cluster, job)));
    for (const [at, row] of one!.entries()) {
      const other = two![at]!;
      expect([row.name, row.status, other.status, row.changed !== other.changed]).toEqual([row.name, 'success', 'success', true]);
      expect([row.name, row.artifact, row.sha256]).toEqual([row.name, other.artifact, other.sha256]);
    }
    expect(await shown()).toEqual(await newestShown(cluster));
  });

  it('a device held by another job is locked, with the holder named, once lock_wait is over', async () => {
    const name = nameAt(0);
    await simulator.setFault(name, { kind: 'slow', ms: 2500 });
    const holder = await cluster.collect(only(name));
    await until('it is held', async () => (await cluster.locks()) === 1);
    const late = await cluster.collect(only(name), { lock_wait: 1 });
    expect(await cluster.wait(late)).toBe('failed');
    const [row] = await rowsOf(cluster, late);
    expect(row).toMatchObject({ status: 'locked', artifact: null, changed: false });
    expect(complaintOf(row)).toContain(`held by job ${holder}`);
    expect(await cluster.wait(holder)).toBe('completed');
    await simulator.setFault(name, null);
    expect(simulator.counters().devices[name]).toMatchObject({ logins: 1, overlapping_sessions: 0 });
  });

  it('a device that takes longer than its limit is timeout; what is tried again has one row', async () => {
    const [slow, flaky, refused] = [nameAt(1), nameAt(2), nameAt(3)];
    await simulator.setFault(slow, { kind: 'slow', ms: 6000 });
    await simulator.setFault(flaky, 'flaky');
    await simulator.setFault(refused, 'refuse');
    const some = new Map([...only(slow), ...only(flaky), ...only(refused)]);
    const job = await cluster.collect(some, { device_time_limit: 3 });
    expect(await cluster.wait(job)).toBe('completed');
    const rows = new Map((await rowsOf(cluster, job)).map((row) => [row.name, row]));
    const devices = new Map((await cluster.devices(job)).map((row) => [row.name, row]));
    for (const name of some.keys()) await simulator.setFault(name, null);
    expect(rows.size).toBe(3);
    expect(rows.get(slow)).toMatchObject({ status: 'timeout', artifact: null });
    expect(rows.get(flaky)).toMatchObject({ status: 'success', changed: false });
    expect(rows.get(refused)).toMatchObject({ status: 'unreachable', artifact: null });
    expect([slow, flaky, refused].map((name) => devices.get(name)!.attempts)).toEqual([1, 2, 3]);
  });

  it('a device whose platform is auto is found out at the login, and keeps what was found', async () => {
    const name = simulator.devices.find((device) => device.platform === 'arista_eos')!.name;
    const found = await cluster.addDevices([{ ...simulator.device(name), name: 'unknown box', platform: 'auto' }]);
    const job = await cluster.collect(found);
    expect(await cluster.wait(job)).toBe('completed');
    const [row] = await rowsOf(cluster, job);
    expect(row).toMatchObject({ status: 'success', changed: true, platform: 'arista_eos' });
    const [device] = await cluster.database.sql`select platform from devices where id = ${found.get('unknown box')!}`;
    expect(device).toEqual({ platform: 'arista_eos' });
    const { store } = await openArtifactStore(pathToFileURL(join(cluster.dataDir, 'artifacts')).href, {
      dataDir: cluster.dataDir,
    });
    const text = (await store.get(row!.artifact!)).toString();
    await store.close();
    expect(withoutTail(text)).toBe(withoutTail(simulator.configuration(name).text));
    expect(simulator.counters().devices[name]!.logins).toBe(1);
  });
});
