import type { BulkJobFilter } from '../core/bulk.ts';
import { collectorQueue } from '../core/queues.ts';
import { idOrNull, isUuid } from './columns.ts';
import type { Sql } from './database.ts';

/** The one filter grammar of jobs: of lists, and of what acts on many. `device_id` is an id or the name it has now. */
export type JobFilter = BulkJobFilter;

const deviceOf = (sql: Sql, reference: string) =>
  isUuid(reference) ? sql`${reference}` : sql`(select id from devices where name = ${reference})`;

const queueOf = (sql: Sql, reference: string) =>
  sql`(select ${collectorQueue('')} || queue_id from collection_groups where id = ${idOrNull(reference)} or name = ${reference} limit 1)`;

/** Further conditions, each with its `and`, on a row of `jobs` that is called `j`. */
export function jobConditions(sql: Sql, filter: JobFilter) {
  const { type, status, owner, schedule_id, since, until, device_id, group } = filter;
  return sql`
      ${type === undefined ? sql`` : sql`and j.type = any(${[...type]}::text[])`}
      ${status === undefined ? sql`` : sql`and j.status = any(${[...status]}::text[])`}
      ${owner === undefined ? sql`` : sql`and j.owner = ${owner}`}
      ${schedule_id === undefined ? sql`` : sql`and j.schedule_id = ${schedule_id}`}
      ${since === undefined ? sql`` : sql`and j.created_at >= ${since}::timestamptz`}
      ${until === undefined ? sql`` : sql`and j.created_at < ${until}::timestamptz`}
      ${device_id === undefined ? sql`` : sql`and j.id in (select d.job_id from job_devices d where d.device_id = ${deviceOf(sql, device_id)})`}
      ${
        group === undefined
          ? sql``
          : sql`and exists(select 1 from job_devices d where d.job_id = j.id and d.queue = ${queueOf(sql, group)}
        and d.queue <> 'collector')`
      }`;
}
