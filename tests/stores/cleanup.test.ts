import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import type { CleanupRequest } from '../../core/cleanup.ts';
import { openDatabase, type Database } from '../../stores/database.ts';
import { addDevice, addJob, cleanAll, cleanBoth, daysAgo, tableIds } from '../support/cleanup.ts';
import { createTestDatabase } from '../support/database.ts';

let drop: () => Promise<void>;
let database: Database;

beforeAll(async () => {
  const test = await createTestDatabase();
  drop = () => test.drop();
  database = openDatabase(test.url, { max: 4 });
});
afterAll(async () => {
  await database.close();
  await drop();
});
beforeEach(async () => {
  await database.sql`truncate jobs, devices, fact_sets, topology_snapshots, audit_events, webhooks, idempotency_keys, dead_letters,
    device_locks cascade`;
});

const ids = (table: string, column?: string): Promise<string[]> => tableIds(database, table, column);
const both = (request?: CleanupRequest) => cleanBoth(database, request);

describe('jobs', () => {
  it('go by status and age with all that is theirs; jobs that are not over stay for ever', async () => {
    const old = [
      await addJob(database, { status: 'completed', days: 91, lines: 2500 }),
      await addJob(database, { status: 'failed', days: 181 }),
      await addJob(database, { status: 'cancelled', days: 91 }),
    ];
    const stay = [
      await addJob(database, { status: 'completed', days: 89, lines: 3 }),
      await addJob(database, { status: 'failed', days: 179 }),
      await addJob(database, { status: 'cancelled', days: 89 }),
      await addJob(database, { status: 'in_progress', days: 400 }),
      await addJob(database, { status: 'paused', days: 400 }),
    ];
    const counts = await both({ job_log_days: null });
    expect(counts).toEqual({ jobs: { jobs: 3, job_log: 2502, job_device_kinds: 3, job_devices: 3 } });
    for (const table of ['job_devices', 'job_device_kinds']) expect(await ids(table, 'job_id')).toEqual([...stay].sort());
    const left = await ids('jobs');
    expect(left).toEqual(expect.arrayContaining(stay));
    for (const id of old) expect(left).not.toContain(id);
  });

  it('keep what null says', async () => {
    await addJob(database, { status: 'completed', days: 4000 });
    expect(await both({ jobs_completed_days: null, job_log_days: null })).toEqual({});
    expect(await both({ job_log_days: null })).toMatchObject({ jobs: { jobs: 1 } });
  });

  it('lose their log earlier, and only if they are over', async () => {
    const old = await addJob(database, { status: 'completed', days: 31, lines: 1200 });
    const young = await addJob(database, { status: 'completed', days: 29 });
    const open = await addJob(database, { status: 'in_progress', days: 31 });
    await addJob(database, { status: 'completed', days: 91, lines: 7 });
    expect(await both()).toEqual({
      jobs: { jobs: 1, job_log: 7, job_device_kinds: 1, job_devices: 1 },
      job_log: { job_log: 1200 },
    });
    const logs = new Set(await ids('job_log', 'job_id'));
    expect([logs.has(old), logs.has(young), logs.has(open)]).toEqual([false, true, true]);
    expect(await ids('jobs')).toContain(old);
  });
});

