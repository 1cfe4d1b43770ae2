import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import type { Outcome } from '../../core/outcome.ts';
import type { JobType } from '../../core/jobs.ts';
import { commitDevices, type DeviceCommit } from '../../stores/commit-devices.ts';
import { openDatabase, type Database } from '../../stores/database.ts';
import { endJob } from '../../stores/job-state.ts';
import { readHealth } from '../../stores/device-health.ts';
import { createTestDatabase } from '../support/database.ts';

let drop: () => Promise<void>;
let database: Database;
let tokens = 0;

beforeAll(async () => {
  const test = await createTestDatabase();
  drop = () => test.drop();
  database = openDatabase(test.url, { max: 8 });
});
afterAll(async () => {
  await database.close();
  await drop();
});
beforeEach(async () => {
  await database.sql`delete from webhooks`;
});

async function addDevice(name = `d${uuidv7()}`): Promise<string> {
  const id = uuidv7();
  await database.sql`insert into devices (id, name, host, port, platform, transport) values (${id}, ${name}, 'h', 22, 'cisco_ios', 'ssh')`;
  return id;
}

async function addJob(devices: string[], type: JobType = 'topology.discover'): Promise<string> {
  const id = uuidv7();
  await database.sql`insert into jobs (id, type, status, params, owner, priority, total_devices)
    values (${id}, ${type}, 'in_progress', '{}', 'test', 5, ${devices.length})`;
  for (const [position, device] of devices.entries()) {
    await database.sql`insert into job_devices (job_id, device_id, position, name, batch, queue)
      values (${id}, ${device}, ${position}, ${`name-${position}`}, 0, 'collector')`;
  }
  return id;
}

async function addWebhook(name: string, events: string[], more: { threshold?: number; enabled?: boolean } = {}): Promise<string> {
  const id = uuidv7();
  await database.sql`insert into webhooks (id, name, url, events, enabled, failure_threshold, sealed, key_id, created_by)
    values (${id}, ${name}, 'http://x.invalid/', ${events}, ${more.enabled ?? true}, ${more.threshold ?? 3}, ${Buffer.of(1)}, 'k', 'test')`;
  return id;
}

interface Told {
  name: string;
  event: string;
  payload: Record<string, unknown>;
}
const told = (): Promise<Told[]> =>
  database.sql<
    Told[]
  >`select w.name, d.event, d.payload from webhook_deliveries d join webhooks w on w.id = d.webhook_id order by d.seq`;
