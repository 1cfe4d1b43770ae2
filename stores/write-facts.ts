import type { Kind } from '../core/facts.ts';
import type { Outcome } from '../core/outcome.ts';
import type { Sql } from './database.ts';
import { columnDefinitions, columnNames, FACT_TABLES } from './fact-tables.ts';

/** One kind of one device on its way to the tables. */
export interface FactWrite {
  job_id: string;
  device_id: string;
  kind: Kind;
  outcome: Outcome;
  rows: number;
  duration_ms: number;
  error: string | null;
  commands: string[];
  /** JSON text of the records; null unless the outcome is `ok` or `empty`. */
  records: string | null;
  sha256: string | null;
  cache: boolean;
  /** RFC 3339: the driver takes an array of dates for one date. */
  collected_at: string;
}

/**
 * Statements that keep the records of these facts and replace the caches of those that are to be cached. An empty answer
 * clears (DESIGN section 2, rule 7). A cache that already holds the same records is only dated anew.
 */
export function writeFacts(tx: Sql, facts: FactWrite[]): Promise<unknown>[] {
  if (facts.length === 0) return [];
  const cached = facts.filter((fact) => fact.cache);
  const kinds = [...new Set(cached.map((fact) => fact.kind))];
  return [keepFacts(tx, facts), ...kinds.map((kind) => replaceCache(tx, kind, cached))];
}

function keepFacts(tx: Sql, facts: FactWrite[]): Promise<unknown> {
  return tx`
    insert into fact_sets (device_id, kind, sha256, records)
    select f.device_id, f.kind, f.sha256, f.records::json
    from unnest(${facts.map((fact) => fact.device_id)}::uuid[], ${facts.map((fact) => fact.kind)}::text[],
      ${facts.map((fact) => fact.sha256)}::text[], ${facts.map((fact) => fact.records)}::text[]) as f(device_id, kind, sha256, records)
    on conflict do nothing`;
}

/** One kind of many devices: rows go and come only where the records differ from what the cache holds. */
function replaceCache(tx: Sql, kind: Kind, all: FactWrite[]): Promise<unknown> {
  const facts = all.filter((fact) => fact.kind === kind);
  const { table } = FACT_TABLES[kind];
  return tx`
    with fresh as (
      select f.* from unnest(${facts.map((fact) => fact.device_id)}::uuid[], ${facts.map((fact) => fact.sha256)}::text[])
        as f(device_id, sha256)
      join devices d on d.id = f.device_id
      left join device_kinds c on c.device_id = f.device_id and c.kind = ${kind}
      where c.facts_sha256 is distinct from f.sha256
    ), gone as (
      delete from ${tx(table)} t using fresh where t.device_id = fresh.device_id
    )
    insert into ${tx(table)} (device_id, ${tx.unsafe(columnNames(kind))})
    select fresh.device_id, r.* from fresh
    join fact_sets s on s.device_id = fresh.device_id and s.kind = ${kind} and s.sha256 = fresh.sha256,
    json_to_recordset(s.records) as r(${tx.unsafe(columnDefinitions(kind))})`;
}

/** The state of the cache per device and kind. Comes after the caches: it holds the hash that they are compared with. */
export function writeCacheState(tx: Sql, all: FactWrite[]): Promise<unknown>[] {
  const facts = all.filter((fact) => fact.cache);
  if (facts.length === 0) return [];
  return [
    tx`
    insert into device_kinds as c (device_id, kind, outcome, error, attempted_at, job_id, collected_at, facts_sha256, commands)
    select f.device_id, f.kind, f.outcome, f.error, f.at, f.job_id, case when f.sha256 is not null then f.at end, f.sha256,
           array(select json_array_elements_text(f.commands::json))
    from unnest(${facts.map((fact) => fact.device_id)}::uuid[], ${facts.map((fact) => fact.kind)}::text[],
      ${facts.map((fact) => fact.outcome)}::text[], ${facts.map((fact) => fact.error)}::text[],
      ${facts.map((fact) => fact.collected_at)}::timestamptz[], ${facts.map((fact) => fact.job_id)}::uuid[],
      ${facts.map((fact) => fact.sha256)}::text[], ${facts.map((fact) => JSON.stringify(fact.commands))}::text[])
      as f(device_id, kind, outcome, error, at, job_id, sha256, commands)
    where exists (select 1 from devices d where d.id = f.device_id)
    on conflict (device_id, kind) do update set outcome = excluded.outcome, error = excluded.error,
      attempted_at = excluded.attempted_at, job_id = excluded.job_id,
      collected_at = coalesce(excluded.collected_at, c.collected_at), facts_sha256 = coalesce(excluded.facts_sha256, c.facts_sha256),
      commands = excluded.commands`,
  ];
}