describe('fact sets', () => {
  const addSet = (device: string, sha256: string, days: number) =>
    database.sql`insert into fact_sets (device_id, kind, sha256, records, created_at) values (${device}, 'arp', ${sha256}, '[]', ${daysAgo(days)})`;

  it('go when neither a cache nor a job refers to them', async () => {
    const device = await addDevice(database, 'sw1');
    const gone = uuidv7();
    for (const name of ['of-old-job', 'cached', 'of-young-job', 'of-nobody']) await addSet(device, name, 200);
    await addSet(device, 'new', 1);
    await addSet(gone, 'of-gone-device', 200);
    await addJob(database, { status: 'completed', days: 150, device, sha256: 'of-old-job' });
    await addJob(database, { status: 'completed', days: 20, device, sha256: 'of-young-job' });
    await addJob(database, { status: 'completed', days: 150, device: gone, sha256: 'of-gone-device' });
    await database.sql`insert into device_kinds (device_id, kind, outcome, attempted_at, job_id, facts_sha256, commands)
      values (${device}, 'arp', 'ok', now(), ${uuidv7()}, 'cached', '{}')`;
    expect((await both({ job_log_days: null }))['fact_sets']).toEqual({ fact_sets: 3 });
    expect(await ids('fact_sets', 'sha256')).toEqual(['cached', 'new', 'of-young-job']);
  });

  it('of a device whose checkpoint is being written are left for the next time', async () => {
    const [busy, idle] = [await addDevice(database, 'busy'), await addDevice(database, 'idle')];
    await addSet(busy, 'a', 200);
    await addSet(idle, 'b', 200);
    await database.sql.begin(async (tx) => {
      await tx`select id from devices where id = ${busy} for key share`;
      expect(await cleanAll(database)).toEqual({ fact_sets: { fact_sets: 1 } });
    });
    expect(await ids('fact_sets', 'sha256')).toEqual(['a']);
    expect(await cleanAll(database)).toEqual({ fact_sets: { fact_sets: 1 } });
  });
});

it('topology snapshots go by age, and the newest ten stay whatever their age', async () => {
  const add = async (days: number): Promise<string> => {
    const id = uuidv7();
    await database.sql`insert into topology_snapshots (id, job_id, nodes, links, graph, created_at)
      values (${id}, ${uuidv7()}, 0, 0, '{}', ${daysAgo(days)})`;
    return id;
  };
  for (let n = 0; n < 5; n++) await add(100 + n);
  expect(await both()).toEqual({});
  const young = [];
  for (let n = 0; n < 8; n++) young.push(await add(1 + n));
  expect(await both()).toEqual({ topology_snapshots: { topology_snapshots: 3 } });
  expect(await ids('topology_snapshots')).toHaveLength(10);
  expect(await both({ snapshots_least: 2, snapshots_days: 4 })).toEqual({ topology_snapshots: { topology_snapshots: 7 } });
  expect(await ids('topology_snapshots')).toEqual(young.slice(0, 3).sort());
});

