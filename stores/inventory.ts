import { randomUUID } from 'node:crypto';
import type { SourceProblem, SourceRecord } from '../core/inventory.ts';
import type { CurrentDevice, Reconciled } from '../core/reconcile.ts';
import type { Database, Sql } from './database.ts';
import { storableJson } from './storable-text.ts';
import { explainConstraints } from './write-errors.ts';

type Has = Pick<Database, 'sql'>;
type Records = readonly (SourceRecord | SourceProblem)[];

/** Ids by name, and by id itself. */
export interface InventoryNames {
  credentials: Map<string, string>;
  groups: Map<string, string>;
}

/** Every credential and collection group, by what a rule or a record may call it. */
export async function inventoryNames({ sql }: { sql: Sql }): Promise<InventoryNames> {
  const [credentials, groups] = await Promise.all([
    sql<{ id: string; name: string }[]>`select id, name from credentials`,
    sql<{ id: string; name: string }[]>`select id, name from collection_groups`,
  ]);
  const byBoth = (rows: { id: string; name: string }[]): Map<string, string> =>
    new Map(rows.flatMap((row) => [[row.id, row.id] as const, [row.name, row.id] as const]));
  return { credentials: byBoth(credentials), groups: byBoth(groups) };
}

export interface InventoryRun {
  job_id: string;
  source: string;
  records: Records;
  /** Tells what there is to do; called in the transaction, with the devices locked. */
  decide(current: CurrentDevice[], names: InventoryNames): Reconciled;
  /** Lines for the log of the job, written with the changes. */
  report(result: Reconciled, ids: ReadonlyMap<string, string>): InventoryLine[];
  dry_run: boolean;
  /** Throws where nothing may be written any more. */
  beforeWrite(): void;
}

export interface InventoryLine {
  level: 'info' | 'warn';
  message: string;
  device_id: string | null;
  data: unknown;
}

/**
 * Compares and writes in one transaction, once for each job: where an earlier attempt has written already, nothing is done and
 * false is returned. Two runs for the same source wait for each other.
 * @throws AppError `conflict` where somebody took a name meanwhile: worth another try
 */
export async function applyInventory({ sql }: Has, run: InventoryRun): Promise<boolean> {
  return explainConstraints(() =>
    sql.begin(async (tx) => {
      // Thousands of rows meet thousands of rows, which the statistics of a table that was just filled do not tell.
      await tx`set local enable_nestloop = off`;
      await tx`select pg_advisory_xact_lock(hashtextextended(${`inventory ${run.source}`}, 0))`;
      const [done] =
        await tx`select 1 from job_log where job_id = ${run.job_id} and event = 'log' and data ->> 'inventory' = 'counts'`;
      if (done !== undefined) return false;
      const result = run.decide(await lockDevices(tx, run.source, run.records), await inventoryNames({ sql: tx }));
      run.beforeWrite();
      const created = new Map(result.create.map((device) => [device.name, randomUUID()]));
      if (!run.dry_run && result.refused === null) await writeAll(tx, run.source, result, created);
      await writeLines(tx, run.job_id, run.report(result, run.dry_run ? new Map() : created));
      return true;
    }),
  );
}

async function lockDevices(tx: Sql, source: string, records: Records): Promise<CurrentDevice[]> {
  const names = [...new Set(records.map((record) => record.name ?? ''))];
  return tx<CurrentDevice[]>`
    select d.id, d.name, host, port, platform, transport, site, tags, credential_id, collection_group_id, external_id, enabled, source,
      source_key, (extract(epoch from vanished_at) * 1000)::float8 as vanished_at, through.name as reaches
    from devices d left join (
      select jump_device_id as id, min(name) as name from devices where jump_device_id is not null group by jump_device_id
    ) through on through.id = d.id
    where d.source = ${source} or d.name = any(${names}::text[]) order by d.id for update of d`;
}

const FIELDS = 'name, host, port, platform, transport, site, tags, credential_id, collection_group_id, external_id';
const TYPES = `name text, host text, port integer, platform text, transport text, site text, tags text[], credential_id uuid,
  collection_group_id uuid, external_id text`;
const SET = FIELDS.split(', ')
  .map((field) => `${field} = r.${field}`)
  .join(', ');

async function writeAll(tx: Sql, source: string, result: Reconciled, ids: ReadonlyMap<string, string>): Promise<void> {
  const gone = result.remove.map((device) => device.id);
  if (gone.length > 0) await tx`delete from devices where id = any(${gone}::uuid[])`;
  if (result.disable.length > 0)
    await tx`update devices set enabled = false, vanished_at = now(), updated_at = now()
      where id = any(${result.disable.map((device) => device.id)}::uuid[])`;
  // Names may be swapped: a device is called by its id, as no other may be, until all are free.
  const renamed = result.update.filter((change) => change.set.name !== undefined).map((change) => change.id);
  if (renamed.length > 0) await tx`update devices set name = id::text where id = any(${renamed}::uuid[])`;
  if (result.update.length > 0) {
    const rows = result.update.map(({ id, key, back, wanted }) => ({ ...wanted, id, key, back }));
    await tx`update devices d set ${tx.unsafe(SET)}, source = ${source}, source_key = r.key, vanished_at = null,
        enabled = d.enabled or r.back, updated_at = now()
      from json_to_recordset(${JSON.stringify(rows)}::text::json) as r(id uuid, key text, back boolean, ${tx.unsafe(TYPES)})
      where d.id = r.id`;
  }
  if (result.create.length > 0) {
    const rows = result.create.map((device) => ({ ...device, id: ids.get(device.name) }));
    await tx`insert into devices (id, source, source_key, ${tx.unsafe(FIELDS)})
      select r.id, ${source}, r.key, ${tx.unsafe(FIELDS)}
      from json_to_recordset(${JSON.stringify(rows)}::text::json) as r(id uuid, key text, ${tx.unsafe(TYPES)}) order by name`;
  }
}

async function writeLines(tx: Sql, jobId: string, lines: InventoryLine[]): Promise<void> {
  await tx`insert into job_log (job_id, event, level, message, device_id, data)
    select ${jobId}, 'log', r.level, r.message, r.device_id, r.data
    from json_array_elements(${storableJson(lines)}::text::json) with ordinality as l(line, n),
      json_to_record(l.line) as r(level text, message text, device_id uuid, data json) order by l.n`;
}

/** What a job wrote about itself, for the end of the job; null where it wrote nothing yet. */
export async function inventoryResult<T>({ sql }: Has, jobId: string): Promise<T | null> {
  const rows = await sql<{ data: T }[]>`select data from job_log
    where job_id = ${jobId} and event = 'log' and data ->> 'inventory' = 'counts' order by id limit 1`;
  return rows[0]?.data ?? null;
}