const events = async (): Promise<string[]> => (await told()).map(({ name, event }) => `${name} ${event}`);

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
  const job = await addJob([device], type);
  const token = tried ? ++tokens : null;
  if (tried) {
    await database.sql`insert into device_locks (device_id, job_id, holder, token, acquired_at, expires_at)
      values (${device}, ${job}, 'test', ${token}, now(), now() + interval '1 minute')`;
  }
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
    const device = await addDevice();
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
    const device = await addDevice();
    await run(device, { outcome: 'timeout' });
    await run(device, { outcome: 'locked', tried: false });
    await run(device, { outcome: 'circuit_open' });
    await run(device, { outcome: 'cancelled', status: 'cancelled' });
    await run(device, { outcome: 'error', error: 'the device has no credential', tried: false });
    await run(device, { outcome: 'ok', type: 'topology.reparse' });
    expect(await readHealth(database, device)).toMatchObject({ failures: 1, last_outcome: 'timeout' });
  });

  it('shows the state of its circuit', async () => {
    const device = await addDevice();
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
    await addWebhook('two', both, { threshold: 2 });
    await addWebhook('three', both, { threshold: 3 });
    await addWebhook('off', both, { threshold: 2, enabled: false });
    await addWebhook('other', ['job.failed'], { threshold: 1 });
    const device = await addDevice();
    await run(device, { outcome: 'timeout' });
    expect(await events()).toEqual([]);
    const second = await run(device, { outcome: 'timeout', error: 'no answer' });
    expect(await events()).toEqual(['two device.failing']);
    expect((await told())[0]!.payload).toEqual({
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
    expect(await events()).toEqual(['two device.failing', 'two device.recovered']);
    expect((await told())[1]!.payload).toMatchObject({ failures: 2, outcome: 'ok' });
    await run(device, { outcome: 'ok' });
    for (let n = 0; n < 5; n++) await run(device, { outcome: 'timeout' });
    await run(device, { outcome: 'ok' });
    await run(device, { outcome: 'ok' });
    const later = (await events()).slice(2);
    expect(later.slice(0, 2)).toEqual(['two device.failing', 'three device.failing']);
    expect(later.slice(2).sort()).toEqual(['three device.recovered', 'two device.recovered']);
  });

  it('come for each device of a group that is committed together, and for none whose lock was lost', async () => {
    await addWebhook('hook', ['device.failing'], { threshold: 1 });
    const [one, two, lost] = [await addDevice(), await addDevice(), await addDevice()];
    const first = await run(one, { outcome: 'ok' });
    const job = await addJob([one, two, lost]);
    const commits = [one, two, lost].map((device_id): DeviceCommit => {
      const verdict = { status: 'failed', outcome: 'unreachable', error: 'no route' } as const;
      return { ...first, job_id: job, device_id, token: ++tokens, verdict };
    });
    for (const { device_id, token } of commits.slice(0, 2)) {
      await database.sql`insert into device_locks (device_id, job_id, holder, token, acquired_at, expires_at)
        values (${device_id}, ${job}, 'test', ${token}, now(), now() + interval '1 minute')`;
    }
    await commitDevices(database, commits);
    expect((await told()).map(({ payload }) => String(payload['device_id'])).sort()).toEqual([one, two].sort());
    expect(await readHealth(database, lost)).toMatchObject({ failures: 0, last_outcome: null });
  });

  it('a webhook that is being removed costs no device its result', async () => {
    const hook = await addWebhook('going', ['device.failing'], { threshold: 1 });
    const device = await addDevice();
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
    expect(await told()).toEqual([]);
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

describe('the end of a job', () => {
  const rest = { status: 'failed', outcome: 'timeout', error: 'too late' } as const;
  const all = ['job.completed', 'job.partial', 'job.failed', 'job.cancelled'];
  const end = (job: string, status: 'cancelled' | null = null) => endJob(database, job, { status, rest, error: null });

  it('is told by its own name, once, to those who want it', async () => {
    await addWebhook('all', all);
    await addWebhook('partial', ['job.partial']);
    const [one, two] = [await addDevice(), await addDevice()];
    const done = async (job: string, device: string) =>
      database.sql`update job_devices set status = 'completed', outcome = 'ok' where job_id = ${job} and device_id = ${device}`;
    const completed = await addJob([one]);
    await done(completed, one);
    await end(completed);
    const partial = await addJob([one, two]);
    await done(partial, one);
    await end(partial);
    const failed = await addJob([one]);
    await end(failed);
    const cancelled = await addJob([one]);
    await end(cancelled, 'cancelled');
    for (const job of [completed, partial, failed, cancelled]) await end(job);
    const rows = await told();
    const ofAll = rows.filter(({ name }) => name === 'all');
    expect(ofAll.map(({ event, payload }) => [event, payload['job_id']])).toEqual([
      ['job.completed', completed],
      ['job.partial', partial],
      ['job.failed', failed],
      ['job.cancelled', cancelled],
    ]);
    expect(rows.filter(({ name }) => name === 'partial').map(({ event }) => event)).toEqual(['job.partial']);
    expect(ofAll[1]!.payload).toMatchObject({
      type: 'topology.discover',
      status: 'completed',
      partial: true,
      owner: 'test',
      total_devices: 2,
      completed_devices: 1,
      failed_devices: 1,
      cancelled_devices: 0,
      failures: [{ device_id: two, device_name: 'name-1', status: 'failed', outcome: 'timeout', error: 'too late' }],
      links: { job: `/api/jobs/${partial}`, devices: `/api/jobs/${partial}/devices` },
    });
    expect(ofAll[0]!.payload).toMatchObject({ failures: [], partial: false });
    expect(ofAll[0]!.payload['completed_at']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });
});

describe('configuration.changed', () => {
  const digest = (text: string): string => text.repeat(64).slice(0, 64);
  let clock = 0;

  async function backup(device: string, content: string, more: { changed_by?: string; status?: 'success' | 'timeout' } = {}) {
    const job = await addJob([device], 'device.collect');
    const token = ++tokens;
    await database.sql`insert into device_locks (device_id, job_id, holder, token, acquired_at, expires_at)
      values (${device}, ${job}, 'test', ${token}, now(), now() + interval '1 minute')`;
    const success = (more.status ?? 'success') === 'success';
    const version = {
      artifact: `a/${content}`,
      sha256: digest(content),
      content_sha256: digest(content),
      bytes: 9,
      volatile_lines: [],
    };
    await commitDevices(database, [
      {
        job_id: job,
        device_id: device,
        name: 'sw1',
        token,
        kinds: {},
        outputs: [],
        cache: false,
        verdict: success
          ? { status: 'completed', outcome: 'ok', error: null }
          : { status: 'failed', outcome: 'timeout', error: 'x' },
        host_keys: [],
        backup: {
          task_id: uuidv7(),
          platform: 'cisco_ios',
          status: more.status ?? 'success',
          timestamp: new Date(Date.UTC(2026, 0, 1) + ++clock * 1000),
          log: [],
          changed_by: more.changed_by ?? null,
          version: success ? version : null,
          suspicious: false,
          lines_added: 4,
          lines_removed: 2,
          actor: 'test',
        },
        collected_at: new Date(),
      },
    ]);
    return job;
  }

  it('is told for a new version after the first, with who changed it and where to look', async () => {
    await addWebhook('hook', ['configuration.changed']);
    await addWebhook('other', ['device.failing'], { threshold: 9 });
    const device = await addDevice();
    await backup(device, 'a');
    await backup(device, 'a');
    await backup(device, 'b', { status: 'timeout' });
    expect(await events()).toEqual([]);
    const job = await backup(device, 'b', { changed_by: 'alice' });
    await backup(device, 'b');
    const [change, ...more] = await told();
    expect(more).toEqual([]);
    const [first, second] = await database.sql<{ task_identifier: string }[]>`
      select task_identifier from backups where device_id = ${device} and changed order by id`;
    const [from, to] = [first!.task_identifier, second!.task_identifier];
    expect(change).toMatchObject({ name: 'hook', event: 'configuration.changed' });
    expect(change!.payload).toEqual({
      device_id: device,
      device_name: 'sw1',
      job_id: job,
      task_identifier: to,
      previous_task_identifier: from,
      changed_by: 'alice',
      lines_added: 4,
      lines_removed: 2,
      links: {
        device: `/api/devices/${device}`,
        job: `/api/jobs/${job}`,
        backup: `/api/devices/${device}/backups/${to}`,
        diff: `/api/devices/${device}/backups/${from}/diff/${to}`,
      },
    });
  });
});