describe('the smaller tables', () => {
  it('audit events go by age, in batches', async () => {
    await database.sql`insert into audit_events (at, actor, action, method, path, status, request_id)
      select now() - (n || ' days')::interval, 'a', 'x', 'POST', '/', '200', 'r' from generate_series(361, 368) n, generate_series(1, 1000)`;
    expect(await both()).toEqual({ audit_events: { audit_events: 4000 } });
    expect(await ids('audit_events')).toHaveLength(4000);
    expect(await both({ audit_days: null })).toEqual({});
    expect(await both({ audit_days: 362 })).toEqual({ audit_events: { audit_events: 3000 } });
  });

  it('deliveries go once they are over, those of every webhook', async () => {
    const hooks = [uuidv7(), uuidv7(), uuidv7()];
    for (const id of hooks)
      await database.sql`insert into webhooks (id, name, url, events, sealed, key_id, created_by)
        values (${id}, ${id}, 'http://x', '{}', '\\x00', 'k', 'test')`;
    for (const [n, id] of hooks.entries())
      for (const [status, days, many] of [
        ['delivered', 40, 1200 + n],
        ['failed', 31, 1],
        ['pending', 31, 1],
        ['delivered', 29, 1],
      ] as const)
        await database.sql`insert into webhook_deliveries (webhook_id, event, payload, status, created_at)
          select ${id}, 'ping', '{}', ${status}, ${daysAgo(days)} from generate_series(1, ${many}::int)`;
    expect(await both()).toEqual({ webhook_deliveries: { webhook_deliveries: 3606 } });
    expect(await ids('webhook_deliveries', 'status')).toEqual([
      'delivered',
      'delivered',
      'delivered',
      'pending',
      'pending',
      'pending',
    ]);
  });

  it('idempotency keys go when they have expired', async () => {
    for (const [key, days] of [
      ['old "key"', 0.01],
      ['young', -0.01],
    ] as const)
      await database.sql`insert into idempotency_keys (owner, key, request_hash, expires_at) values ('o{1},', ${key}, 'h', ${daysAgo(days)})`;
    expect(await both()).toEqual({ idempotency_keys: { idempotency_keys: 1 } });
    expect(await ids('idempotency_keys', 'key')).toEqual(['young']);
  });

  it('dead letters go when they were settled long ago; open ones stay', async () => {
    for (const [state, days] of [
      ['resolved', 91],
      ['ignored', 91],
      ['replayed', 89],
      ['open', null],
    ] as const)
      await database.sql`insert into dead_letters (fingerprint, job_id, job_type, device_id, device_name, outcome, error, normalised, state, created_at, settled_at)
        values ('f', ${uuidv7()}, 't', ${uuidv7()}, 'd', 'timeout', 'e', 'e', ${state}, ${daysAgo(400)}, ${days === null ? null : daysAgo(days)})`;
    expect(await both()).toEqual({ dead_letters: { dead_letters: 2 } });
    expect(await ids('dead_letters', 'state')).toEqual(['open', 'replayed']);
  });

  it('leases go an hour after they ran out', async () => {
    for (const [holder, minutes] of [
      ['dead', 61],
      ['late', 59],
      ['alive', -1],
    ] as const)
      await database.sql`insert into device_locks (device_id, holder, job_id, expires_at)
        values (${uuidv7()}, ${holder}, ${uuidv7()}, ${new Date(Date.now() - minutes * 60_000)})`;
    expect(await both()).toEqual({ device_locks: { device_locks: 1 } });
    expect(await ids('device_locks', 'holder')).toEqual(['alive', 'late']);
  });
});

describe('a batch that fails', () => {
  it('is told, costs only itself, and a step that only fails is given up', async () => {
    await database.sql`insert into audit_events (at, actor, action, method, path, status, request_id)
      select ${daysAgo(400)}::timestamptz + n * interval '1 second', 'a', 'x', 'POST', '/', '200', 'r' from generate_series(1, 2500) n`;
    const [first] = await database.sql<{ id: number }[]>`select min(id) as id from audit_events`;
    await database.sql.unsafe(`create function stuck() returns trigger language plpgsql as $$ begin
      if old.id = ${first!.id} then raise exception 'this row cannot go'; end if; return old; end $$;
      create trigger stuck before delete on audit_events for each row execute function stuck();`);
    try {
      expect(await cleanAll(database)).toEqual({ audit_events: { audit_events: 1500 } });
      const told = await database.sql<
        { message: string; level: string }[]
      >`select message, level from job_log where data ->> 'problem' = 'true'`;
      expect(told).toEqual([
        { level: 'error', message: 'audit_events: a batch of 1000 could not be deleted: this row cannot go' },
      ]);
      expect(await ids('audit_events')).toHaveLength(1000);
    } finally {
      await database.sql`drop trigger stuck on audit_events`;
      await database.sql`drop function stuck`;
    }
    expect(await cleanAll(database)).toEqual({ audit_events: { audit_events: 1000 } });
  });

  it('waits for no lock for long', async () => {
    await database.sql`insert into audit_events (at, actor, action, method, path, status, request_id)
      values (${daysAgo(400)}, 'a', 'x', 'POST', '/', '200', 'r')`;
    await database.sql.begin(async (tx) => {
      await tx`select 1 from audit_events for update`;
      const began = Date.now();
      expect(await cleanAll(database)).toEqual({});
      expect(Date.now() - began).toBeLessThan(8_000);
    });
    const [told] = await database.sql<{ message: string }[]>`select message from job_log where data ->> 'problem' = 'true'`;
    expect(told!.message).toContain('lock timeout');
  });
});
