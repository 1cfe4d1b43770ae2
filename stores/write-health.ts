import type { DeviceCommit } from './commit-devices.ts';
import type { Sql } from './database.ts';
import { CIRCUIT } from '../core/circuit.ts';
import { storableText } from './storable-text.ts';
import { arrayLiteral } from './text-array.ts';

const ERROR_LENGTH = 4000;
/** Outcomes that say nothing about the device: nobody has tried it. */
const NOT_TRIED = ['locked', 'circuit_open', 'cancelled'];
/** Failures of the way to the device and of its login: another login soon would do no better, or do harm. */
const OPENS_CIRCUIT = ['auth_failed', 'unreachable', 'timeout', 'host_key_mismatch', 'truncated'];

/**
 * Statements that keep how devices have fared, and tell webhooks of those that fail again and again or work again. A device counts
 * only where it was tried: not one that was locked, cancelled, held back by its circuit, or never reached through a fault of ours
 * (no credential, deleted: such a commit has no token). Parsing stored outputs anew tries no device either. The devices must be
 * there and locked. No device may be in `commits` twice.
 */
export function writeHealth(tx: Sql, commits: DeviceCommit[]): Promise<unknown>[] {
  const rows = commits.flatMap(({ device_id, job_id, name, token, verdict, collected_at }) => {
    if (token === null || verdict === null || verdict.status === 'cancelled' || NOT_TRIED.includes(verdict.outcome)) return [];
    const error = verdict.error === null ? null : storableText(verdict.error).slice(0, ERROR_LENGTH);
    return { device_id, job_id, name, ok: verdict.status === 'completed', outcome: verdict.outcome, error, collected_at };
  });
  if (rows.length === 0) return [];
  const column = (value: (row: (typeof rows)[number]) => unknown): string => arrayLiteral(rows.map(value));
  return [
    tx`
    with c as (
      select c.* from unnest(${column((row) => row.device_id)}::uuid[], ${column((row) => row.job_id)}::uuid[],
        ${column((row) => row.name)}::text[], ${column((row) => row.ok)}::boolean[], ${column((row) => row.outcome)}::text[],
        ${column((row) => row.error)}::text[], ${column((row) => row.collected_at.toISOString())}::timestamptz[])
        as c(device_id, job_id, name, ok, outcome, error, at)
      join jobs j on j.id = c.job_id and j.type <> 'topology.reparse'
    ), old as (
      select h.device_id, h.failures, h.last_success_at from device_health h
      where h.device_id in (select device_id from c) order by h.device_id for update
    ), now as (
      insert into device_health as h (device_id, failures, last_outcome, last_error, last_success_at, last_failure_at)
      select c.device_id, case when c.ok then 0 else 1 end, c.outcome, c.error, case when c.ok then c.at end, case when not c.ok then c.at end
      from c left join old on old.device_id = c.device_id order by c.device_id
      on conflict (device_id) do update set failures = case when excluded.failures = 0 then 0 else h.failures + 1 end,
        last_outcome = excluded.last_outcome, last_error = excluded.last_error,
        last_success_at = coalesce(excluded.last_success_at, h.last_success_at),
        last_failure_at = coalesce(excluded.last_failure_at, h.last_failure_at),
        open_seconds = case when excluded.failures = 0 then null when ${opens(tx)} then ${nextSeconds(tx)} else h.open_seconds end,
        open_until = case when excluded.failures = 0 then null when ${opens(tx)} then now() + make_interval(secs => ${nextSeconds(tx)}) end
      returning h.device_id, h.failures
    ), hooks as (
      select id, events, failure_threshold as threshold from webhooks
      where enabled and events && '{device.failing,device.recovered}'::text[] order by id for key share
    )
    insert into webhook_deliveries (webhook_id, event, payload)
    select w.id, e.event, json_build_object('device_id', c.device_id, 'device_name', c.name, 'job_id', c.job_id,
      'failures', case when c.ok then old.failures else now.failures end, 'outcome', c.outcome, 'error', c.error,
      'last_success_at', to_char(case when c.ok then c.at else old.last_success_at end at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
      'links', json_build_object('device', '/api/devices/' || c.device_id, 'health', '/api/devices/' || c.device_id || '/health',
        'job', '/api/jobs/' || c.job_id))
    from c join now on now.device_id = c.device_id left join old on old.device_id = c.device_id, hooks w,
      lateral (select case when not c.ok and now.failures = w.threshold then 'device.failing'
                           when c.ok and old.failures >= w.threshold then 'device.recovered' end as event) e
    where e.event = any(w.events)`,
  ];
}

/** At so many failures in a row, and at each one after them, the device is left alone for a while. */
const opens = (tx: Sql) => tx`h.failures + 1 >= ${CIRCUIT.failures} and excluded.last_outcome = any(${OPENS_CIRCUIT}::text[])`;

/** Twice as long each time that the probe fails. */
const nextSeconds = (tx: Sql) =>
  tx`least(coalesce(h.open_seconds * 2, ${CIRCUIT.first_seconds}::int), ${CIRCUIT.most_seconds}::int)`;
