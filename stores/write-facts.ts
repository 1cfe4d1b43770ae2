import type { Kind } from '../core/facts.ts';
import type { Outcome } from '../core/outcome.ts';
import type { Sql } from './database.ts';
import { columnArrays, columnNames, columnReads, FACT_TABLES, nameOf } from './fact-tables.ts';
import { arrayElement, arrayLiteral, joinElements } from './text-array.ts';

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
  /** Null unless the outcome is `ok` or `empty`. */
  records: readonly object[] | null;
  /** The records as JSON text, and its hash. */
  json: string | null;
  sha256: string | null;
  cache: boolean;
  /** RFC 3339: the driver takes an array of dates for one date. */
  collected_at: string;
}

/** What the tables hold of a fact already. */
export interface KnownFact {
  /** These very records are kept. */
  kept: boolean;
  /** The cache holds these very records. */
  cached: boolean;
}

/** Rows that travel in one statement. */
const MOST_ROWS = 50_000;

/** What is there already of each of these facts, in their order: what is the same is not written again. */
export async function knownFacts(tx: Sql, facts: FactWrite[]): Promise<KnownFact[]> {
  if (facts.length === 0) return [];
  return tx<KnownFact[]>`
    select s.sha256 is not null as kept, coalesce(c.facts_sha256 = f.sha256, false) as cached
    from unnest(${arrayLiteral(facts.map((fact) => fact.device_id))}::uuid[], ${arrayLiteral(facts.map((fact) => fact.kind))}::text[],
      ${arrayLiteral(facts.map((fact) => fact.sha256))}::text[]) with ordinality as f(device_id, kind, sha256, n)
    left join device_kinds c on c.device_id = f.device_id and c.kind = f.kind
    left join fact_sets s on s.device_id = f.device_id and s.kind = f.kind and s.sha256 = f.sha256
    order by f.n`;
}

/** Statements that keep the records of these facts. */
export function keepFacts(tx: Sql, facts: FactWrite[]): Promise<unknown>[] {
  if (facts.length === 0) return [];
  // JSON text has no bare control character, so that one can part the records: no other way costs less on both sides.
  return [
    tx`
    insert into fact_sets (device_id, kind, sha256, records)
    select f.device_id, f.kind, f.sha256, f.records::json
    from unnest(${arrayLiteral(facts.map((fact) => fact.device_id))}::uuid[], ${arrayLiteral(facts.map((fact) => fact.kind))}::text[],
      ${arrayLiteral(facts.map((fact) => fact.sha256))}::text[], string_to_array(${facts.map((fact) => fact.json).join('\x1e')}::text, chr(30)))
      as f(device_id, kind, sha256, records)
    on conflict do nothing`,
  ];
}

/**
 * Statements that replace the caches with these facts, which are other than what the caches hold. An empty answer clears
 * (DESIGN section 2, rule 7). The devices are to be locked: nothing else keeps their rows from outliving them.
 */
export function replaceCaches(tx: Sql, facts: FactWrite[]): Promise<unknown>[] {
  const kinds = new Map<Kind, FactWrite[]>();
  for (const fact of facts) kinds.set(fact.kind, [...(kinds.get(fact.kind) ?? []), fact]);
  return [...kinds].flatMap(([kind, some]) => [
    tx`delete from ${tx(FACT_TABLES[kind].table)} where device_id = any(${arrayLiteral(some.map((fact) => fact.device_id))}::uuid[])`,
    ...insertRows(tx, kind, some),
  ]);
}

function insertRows(tx: Sql, kind: Kind, facts: FactWrite[]): Promise<unknown>[] {
  const { table, columns } = FACT_TABLES[kind];
  const names = columnNames(kind);
  const insert = `insert into ${table} (device_id, position, ${names}) select r.device_id, r.position, ${columnReads(kind)}
    from unnest($1::uuid[], $2::integer[], ${columnArrays(kind, 3)}) as r(device_id, position, ${names})`;
  return parcels(facts).map((parcel) => {
    const column = (element: (piece: Piece, row: object, at: number) => string): string => {
      const elements: string[] = [];
      for (const piece of parcel) for (const [at, row] of piece.rows.entries()) elements.push(element(piece, row, at));
      return joinElements(elements);
    };
    const values = columns.map((text) => {
      const name = nameOf(text);
      return column((_piece, row) => arrayElement(Reflect.get(row, name)));
    });
    const owners = [column(({ device_id }) => device_id), column(({ first }, _row, at) => String(first + at))];
    return tx.unsafe(insert, [...owners, ...values], { prepare: true });
  });
}

/** Rows of one device that lie together, from position `first` on. */
interface Piece {
  device_id: string;
  first: number;
  rows: readonly object[];
}

/** The rows of all facts in parcels of at most `MOST_ROWS`. */
function parcels(facts: FactWrite[]): Piece[][] {
  const all: Piece[][] = [];
  let room = 0;
  for (const { device_id, records } of facts) {
    const rows = records ?? [];
    for (let first = 0; first < rows.length;) {
      if (room === 0) {
        all.push([]);
        room = MOST_ROWS;
      }
      const piece = rows.length <= room && first === 0 ? rows : rows.slice(first, first + room);
      all.at(-1)?.push({ device_id, first, rows: piece });
      first += piece.length;
      room -= piece.length;
    }
  }
  return all;
}

/** The state of the cache per device and kind. */
export function writeCacheState(tx: Sql, all: FactWrite[]): Promise<unknown>[] {
  const facts = all.filter((fact) => fact.cache);
  if (facts.length === 0) return [];
  const column = (value: (fact: FactWrite) => string | null): string => arrayLiteral(facts.map(value));
  return [
    tx`
    insert into device_kinds as c (device_id, kind, outcome, error, attempted_at, job_id, collected_at, facts_sha256, commands)
    select f.device_id, f.kind, f.outcome, f.error, f.at, f.job_id, case when f.sha256 is not null then f.at end, f.sha256, f.commands::text[]
    from unnest(${column((fact) => fact.device_id)}::uuid[], ${column((fact) => fact.kind)}::text[],
      ${column((fact) => fact.outcome)}::text[], ${column((fact) => fact.error)}::text[], ${column((fact) => fact.collected_at)}::timestamptz[],
      ${column((fact) => fact.job_id)}::uuid[], ${column((fact) => fact.sha256)}::text[], ${column((fact) => arrayLiteral(fact.commands))}::text[])
      as f(device_id, kind, outcome, error, at, job_id, sha256, commands)
    on conflict (device_id, kind) do update set outcome = excluded.outcome, error = excluded.error,
      attempted_at = excluded.attempted_at, job_id = excluded.job_id,
      collected_at = coalesce(excluded.collected_at, c.collected_at), facts_sha256 = coalesce(excluded.facts_sha256, c.facts_sha256),
      commands = excluded.commands`,
  ];
}
