import { sql } from 'drizzle-orm';
import { bigint, index, pgSequence, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { at } from './columns.ts';

export const deviceLockTokens = pgSequence('device_lock_tokens');

/** A lease per device: at most one session of ours at a time. Stolen only after `expires_at`. */
export const deviceLocks = pgTable(
  'device_locks',
  {
    device_id: uuid('device_id').primaryKey(),
    /** For people: which job, on which worker. */
    holder: text('holder').notNull(),
    job_id: uuid('job_id').notNull(),
    group_id: uuid('group_id'),
    /** Fencing token: grows with every acquisition; a result is committed only under the token it was collected with. */
    token: bigint('token', { mode: 'number' })
      .notNull()
      .default(sql`nextval('device_lock_tokens')`),
    acquired_at: at('acquired_at').notNull().defaultNow(),
    expires_at: at('expires_at').notNull(),
  },
  (table) => [index('device_locks_job').on(table.job_id), index('device_locks_group').on(table.group_id)],
);
