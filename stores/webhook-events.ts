import { ITEM_STATUS } from './bulk-items.ts';
import type { DeviceCommit } from './commit-devices.ts';
import type { Sql } from './database.ts';
import { arrayLiteral } from './text-array.ts';

/** Devices that a job event names; the others are under the job's link. */
const MOST_FAILURES = 20;

/**
 * Puts the end of a job into the outbox of every webhook that wants it; in the transaction that ends it, so that one is never
 * without the other. The webhooks stay locked against removal until then: a row for one that is gone would undo everything.
 */
export function tellJobEnd(tx: Sql, jobId: string): Promise<unknown> {
  return tx`
    with job as (
      select j.*, case when j.status = 'completed' and j.partial then 'job.partial' else 'job.' || j.status end as event
      from jobs j where j.id = ${jobId} and j.status in ('completed', 'failed', 'cancelled')
    ), hooks as (
      select w.id, job.event from webhooks w, job where w.enabled and job.event = any(w.events) order by w.id for key share of w
    )
    insert into webhook_deliveries (webhook_id, event, payload)
    select h.id, h.event, json_build_object(
      'job_id', j.id, 'type', j.type, 'status', j.status, 'partial', j.partial, 'message', j.message, 'error', j.error, 'owner', j.owner,
      'total_devices', j.total_devices, 'completed_devices', c.completed, 'failed_devices', c.failed, 'cancelled_devices', c.cancelled,
      'created_at', ${rfc3339(tx, 'j.created_at')}, 'started_at', ${rfc3339(tx, 'j.started_at')}, 'completed_at', ${rfc3339(tx, 'j.completed_at')},
      'retry_of', j.retry_of, 'schedule_id', j.schedule_id,
      'failures', coalesce((select json_agg(f) from (
        select d.device_id, d.name as device_name, d.status, d.outcome, d.error from job_devices d
        where d.job_id = j.id and (d.status <> 'completed' or d.outcome <> 'ok') order by d.position limit ${MOST_FAILURES}) f), '[]'::json),
      'links', json_build_object('job', '/api/jobs/' || j.id, 'devices', '/api/jobs/' || j.id || '/devices'))
    from hooks h, job j, lateral (
      select count(*) filter (where d.status = 'completed') as completed, count(*) filter (where d.status = 'failed') as failed,
        count(*) filter (where d.status = 'cancelled') as cancelled
      from (select status from job_devices where job_id = j.id
        union all select ${tx.unsafe(ITEM_STATUS)} from bulk_items where job_id = j.id) d) c`;
}

/**
 * Statements that tell of new versions of configurations; in the transaction that writes their rows of `backups`, after them. Which
 * of the collections is one is read from those rows. The first version of a device is no change and is not told.
 */
export function tellChanges(tx: Sql, commits: DeviceCommit[]): Promise<unknown>[] {
  const tasks = commits.flatMap(({ name, backup }) => (backup?.version ? { name, task_id: backup.task_id } : []));
  if (tasks.length === 0) return [];
  return [
    tx`
    with hooks as (select id from webhooks where enabled and 'configuration.changed' = any(events) order by id for key share)
    insert into webhook_deliveries (webhook_id, event, payload)
    select h.id, 'configuration.changed', json_build_object(
      'device_id', b.device_id, 'device_name', t.name, 'job_id', b.job_id, 'task_identifier', b.task_identifier,
      'previous_task_identifier', p.task_identifier, 'changed_by', b.changed_by, 'lines_added', b.lines_added, 'lines_removed', b.lines_removed,
      'links', json_build_object('device', '/api/devices/' || b.device_id, 'job', '/api/jobs/' || b.job_id,
        'backup', '/api/devices/' || b.device_id || '/backups/' || b.task_identifier,
        'diff', '/api/devices/' || b.device_id || '/backups/' || p.task_identifier || '/diff/' || b.task_identifier))
    from hooks h, unnest(${arrayLiteral(tasks.map((task) => task.task_id))}::uuid[], ${arrayLiteral(tasks.map((task) => task.name))}::text[])
      as t(task_id, name)
    join backups b on b.task_id = t.task_id and b.changed,
    lateral (select v.task_identifier from backups v
      where v.device_id = b.device_id and v.changed and v.id < b.id order by v.id desc limit 1) p`,
  ];
}

/** A time as the API writes it. */
function rfc3339(tx: Sql, column: string) {
  return tx.unsafe(`to_char(${column} at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`);
}
