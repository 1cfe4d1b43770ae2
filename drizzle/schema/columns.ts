import { timestamp, uuid } from 'drizzle-orm/pg-core';

/** Column shorthands of every table. Times are `timestamptz` with milliseconds, read as strings. */
export const id = () => uuid('id').primaryKey();
export const at = (name: string) => timestamp(name, { withTimezone: true, mode: 'date', precision: 3 });
export const createdAt = () => at('created_at').notNull().defaultNow();
