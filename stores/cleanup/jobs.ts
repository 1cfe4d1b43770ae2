import type { PendingQuery, Row } from 'postgres';
import type { CleanupCounts, CleanupParams } from '../../core/cleanup.ts';
import type { Sql } from '../database.ts';
import { olderThan } from './keyed-step.ts';
import { cutoff, MOST_ROWS, removeBatch, type CleanupScope, type CleanupStep, type Removed } from './step.ts';

const CHILDREN = ['job_log', 'job_device_kinds', 'job_devices'] as const;

/** Of few jobs: told only where there are any. */
const TARGETS = 'bulk_items';

const AGES = { completed: 'jobs_completed_days', failed: 'jobs_failed_days', cancelled: 'jobs_cancelled_days' } as const;

const by = ({ params }: CleanupScope) =>
  Object.entries(AGES).flatMap(([status, name]) => {
    const days = params[name];
    return days === null ? [] : [{ status, days }];
  });

/** No job that ended after this moment is doomed; null where none is. */
export function jobsCutoff(scope: CleanupScope): Date | null {
  const ages = by(scope).map(({ days }) => days);
  return ages.length === 0 ? null : cutoff(scope, Math.min(...ages));
}

/** What is true of a job `j` that is to go. */
export function doomedJob(sql: Sql, scope: CleanupScope): PendingQuery<Row[]> {
  const latest = jobsCutoff(scope);
  if (latest === null) return sql`false`;
  const rules = by(scope)
    .map(({ status, days }) => sql`j.status = ${status} and j.completed_at < ${cutoff(scope, days)}`)
    .reduce((sum, rule) => sql`${sum} or ${rule}`);
  // A job ends after it was created: the index on that narrows the search.
  return sql`j.created_at < ${latest} and (${rules})`;
}

async function findJobs(scope: CleanupScope, which: PendingQuery<Row[]>, after: string[] | null, limit: number) {
  const { sql } = scope.database;
  const [at, id] = after ?? [];
  const rows = await sql<{ id: string; created_at: string }[]>`select j.id, j.created_at::text from jobs j where ${which}
      ${at === undefined || id === undefined ? sql`` : sql`and (j.created_at, j.id) > (${at}::text::timestamptz, ${id}::text::uuid)`}
    order by j.created_at, j.id limit ${limit}`;
  const last = rows.at(-1);
  const next = last === undefined || rows.length < limit ? null : [last.created_at, last.id];
  return { items: rows.map((row) => [row.id]), next };
}

async function countRows(scope: CleanupScope, table: string, jobs: string[]): Promise<number> {
  const { sql } = scope.database;
  const [row] = await sql<{ n: number }[]>`select count(*)::int as n from ${sql(table)} where job_id = any(${jobs}::uuid[])`;
  return row!.n;
}

/** The rows that these jobs have in a table. */
async function* emptyTable(scope: CleanupScope, table: string, jobs: string[], removed: Removed): AsyncGenerator<CleanupCounts> {
  for (;;) {
    const counts = await removeBatch(scope, removed, async (tx) => {
      const found = await tx`delete from ${tx(table)} where ctid = any(array(
        select ctid from ${tx(table)} where job_id = any(${jobs}::uuid[]) limit ${MOST_ROWS}))`;
      return { [table]: found.count };
    });
    yield counts;
    if ((counts[table] ?? 0) < MOST_ROWS) return;
  }
}

const idsOf = (items: string[][]): string[] => items.map(([id]) => id!);

function ruleOfJobs(params: CleanupParams): string | null {
  const rules = Object.entries(AGES).flatMap(([status, name]) => {
    const rule = olderThan(params[name], `${status} more than`);
    return rule === null ? [] : `${rule} ago`;
  });
  return rules.length === 0 ? null : rules.join(', ');
}

/** Jobs that are over: first what belongs to them, which may be a million rows, then the jobs. */
export const jobs: CleanupStep = {
  rule: ruleOfJobs,
  page: 100,
  find: (scope, after, limit) => findJobs(scope, doomedJob(scope.database.sql, scope), after, limit),
  async count(scope, items) {
    const counts: CleanupCounts = { jobs: items.length };
    for (const table of CHILDREN) counts[table] = await countRows(scope, table, idsOf(items));
    const targets = await countRows(scope, TARGETS, idsOf(items));
    return targets === 0 ? counts : { ...counts, [TARGETS]: targets };
  },
  async *remove(scope, items, removed) {
    const ids = idsOf(items);
    for (const table of CHILDREN) yield* emptyTable(scope, table, ids, removed);
    if ((await countRows(scope, TARGETS, ids)) > 0) yield* emptyTable(scope, TARGETS, ids, removed);
    yield await removeBatch(scope, removed, async (tx) => {
      const gone = await tx`delete from jobs j where id = any(${ids}::uuid[]) and ${doomedJob(tx, scope)}`;
      return { jobs: gone.count };
    });
  },
};

/** The log of jobs that are over and stay. */
export const jobLog: CleanupStep = {
  rule: ({ job_log_days: days }) => (days === null ? null : `of jobs that ended ${olderThan(days, 'more than')} ago`),
  page: 100,
  find(scope, after, limit) {
    const { sql } = scope.database;
    const before = cutoff(scope, scope.params.job_log_days);
    if (before === null) return Promise.resolve({ items: [], next: null });
    const which = sql`j.created_at < ${before} and j.completed_at < ${before} and j.status in ('completed', 'failed', 'cancelled')
      and not (${doomedJob(sql, scope)}) and exists (select 1 from job_log l where l.job_id = j.id)`;
    return findJobs(scope, which, after, limit);
  },
  count: async (scope, items) => ({ job_log: await countRows(scope, 'job_log', idsOf(items)) }),
  remove: (scope, items, removed) => emptyTable(scope, 'job_log', idsOf(items), removed),
};
