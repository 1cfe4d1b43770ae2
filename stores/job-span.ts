import type { EndedJob } from '../core/trace.ts';
import type { Database } from './database.ts';

/** Null for a job that is not over, or not there. */
export async function jobSpanOf({ sql }: Pick<Database, 'sql'>, jobId: string): Promise<EndedJob | null> {
  const rows = await sql<EndedJob[]>`select id, type, status, partial, total_devices,
      (extract(epoch from created_at) * 1000)::float8 as created,
      (extract(epoch from started_at) * 1000)::float8 as started,
      (extract(epoch from completed_at) * 1000)::float8 as completed
    from jobs where id = ${jobId} and completed_at is not null`;
  return rows[0] ?? null;
}
