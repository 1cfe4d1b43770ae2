import type { Database, Sql } from './database.ts';
import type { HoldKind } from './holds.ts';
import { arrayLiteral } from './text-array.ts';

type Has = Pick<Database, 'sql'>;

/** Seconds a lock outlives the last sign of its holder. Renewed every quarter of it. */
export const LEASE_SECONDS = 12;

export interface LockWish {
  job_id: string;
  device_id: string;
  holder: string;
  group_id: string | null;
  /** Whether it is to be logged in to: only then its circuit counts. Yes unless told. */
  login?: boolean;
}

/** `token` is null where another holder has the device, where its circuit is open, where it is held, or where it is not to be run any more (`gone`). */
export interface LockGrant {
  device_id: string;
  job_id: string;
  token: number | null;
  attempts: number;
  gone: boolean;
  /** Who has it now; null where it was granted. */
  held_by: string | null;
  held_job_id: string | null;
  /** Why its circuit is open; null where it is not. */
  circuit: string | null;
  /** What keeps it from being logged in to now: a paused one was put off, one in a maintenance window is to be skipped. */
  hold: HoldKind | null;
  hold_why: string | null;
}

/** A paused device is looked at again after so long. */
const HOLD_SECONDS = 20;

/**
 * Takes the lock of each device that is free or whose lease is over, and marks the device as started in its job, in one
 * statement. Each device may stand in `wishes` only once. In order of the devices, so that two workers do not deadlock.
 */
export async function takeLocks(sql: Sql, wishes: LockWish[]): Promise<LockGrant[]> {
  return sql<LockGrant[]>`
    with wish as (
      select * from unnest(${wishes.map((wish) => wish.job_id)}::uuid[], ${wishes.map((wish) => wish.device_id)}::uuid[],
        ${wishes.map((wish) => wish.holder)}::text[], ${wishes.map((wish) => wish.group_id)}::uuid[],
        ${arrayLiteral(wishes.map((wish) => wish.login !== false))}::bool[]) as w(job_id, device_id, holder, group_id, login)
    ), due as (
      select w.* from wish w join job_devices jd on jd.job_id = w.job_id and jd.device_id = w.device_id
      where jd.status in ('pending', 'in_progress')
    ), spared as (
      select w.device_id, h.failures || ' failures in a row, the last one ' || coalesce(h.last_outcome, '')
        || coalesce(' (' || left(h.last_error, 300) || ')', '') || '; it is left alone until '
        || to_char(h.open_until at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as why
      from due w join device_health h on h.device_id = w.device_id where w.login and h.open_until > now()
    ), held as (
      select distinct on (w.device_id) w.job_id, w.device_id, h.kind,
        case when h.kind = 'pause' then 'paused' else 'in a maintenance window' end
          || case when h.group_id is null then '' else ' with its collection group' end
          || coalesce(' until ' || to_char(h.ends_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), '') || ': ' || h.reason as why
      from due w join devices d on d.id = w.device_id join holds h on h.group_id is null or h.group_id = d.collection_group_id
      where w.login and h.starts_at <= now() and (h.ends_at is null or h.ends_at > now())
      order by w.device_id, h.kind desc, h.ends_at desc nulls first
    ), put_off as (
      update job_devices jd set next_attempt_at = now() + make_interval(secs => ${HOLD_SECONDS}), error = h.why, status = 'pending', current_task = null
      from held h where h.kind = 'pause' and jd.job_id = h.job_id and jd.device_id = h.device_id
    ), taken as (
      insert into device_locks as l (device_id, holder, job_id, group_id, expires_at)
      select device_id, holder, job_id, group_id, now() + make_interval(secs => ${LEASE_SECONDS}) from due
      where device_id not in (select device_id from spared) and device_id not in (select device_id from held) order by device_id
      on conflict (device_id) do update set holder = excluded.holder, job_id = excluded.job_id, group_id = excluded.group_id,
        token = nextval('device_lock_tokens'), acquired_at = now(), expires_at = excluded.expires_at
        where l.expires_at < now()
      returning device_id, job_id, token
    ), started as (
      update job_devices jd set status = 'in_progress', attempts = jd.attempts + 1, started_at = coalesce(jd.started_at, now()),
             current_task = 'connecting', next_attempt_at = null, error = null
      from taken t where jd.job_id = t.job_id and jd.device_id = t.device_id
      returning jd.device_id, jd.attempts
    )
    select w.device_id, w.job_id, t.token, coalesce(s.attempts, 0) as attempts, due.device_id is null as gone,
           case when t.token is null then l.holder end as held_by, case when t.token is null then l.job_id end as held_job_id,
           p.why as circuit, h.kind as hold, h.why as hold_why
    from wish w left join due on due.device_id = w.device_id left join taken t on t.device_id = w.device_id
    left join started s on s.device_id = w.device_id left join device_locks l on l.device_id = w.device_id
    left join spared p on p.device_id = w.device_id left join held h on h.device_id = w.device_id`;
}

