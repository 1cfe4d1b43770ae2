import { sql } from 'drizzle-orm';
import { index, integer, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { at } from './columns.ts';
import { devices } from './devices.ts';

/** How a device has fared lately: failures in a row, the circuit breaker, the suppression of change triggers. */
export const deviceHealth = pgTable(
  'device_health',
  {
    device_id: uuid('device_id')
      .primaryKey()
      .references(() => devices.id, { onDelete: 'cascade' }),
    /** Jobs in a row in which it failed. */
    failures: integer('failures').notNull().default(0),
    last_outcome: text('last_outcome'),
    last_error: text('last_error'),
    last_success_at: at('last_success_at'),
    last_failure_at: at('last_failure_at'),
    /** The circuit is open until then; a probe is due after it. Null: closed. */
    open_until: at('open_until'),
    /** Seconds of the next opening. */
    open_seconds: integer('open_seconds'),
    /** Change messages before this moment start no collection. */
    quiet_until: at('quiet_until'),
    /** When the first change message came that no collection was started for yet; null: none waits. */
    change_at: at('change_at'),
    /** Who the last of those messages names. */
    change_by: text('change_by'),
  },
  (table) => [
    index('device_health_change')
      .on(table.quiet_until)
      .where(sql`change_at is not null`),
  ],
);
