import { sql } from 'drizzle-orm';
import { bigint, boolean, index, jsonb, pgTable, text, unique, uuid } from 'drizzle-orm/pg-core';
import { at, createdAt, id } from './columns.ts';

/** People. They come with an OIDC token, or with API tokens of their own. */
export const users = pgTable(
  'users',
  {
    id: id(),
    name: text('name').notNull().unique(),
    email: text('email'),
    role: text('role').notNull(),
    /** Collection groups whose devices the user may see; null = all devices. */
    groups: uuid('groups').array(),
    enabled: boolean('enabled').notNull().default(true),
    /** `iss` and `sub` of the OIDC tokens that are this user's; null for who has none. */
    oidc_issuer: text('oidc_issuer'),
    oidc_subject: text('oidc_subject'),
    /** Role and groups follow the claims of the OIDC tokens, until an admin sets them: made by a first sign-in. */
    follows_claims: boolean('follows_claims').notNull().default(false),
    created_at: createdAt(),
    updated_at: at('updated_at').notNull().defaultNow(),
    last_seen_at: at('last_seen_at'),
  },
  (table) => [unique('users_oidc').on(table.oidc_issuer, table.oidc_subject)],
);

/** Tokens are stored as SHA-256 of a random secret; the secret is shown once. */
export const apiTokens = pgTable('api_tokens', {
  id: id(),
  name: text('name').notNull().unique(),
  role: text('role').notNull(),
  /** Whose it is: it ends with the user, and never allows more than the user may. Null: a service's. */
  user_id: uuid('user_id').references(() => users.id, { onDelete: 'cascade' }),
  /** Collection groups whose devices it may see; null = those of its user, or all. */
  groups: uuid('groups').array(),
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
