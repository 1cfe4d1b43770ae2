import type { DeliveryEvent, DeliveryStatus } from '../core/events.ts';
import { rfc3339, selectList } from './columns.ts';
import type { Database } from './database.ts';
import { storableText } from './storable-text.ts';

type Has = Pick<Database, 'sql'>;

/** A delivery as it may be shown. */
export interface DeliveryRow {
  id: string;
  event: DeliveryEvent;
  status: DeliveryStatus;
  attempts: number;
  response_status: number | null;
  error: string | null;
  payload: Record<string, unknown>;
  created_at: string;
  next_attempt_at: string | null;
  delivered_at: string | null;
  redelivery_of: string | null;
  /** Its place in the log. */
  seq: number;
}

const COLUMNS = [
  selectList(
    'd',
    ['id', 'event', 'status', 'attempts', 'response_status', 'error', 'payload', 'redelivery_of', 'seq'],
    ['created_at', 'delivered_at'],
  ),
  `case when d.status = 'pending' then ${rfc3339('d.next_attempt_at')} end as next_attempt_at`,
].join(', ');

export interface DeliveryFilter {
  status?: DeliveryStatus | undefined;
  event?: DeliveryEvent | undefined;
}

/** Newest first; `before` is the `seq` of the last one that was shown. */
export async function listDeliveries(
  { sql }: Has,
  webhookId: string,
  { status, event }: DeliveryFilter,
  before: number | null,
  limit: number,
): Promise<DeliveryRow[]> {
  return sql<DeliveryRow[]>`select ${sql.unsafe(COLUMNS)} from webhook_deliveries d where d.webhook_id = ${webhookId}
    ${status === undefined ? sql`` : sql`and d.status = ${status}`} ${event === undefined ? sql`` : sql`and d.event = ${event}`}
    ${before === null ? sql`` : sql`and d.seq < ${before}`} order by d.seq desc limit ${limit}`;
}

export async function insertPing({ sql }: Has, webhookId: string, by: string): Promise<DeliveryRow> {
  const rows = await sql<DeliveryRow[]>`insert into webhook_deliveries as d (webhook_id, event, payload)
    select ${webhookId}, 'ping', json_build_object('webhook', w.name, 'sent_by', ${by}::text) from webhooks w where w.id = ${webhookId}
    returning ${sql.unsafe(COLUMNS)}`;
  return rows[0]!;
}

/** Puts a delivery that is over into the outbox anew. Null if there is none; `pending` where it is still on its way. */
export async function redeliver({ sql }: Has, webhookId: string, deliveryId: string): Promise<DeliveryRow | 'pending' | null> {
  const [old] = await sql<{ status: DeliveryStatus }[]>`
    select status from webhook_deliveries where webhook_id = ${webhookId} and id = ${deliveryId}`;
  if (old === undefined) return null;
  if (old.status === 'pending') return 'pending';
  const rows = await sql<DeliveryRow[]>`insert into webhook_deliveries as d (webhook_id, event, payload, redelivery_of)
    select webhook_id, event, payload, id from webhook_deliveries where id = ${deliveryId} returning ${sql.unsafe(COLUMNS)}`;
  return rows[0] ?? null;
}

/** A delivery that this process is to send, under a claim that ends by itself. */
export interface ClaimedDelivery {
  id: string;
  webhook_id: string;
  event: DeliveryEvent;
  payload: Record<string, unknown>;
  /** RFC 3339. */
  created_at: string;
  redelivery_of: string | null;
  /** This one included; also what the claim is known by. */
  attempts: number;
  url: string;
  sealed: Uint8Array;
  key_id: string;
}

/**
 * Claims deliveries that are due, oldest first: of each webhook so many that, with the `busy` ones, at most `perWebhook` are under way
 * here. Nobody else gets them for `leaseSeconds`; what a process that dies has claimed is due again then.
 */
export async function claimDeliveries(
  { sql }: Has,
  busy: ReadonlyMap<string, number>,
  { perWebhook, most, leaseSeconds }: { perWebhook: number; most: number; leaseSeconds: number },
): Promise<ClaimedDelivery[]> {
  return sql<ClaimedDelivery[]>`
    with due as (
      select d.id from webhooks w
      left join unnest(${[...busy.keys()]}::uuid[], ${[...busy.values()]}::int[]) as b(webhook_id, n) on b.webhook_id = w.id
      cross join lateral (
        select d.id from webhook_deliveries d where d.webhook_id = w.id and d.status = 'pending' and d.next_attempt_at <= now()
        order by d.next_attempt_at, d.seq limit greatest(${perWebhook}::int - coalesce(b.n, 0), 0) for update skip locked) d
      where w.enabled limit ${most}
    )
    update webhook_deliveries d set attempts = d.attempts + 1, next_attempt_at = now() + ${leaseSeconds} * interval '1 second'
    from due, webhooks w where d.id = due.id and w.id = d.webhook_id
    returning d.id, d.webhook_id, d.event, d.payload, ${sql.unsafe(rfc3339('d.created_at'))} as created_at, d.redelivery_of, d.attempts,
      w.url, w.sealed, w.key_id`;
}

/** What became of an attempt. `retry_ms` null: it was the last one. */
export type DeliveryEnd =
  | { status: 'delivered'; response_status: number }
  | { status: 'failed'; response_status: number | null; error: string; retry_ms: number | null };

/** Writes down what became of an attempt, unless its claim ran out and the delivery is somebody else's. */
export async function settleDelivery({ sql }: Has, claimed: { id: string; attempts: number }, end: DeliveryEnd): Promise<void> {
  const open = end.status === 'failed' && end.retry_ms !== null;
  await sql`update webhook_deliveries set status = ${open ? 'pending' : end.status}, response_status = ${end.response_status},
      error = ${end.status === 'failed' ? storableText(end.error) : null},
      delivered_at = case when ${end.status} = 'delivered' then now() end,
      next_attempt_at = now() + ${open ? end.retry_ms! / 1000 : 0}::float8 * interval '1 second'
    where id = ${claimed.id} and attempts = ${claimed.attempts} and status = 'pending'`;
}

/** Gives a claim back as if it had not been made: the process stops. */
export async function releaseDelivery({ sql }: Has, claimed: { id: string; attempts: number }): Promise<void> {
  await sql`update webhook_deliveries set attempts = attempts - 1, next_attempt_at = now()
    where id = ${claimed.id} and attempts = ${claimed.attempts} and status = 'pending'`;
}
