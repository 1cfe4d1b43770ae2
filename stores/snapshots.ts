import { idOrNull, rfc3339 } from './columns.ts';
import type { Database, Sql } from './database.ts';
import { deviceInScope, jobInScope, type Scope } from './scope.ts';

type Has = Pick<Database, 'sql'>;

export interface SnapshotRow {
  id: string;
  /** The discovery that took it; null where that is not in scope. */
  job_id: string | null;
  nodes: number;
  links: number;
  created_at: string;
}

/** A row of the list: whoever sees only some of the devices is not told how many there are. */
export type SnapshotEntry = Omit<SnapshotRow, 'nodes' | 'links'> & { nodes: number | null; links: number | null };

/** `graph` is JSON text, of all devices. `claims` is that of `StoredClaim`s; null where all are in scope, or none were kept. */
export type Snapshot = SnapshotRow & { graph: string; claims: string | null };

const CREATED = rfc3339('s.created_at');

const jobOf = (sql: Sql, scope: Scope) =>
  scope.groups === null ? sql`s.job_id` : sql`(select j.id from jobs j where j.id = s.job_id and ${jobInScope(sql, scope, 'j')})`;

/** The newest first; `before` is the last one of the page before. */
export async function listSnapshots(
  { sql }: Has,
  scope: Scope,
  before: { created_at: string; id: string } | null,
  limit: number,
): Promise<SnapshotEntry[]> {
  const counts = scope.groups === null ? sql`s.nodes, s.links` : sql`null::int as nodes, null::int as links`;
  return sql<SnapshotEntry[]>`select s.id, ${jobOf(sql, scope)} as job_id, ${counts}, ${sql.unsafe(CREATED)} as created_at
    from topology_snapshots s
    ${before === null ? sql`` : sql`where (s.created_at, s.id) < (${before.created_at}::timestamptz, ${before.id}::uuid)`}
    order by s.created_at desc, s.id desc limit ${limit}`;
}

const columns = (sql: Sql, scope: Scope) => sql`s.id, ${jobOf(sql, scope)} as job_id, s.nodes, s.links,
  ${sql.unsafe(CREATED)} as created_at, s.graph::text as graph, ${scope.groups === null ? sql`null` : sql`s.claims::text`} as claims`;

/** One snapshot by id; null if there is none. */
export async function readSnapshot({ sql }: Has, scope: Scope, id: string): Promise<Snapshot | null> {
  const rows = await sql<Snapshot[]>`select ${columns(sql, scope)} from topology_snapshots s where s.id = ${idOrNull(id)}`;
  return rows[0] ?? null;
}

/** The newest snapshot, or the one before it (`skip` 1); null if there is none. */
export async function readNewestSnapshot({ sql }: Has, scope: Scope, skip: 0 | 1 = 0): Promise<Snapshot | null> {
  const rows = await sql<Snapshot[]>`select ${columns(sql, scope)} from topology_snapshots s
    order by s.created_at desc, s.id desc limit 1 offset ${skip}`;
  return rows[0] ?? null;
}

/** Ids of the devices in scope. */
export async function devicesInScope({ sql }: Has, scope: Scope): Promise<Set<string>> {
  const rows = await sql<{ id: string }[]>`select d.id from devices d where ${deviceInScope(sql, scope, 'd')}`;
  return new Set(rows.map((row) => row.id));
}
