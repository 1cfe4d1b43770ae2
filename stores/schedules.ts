import { randomUUID } from 'node:crypto';
import type { JobRequest } from '../core/job-request.ts';
import type { JobStatus, JobType } from '../core/jobs.ts';
import { idOrNull, rfc3339, selectList } from './columns.ts';
import type { Database, Sql } from './database.ts';
import { ownInScope, type Scope } from './scope.ts';
import { storableJson } from './storable-text.ts';
import { explainConstraints } from './write-errors.ts';

type Has = Pick<Database, 'sql'>;

/** What a schedule starts; when it does is Temporal's. */
export interface SchedulePlan {
  name: string;
  type: JobType;
  /** As validated; selectors are chosen from anew at each run. */
  params: JobRequest;
  priority: number;
  owner: string;
  /** Collection groups that its runs choose devices from; null = all devices. */
  groups: readonly string[] | null;
}

/** Whose eyes the runs of a schedule choose devices with. */
export const scopeOf = ({ owner, groups }: Pick<SchedulePlan, 'owner' | 'groups'>): Scope => ({ name: owner, groups });

export interface ScheduleRow extends SchedulePlan {
  id: string;
  created_at: string;
  updated_at: string;
}

const FIELDS = ['id', 'name', 'type', 'params', 'priority', 'owner', 'groups'];
const COLUMNS = selectList('schedules', FIELDS, ['created_at', 'updated_at']);

export async function listSchedules({ sql }: Has, scope: Scope, after: string | null, limit: number): Promise<ScheduleRow[]> {
  return sql<ScheduleRow[]>`select ${sql.unsafe(COLUMNS)} from schedules
    where ${ownInScope(sql, scope, 'schedules')} ${after === null ? sql`` : sql`and name > ${after}`} order by name limit ${limit}`;
}

export async function findSchedule({ sql }: { sql: Sql }, scope: Scope, reference: string): Promise<ScheduleRow | null> {
  const rows = await sql<ScheduleRow[]>`select ${sql.unsafe(COLUMNS)} from schedules
    where (id = ${idOrNull(reference)} or name = ${reference}) and ${ownInScope(sql, scope, 'schedules')} limit 1`;
  return rows[0] ?? null;
}

/**
 * Runs `work` in a transaction while nobody else who asks works with this schedule: a row and its Temporal schedule are written
 * as one, and a run that is due in between waits until both are there.
 */
export async function withSchedule<T>({ sql }: Has, scheduleId: string, work: (tx: Sql) => Promise<T>): Promise<T> {
  const result = await sql.begin(async (tx) => {
    await tx`select pg_advisory_xact_lock(hashtextextended(${`cairn schedule ${scheduleId}`}, 0))`;
    return { value: await work(tx) };
  });
  return result.value;
}

export const newScheduleId = (): string => randomUUID();

/** @throws AppError `conflict` for a name that is taken */
export async function insertSchedule(tx: Sql, id: string, plan: SchedulePlan): Promise<ScheduleRow> {
  const rows = await explainConstraints(
    () => tx<ScheduleRow[]>`insert into schedules (id, name, type, params, priority, owner, groups)
      values (${id}, ${plan.name}, ${plan.type}, ${storableJson(plan.params)}::text::jsonb, ${plan.priority}, ${plan.owner},
        ${plan.groups === null ? null : [...plan.groups]}::uuid[])
      returning ${tx.unsafe(COLUMNS)}`,
  );
  return rows[0]!;
}

/**
 * Sets the fields that are given. Null if there is no such schedule. With `groups` its runs choose devices from these from now on.
 * @throws AppError `conflict` for a name that is taken
 */
export async function changeSchedule(
  tx: Sql,
  id: string,
  { name = null, params, priority = null }: { [K in 'name' | 'params' | 'priority']?: SchedulePlan[K] | undefined | null },
  groups: SchedulePlan['groups'],
): Promise<ScheduleRow | null> {
  const json = params === undefined || params === null ? null : storableJson(params);
  const rows = await explainConstraints(
    () => tx<ScheduleRow[]>`update schedules set name = coalesce(${name}::text, name),
        params = coalesce(${json}::text::jsonb, params), priority = coalesce(${priority}::integer, priority),
        groups = ${groups === null ? null : [...groups]}::uuid[], updated_at = now()
      where id = ${id} returning ${tx.unsafe(COLUMNS)}`,
  );
  return rows[0] ?? null;
}

export async function deleteSchedule(tx: Sql, id: string): Promise<boolean> {
  const rows = await tx`delete from schedules where id = ${id} returning id`;
  return rows.length > 0;
}

/** A job that a schedule has started. Times are RFC 3339. */
export interface ScheduleRun {
  schedule_id: string;
  job_id: string;
  status: JobStatus;
  origin: string | null;
  created_at: string;
  started_at: string | null;
}

/** The last jobs of each of these schedules, the newest first. */
export async function scheduleRuns({ sql }: Has, ids: string[], each: number): Promise<ScheduleRun[]> {
  return sql<ScheduleRun[]>`
    select s.id as schedule_id, j.* from unnest(${ids}::text[]) as s(id), lateral (
      select id as job_id, status, origin, ${sql.unsafe(rfc3339('created_at'))} as created_at, ${sql.unsafe(rfc3339('started_at'))} as started_at
      from jobs where schedule_id = s.id order by jobs.created_at desc, jobs.id desc limit ${each}) j`;
}

/** The jobs of these schedules that are not over, the oldest first. */
export async function openRuns({ sql }: Has, ids: string[]): Promise<{ schedule_id: string; job_id: string }[]> {
  return sql<{ schedule_id: string; job_id: string }[]>`select schedule_id, id as job_id from jobs
    where status not in ('completed', 'failed', 'cancelled') and schedule_id = any(${ids}::text[]) order by created_at, id`;
}
