import {
  isBulk,
  JOB_ACTIONS,
  type BulkDeviceFilter,
  type BulkJobFilter,
  type BulkParams,
  type BulkType,
  type JobAction,
} from '../core/bulk.ts';
import { invalid } from '../core/errors.ts';
import { JOB_ROLES, JOB_TYPES, type JobStatus, type JobType } from '../core/jobs.ts';
import { roleAllows } from '../core/roles.ts';
import type { Database, Sql } from './database.ts';
import { deviceConditions } from './device-filter.ts';
import { jobConditions } from './job-filter.ts';
import { deviceInScope, jobInScope } from './scope.ts';

/** What is done again where a retry tells nothing else. */
const RETRIED = ['failed', 'cancelled'];

/** What a bulk job is for: those that were named, or what the filter finds. */
export interface TargetWish {
  bulk: BulkParams;
  named: string[] | null;
  /** The bulk job that this one does again: its targets that failed or were not reached. */
  retry_of: string | null;
}

/** `(target_id, name, status, state, message, place)`: the targets of a bulk job as of now, at most one more than its limit. */
function targetsOf(sql: Sql, type: JobType, { bulk, named, retry_of }: TargetWish) {
  if (retry_of !== null)
    return sql`select target_id, name, null as status, 'pending' as state, null as message, position as place
      from bulk_items where job_id = ${retry_of} and state in ('pending', 'running', 'failed', 'cancelled')`;
  return type === 'jobs.bulk' ? jobTargets(sql, bulk, named) : deviceTargets(sql, bulk, named);
}

function jobTargets(sql: Sql, bulk: BulkParams, named: string[] | null) {
  if (named !== null)
    return sql`select n.id as target_id, coalesce(j.type || ' of ' || j.owner, 'a job') as name, j.status,
        case when j.id is null then 'skipped' else 'pending' end as state,
        case when j.id is null then 'there is no such job' end as message, n.place
      from unnest(${named}::uuid[]) with ordinality as n(id, place)
      left join jobs j on j.id = n.id and ${jobInScope(sql, bulk.by, 'j')}`;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- of the type of the job
  const filter = (bulk.filter ?? {}) as BulkJobFilter;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- of the type of the job
  const states: readonly JobStatus[] = JOB_ACTIONS[bulk.action as JobAction];
  // Who sees a collection group cancels its devices in any job, and is told nothing of the others.
  const seen = jobInScope(sql, bulk.by, 'j');
  return sql`select j.id as target_id, j.type || case when ${seen} then ' of ' || j.owner else '' end as name, j.status,
      'pending' as state, null as message, row_number() over (order by j.created_at, j.id) as place
    from jobs j where ${bulk.only_queue === null ? seen : sql`true`} and j.status = any(${[...states]}::text[])
      ${bulk.action === 'retry' ? retriable(sql, bulk) : sql``} ${jobConditions(sql, filter)}
    order by j.created_at, j.id limit ${bulk.limit + 1}`;
}

/** Jobs with something to do again, which nobody has done again yet, of types that the caller may start. */
function retriable(sql: Sql, { by, retry }: BulkParams) {
  const types = JOB_TYPES.filter((type) => !isBulk(type) && roleAllows(by.role, JOB_ROLES[type]));
  const status = retry?.status ?? (retry?.outcome === undefined ? RETRIED : null);
  const outcome = retry?.outcome ?? null;
  return sql`and j.type = any(${types}::text[]) and not exists (select 1 from jobs r where r.retry_of = j.id)
      and case when j.params -> 'kinds' = '[]'::jsonb then j.status <> 'completed' else exists (
        select 1 from job_devices d where d.job_id = j.id
          ${status === null ? sql`` : sql`and d.status = any(${[...status]}::text[])`}
          ${outcome === null ? sql`` : sql`and d.outcome = any(${[...outcome]}::text[])`}) end`;
}

/** A jump host comes after the devices behind it, so that all of them can be deleted. */
function deviceTargets(sql: Sql, bulk: BulkParams, named: string[] | null) {
  if (named !== null)
    return sql`select n.id as target_id, coalesce(d.name, 'a device') as name, null as status,
        case when d.id is null then 'skipped' else 'pending' end as state,
        case when d.id is null then 'there is no such device' end as message,
        row_number() over (order by d.jump_device_id is null, n.place) as place
      from unnest(${named}::uuid[]) with ordinality as n(id, place)
      left join devices d on d.id = n.id and ${deviceInScope(sql, bulk.by, 'd')}`;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- of the type of the job
  const filter = (bulk.filter ?? {}) as BulkDeviceFilter;
  return sql`select id as target_id, name, case when enabled then 'enabled' else 'disabled' end as status, 'pending' as state,
      null as message, row_number() over (order by jump_device_id is null, name) as place
    from devices where ${deviceInScope(sql, bulk.by, 'devices')} ${deviceConditions(sql, filter)}
    order by jump_device_id is null, name limit ${bulk.limit + 1}`;
}

/**
 * Writes the targets of a bulk job, in the transaction that writes its row; returns how many they are.
 * @throws AppError `validation_failed` where they are more than its limit
 */
export async function chooseTargets(tx: Sql, job: { id: string; type: JobType } & TargetWish): Promise<number> {
  const written = await tx`
    insert into bulk_items (job_id, position, target_id, name, state, message, completed_at)
    select ${job.id}, row_number() over (order by t.place) - 1, t.target_id, t.name, t.state, t.message,
      case when t.state = 'skipped' then now() end
    from (${targetsOf(tx, job.type, job)}) t where t.target_id <> ${job.id}`;
  if (written.count > job.bulk.limit) throw tooMany(job.bulk.limit);
  await tx`update jobs set total_devices = ${written.count} where id = ${job.id}`;
  return written.count;
}

const tooMany = (limit: number) => invalid('/limit', `is less than what the filter finds: more than ${limit}`);

/** What `chooseTargets` would write: how many, and the first of them. @throws as it */
export async function previewTargets(
  { sql }: Pick<Database, 'sql'>,
  type: BulkType,
  wish: TargetWish,
  first: number,
): Promise<{ total: number; items: { target_id: string; name: string; status: string | null }[] }> {
  const rows = await sql<{ target_id: string; name: string; status: string | null; total: number }[]>`
    select t.target_id, t.name, t.status, (count(*) over ())::int as total
    from (${targetsOf(sql, type, wish)}) t where t.state = 'pending' order by t.place limit ${first}`;
  const total = rows[0]?.total ?? 0;
  if (total > wish.bulk.limit) throw tooMany(wish.bulk.limit);
  return { total, items: rows.map(({ target_id, name, status }) => ({ target_id, name, status })) };
}
