import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import { openDatabase, type Database } from '../../stores/database.ts';
import { addBackup, addDevice, addJob, cleanAll, daysAgo } from '../support/cleanup.ts';
import { createTestDatabase } from '../support/database.ts';

let drop: () => Promise<void>;
let database: Database;
let url: string;

beforeAll(async () => {
  const test = await createTestDatabase();
  drop = () => test.drop();
  url = test.url;
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

const ids = async (table: string, column = 'id'): Promise<string[]> => {
  const rows = await database.sql<{ id: string }[]>`select ${database.sql(column)}::text as id from ${database.sql(table)}`;
  return rows.map((row) => row.id).sort();
};

/** A dry run leaves everything and tells what the real run then removes. */
async function both(request: Parameters<typeof cleanAll>[1] = {}): Promise<Awaited<ReturnType<typeof cleanAll>>> {
  const before = await everything();
  const dry = await cleanAll(database, { ...request, dry_run: true });
  expect(await everything()).toEqual(before);
  const real = await cleanAll(database, request);
  expect(dry).toEqual(real);
  return real;
}

/** A hash of each table, without the cleanups themselves. */
async function everything(): Promise<Record<string, string>> {
  const tables = ['job_devices', 'job_device_kinds', 'fact_sets', 'topology_snapshots', 'audit_events', 'webhook_deliveries'];
  const hashes: Record<string, string> = {};
  for (const table of [...tables, 'idempotency_keys', 'dead_letters', 'device_locks', 'backups', 'devices']) {
    const [row] = await database.sql<{ hash: string | null }[]>`select md5(string_agg(t::text, '|' order by t::text)) as hash
      from ${database.sql(table)} t`;
    hashes[table] = row!.hash ?? '';
  }
  const own = database.sql`select id from jobs where type = 'maintenance.cleanup'`;
  for (const [table, key] of [
    ['jobs', 'id'],
    ['job_log', 'job_id'],
  ] as const) {
    const [row] = await database.sql<{ hash: string | null }[]>`select md5(string_agg(t::text, '|' order by t::text)) as hash
      from ${database.sql(table)} t where ${database.sql(key)} not in (${own})`;
    hashes[table] = row!.hash ?? '';
  }
  return hashes;
}

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

describe('collections', () => {
  it('that failed or found no change go by age; the newest and the newest good one of a device stay', async () => {
    const device = await addDevice(database, 'sw1');
    const add = (days: number, row: object = {}) => addBackup(database, device, { at: daysAgo(days), ...row });
    const version = await add(400, { changed: true, artifact: 'a' });
    await add(300, { artifact: 'a' });
    await add(299, { status: 'timeout' });
    await add(298, { status: 'truncated', artifact: 'flagged' });
    const good = await add(200, { artifact: 'a' });
    await add(150, { status: 'unreachable' });
    const newest = await add(140, { status: 'unreachable' });
    expect(await both()).toEqual({ failed_backups: { backups: 3 }, unchanged_backups: { backups: 1 } });
    expect(await ids('backups')).toEqual([version, good, newest].map(String).sort());
    const young = await add(1, { artifact: 'a' });
    expect(await both()).toEqual({ failed_backups: { backups: 1 }, unchanged_backups: { backups: 1 } });
    expect(await ids('backups')).toEqual([version, young].map(String).sort());
  });

  it('younger than the rule stay', async () => {
    const device = await addDevice(database, 'sw1');
    for (const days of [89, 88]) {
      await addBackup(database, device, { at: daysAgo(days), status: 'timeout' });
      await addBackup(database, device, { at: daysAgo(days) });
    }
    expect(await both()).toEqual({});
    expect(await both({ backups_failed_days: null, backups_unchanged_days: 10 })).toEqual({ unchanged_backups: { backups: 1 } });
  });
});

describe('versions', () => {
  /** A device with versions of these ages, each found unchanged once; returns their ids, the oldest first. */
  async function deviceWith(name: string, ages: number[], bytes = 100): Promise<number[]> {
    const device = await addDevice(database, name);
    const added: number[] = [];
    for (const age of ages) {
      added.push(await addBackup(database, device, { at: daysAgo(age), changed: true, artifact: `${name}-${age}`, bytes }));
      await addBackup(database, device, { at: daysAgo(age - 0.5), artifact: `${name}-${age}`, bytes });
    }
    return added;
  }
  const left = async (): Promise<number[]> => {
    const rows = await database.sql<{ id: number }[]>`select id from backups where changed order by id`;
    return rows.map((row) => row.id);
  };

  it('all stay unless told', async () => {
    await deviceWith('a', [80, 70, 60, 50]);
    expect(await both({ backups_unchanged_days: null })).toEqual({});
  });

  it('go by count, with the collections that found them unchanged', async () => {
    const [a, b] = [await deviceWith('a', [50, 40, 30, 20, 10]), await deviceWith('b', [20, 10])];
    expect(await both({ versions_keep: 3 })).toEqual({ versions: { versions: 2, backups: 2 } });
    expect(await left()).toEqual([...a.slice(2), ...b]);
    expect(await ids('backups')).toHaveLength(10);
    expect(await both({ versions_keep: 1, versions_least: 1 })).toEqual({ versions: { versions: 3, backups: 3 } });
    expect(await left()).toEqual([a.at(-1), b.at(-1)]);
  });

  it('go by the time since they were replaced, down to two of a device', async () => {
    const [a, b] = [await deviceWith('a', [500, 400, 300, 20, 10]), await deviceWith('b', [900, 800])];
    // The third was replaced 20 days ago only, however old it is.
    expect(await both({ versions_days: 100, backups_unchanged_days: null })).toEqual({ versions: { versions: 2, backups: 2 } });
    expect(await left()).toEqual([...a.slice(2), ...b]);
    expect(await both({ versions_days: 1, backups_unchanged_days: null })).toEqual({ versions: { versions: 1, backups: 1 } });
    expect(await left()).toEqual([...a.slice(3), ...b]);
  });

  it('count their collections once, also where those go by their own age', async () => {
    await deviceWith('a', [500, 400, 20, 10]);
    expect(await both({ versions_days: 30 })).toEqual({
      unchanged_backups: { backups: 2 },
      versions: { versions: 1, backups: 0 },
    });
  });

  it('go by size, the oldest of all devices first, down to two of a device', async () => {
    const [a, b] = [await deviceWith('a', [50, 40, 30], 100), await deviceWith('b', [49, 39, 29], 1000)];
    const counts = await both({ versions_bytes: 2_250 });
    expect(counts).toEqual({ versions: { versions: 2, backups: 2 } });
    expect(await left()).toEqual([...a.slice(1), ...b.slice(1)]);
    expect(await both({ versions_bytes: 2_200 })).toEqual({});
    expect(await both({ versions_bytes: 0 })).toEqual({});
    expect(await both({ versions_bytes: 0, versions_least: 1 })).toEqual({ versions: { versions: 2, backups: 2 } });
    expect(await left()).toEqual([a.at(-1), b.at(-1)]);
  });

  it('stop going by size where the size is kept', async () => {
    const a = await deviceWith('a', [50, 40, 30, 20], 100);
    expect(await both({ versions_bytes: 400 })).toEqual({});
    expect(await both({ versions_bytes: 399 })).toEqual({ versions: { versions: 1, backups: 1 } });
    expect(await left()).toEqual(a.slice(1));
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

describe('at size', () => {
  it('100,000 collections: short transactions, slices that go on where the last one ended', async () => {
    const { sql } = database;
    await sql`insert into devices (id, name, host, port, platform, transport)
      select gen_random_uuid(), 'd' || n, 'h', 22, 'cisco_ios', 'ssh' from generate_series(1, 500) n`;
    await sql`insert into backups (task_id, task_identifier, device_id, job_id, actor, platform, status, timestamp, log, artifact, changed)
      select gen_random_uuid(), d.name || n, d.id, gen_random_uuid(), 'test', 'cisco_ios', 'success',
        now() - (200.5 - n) * interval '1 day', '[]', 'a' || d.name, n = 1
      from generate_series(1, 200) n, devices d order by n`;
    await sql`analyze backups`;
    const dry = await cleanAll(database, { dry_run: true }, 1);
    // The first of each is its version; the next 109 are older than 90 days.
    expect(dry).toEqual({ unchanged_backups: { backups: 500 * 109 } });
    expect(await cleanAll(database, {}, 1)).toEqual(dry);
    expect(await ids('backups')).toHaveLength(100_000 - 54_500);
    const batches = await sql<{ n: number; slowest: number }[]>`
      select count(*)::int as n, max((data #>> '{removed,backups}')::int) as slowest from job_log where data ->> 'step' = 'unchanged_backups' and level = 'debug'`;
    expect(batches[0]).toEqual({ n: 55, slowest: 1000 });
    const began = Date.now();
    expect(await cleanAll(database)).toEqual({});
    expect(Date.now() - began).toBeLessThan(5 * 1000);
  });

  it('few old rows among many: found by an index, without reading the table', async () => {
    const { sql } = database;
    // Asked for in the report of this part; the schema has it or will have it.
    await sql`create index if not exists backups_unchanged_at on backups (timestamp) where not changed`;
    const [device, hook] = [await addDevice(database, 'sw1'), uuidv7()];
    await sql`insert into webhooks (id, name, url, events, sealed, key_id, created_by) values (${hook}, 'w', 'http://x', '{}', '\\x00', 'k', 'test')`;
    await sql`insert into jobs (id, type, status, params, owner, priority, total_devices, created_at, completed_at)
      select gen_random_uuid(), 't', 'completed', '{}', 'o', 5, 1, now() - n * interval '1 minute', now() - n * interval '1 minute'
      from generate_series(1, 4000) n`;
    await sql`insert into job_devices (job_id, device_id, position, name, batch, queue)
      select id, gen_random_uuid(), 0, 'd', 0, 'q' from jobs, generate_series(1, 5)`;
    await sql`insert into job_device_kinds (job_id, device_id, kind, outcome, rows, duration_ms, collected_at)
      select job_id, device_id, 'arp', 'ok', 1, 1, now() from job_devices`;
    await sql`insert into job_log (job_id, event, level, message) select job_id, 'log', 'info', 'm' from job_devices`;
    await sql`insert into audit_events (at, actor, action, method, path, status, request_id)
      select now() - n * interval '1 minute', 'a', 'x', 'POST', '/', '200', 'r' from generate_series(1, 20000) n`;
    await sql`insert into webhook_deliveries (webhook_id, event, payload, status)
      select ${hook}, 'ping', '{}', 'delivered' from generate_series(1, 20000)`;
    await sql`insert into idempotency_keys (owner, key, request_hash, expires_at)
      select 'o', 'k' || n, 'h', now() + interval '1 hour' from generate_series(1, 20000) n`;
    await sql`insert into backups (task_id, task_identifier, device_id, job_id, actor, platform, status, timestamp, log, changed)
      select gen_random_uuid(), 't' || n, ${device}, gen_random_uuid(), 'test', 'p', 'success', now() - n * interval '1 second', '[]', n % 2 = 0
      from generate_series(20000, 1, -1) n`;
    for (let n = 0; n < 5; n++) await addJob(database, { status: 'completed', days: 200 });
    await sql`vacuum analyze`;
    const tables = [
      'job_devices',
      'job_device_kinds',
      'job_log',
      'audit_events',
      'webhook_deliveries',
      'idempotency_keys',
      'backups',
    ];
    const reads = async (): Promise<Record<string, number>> => {
      await sql`select pg_stat_force_next_flush()`;
      const rows = await sql<{ name: string; n: number }[]>`select relname as name, seq_tup_read as n from pg_stat_user_tables
        where relname = any(${tables}::text[])`;
      return Object.fromEntries(rows.map((row) => [row.name, row.n]));
    };
    const own = openDatabase(url, { max: 1 });
    const before = await reads();
    const counts = await cleanAll(own);
    // Its connection tells what it did when it ends.
    await own.close();
    const after = await reads();
    expect(counts).toEqual({ jobs: { jobs: 5, job_log: 5, job_device_kinds: 5, job_devices: 5 } });
    for (const table of tables) expect([table, after[table]! - before[table]!]).toEqual([table, 0]);
  });
});
