import { sql } from 'drizzle-orm';
import { bigint, index, jsonb, pgTable, text } from 'drizzle-orm/pg-core';
import { at, createdAt, id } from './columns.ts';

/** Tokens are stored as SHA-256 of a random secret; the secret is shown once. */
export const apiTokens = pgTable('api_tokens', {
  id: id(),
  name: text('name').notNull().unique(),
  role: text('role').notNull(),
  token_hash: text('token_hash').notNull().unique(),
  created_by: text('created_by').notNull(),
  created_at: createdAt(),
  expires_at: at('expires_at'),
  last_used_at: at('last_used_at'),
});

/** Every mutating call, also the denied. */
export const auditEvents = pgTable(
  'audit_events',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    at: at('at').notNull().defaultNow(),
    actor: text('actor').notNull(),
    role: text('role'),
    action: text('action').notNull(),
    method: text('method').notNull(),
    path: text('path').notNull(),
    status: text('status').notNull(),
    request_id: text('request_id').notNull(),
    detail: jsonb('detail')
      .notNull()
      .default(sql`'{}'::jsonb`),
  },
  (table) => [index('audit_events_at').on(table.at)],
);
