import type { Kind } from '../core/facts.ts';
import type { Outcome } from '../core/outcome.ts';
import { rfc3339 } from './columns.ts';
import type { Database } from './database.ts';
import { columnNames, FACT_TABLES } from './fact-tables.ts';

type Has = Pick<Database, 'sql'>;

/** What the cache knows of one kind of one device. Times are RFC 3339. */
export interface CachedKind {
  /** Of the last attempt. */
  outcome: Outcome;
  error: string | null;
  job_id: string;
  /** When the records were collected; null where there were none yet. */
  collected_at: string | null;
  /** JSON text of the records; null where there were none yet. */
  records: string | null;
}

/** The cached records of a device, read with their state in one statement. Null if it was never asked for this kind. */
export async function readCachedKind({ sql }: Has, deviceId: string, kind: Kind): Promise<CachedKind | null> {
  const rows = await sql<CachedKind[]>`
    select c.outcome, c.error, c.job_id, ${sql.unsafe(rfc3339('c.collected_at'))} as collected_at,
      case when c.collected_at is not null then
        (select coalesce(json_agg(r), '[]'::json)::text from (
          select ${sql.unsafe(columnNames(kind))} from ${sql(FACT_TABLES[kind].table)} where device_id = c.device_id order by position) r) end as records
    from device_kinds c where c.device_id = ${deviceId} and c.kind = ${kind}`;
  return rows[0] ?? null;
}

/** What a job found of one kind of one device. Null where it has no outcome yet. */
export async function readJobKind({ sql }: Has, jobId: string, deviceId: string, kind: Kind): Promise<CachedKind | null> {
  const rows = await sql<CachedKind[]>`
    select s.outcome, s.error, s.job_id, ${sql.unsafe(rfc3339('s.collected_at'))} as collected_at,
      case when s.outcome = 'empty' then '[]' else f.records::text end as records
    from job_device_kinds s left join fact_sets f on f.device_id = s.device_id and f.kind = s.kind and f.sha256 = s.facts_sha256
    where s.job_id = ${jobId} and s.device_id = ${deviceId} and s.kind = ${kind}`;
  return rows[0] ?? null;
}

/** The raw text behind one kind, its commands one after another, and when it was read. Null where none is kept. */
export async function readRawKind(
  { sql }: Has,
  deviceId: string,
  kind: Kind,
): Promise<{ text: string; collected_at: string; job_id: string } | null> {
  const rows = await sql<{ text: string; collected_at: string; job_id: string }[]>`
    select string_agg(o.output, E'\n' order by a.n) as text, ${sql.unsafe(rfc3339('max(o.collected_at)'))} as collected_at,
      (array_agg(o.job_id order by o.collected_at desc))[1] as job_id
    from device_kinds c, unnest(c.commands) with ordinality as a(command, n)
    join command_outputs o on o.command = a.command and o.device_id = ${deviceId}
    where c.device_id = ${deviceId} and c.kind = ${kind}
    having count(*) > 0`;
  return rows[0] ?? null;
}
