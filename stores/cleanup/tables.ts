import { STALE_LOCK_MS } from '../../core/cleanup.ts';
import type { Sql } from '../database.ts';
import { doomedJob, jobsCutoff } from './jobs.ts';
import { byAge, keyedStep } from './keyed-step.ts';
import { cutoff, type CleanupScope, type Key } from './step.ts';

/**
 * Records that neither a cache nor a job refers to any more (docs/decisions/0001). A job that refers to a set is no older than the
 * set, so that only sets older than the jobs that are kept are looked at.
 */
export const factSets = keyedStep({
  table: 'fact_sets',
  key: [
    ['device_id', 'uuid'],
    ['kind', 'text'],
    ['sha256', 'text'],
  ],
  order: [
    ['created_at', 'timestamptz'],
    ['device_id', 'uuid'],
    ['kind', 'text'],
    ['sha256', 'text'],
  ],
  rule: () => 'that nothing refers to',
  doomed(sql, scope) {
    const before = jobsCutoff(scope);
    if (before === null) return null;
    return sql`t.created_at < ${before}
      and not exists (select 1 from device_kinds c where c.device_id = t.device_id and c.kind = t.kind and c.facts_sha256 = t.sha256)
      and not exists (select 1 from job_devices d join job_device_kinds k on k.job_id = d.job_id and k.device_id = d.device_id
        join jobs j on j.id = d.job_id
        where d.device_id = t.device_id and k.kind = t.kind and k.facts_sha256 = t.sha256 and not (${doomedJob(sql, scope)}))`;
  },
  lock: lockDevices,
});

/** A checkpoint may be about to refer to a set that it found there: those devices are left for the next time. */
async function lockDevices(tx: Sql, items: Key[]): Promise<Key[]> {
  const ids = [...new Set(items.map(([id]) => id!))];
  const there = await tx<{ id: string; locked: boolean }[]>`
    with mine as (select id from devices where id = any(${ids}::uuid[]) order by id for update skip locked)
    select d.id, m.id is not null as locked from devices d left join mine m on m.id = d.id where d.id = any(${ids}::uuid[])`;
  const busy = new Set(there.filter((row) => !row.locked).map((row) => row.id));
  return items.filter(([id]) => !busy.has(id!));
}

export const topologySnapshots = keyedStep({
  table: 'topology_snapshots',
  key: [['id', 'uuid']],
  order: [
    ['created_at', 'timestamptz'],
    ['id', 'uuid'],
  ],
  rule: ({ snapshots_days, snapshots_least }) =>
    snapshots_days === null ? null : `older than ${snapshots_days} days and not among the newest ${snapshots_least}`,
  doomed(sql, scope) {
    const before = cutoff(scope, scope.params.snapshots_days);
    if (before === null) return null;
    return sql`t.created_at < ${before} and (t.created_at, t.id) < (select s.created_at, s.id from topology_snapshots s
      order by s.created_at desc, s.id desc limit 1 offset ${scope.params.snapshots_least - 1})`;
  },
  // A graph may have megabytes.
  batch: 50,
});

export const auditEvents = keyedStep({
  table: 'audit_events',
  key: [['id', 'bigint']],
  order: [
    ['at', 'timestamptz'],
    ['id', 'bigint'],
  ],
  rule: byAge('audit_days'),
  doomed(sql, scope) {
    const before = cutoff(scope, scope.params.audit_days);
    return before === null ? null : sql`t.at < ${before}`;
  },
});

export const idempotencyKeys = keyedStep({
  table: 'idempotency_keys',
  key: [
    ['owner', 'text'],
    ['key', 'text'],
  ],
  order: [
    ['expires_at', 'timestamptz'],
    ['owner', 'text'],
    ['key', 'text'],
  ],
  rule: () => 'that have expired',
  doomed: (sql, { now }: CleanupScope) => sql`t.expires_at < ${now}`,
});

export const deadLetters = keyedStep({
  table: 'dead_letters',
  key: [['id', 'bigint']],
  order: [
    ['settled_at', 'timestamptz'],
    ['id', 'bigint'],
  ],
  rule: byAge('dead_letters_days', 'settled more than'),
  doomed(sql, scope) {
    const before = cutoff(scope, scope.params.dead_letters_days);
    return before === null ? null : sql`t.settled_at < ${before} and t.state <> 'open'`;
  },
});

/** Leases that nobody has renewed or taken over: until they are gone, a collection under them could still write its row. */
export const deviceLocks = keyedStep({
  table: 'device_locks',
  key: [['device_id', 'uuid']],
  order: [['device_id', 'uuid']],
  rule: () => 'that ran out more than an hour ago',
  doomed: (sql, { now }: CleanupScope) => sql`t.expires_at < ${new Date(now.getTime() - STALE_LOCK_MS)}`,
});
