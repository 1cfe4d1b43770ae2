import type { DeviceCommit } from './commit-devices.ts';
import type { Sql } from './database.ts';
import { storableJson } from './storable-text.ts';
import { arrayLiteral } from './text-array.ts';

/** `20261122T020000Z-1f0a9c3e`: when, and the end of the task's id. */
export function taskIdentifier(timestamp: Date, taskId: string): string {
  const at = timestamp
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replaceAll(/[-:]/g, '');
  return `${at}-${taskId.slice(-8)}`;
}

/**
 * One row for each collection. Whether it is a new version is decided here, against the newest one under the lock of the device:
 * an unchanged configuration refers to the text that is there. A row of the same job and device stays as it is. New versions are
 * to be shown by the artifact store.
 */
export function writeBackups(tx: Sql, commits: DeviceCommit[]): Promise<unknown>[] {
  const rows = commits.flatMap(({ backup, device_id, job_id }) => (backup ? { ...backup, device_id, job_id } : []));
  if (rows.length === 0) return [];
  const column = (value: (row: (typeof rows)[number]) => unknown): string => arrayLiteral(rows.map(value));
  return [
    tx`
    with written as (
      insert into backups (task_id, task_identifier, device_id, job_id, actor, changed_by, platform, status, timestamp, log,
        artifact, sha256, content_sha256, bytes, volatile_lines, changed, suspicious, lines_added, lines_removed)
      select w.task_id, w.task_identifier, w.device_id, w.job_id, w.actor, w.changed_by, w.platform, w.status, w.timestamp, w.log::jsonb,
        case when s.same then v.artifact else w.artifact end, case when s.same then v.sha256 else w.sha256 end, w.content_sha256,
        case when s.same then v.bytes else w.bytes end, case when s.same then v.volatile_lines else coalesce(w.volatile_lines, '{}')::int[] end,
        w.status = 'success' and not s.same, w.suspicious,
        case when s.same then 0 else w.lines_added end, case when s.same then 0 else w.lines_removed end
      from unnest(${column((row) => row.task_id)}::uuid[], ${column((row) => taskIdentifier(row.timestamp, row.task_id))}::text[],
        ${column((row) => row.device_id)}::uuid[], ${column((row) => row.job_id)}::uuid[], ${column((row) => row.actor)}::text[],
        ${column((row) => row.changed_by)}::text[], ${column((row) => row.platform)}::text[], ${column((row) => row.status)}::text[],
        ${column((row) => row.timestamp.toISOString())}::timestamptz[], ${column((row) => storableJson(row.log))}::text[],
        ${column((row) => row.version?.artifact ?? null)}::text[], ${column((row) => row.version?.sha256 ?? null)}::text[],
        ${column((row) => row.version?.content_sha256 ?? null)}::text[], ${column((row) => row.version?.bytes ?? null)}::int[],
        ${column((row) => row.version && `{${row.version.volatile_lines.join(',')}}`)}::text[], ${column((row) => row.suspicious)}::bool[],
        ${column((row) => row.lines_added)}::int[], ${column((row) => row.lines_removed)}::int[])
        as w(task_id, task_identifier, device_id, job_id, actor, changed_by, platform, status, timestamp, log, artifact, sha256,
             content_sha256, bytes, volatile_lines, suspicious, lines_added, lines_removed)
      left join lateral (select * from backups b where b.device_id = w.device_id and b.changed order by b.id desc limit 1) v on true,
      lateral (select coalesce(w.status = 'success' and v.content_sha256 = w.content_sha256, false) as same) s
      on conflict do nothing returning id, changed
    )
    insert into unpublished_versions select id from written where changed`,
  ];
}
