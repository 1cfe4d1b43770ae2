import type { DeviceOutcome, DeviceStatus } from '../core/outcome.ts';
import type { Database } from './database.ts';
import { deviceInScope, type Scope } from './scope.ts';

/** A device of a finished job that is asked for again. */
export interface RetryCandidate {
  device_id: string;
  /** As the job knew it. */
  device_name: string;
  status: DeviceStatus;
  outcome: DeviceOutcome | null;
  error: string | null;
  /** Its name and queue now; null where the device was deleted, or is not in scope. */
  now: { name: string; queue_id: string | null; enabled: boolean } | null;
}

/** The devices of a job with one of these statuses and outcomes, where told, in the order of the job. */
export async function retryCandidates(
  { sql }: Pick<Database, 'sql'>,
  scope: Scope,
  jobId: string,
  filter: { status?: readonly string[] | undefined; outcome?: readonly string[] | undefined },
): Promise<RetryCandidate[]> {
  const { status, outcome } = filter;
  return sql<RetryCandidate[]>`
    select j.device_id, j.name as device_name, j.status, j.outcome, j.error,
      case when d.id is not null then json_build_object('name', d.name, 'queue_id', g.queue_id, 'enabled', d.enabled) end as now
    from job_devices j left join devices d on d.id = j.device_id and ${deviceInScope(sql, scope, 'd')} left join collection_groups g on g.id = d.collection_group_id
    where j.job_id = ${jobId}
      ${status === undefined ? sql`` : sql`and j.status = any(${[...status]}::text[])`}
      ${outcome === undefined ? sql`` : sql`and j.outcome = any(${[...outcome]}::text[])`}
    order by j.position`;
}