/**
 * Admission of a group that has limits: how many logins may begin now and when each may, counted over all workers.
 * To be called in the transaction that then takes the locks: the row of the group serialises it.
 * Returns the delay in milliseconds of each login that is admitted, at most `wanted` of them, none later than `horizonMs`.
 */
export async function admitLogins(sql: Sql, groupId: string, wanted: number, horizonMs: number): Promise<number[]> {
  const [group] = await sql<{ login_rate: number | null; max_sessions: number | null; wait_ms: number }[]>`
    select login_rate, max_sessions,
           greatest(0, coalesce(extract(epoch from next_login_at - clock_timestamp()) * 1000, 0))::float8 as wait_ms
    from collection_groups where id = ${groupId} for update`;
  if (group === undefined) return Array<number>(wanted).fill(0);
  const room =
    group.max_sessions === null ? wanted : Math.min(wanted, Math.max(0, group.max_sessions - (await openOf(sql, groupId))));
  if (group.login_rate === null) return Array<number>(room).fill(0);
  const delays: number[] = [];
  for (let next = group.wait_ms; delays.length < room && next <= horizonMs; next += 1000 / group.login_rate) delays.push(next);
  if (delays.length > 0) {
    const seconds = (delays.at(-1)! + 1000 / group.login_rate) / 1000;
    await sql`update collection_groups set next_login_at = clock_timestamp() + make_interval(secs => ${seconds}) where id = ${groupId}`;
  }
  return delays;
}

/** A statement of its own, so that it sees what was committed while the row of the group was waited for. */
async function openOf(sql: Sql, groupId: string): Promise<number> {
  const [row] = await sql<{ open: number }[]>`
    select count(*)::int as open from device_locks where group_id = ${groupId} and expires_at > clock_timestamp()`;
  return row!.open;
}

export interface HeldLock {
  device_id: string;
  token: number;
}

/** Renews leases; returns the tokens that still hold. */
export async function renewLocks({ sql }: Has, held: HeldLock[]): Promise<Set<number>> {
  const rows = await sql<{ token: number }[]>`
    update device_locks l set expires_at = now() + make_interval(secs => ${LEASE_SECONDS})
    from unnest(${held.map((lock) => lock.device_id)}::uuid[], ${held.map((lock) => lock.token)}::bigint[]) as h(device_id, token)
    where l.device_id = h.device_id and l.token = h.token returning l.token`;
  return new Set(rows.map((row) => row.token));
}

/** Gives locks back and puts the devices, where they are still running, back to `pending`, due in `due_ms`. */
export async function returnDevices(
  { sql }: Has,
  held: (HeldLock & { job_id: string; due_ms: number; error: string | null })[],
): Promise<void> {
  await sql`
    with h as (
      select * from unnest(${held.map((lock) => lock.job_id)}::uuid[], ${held.map((lock) => lock.device_id)}::uuid[],
        ${held.map((lock) => lock.token)}::bigint[], ${held.map((lock) => lock.due_ms)}::float8[],
        ${held.map((lock) => lock.error)}::text[]) as h(job_id, device_id, token, due_ms, error)
    ), released as (
      delete from device_locks l using h where l.device_id = h.device_id and l.token = h.token returning l.device_id
    )
    update job_devices jd set status = 'pending', current_task = null, error = h.error,
           next_attempt_at = case when h.due_ms > 0 then now() + make_interval(secs => h.due_ms / 1000) end
    from h join released r on r.device_id = h.device_id
    where jd.job_id = h.job_id and jd.device_id = h.device_id and jd.status = 'in_progress'`;
}
