import type { Database } from './database.ts';
import { jobInScope, type Scope } from './scope.ts';

type Has = Pick<Database, 'sql'>;

/** How many jobs in scope there are of each status. */
export async function countJobs({ sql }: Has, scope: Scope): Promise<Map<string, number>> {
  const rows = await sql<{ status: string; n: number }[]>`select status, count(*)::int as n from jobs j
    where ${jobInScope(sql, scope, 'j')} group by status`;
  return new Map(rows.map((row) => [row.status, row.n]));
}

/** How many devices the jobs of the last 24 hours have of each outcome; `pending` for those that are not over. */
export async function countOutcomes({ sql }: Has): Promise<Map<string, number>> {
  const rows = await sql<{ outcome: string; n: number }[]>`
    select coalesce(jd.outcome, 'pending') as outcome, count(*)::int as n from job_devices jd join jobs j on j.id = jd.job_id
    where j.created_at > now() - interval '24 hours' group by 1`;
  return new Map(rows.map((row) => [row.outcome, row.n]));
}
