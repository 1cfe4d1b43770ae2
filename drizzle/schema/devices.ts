import { sql } from 'drizzle-orm';
import { boolean, doublePrecision, index, integer, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { at, createdAt, id } from './columns.ts';
import { bytea } from './types.ts';

/** Secrets are one AES-256-GCM box; `key_id` names the key that opens it. */
export const credentials = pgTable('credentials', {
  id: id(),
  name: text('name').notNull().unique(),
  username: text('username'),
  sealed: bytea('sealed').notNull(),
  key_id: text('key_id').notNull(),
  /** Which secrets are set, by name: what the API may tell. */
  secrets: text('secrets').array().notNull(),
  created_at: createdAt(),
  updated_at: at('updated_at').notNull().defaultNow(),
});

export const collectionGroups = pgTable('collection_groups', {
  id: id(),
  name: text('name').notNull().unique(),
  queue_id: text('queue_id').notNull().unique(),
  /** Logins per second over all workers; null = no limit. */
  login_rate: doublePrecision('login_rate'),
  /** When the next login of the group may begin; moved on by each login. */
  next_login_at: at('next_login_at'),
  /** Sessions at once over all workers; null = no limit. */
  max_sessions: integer('max_sessions'),
  created_at: createdAt(),
  updated_at: at('updated_at').notNull().defaultNow(),
});

export const devices = pgTable(
  'devices',
  {
    id: id(),
    name: text('name').notNull().unique(),
    host: text('host').notNull(),
    port: integer('port').notNull(),
    platform: text('platform').notNull(),
    transport: text('transport').notNull(),
    credential_id: uuid('credential_id').references(() => credentials.id, { onDelete: 'restrict' }),
    collection_group_id: uuid('collection_group_id').references(() => collectionGroups.id, { onDelete: 'restrict' }),
    /** The device through which the session goes (SSH jump host). */
    jump_device_id: uuid('jump_device_id'),
    site: text('site'),
    tags: text('tags').array().notNull().default([]),
    enabled: boolean('enabled').notNull().default(true),
    external_id: text('external_id'),
    /** The pinned SSH host key, `SHA256:…`; null until the first login. */
    host_key: text('host_key'),
    /** The inventory source that owns the row; null: made by hand. */
    source: text('source'),
    /** The id of the device in that source; `external_id` is the one of the device API. */
    source_key: text('source_key'),
    /** Since when the source gives it no more. */
    vanished_at: at('vanished_at'),
    created_at: createdAt(),
    updated_at: at('updated_at').notNull().defaultNow(),
  },
  (table) => [
    index('devices_group').on(table.collection_group_id, table.name),
    index('devices_credential').on(table.credential_id, table.collection_group_id),
    index('devices_tags').using('gin', table.tags),
    uniqueIndex('devices_source')
      .on(table.source, table.source_key)
      .where(sql`source is not null`),
  ],
);
