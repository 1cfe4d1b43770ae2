import { sql } from 'drizzle-orm';
import { bigint, index, integer, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { at, createdAt, id } from './columns.ts';

/** Answers to starting requests that carried an `Idempotency-Key`, to be given again. */
export const idempotencyKeys = pgTable(
  'idempotency_keys',
  {
    owner: text('owner').notNull(),
    key: text('key').notNull(),
    /** SHA-256 of method, path and body. */
    request_hash: text('request_hash').notNull(),
    /** Null while the first request still runs. */
    status: integer('status'),
    response: jsonb('response'),
    created_at: createdAt(),
    expires_at: at('expires_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.owner, table.key] }), index('idempotency_keys_expiry').on(table.expires_at)],
);

/** Devices that failed for good, one row for each job and device; grouped by `fingerprint`. */
export const deadLetters = pgTable(
  'dead_letters',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    /** Of outcome and normalised error. */
    fingerprint: text('fingerprint').notNull(),
    job_id: uuid('job_id').notNull(),
    job_type: text('job_type').notNull(),
    device_id: uuid('device_id').notNull(),
    device_name: text('device_name').notNull(),
    outcome: text('outcome').notNull(),
    error: text('error').notNull(),
    /** The error without names, addresses and numbers. */
    normalised: text('normalised').notNull(),
    /** `open`, `replayed`, `resolved` or `ignored`. */
    state: text('state').notNull().default('open'),
    replay_job_id: uuid('replay_job_id'),
    created_at: createdAt(),
    settled_at: at('settled_at'),
  },
  (table) => [
    index('dead_letters_group').on(table.fingerprint, table.id),
    index('dead_letters_open')
      .on(table.fingerprint)
      .where(sql`state = 'open'`),
    index('dead_letters_device').on(table.device_id),
    index('dead_letters_settled')
      .on(table.settled_at)
      .where(sql`state <> 'open'`),
  ],
);

/** Times in which devices of a group, or all, are left alone; and pauses of a group or the whole system. */
export const holds = pgTable('holds', {
  id: id(),
  /** `maintenance` (a window) or `pause` (until it is lifted). */
  kind: text('kind').notNull(),
  /** Null: the whole system. */
  group_id: uuid('group_id'),
  reason: text('reason').notNull(),
  starts_at: at('starts_at').notNull(),
  /** Null: until it is removed. */
  ends_at: at('ends_at'),
  created_by: text('created_by').notNull(),
  created_at: createdAt(),
});
