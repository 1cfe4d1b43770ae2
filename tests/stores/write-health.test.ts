import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import type { Outcome } from '../../core/outcome.ts';
import type { JobType } from '../../core/jobs.ts';
import { commitDevices, type DeviceCommit } from '../../stores/commit-devices.ts';
import type { Database } from '../../stores/database.ts';
import { readHealth } from '../../stores/device-health.ts';
import { createEventRows, type EventRows } from './event-rows.ts';

let rows: EventRows;
let database: Database;
beforeAll(async () => {
  rows = await createEventRows();
  database = rows.database;
});
afterAll(() => rows.stop());
beforeEach(async () => {
  await database.sql`delete from webhooks`;
});

interface Try {
  outcome: Outcome;
  error?: string | null;
  /** False: it was never reached. */
  tried?: boolean;
  type?: JobType;
  status?: 'completed' | 'failed' | 'cancelled';
}

/** One job of one device that ends this way. */
async function run(device: string, { outcome, error = null, tried = true, type, status }: Try): Promise<DeviceCommit> {
  const job = await rows.addJob([device], type);
  const token = tried ? await rows.lock(device, job) : null;
  const commit: DeviceCommit = {
    job_id: job,
    device_id: device,
    name: 'sw1',
    token,
    kinds: {},
    outputs: [],
    cache: true,
    verdict: { status: status ?? (outcome === 'ok' ? 'completed' : 'failed'), outcome, error },
    host_keys: [],
    collected_at: new Date(),
  };
  await commitDevices(database, [commit]);
  return commit;
}

describe('the health of a device', () => {
  it('counts failures in a row, and a success ends them', async () => {
    const device = await rows.addDevice();
    expect(await readHealth(database, device)).toMatchObject({ failures: 0, last_outcome: null, circuit: { state: 'closed' } });
    await run(device, { outcome: 'timeout', error: 'no answer\0' });
    const last = await run(device, { outcome: 'auth_failed', error: 'denied' });
    expect(await readHealth(database, device)).toEqual({
      device_id: device,
      failures: 2,
      last_outcome: 'auth_failed',
      last_error: 'denied',
      last_success_at: null,
      last_failure_at: last.collected_at.toISOString(),
      circuit: { state: 'closed', open_until: null },
    });
    const good = await run(device, { outcome: 'ok' });
    expect(await readHealth(database, device)).toMatchObject({
      failures: 0,
      last_outcome: 'ok',
      last_error: null,
      last_success_at: good.collected_at.toISOString(),
      last_failure_at: last.collected_at.toISOString(),
    });
  });

  it('is not touched by what tells nothing about the device', async () => {
    const device = await rows.addDevice();
    await run(device, { outcome: 'timeout' });
    await run(device, { outcome: 'locked', tried: false });
    await run(device, { outcome: 'circuit_open' });
    await run(device, { outcome: 'cancelled', status: 'cancelled' });
    await run(device, { outcome: 'error', error: 'the device has no credential', tried: false });
    await run(device, { outcome: 'ok', type: 'topology.reparse' });
    expect(await readHealth(database, device)).toMatchObject({ failures: 1, last_outcome: 'timeout' });
  });

  it('shows the state of its circuit', async () => {
    const device = await rows.addDevice();
    const open = (minutes: number) =>
      database.sql`insert into device_health (device_id, open_until) values (${device}, now() + ${minutes} * interval '1 minute')
        on conflict (device_id) do update set open_until = excluded.open_until`;
    await open(1);
    expect((await readHealth(database, device))!.circuit.state).toBe('open');
    await open(-1);
    expect((await readHealth(database, device))!.circuit.state).toBe('half_open');
    expect(await readHealth(database, uuidv7())).toBeNull();
  });
});

describe('device.failing and device.recovered', () => {
  it('are told once each, at the threshold of each webhook', async () => {
    const both = ['device.failing', 'device.recovered'];
    await rows.addWebhook('two', both, { threshold: 2 });
    await rows.addWebhook('three', both, { threshold: 3 });
    await rows.addWebhook('off', both, { threshold: 2, enabled: false });
    await rows.addWebhook('other', ['job.failed'], { threshold: 1 });
    const device = await rows.addDevice();
    await run(device, { outcome: 'timeout' });
    expect(await rows.events()).toEqual([]);
    const second = await run(device, { outcome: 'timeout', error: 'no answer' });
    expect(await rows.events()).toEqual(['two device.failing']);
    expect((await rows.told())[0]!.payload).toEqual({
      device_id: device,
      device_name: 'sw1',
      job_id: second.job_id,
      failures: 2,
      outcome: 'timeout',
      error: 'no answer',
      last_success_at: null,
      links: { device: `/api/devices/${device}`, health: `/api/devices/${device}/health`, job: `/api/jobs/${second.job_id}` },
    });
    await run(device, { outcome: 'ok' });
    expect(await rows.events()).toEqual(['two device.failing', 'two device.recovered']);
    expect((await rows.told())[1]!.payload).toMatchObject({ failures: 2, outcome: 'ok' });
    await run(device, { outcome: 'ok' });
    for (let n = 0; n < 5; n++) await run(device, { outcome: 'timeout' });
    await run(device, { outcome: 'ok' });
    await run(device, { outcome: 'ok' });
    const later = (await rows.events()).slice(2);
    expect(later.slice(0, 2)).toEqual(['two device.failing', 'three device.failing']);
    expect(later.slice(2).sort()).toEqual(['three device.recovered', 'two device.recovered']);
  });

  it('come for each device of a group that is committed together, and for none whose lock was lost', async () => {
    await rows.addWebhook('hook', ['device.failing'], { threshold: 1 });
    const [one, two, lost] = [await rows.addDevice(), await rows.addDevice(), await rows.addDevice()];
    const first = await run(one, { outcome: 'ok' });
    const job = await rows.addJob([one, two, lost]);
    const commits: DeviceCommit[] = [];
    for (const device_id of [one, two, lost]) {
      const token = await rows.lock(device_id, job);
      const verdict = { status: 'failed', outcome: 'unreachable', error: 'no route' } as const;
      commits.push({ ...first, job_id: job, device_id, token, verdict });
    }
    await database.sql`delete from device_locks where device_id = ${lost}`;
    await commitDevices(database, commits);
    expect((await rows.told()).map(({ payload }) => String(payload['device_id'])).sort()).toEqual([one, two].sort());
    expect(await readHealth(database, lost)).toMatchObject({ failures: 0, last_outcome: null });
  });

  it('a webhook that is being removed costs no device its result', async () => {
    const hook = await rows.addWebhook('going', ['device.failing'], { threshold: 1 });
    const device = await rows.addDevice();
    let removed: Promise<unknown> = Promise.resolve();
    let committed: Promise<unknown> = Promise.resolve();
    await database.sql.begin(async (tx) => {
      await tx`delete from webhooks where id = ${hook}`;
      committed = run(device, { outcome: 'timeout' });
      removed = waitForBlocked();
      await removed;
    });
    await committed;
    expect(await readHealth(database, device)).toMatchObject({ failures: 1, last_outcome: 'timeout' });
    expect(await rows.told()).toEqual([]);
  });
});

/** Until a statement of this database waits for a lock. */
async function waitForBlocked(): Promise<void> {
  for (;;) {
    const [row] = await database.sql<{ n: number }[]>`select count(*)::int as n from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`;
    if (row!.n > 0) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
