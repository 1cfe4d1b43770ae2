import { afterEach, beforeEach, expect, it } from 'vitest';
import { holds } from '../../contracts/http/holds.ts';
import { startSimulator, type Simulator } from '../../simulator/simulator.ts';
import { findGroup, insertGroup } from '../../stores/collection-groups.ts';
import { UNSCOPED } from '../../stores/scope.ts';
import { startCluster, until, type ApiProcess, type Cluster } from '../support/cluster.ts';

/** Devices that are held are looked at every 20 s. */
const LONG_MS = 180_000;

let simulator: Simulator;
let cluster: Cluster;
let api: ApiProcess;

// Of each test its own: what one leaves held would hold the next one, or its second try.
beforeEach(async () => {
  [simulator, cluster] = await Promise.all([
    startSimulator({ devices: 24, seed: 12, host: '127.44.0.1', latencyMs: 300 }),
    startCluster(),
  ]);
  [api] = await Promise.all([cluster.startApi(), cluster.startWorker({ CAIRN_GROUPS: 'held', CAIRN_MAX_SESSIONS: '6' })]);
});

afterEach(async () => {
  await cluster?.stop();
  await simulator?.stop();
});

const running = async (): Promise<number> => {
  const [row] = await cluster.database.sql<
    { n: number }[]
  >`select count(*)::int as n from job_devices where status = 'in_progress'`;
  return row!.n;
};
const logins = (): number => Object.values(simulator.counters().devices).reduce((sum, one) => sum + one.logins, 0);

it('pausing the system amid three jobs leaves nothing running, and resuming ends all three', { timeout: LONG_MS }, async () => {
  const all = await cluster.addDevices(simulator.devices.slice(0, 18));
  const part = (from: number) => new Map([...all].slice(from, from + 6));
  const jobs = await Promise.all([0, 6, 12].map((from) => cluster.discover(part(from))));
  await until('devices run', async () => (await running()) > 0);
  const { body: hold } = await api.client.call(holds.pauseSystem, { body: { reason: 'core upgrade' } });
  expect(hold).toMatchObject({ kind: 'pause', group_id: null, reason: 'core upgrade', active: true });
  await until('nothing runs', async () => (await running()) === 0 && (await cluster.locks()) === 0, 30_000);
  await simulator.idle();
  expect(simulator.counters().totals.open_sessions).toBe(0);
  const then = logins();
  // Who was in flight has an attempt behind it and goes on later.
  const inFlight = new Set<string>();
  for (const job of jobs)
    for (const device of await cluster.devices(job))
      if (device.status === 'pending' && device.attempts > 0) inFlight.add(device.name);
  // Counted by the devices: one whose connection failed may be in flight without ever having had a session.
  const met = simulator.counters();
  expect(met.totals.peak_sessions).toBeLessThanOrEqual(6);
  expect([...inFlight].filter((name) => met.devices[name]!.logins > 0).length).toBeLessThanOrEqual(6);
  // Those that were tried may wait for another reason.
  const waiting = await cluster.database.sql<{ error: string }[]>`
    select distinct error from job_devices where status = 'pending' and attempts = 0 and next_attempt_at > now()`;
  expect(waiting.map((row) => row.error)).toEqual(['paused: core upgrade']);
  // A job that begins meanwhile waits as well.
  const late = await cluster.collect(part(0));
  await until('the late job was put off', async () => {
    const devices = await cluster.devices(late);
    return devices.every((device) => device.error === 'paused: core upgrade');
  });
  expect(logins()).toBe(then);
  await api.client.call(holds.resumeSystem, {});
  for (const job of [...jobs, late]) expect(await cluster.wait(job)).toBe('completed');
  for (const job of jobs) expect((await cluster.devices(job)).every((device) => device.status === 'completed')).toBe(true);
  const { devices: seen, totals } = simulator.counters();
  expect(totals.overlapping_sessions).toBe(0);
  for (const name of all.keys()) {
    const asked = part(0).has(name) ? 2 : 1;
    expect([name, seen[name]!.logins - asked]).toEqual([name, inFlight.has(name) ? expect.toBeOneOf([0, 1]) : 0]);
  }
});

it('a paused group waits while others go on, and a maintenance window skips', { timeout: LONG_MS }, async () => {
  const fields = { name: 'held', queue_id: 'held', login_rate: null, max_sessions: null };
  const group = (await findGroup(cluster.database, UNSCOPED, 'held')) ?? (await insertGroup(cluster.database, fields));
  const [grouped, free] = [simulator.devices.slice(18, 21), simulator.devices.slice(21, 24)];
  const held = await cluster.addDevices(grouped.map((device) => ({ ...device, group_id: group.id })));
  const others = await cluster.addDevices(free);
  await api.client.call(holds.pauseCollectionGroup, { params: { id: 'held' }, body: {} });
  const queued = [...held].map(([name, id]) => ({ id, name, queue_id: 'held' }));
  const waits = await cluster.collect(held, {}, { devices: queued });
  expect(await cluster.wait(await cluster.collect(others))).toBe('completed');
  await until('the devices of the group were put off', async () =>
    (await cluster.devices(waits)).every((device) => device.error?.startsWith('paused with its collection group: ') === true),
  );
  expect((await cluster.devices(waits)).map((device) => device.attempts)).toEqual([0, 0, 0]);
  await api.client.call(holds.resumeCollectionGroup, { params: { id: 'held' } });
  await expect(api.client.call(holds.resumeCollectionGroup, { params: { id: 'held' } })).rejects.toMatchObject({
    code: 'conflict',
  });
  expect(await cluster.wait(waits)).toBe('completed');

  const ends_at = new Date(Date.now() + 3_600_000).toISOString();
  const { body: window } = await api.client.call(holds.createHold, {
    body: { kind: 'maintenance', group: 'held', reason: 'fibre works', ends_at },
  });
  const skipped = await cluster.collect(held, {}, { devices: queued });
  expect(await cluster.wait(skipped)).toBe('failed');
  for (const device of await cluster.devices(skipped)) {
    expect(device).toMatchObject({ status: 'failed', outcome: 'locked', attempts: 0 });
    expect(device.error).toMatch(/in a maintenance window with its collection group until .*: fibre works/);
  }
  await api.client.call(holds.deleteHold, { params: { id: window.id } });
  expect(await cluster.wait(await cluster.collect(held, {}, { devices: queued }))).toBe('completed');
});
