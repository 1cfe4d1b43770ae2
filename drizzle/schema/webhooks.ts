import { sql } from 'drizzle-orm';
import { bigint, boolean, index, integer, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { at, createdAt, id } from './columns.ts';
import { bytea } from './types.ts';

export const webhooks = pgTable('webhooks', {
  id: id(),
  name: text('name').notNull().unique(),
  url: text('url').notNull(),
  /** Which events it is told of. */
  events: text('events').array().notNull(),
  enabled: boolean('enabled').notNull().default(true),
  /** `device.failing` is told at this many failures in a row. */
  failure_threshold: integer('failure_threshold').notNull().default(3),
  /** The HMAC secret, sealed. */
  sealed: bytea('sealed').notNull(),
  key_id: text('key_id').notNull(),
  created_by: text('created_by').notNull(),
  created_at: createdAt(),
  updated_at: at('updated_at').notNull().defaultNow(),
});

/** The outbox and its log: written in the transaction of what it tells, sent afterwards. */
export const webhookDeliveries = pgTable(
  'webhook_deliveries',
  {
    id: id().default(sql`gen_random_uuid()`),
    webhook_id: uuid('webhook_id')
      .notNull()
      .references(() => webhooks.id, { onDelete: 'cascade' }),
    event: text('event').notNull(),
    payload: jsonb('payload').notNull(),
    /** `pending`, `delivered` or `failed`. */
    status: text('status').notNull().default('pending'),
    attempts: integer('attempts').notNull().default(0),
    next_attempt_at: at('next_attempt_at').notNull().defaultNow(),
    response_status: integer('response_status'),
    error: text('error'),
    created_at: createdAt(),
    delivered_at: at('delivered_at'),
    /** The delivery that this one repeats. */
    redelivery_of: uuid('redelivery_of'),
    seq: bigint('seq', { mode: 'number' }).generatedAlwaysAsIdentity(),
  },
  (table) => [
    index('webhook_deliveries_due')
      .on(table.next_attempt_at)
      .where(sql`status = 'pending'`),
    index('webhook_deliveries_log').on(table.webhook_id, table.seq),
  ],
);
