import type { BackupLogLine, BackupStatus } from '../core/backups.ts';
import { rfc3339 } from './columns.ts';
import type { Database, Sql } from './database.ts';
import { deviceInScope, jobInScope, type Scope } from './scope.ts';

type Has = Pick<Database, 'sql'>;

/** One collection in the history of a device. Times are RFC 3339. */
export interface BackupView {
  id: number;
  task_identifier: string;
  task_id: string;
  device_id: string;
  device_name: string;
  job_id: string;
  actor: string;
  changed_by: string | null;
  status: BackupStatus;
  timestamp: string;
  sha256: string | null;
  bytes: number | null;
  changed: boolean;
  suspicious: boolean;
  lines_added: number;
  lines_removed: number;
  log: BackupLogLine[];
  artifact: string | null;
  volatile_lines: number[];
}

const VIEW = `b.id, b.task_identifier, b.task_id, b.device_id, d.name as device_name, b.job_id, b.actor, b.changed_by, b.status,
  ${rfc3339('b.timestamp')} as timestamp, case when b.status = 'success' then b.sha256 end as sha256, b.bytes, b.changed, b.suspicious,
  b.lines_added, b.lines_removed, b.log, b.artifact, b.volatile_lines`;

export interface BackupFilter {
  /** Only new versions, or only collections that found none. */
  changed?: boolean | undefined;
  status?: BackupStatus | undefined;
  /** RFC 3339; at or after. */
  since?: string | undefined;
  until?: string | undefined;
}

/** The collections of a device, the newest first; `before` is the id of the last one of the page before. */
export async function listBackups(
  { sql }: Has,
  deviceId: string,
  filter: BackupFilter,
  before: number | null,
  limit: number,
): Promise<BackupView[]> {
  const { changed, status, since, until } = filter;
  return sql<BackupView[]>`select ${sql.unsafe(VIEW)} from backups b join devices d on d.id = b.device_id
    where b.device_id = ${deviceId}
      ${before === null ? sql`` : sql`and b.id < ${before}`}
      ${changed === undefined ? sql`` : sql`and b.changed = ${changed}`}
      ${status === undefined ? sql`` : sql`and b.status = ${status}`}
      ${since === undefined ? sql`` : sql`and b.timestamp >= ${since}::timestamptz`}
      ${until === undefined ? sql`` : sql`and b.timestamp <= ${until}::timestamptz`}
    order by b.id desc limit ${limit}`;
}

/** New versions of all devices in scope since a moment, the newest first. */
export async function listChanges(
  { sql }: Has,
  scope: Scope,
  filter: { since?: string | undefined; until?: string | undefined; group_id?: string | undefined },
  before: number | null,
  limit: number,
): Promise<BackupView[]> {
  const { since, until, group_id } = filter;
  return sql<BackupView[]>`select ${sql.unsafe(VIEW)} from backups b join devices d on d.id = b.device_id
    where b.changed and ${deviceInScope(sql, scope, 'd')}
      ${before === null ? sql`` : sql`and b.id < ${before}`}
      ${since === undefined ? sql`` : sql`and b.timestamp >= ${since}::timestamptz`}
      ${until === undefined ? sql`` : sql`and b.timestamp <= ${until}::timestamptz`}
      ${group_id === undefined ? sql`` : sql`and d.collection_group_id = ${group_id}`}
    order by b.id desc limit ${limit}`;
}

/** `latest` names the newest version. Null if there is none of that name. */
export async function findBackup({ sql }: Has, deviceId: string, identifier: string): Promise<BackupView | null> {
  const rows = await sql<BackupView[]>`select ${sql.unsafe(VIEW)} from backups b join devices d on d.id = b.device_id
    where b.device_id = ${deviceId}
      ${identifier === 'latest' ? sql`and b.changed` : sql`and b.task_identifier = ${identifier}`}
    order by b.id desc limit 1`;
  return rows[0] ?? null;
}

/** The collection of a device that a job made; null before it has. */
export async function findJobBackup({ sql }: Has, jobId: string, deviceId: string): Promise<BackupView | null> {
  const rows = await sql<BackupView[]>`select ${sql.unsafe(VIEW)} from backups b join devices d on d.id = b.device_id
    where b.job_id = ${jobId} and b.device_id = ${deviceId}`;
  return rows[0] ?? null;
}

/**
 * What keeps a device from being collected at once: a session of ours that is open, or a collection that is not over. A job that
 * is not in scope is not named.
 */
export async function whyBusy({ sql }: { sql: Sql }, scope: Scope, deviceId: string): Promise<string | null> {
  const [row] = await sql<{ why: string }[]>`
    select 'held by ' || case when ${jobInScope(sql, scope, 'j')} then l.holder else 'another job' end as why
      from device_locks l left join jobs j on j.id = l.job_id where l.device_id = ${deviceId} and l.expires_at > now()
    union all
    select 'about to be collected by ' || case when ${jobInScope(sql, scope, 'j')} then 'job ' || j.id else 'another job' end from job_devices jd join jobs j on j.id = jd.job_id
      where jd.device_id = ${deviceId} and jd.status in ('pending', 'in_progress') and j.type = 'device.collect'
        and j.status not in ('completed', 'failed', 'cancelled')
    limit 1`;
  return row?.why ?? null;
}

/** The newest version of each device in scope in the order of their names, after the name `after`: what a search reads. */
export async function newestTexts(
  { sql }: Has,
  scope: Scope,
  after: string,
  limit: number,
): Promise<Pick<BackupView, 'device_id' | 'device_name' | 'task_identifier' | 'timestamp' | 'artifact'>[]> {
  return sql`select d.id as device_id, d.name as device_name, v.task_identifier, ${sql.unsafe(rfc3339('v.timestamp'))} as timestamp, v.artifact
    from devices d, lateral (select * from backups b where b.device_id = d.id and b.changed order by b.id desc limit 1) v
    where d.name > ${after} and ${deviceInScope(sql, scope, 'd')} order by d.name limit ${limit}`;
}
