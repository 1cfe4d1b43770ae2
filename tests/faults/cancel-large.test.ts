import { createServer } from 'node:net';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { controlJob } from '../../api/control.ts';
import { FLEET_ABSENT, fleetIsHere, startBenchFleet, type BenchFleet } from '../support/bench-fleet.ts';
import { startCluster, until, type Cluster } from '../support/cluster.ts';
import { parseExposition } from '../support/exposition.ts';

const DEVICES = 1000;
const GROUP = 200;
const SESSIONS = 60;

describe.skipIf(!fleetIsHere)(`a cancelled job of ${DEVICES} devices${fleetIsHere ? '' : ` (${FLEET_ABSENT})`}`, () => {
  let fleet: BenchFleet;
  let cluster: Cluster;
  let ids: Map<string, string>;
  let queues: { id: string; name: string; queue_id: string | null }[];
  const metrics: number[] = [];

  beforeAll(async () => {
    [fleet, cluster] = await Promise.all([
      startBenchFleet({ devices: DEVICES, fail: 0, modes: [], latency: 1500 }),
      startCluster(),
    ]);
    const { user: username, password } = fleet;
    const group_id = uuidv7();
    await cluster.database.sql`insert into collection_groups (id, name, queue_id, login_rate, max_sessions)
      values (${group_id}, 'slow', 'slow', 20, 30)`;
    const devices = fleet.devices.map((device, at) => ({
      ...device,
      platform: 'cisco_ios',
      username,
      password,
      ...(at < GROUP ? { group_id } : {}),
    }));
    ids = await cluster.addDevices(devices);
    queues = [...ids].map(([name, id], at) => ({ id, name, queue_id: at < GROUP ? 'slow' : null }));
    metrics.push(await freePort(), await freePort());
    await Promise.all(
      metrics.map((port) =>
        cluster.startWorker({
          CAIRN_GROUPS: 'slow',
          CAIRN_MAX_SESSIONS: String(SESSIONS),
          CAIRN_METRICS_PORT: String(port),
        }),
      ),
    );
  });

  afterAll(async () => {
    await cluster?.stop();
    await fleet?.stop();
  });

  /** The sum of a gauge over the workers. */
  async function gauge(name: string, labels: Record<string, string> = {}): Promise<number> {
    const texts = await Promise.all(metrics.map(async (port) => (await fetch(`http://127.0.0.1:${port}/metrics`)).text()));
    return texts.reduce((sum, text) => sum + parseExposition(text).sum(name, labels), 0);
  }

  const slots = (): Promise<number> => gauge('temporal_worker_task_slots_used', { worker_type: 'ActivityWorker' });

  it('leaves no session, lock, slot or login behind', { timeout: 55_000 }, async () => {
    const { database, deps } = cluster;
    const job = await cluster.collect(ids, {}, { devices: queues });
    await until('it is amid', async () => (await fleet.totals()).sessionsNow >= SESSIONS && (await doneOf(job)) > 50);
    expect(await gauge('cairn_sessions_open')).toBeGreaterThan(0);
    expect(await slots()).toBeGreaterThan(0);
    const asked = Date.now();
    expect(await controlJob(deps, job, 'cancel', 'tester')).toMatchObject({ status: 'cancelling' });
    await until('every session is closed', async () => (await fleet.totals()).sessionsNow === 0, 5_000);
    console.log(`every session closed after ${Date.now() - asked} ms`);
    expect(await cluster.wait(job, 15_000)).toBe('cancelled');
    const { logins, sessionsNow } = await fleet.totals();
    expect(sessionsNow).toBe(0);

    const rows = await cluster.devices(job);
    const done = rows.filter((row) => row.status === 'completed').length;
    expect(rows.filter((row) => row.status === 'cancelled').length).toBe(DEVICES - done);
    expect(done).toBeGreaterThan(0);
    const [{ n: locks }] = await database.sql<[{ n: number }]>`select count(*)::int as n from device_locks`;
    expect(locks).toBe(0);
    // The slots of batches and the places under the session limit.
    expect([await gauge('cairn_sessions_open'), await gauge('cairn_sessions_waiting')]).toEqual([0, 0]);
    await until('no slot is used', async () => (await slots()) === 0, 10_000);
    const handle = deps.temporal.workflow.getHandle(job);
    await until('the run is closed', async () => (await handle.describe()).status.name === 'CANCELLED', 5_000);
    expect((await handle.describe()).raw.pendingActivities ?? []).toEqual([]);
    // At most what was booked ahead when it was cancelled, which time gives back by itself.
    const [{ booked }] = await database.sql<[{ booked: number }]>`
      select coalesce(extract(epoch from next_login_at - now()), 0)::float8 as booked from collection_groups`;
    expect(booked).toBeLessThan(5);

    // The next job has everything: the logins of the group, the sessions, the devices.
    const next = await cluster.collect(
      new Map([...ids].slice(0, 20)),
      {},
      { devices: [...queues.slice(0, 10), ...queues.slice(-10)] },
    );
    const began = Date.now();
    expect(await cluster.wait(next, 30_000)).toBe('completed');
    expect(Date.now() - began).toBeLessThan(15_000);
    expect((await fleet.totals()).logins).toBe(logins + 20);
    expect((await fleet.totals()).overlappingSessions).toBe(0);
  });

  async function doneOf(job: string): Promise<number> {
    const [row] = await cluster.database.sql<[{ n: number }]>`
      select count(*)::int as n from job_devices where job_id = ${job} and status = 'completed'`;
    return row.n;
  }
});

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => {
    probe.listen(0, '127.0.0.1', resolve);
  });
  const address = probe.address();
  await new Promise((resolve) => {
    probe.close(resolve);
  });
  if (typeof address !== 'object' || address === null) throw new Error('no address');
  return address.port;
}
