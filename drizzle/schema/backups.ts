import { sql } from 'drizzle-orm';
import { bigint, boolean, index, integer, jsonb, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { at } from './columns.ts';
import { devices } from './devices.ts';

/** One row for each collection of a device's configuration; the text is in the artifact store, never here. */
export const backups = pgTable(
  'backups',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    task_id: uuid('task_id').notNull().unique(),
    /** Names the collection among those of its device, in paths: `20261122T020000Z-1f0a9c3e`. */
    task_identifier: text('task_identifier').notNull(),
    device_id: uuid('device_id')
      .notNull()
      .references(() => devices.id, { onDelete: 'cascade' }),
    /** Not a foreign key: the history of a device outlives the jobs. */
    job_id: uuid('job_id').notNull(),
    /** Who asked for it. */
    actor: text('actor').notNull(),
    /** Who changed the configuration, where a syslog message or the text itself tells. */
    changed_by: text('changed_by'),
    platform: text('platform').notNull(),
    /** `success` or what kept it from being one. */
    status: text('status').notNull(),
    timestamp: at('timestamp').notNull(),
    log: jsonb('log').notNull(),
    /** Address in the artifact store; null where nothing was kept. */
    artifact: text('artifact'),
    /** Of the text that the artifact holds. */
    sha256: text('sha256'),
    /** Of the text without what changes by itself: versions are told apart by it. */
    content_sha256: text('content_sha256'),
    bytes: integer('bytes'),
    /** Numbers (from 1) of the lines that are left out of comparisons. */
    volatile_lines: integer('volatile_lines').array().notNull().default([]),
    /** True where it is a new version: the first, or another text than the version before. */
    changed: boolean('changed').notNull().default(false),
    /** Complete by every sign, but less than half of the version before. */
    suspicious: boolean('suspicious').notNull().default(false),
    lines_added: integer('lines_added').notNull().default(0),
    lines_removed: integer('lines_removed').notNull().default(0),
  },
  (table) => [
    uniqueIndex('backups_job_device').on(table.job_id, table.device_id),
    uniqueIndex('backups_identifier').on(table.device_id, table.task_identifier),
    index('backups_history').on(table.device_id, table.id),
    index('backups_versions')
      .on(table.device_id, table.id)
      .where(sql`changed`),
    index('backups_good')
      .on(table.device_id, table.id)
      .where(sql`status = 'success'`),
    index('backups_artifact').on(table.artifact),
    index('backups_unchanged_at')
      .on(table.timestamp)
      .where(sql`not changed`),
    index('backups_changed_at')
      .on(table.timestamp)
      .where(sql`changed`),
  ],
);

/**
 * Versions that the artifact store does not show under the device's name yet; few, and for seconds. A table of its own: a mark in
 * `backups` would write all of its indexes anew for each version. No foreign key, for the same reason: one of a version that was
 * removed meanwhile is found by nobody, and swept.
 */
export const unpublishedVersions = pgTable('unpublished_versions', {
  backup_id: bigint('backup_id', { mode: 'number' }).primaryKey(),
});
