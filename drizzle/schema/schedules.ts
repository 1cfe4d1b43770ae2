import { integer, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { at, createdAt, id } from './columns.ts';

/** What a schedule starts. When it does is Temporal's: the Temporal schedule has the id `cairn-schedule-<id>`. */
export const schedules = pgTable('schedules', {
  id: id(),
  name: text('name').notNull().unique(),
  type: text('type').notNull(),
  /** The validated parameters as given, selectors included: devices are chosen anew at each run. */
  params: jsonb('params').notNull(),
  priority: integer('priority').notNull(),
  owner: text('owner').notNull(),
  /** Collection groups that its runs choose devices from: what its owner might see when he wrote it; null = all devices. */
  groups: uuid('groups').array(),
  created_at: createdAt(),
  updated_at: at('updated_at').notNull().defaultNow(),
});

/** Named parameters for jobs and schedules. */
export const presets = pgTable('presets', {
  id: id(),
  name: text('name').notNull().unique(),
  type: text('type').notNull(),
  params: jsonb('params').notNull(),
  priority: integer('priority').notNull(),
  owner: text('owner').notNull(),
  /** What its owner might see when he wrote it; null = all devices. */
  groups: uuid('groups').array(),
  created_at: createdAt(),
  updated_at: at('updated_at').notNull().defaultNow(),
});
