import { randomUUID } from 'node:crypto';
import type { WebhookEvent } from '../core/events.ts';
import { idOrNull, selectList } from './columns.ts';
import type { Database } from './database.ts';
import type { Keyring } from './seal.ts';
import { explainConstraints } from './write-errors.ts';

type Has = Pick<Database, 'sql'>;

export interface WebhookFields {
  name: string;
  url: string;
  events: WebhookEvent[];
  enabled: boolean;
  failure_threshold: number;
}

/** A webhook as it may be shown. */
export interface WebhookRow extends WebhookFields {
  id: string;
  created_by: string;
  created_at: string;
  updated_at: string;
}

const COLUMNS = selectList(
  'w',
  ['id', 'name', 'url', 'events', 'enabled', 'failure_threshold', 'created_by'],
  ['created_at', 'updated_at'],
);

export async function listWebhooks({ sql }: Has, after: string | null, limit: number): Promise<WebhookRow[]> {
  return sql<WebhookRow[]>`select ${sql.unsafe(COLUMNS)} from webhooks w
    ${after === null ? sql`` : sql`where w.name > ${after}`} order by w.name limit ${limit}`;
}

export async function findWebhook({ sql }: Has, reference: string): Promise<WebhookRow | null> {
  const rows = await sql<WebhookRow[]>`select ${sql.unsafe(COLUMNS)} from webhooks w
    where w.id = ${idOrNull(reference)} or w.name = ${reference} limit 1`;
  return rows[0] ?? null;
}

/** @throws AppError `conflict` for a name that is taken */
export async function insertWebhook(
  { sql }: Has,
  keyring: Keyring,
  { secret, ...webhook }: WebhookFields & { secret: string },
  createdBy: string,
): Promise<WebhookRow> {
  const id = randomUUID();
  const { sealed, key_id } = keyring.seal({ secret }, id);
  const rows = await explainConstraints(
    () => sql<
      WebhookRow[]
    >`insert into webhooks as w (id, name, url, events, enabled, failure_threshold, sealed, key_id, created_by)
      values (${id}, ${webhook.name}, ${webhook.url}, ${webhook.events}, ${webhook.enabled}, ${webhook.failure_threshold}, ${sealed},
        ${key_id}, ${createdBy})
      returning ${sql.unsafe(COLUMNS)}`,
  );
  return rows[0]!;
}

/**
 * Sets the fields that are given; what is left out stays. Null if there is no such webhook.
 * @throws AppError `conflict` for a name that is taken
 */
export async function changeWebhook(
  { sql }: Has,
  keyring: Keyring,
  reference: string,
  { secret, ...fields }: Partial<WebhookFields> & { secret?: string | undefined },
): Promise<WebhookRow | null> {
  return explainConstraints(() =>
    sql.begin(async (tx) => {
      const [row] = await tx<WebhookRow[]>`select ${tx.unsafe(COLUMNS)} from webhooks w
        where w.id = ${idOrNull(reference)} or w.name = ${reference} limit 1 for update`;
      if (row === undefined) return null;
      const next = { ...row, ...fields };
      const box = secret === undefined ? null : keyring.seal({ secret }, row.id);
      const rows = await tx<
        WebhookRow[]
      >`update webhooks as w set name = ${next.name}, url = ${next.url}, events = ${next.events},
          enabled = ${next.enabled}, failure_threshold = ${next.failure_threshold}, updated_at = now(),
          sealed = coalesce(${box?.sealed ?? null}::bytea, w.sealed), key_id = coalesce(${box?.key_id ?? null}, w.key_id)
        where w.id = ${row.id} returning ${tx.unsafe(COLUMNS)}`;
      return rows[0]!;
    }),
  );
}

/** Removes it with its deliveries. False if there is no such webhook. */
export async function deleteWebhook({ sql }: Has, reference: string): Promise<boolean> {
  const rows = await sql`delete from webhooks where id = ${idOrNull(reference)} or name = ${reference} returning id`;
  return rows.length > 0;
}
