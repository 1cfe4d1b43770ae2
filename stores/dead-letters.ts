import type { JobParams, JobType } from '../core/jobs.ts';
import type { Outcome } from '../core/outcome.ts';
import { rfc3339 } from './columns.ts';
import type { Database, Sql } from './database.ts';
import { deviceInScope, type Scope } from './scope.ts';

type Has = Pick<Database, 'sql'>;

export const LETTER_STATES = ['open', 'replayed', 'resolved', 'ignored'] as const;
export type LetterState = (typeof LETTER_STATES)[number];

/** Devices that failed with the same error. Times are RFC 3339. */
export interface LetterGroup {
  fingerprint: string;
  outcome: Outcome;
  /** Without what differs between devices. */
  error: string;
  letters: number;
  devices: number;
  job_types: JobType[];
  first_seen: string;
  last_seen: string;
  examples: { device_id: string; device_name: string; job_id: string; error: string }[];
}

/** The letters of devices in scope. Of one that was deleted nobody knows any more whose it was: whoever sees all sees them. */
const letterInScope = (sql: Sql, scope: Scope) =>
  scope.groups === null
    ? sql`true`
    : sql`exists (select 1 from devices d where d.id = l.device_id and ${deviceInScope(sql, scope, 'd')})`;

/** The groups in a state, those with most devices first. */
export async function listLetterGroups({ sql }: Has, scope: Scope, state: LetterState, limit: number): Promise<LetterGroup[]> {
  return sql<LetterGroup[]>`
    select g.*, (select json_agg(e) from (
        select device_id, device_name, job_id, error from dead_letters l
        where l.fingerprint = g.fingerprint and l.state = ${state} and ${letterInScope(sql, scope)} order by l.id desc limit 3) e) as examples
    from (select fingerprint, min(outcome) as outcome, min(normalised) as error, count(*)::int as letters,
            count(distinct device_id)::int as devices, array_agg(distinct job_type) as job_types,
            ${sql.unsafe(rfc3339('min(created_at)'))} as first_seen, ${sql.unsafe(rfc3339('max(created_at)'))} as last_seen
          from dead_letters l where state = ${state} and ${letterInScope(sql, scope)} group by fingerprint) g
    order by g.devices desc, g.fingerprint limit ${limit}`;
}

export interface LetterView {
  id: number;
  device_id: string;
  device_name: string;
  job_id: string;
  job_type: JobType;
  outcome: Outcome;
  error: string;
  state: LetterState;
  replay_job_id: string | null;
  created_at: string;
  settled_at: string | null;
}

/** The letters of a group, the newest first. */
export async function listLetters(
  { sql }: Has,
  scope: Scope,
  fingerprint: string,
  before: number | null,
  limit: number,
): Promise<LetterView[]> {
  return sql<LetterView[]>`
    select id, device_id, device_name, job_id, job_type, outcome, error, state, replay_job_id,
      ${sql.unsafe(rfc3339('created_at'))} as created_at, ${sql.unsafe(rfc3339('settled_at'))} as settled_at
    from dead_letters l where fingerprint = ${fingerprint} and ${letterInScope(sql, scope)} ${before === null ? sql`` : sql`and id < ${before}`}
    order by id desc limit ${limit}`;
}

/** Settles the open letters of a group; an ignored group stays so for what comes. Returns how many there were. */
export async function settleLetters(
  { sql }: Has,
  scope: Scope,
  fingerprint: string,
  state: 'resolved' | 'ignored',
): Promise<number> {
  const rows = await sql`update dead_letters l set state = ${state}, settled_at = now()
    where fingerprint = ${fingerprint} and state in ('open', 'replayed') and ${letterInScope(sql, scope)} returning id`;
  return rows.length;
}

/** Takes an ignored group back: what comes is open again. Returns how many letters it had. */
export async function reopenLetters({ sql }: Has, fingerprint: string): Promise<number> {
  const rows =
    await sql`update dead_letters set state = 'open', settled_at = null where fingerprint = ${fingerprint} and state = 'ignored' returning id`;
  return rows.length;
}

/** What a replay starts: the devices of open letters that are still there and enabled, by job type, with the parameters of the newest job. */
export interface ReplayPart {
  job_type: JobType;
  params: JobParams;
  devices: { id: string; name: string; queue_id: string | null }[];
}

/** At most `limit` devices in scope, those that failed first. */
export async function replayable({ sql }: Has, scope: Scope, fingerprint: string, limit: number): Promise<ReplayPart[]> {
  return sql<ReplayPart[]>`
    with chosen as (
      select distinct on (l.job_type, l.device_id) l.job_type, l.device_id, l.id from dead_letters l
      where l.fingerprint = ${fingerprint} and l.state = 'open' and ${letterInScope(sql, scope)} order by l.job_type, l.device_id, l.id
    ), capped as (select * from chosen order by id limit ${limit})
    select c.job_type, (select j.params from dead_letters l join jobs j on j.id = l.job_id
        where l.fingerprint = ${fingerprint} and l.job_type = c.job_type and ${letterInScope(sql, scope)} order by l.id desc limit 1) as params,
      json_agg(json_build_object('id', d.id, 'name', d.name, 'queue_id', g.queue_id) order by d.name) as devices
    from capped c join devices d on d.id = c.device_id and d.enabled and ${deviceInScope(sql, scope, 'd')} left join collection_groups g on g.id = d.collection_group_id
    group by c.job_type`;
}

/** Says which job replays the open letters of these devices. */
export async function markReplayed(
  { sql }: Has,
  fingerprint: string,
  jobType: JobType,
  deviceIds: string[],
  jobId: string,
): Promise<void> {
  await sql`update dead_letters set state = 'replayed', replay_job_id = ${jobId}, settled_at = now()
    where fingerprint = ${fingerprint} and job_type = ${jobType} and device_id = any(${deviceIds}::uuid[]) and state = 'open'`;
}
