import type postgres from 'postgres';
import { STALE_LOCK_MS } from '../../core/cleanup.ts';
import { doomedFailed, doomedUnchanged } from './backups.ts';
import type { CleanupScope } from './step.ts';
import { doomedVersions } from './versions.ts';

/** A text that rows refer to and the store does not have. */
export interface MissingText {
  artifact: string;
  rows: number;
  /** The newest of those rows. */
  device_name: string;
  task_identifier: string;
}

/** Holds what the artifact store lists against the rows that refer to it. Keeps one connection, and tables of its own on it. */
export interface ArtifactRows {
  /** Texts stored before this moment have their row by now, if they ever get one. */
  horizon: Date;
  /** False where no row refers to any text: the store may be that of another database. */
  any: boolean;
  /** Remembers that the store has these, and answers those of them that no row refers to. */
  unreferenced(addresses: string[]): Promise<string[]>;
  /** After everything was listed: what rows from before the listing refer to and was not among it. */
  missing(limit: number): Promise<{ texts: number; rows: number; some: MissingText[] }>;
  close(): Promise<void>;
}

/**
 * A text is stored under the lock of its device, and its row is written only while that lock is there. So no text that is older than
 * every lock can get a row any more; `graceMs` is for clocks that differ. What a dry run would remove counts as removed.
 */
export async function openArtifactRows(scope: CleanupScope, graceMs: number): Promise<ArtifactRows> {
  const sql = await scope.database.sql.reserve();
  const { dry_run } = scope.params;
  try {
    await sql`create temp table cleanup_listed (address text primary key)`;
    await sql`create temp table cleanup_gone (id bigint primary key)`;
    if (dry_run) await fillGone(sql, scope);
    const [edge] = await sql<{ horizon: Date; newest: number; any: boolean }[]>`
      select least(now(), min(acquired_at)) - ${graceMs} * interval '1 millisecond' as horizon,
        coalesce((select max(id) from backups), 0) as newest, exists (select 1 from backups where artifact is not null) as any
      from device_locks ${dry_run ? sql`where expires_at >= ${new Date(scope.now.getTime() - STALE_LOCK_MS)}` : sql``}`;
    const { horizon, newest, any } = edge!;
    return { horizon, any, ...queries(sql, newest), close: () => close(sql) };
  } catch (error) {
    await close(sql);
    throw error;
  }
}

async function close(sql: postgres.ReservedSql): Promise<void> {
  try {
    await sql`drop table if exists cleanup_listed, cleanup_gone`;
  } finally {
    sql.release();
  }
}

async function fillGone(sql: postgres.ReservedSql, scope: CleanupScope): Promise<void> {
  const { versions_keep, versions_days, versions_bytes } = scope.params;
  for (const doomed of [doomedFailed(sql, scope), doomedUnchanged(sql, scope)])
    if (doomed !== null) await sql`insert into cleanup_gone select t.id from backups t where ${doomed} on conflict do nothing`;
  if (versions_keep === null && versions_days === null && versions_bytes === null) return;
  await sql`insert into cleanup_gone
    select t.id from (${doomedVersions(sql, scope)}) v
    join backups t on t.device_id = v.device_id and t.id >= v.id and t.id < v.next_id and t.status = 'success' on conflict do nothing`;
}

function queries(sql: postgres.ReservedSql, newest: number): Pick<ArtifactRows, 'unreferenced' | 'missing'> {
  return {
    async unreferenced(addresses) {
      await sql`insert into cleanup_listed select * from unnest(${addresses}::text[]) on conflict do nothing`;
      const rows = await sql<{ address: string }[]>`
        select a.address from unnest(${addresses}::text[]) as a(address)
        where not exists (select 1 from backups b where b.artifact = a.address
          and not exists (select 1 from cleanup_gone g where g.id = b.id))`;
      return rows.map((row) => row.address);
    },
    async missing(limit) {
      await sql`analyze cleanup_listed`;
      await sql`create temp table cleanup_missing on commit preserve rows as
        select b.artifact, count(*)::int as rows, max(b.id) as id from backups b
        where b.artifact is not null and b.id <= ${newest} and not exists (select 1 from cleanup_listed l where l.address = b.artifact)
        group by b.artifact`;
      try {
        const [sum] = await sql<
          { texts: number; rows: number }[]
        >`select count(*)::int as texts, coalesce(sum(rows), 0)::int as rows from cleanup_missing`;
        const some = await sql<MissingText[]>`select m.artifact, m.rows, d.name as device_name, b.task_identifier
          from cleanup_missing m join backups b on b.id = m.id join devices d on d.id = b.device_id order by m.id desc limit ${limit}`;
        return { ...sum!, some: [...some] };
      } finally {
        await sql`drop table cleanup_missing`;
      }
    },
  };
}
