import { idOrNull, rfc3339 } from './columns.ts';
import type { Database } from './database.ts';

type Has = Pick<Database, 'sql'>;

export interface SnapshotRow {
  id: string;
  /** The discovery that took it. */
  job_id: string;
  nodes: number;
  links: number;
  created_at: string;
}

/** `graph` is JSON text. */
export type Snapshot = SnapshotRow & { graph: string };

const COLUMNS = `s.id, s.job_id, s.nodes, s.links, ${rfc3339('s.created_at')} as created_at`;

/** The newest first; `before` is the last one of the page before. */
export async function listSnapshots(
  { sql }: Has,
  before: { created_at: string; id: string } | null,
  limit: number,
): Promise<SnapshotRow[]> {
  return sql<SnapshotRow[]>`select ${sql.unsafe(COLUMNS)} from topology_snapshots s
    ${before === null ? sql`` : sql`where (s.created_at, s.id) < (${before.created_at}::timestamptz, ${before.id}::uuid)`}
    order by s.created_at desc, s.id desc limit ${limit}`;
}

/** One snapshot by id; null if there is none. */
export async function readSnapshot({ sql }: Has, id: string): Promise<Snapshot | null> {
  const rows = await sql<Snapshot[]>`select ${sql.unsafe(COLUMNS)}, s.graph::text as graph from topology_snapshots s
    where s.id = ${idOrNull(id)}`;
  return rows[0] ?? null;
}

/** The newest snapshot, or the one before it (`skip` 1); null if there is none. */
export async function readNewestSnapshot({ sql }: Has, skip: 0 | 1 = 0): Promise<Snapshot | null> {
  const rows = await sql<Snapshot[]>`select ${sql.unsafe(COLUMNS)}, s.graph::text as graph from topology_snapshots s
    order by s.created_at desc, s.id desc limit 1 offset ${skip}`;
  return rows[0] ?? null;
}
