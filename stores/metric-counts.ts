import type { JobStatus, JobType } from '../core/jobs.ts';
import type { Database } from './database.ts';

type Has = Pick<Database, 'sql'>;

/** Devices whose circuit is open. */
export async function countOpenCircuits({ sql }: Has): Promise<number> {
  const [row] = await sql<{ n: number }[]>`select count(*)::int as n from device_health where open_until > now()`;
  return row!.n;
}

export async function countOpenLetters({ sql }: Has): Promise<number> {
  const [row] = await sql<{ n: number }[]>`select count(*)::int as n from dead_letters where state = 'open'`;
  return row!.n;
}

/** Deliveries that are kept, by status. */
export async function countDeliveries({ sql }: Has): Promise<Map<string, number>> {
  const rows = await sql<{ status: string; n: number }[]>`
    select status, count(*)::int as n from webhook_deliveries group by status`;
  return new Map(rows.map((row) => [row.status, row.n]));
}

/** Jobs that were made (`status` null) and that ended after `since` and not after `until`. */
export interface JobFlow {
  type: JobType;
  status: JobStatus | null;
  n: number;
}

/** What the database's clock says, less the seconds. */
export async function databaseTime({ sql }: Has, secondsAgo: number): Promise<Date> {
  const [row] = await sql<{ at: Date }[]>`select now() - make_interval(secs => ${secondsAgo}) as at`;
  return row!.at;
}

export async function jobFlow({ sql }: Has, since: Date, until: Date): Promise<JobFlow[]> {
  return sql<JobFlow[]>`
    select type, null as status, count(*)::int as n from jobs where created_at > ${since} and created_at <= ${until} group by type
    union all
    select type, status, count(*)::int as n from jobs where completed_at > ${since} and completed_at <= ${until} group by type, status`;
}
