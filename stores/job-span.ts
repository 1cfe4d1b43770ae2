import type { Database } from './database.ts';

/** What the span of a whole job tells. */
export interface JobSpanRow {
  id: string;
  type: string;
  status: string;
  partial: boolean;
  total_devices: number;
  /** Epoch milliseconds. */
  created: number;
  started: number | null;
  completed: number;
}

/** Null for a job that is not over, or not there. */
export async function jobSpanOf({ sql }: Pick<Database, 'sql'>, jobId: string): Promise<JobSpanRow | null> {
  const rows = await sql<JobSpanRow[]>`select id, type, status, partial, total_devices,
      (extract(epoch from created_at) * 1000)::float8 as created,
      (extract(epoch from started_at) * 1000)::float8 as started,
      (extract(epoch from completed_at) * 1000)::float8 as completed
    from jobs where id = ${jobId} and completed_at is not null`;
  return rows[0] ?? null;
}
