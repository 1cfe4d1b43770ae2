import type { PendingQuery, Row } from 'postgres';
import type { Sql } from '../database.ts';
import { byAge, keyedStep, type KeyedTable } from './keyed-step.ts';
import { cutoff, type CleanupScope } from './step.ts';

const COLLECTIONS = {
  table: 'backups',
  key: [['id', 'bigint']],
  order: [
    ['timestamp', 'timestamptz'],
    ['id', 'bigint'],
  ],
} as const satisfies Partial<KeyedTable>;

/** True of a collection `t` that failed long ago; the newest of its device, whatever became of it, stays. */
export function doomedFailed(sql: Sql, scope: CleanupScope): PendingQuery<Row[]> | null {
  const before = cutoff(scope, scope.params.backups_failed_days);
  if (before === null) return null;
  return sql`not t.changed and t.status <> 'success' and t.timestamp < ${before}
    and exists (select 1 from backups n where n.device_id = t.device_id and n.id > t.id)`;
}

/** True of a collection `t` that found no change long ago; the newest good one of its device stays. */
export function doomedUnchanged(sql: Sql, scope: CleanupScope): PendingQuery<Row[]> | null {
  const before = cutoff(scope, scope.params.backups_unchanged_days);
  if (before === null) return null;
  return sql`not t.changed and t.status = 'success' and t.timestamp < ${before}
    and exists (select 1 from backups n where n.device_id = t.device_id and n.status = 'success' and n.id > t.id)`;
}

export const failedBackups = keyedStep({ ...COLLECTIONS, rule: byAge('backups_failed_days'), doomed: doomedFailed });

export const unchangedBackups = keyedStep({ ...COLLECTIONS, rule: byAge('backups_unchanged_days'), doomed: doomedUnchanged });
