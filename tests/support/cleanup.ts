import { v7 as uuidv7 } from 'uuid';
import { expect } from 'vitest';
import { cleanRows } from '../../activities/cleanup/rows.ts';
import type { CleanupDeps, StepRun } from '../../activities/cleanup/deps.ts';
import { createPublisher } from '../../activities/fleet/publisher.ts';
import type { ArtifactStore } from '../../artifacts/store.ts';
import type { CleanSlice } from '../../core/activities.ts';
import { cleanupParams, type CleanupCounts, type CleanupRequest } from '../../core/cleanup.ts';
import { createLogger } from '../../runtime/log.ts';
import { ROW_STEPS, isRowStep } from '../../stores/cleanup/steps.ts';
import type { Database } from '../../stores/database.ts';

export const DAY = 86_400_000;
export const daysAgo = (days: number): Date => new Date(Date.now() - days * DAY);

export function cleanupDeps(database: Database, store: ArtifactStore): CleanupDeps {
  const log = createLogger({ level: 'fatal', name: 'test' });
  return { database, store, log, publisher: createPublisher({ database, store, log }) };
}

/** The row of a cleanup that is under way, and what its activities are given. */
export async function startRun(database: Database, request: CleanupRequest = {}): Promise<StepRun> {
  const job_id = uuidv7();
  const params = cleanupParams(request);
  await database.sql`insert into jobs (id, type, status, params, owner, priority, total_devices, started_at)
    values (${job_id}, 'maintenance.cleanup', 'in_progress', ${JSON.stringify({ cleanup: params })}::text::jsonb, 'test', 0, 0, now())`;
  return { job_id, scope: { database, params, now: new Date() }, beat: () => undefined };
}

/** Runs all steps that remove rows, as the workflow does. Returns what each of them counts. */
export async function cleanAll(
  database: Database,
  request: CleanupRequest = {},
  sliceMs?: number,
): Promise<Record<string, CleanupCounts>> {
  const run = await startRun(database, request);
  // No step for rows asks for the store.
  const deps = { ...cleanupDeps(database, undefined as unknown as ArtifactStore) };
  const all: Record<string, CleanupCounts> = {};
  for (const step of Object.keys(ROW_STEPS).filter(isRowStep)) {
    let slice: CleanSlice = { done: false, after: null, counted: {} };
    while (!slice.done) slice = await cleanRows(deps, run, { step, after: slice.after, counted: slice.counted }, sliceMs);
    if (Object.values(slice.counted).some((n) => n > 0)) all[step] = slice.counted;
  }
  return all;
}

export async function addDevice({ sql }: Database, name: string): Promise<string> {
  const id = uuidv7();
  await sql`insert into devices (id, name, host, port, platform, transport) values (${id}, ${name}, 'h', 22, 'cisco_ios', 'ssh')`;
  return id;
}

/** One row of the history of a device; a version where `changed`. Returns its id. */
export async function addBackup(
  { sql }: Database,
  device: string,
  row: { at: Date; status?: string; changed?: boolean; artifact?: string | null; bytes?: number; published?: boolean },
): Promise<number> {
  const { at, status = 'success', changed = false, artifact = null, bytes = 100, published = true } = row;
  const task = uuidv7();
  const [added] = await sql<{ id: number }[]>`
    insert into backups (task_id, task_identifier, device_id, job_id, actor, platform, status, timestamp, log, artifact, sha256, bytes, changed)
    values (${task}, ${`t-${task}`}, ${device}, ${uuidv7()}, 'test', 'cisco_ios', ${status}, ${at}, '[]', ${artifact}, ${artifact}, ${bytes}, ${changed})
    returning id`;
  if (changed && !published) await sql`insert into unpublished_versions values (${added!.id})`;
  return added!.id;
}

/** A job that ended so many days ago, with a device, a kind and a line of log. */
export async function addJob(
  { sql }: Database,
  job: { status: string; days: number; device?: string; sha256?: string | null; lines?: number },
): Promise<string> {
  const id = uuidv7();
  const { device = uuidv7(), sha256 = null, lines = 1 } = job;
  const ended = daysAgo(job.days);
  const over = ['completed', 'failed', 'cancelled'].includes(job.status);
  await sql`insert into jobs (id, type, status, params, owner, priority, total_devices, created_at, started_at, completed_at)
    values (${id}, 'topology.discover', ${job.status}, '{"kinds":[]}', 'test', 5, 1, ${new Date(ended.getTime() - 60_000)}, ${ended}, ${over ? ended : null})`;
  await sql`insert into job_devices (job_id, device_id, position, name, batch, queue, status) values (${id}, ${device}, 0, 'd', 0, 'collector', 'completed')`;
  await sql`insert into job_device_kinds (job_id, device_id, kind, outcome, rows, duration_ms, facts_sha256, collected_at)
    values (${id}, ${device}, 'arp', 'ok', 1, 1, ${sha256}, ${ended})`;
  await sql`insert into job_log (job_id, event, level, message, at) select ${id}, 'log', 'info', 'line ' || n, ${ended} from generate_series(1, ${lines}::int) n`;
  return id;
}

/** The values of a column, sorted as text. */
export const tableIds = async (database: Database, table: string, column = 'id'): Promise<string[]> => {
  const rows = await database.sql<{ id: string }[]>`select ${database.sql(column)}::text as id from ${database.sql(table)}`;
  return rows.map((row) => row.id).sort();
};

/** A dry run leaves everything and tells what the real run then removes. */
export async function cleanBoth(database: Database, request: CleanupRequest = {}): Promise<Record<string, CleanupCounts>> {
  const before = await everything(database);
  const dry = await cleanAll(database, { ...request, dry_run: true });
  expect(await everything(database)).toEqual(before);
  const real = await cleanAll(database, request);
  expect(dry).toEqual(real);
  return real;
}

/** A hash of each table, without the cleanups themselves. */
async function everything(database: Database): Promise<Record<string, string>> {
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
