import type { Database } from './database.ts';

/** Milliseconds since a cancel of the job was first asked for; null where none was. */
export async function cancelAge({ sql }: Pick<Database, 'sql'>, jobId: string): Promise<number | null> {
  const [row] = await sql<{ ms: number | null }[]>`
    select (extract(epoch from now() - min(at)) * 1000)::float8 as ms from job_log
    where job_id = ${jobId} and event = 'status' and data ->> 'status' = 'cancelling'`;
  return row?.ms ?? null;
}
