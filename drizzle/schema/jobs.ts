import { sql } from 'drizzle-orm';
import { bigint, boolean, index, integer, json, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { at, createdAt, id } from './columns.ts';
import { xid8 } from './types.ts';

export const jobs = pgTable(
  'jobs',
  {
    /** Also the workflow id. */
    id: id(),
    type: text('type').notNull(),
    status: text('status').notNull(),
    partial: boolean('partial').notNull().default(false),
    message: text('message'),
    error: text('error'),
    params: jsonb('params').notNull(),
    owner: text('owner').notNull(),
    priority: integer('priority').notNull(),
    total_devices: integer('total_devices').notNull(),
    created_at: createdAt(),
    started_at: at('started_at'),
    completed_at: at('completed_at'),
    retry_of: uuid('retry_of'),
    schedule_id: text('schedule_id'),
    /** First run of the workflow; null until Temporal has taken it. */
    run_id: text('run_id'),
    /** Names what started it, where that may start it only once (a run of a schedule). */
    origin: text('origin').unique(),
    /** Collection groups of its devices when it was made, the nil UUID for devices without one; who may see all of them may see it. */
    groups: uuid('groups')
      .array()
      .notNull()
      .default(sql`'{}'`),
  },
  (table) => [
    index('jobs_created').on(table.created_at.desc(), table.id.desc()),
    index('jobs_schedule')
      .on(table.schedule_id, table.created_at, table.id)
      .where(sql`schedule_id is not null`),
    index('jobs_open')
      .on(table.status)
      .where(sql`status not in ('completed', 'failed', 'cancelled')`),
  ],
);

export const jobDevices = pgTable(
  'job_devices',
  {
    job_id: uuid('job_id')
      .notNull()
      .references(() => jobs.id, { onDelete: 'cascade' }),
    /** Not a foreign key: the history of a job outlives the device. */
    device_id: uuid('device_id').notNull(),
    /** Order in the request, from 0. */
    position: integer('position').notNull(),
    name: text('name').notNull(),
    batch: integer('batch').notNull(),
    queue: text('queue').notNull(),
    status: text('status').notNull().default('pending'),
    outcome: text('outcome'),
    error: text('error'),
    attempts: integer('attempts').notNull().default(0),
    current_task: text('current_task'),
    /** Before this moment no new attempt is due. */
    next_attempt_at: at('next_attempt_at'),
    started_at: at('started_at'),
    completed_at: at('completed_at'),
  },
  (table) => [
    primaryKey({ columns: [table.job_id, table.device_id] }),
    index('job_devices_position').on(table.job_id, table.position),
    index('job_devices_batch').on(table.job_id, table.batch),
    index('job_devices_status').on(table.job_id, table.status, table.outcome),
    index('job_devices_device').on(table.device_id),
    index('job_devices_group')
      .on(table.queue, table.job_id)
      .where(sql`queue <> 'collector'`),
  ],
);

export const jobDeviceKinds = pgTable(
  'job_device_kinds',
  {
    job_id: uuid('job_id')
      .notNull()
      .references(() => jobs.id, { onDelete: 'cascade' }),
    device_id: uuid('device_id').notNull(),
    kind: text('kind').notNull(),
    outcome: text('outcome').notNull(),
    rows: integer('rows').notNull(),
    duration_ms: integer('duration_ms').notNull(),
    error: text('error'),
    /** Which `fact_sets` row holds the records; null where there are none. */
    facts_sha256: text('facts_sha256'),
    collected_at: at('collected_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.job_id, table.device_id, table.kind] })],
);

/** What happened, in order; the event stream reads it. (`xact`, `id`) is the order in which rows become visible. */
export const jobLog = pgTable(
  'job_log',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    xact: xid8('xact')
      .notNull()
      .default(sql`pg_current_xact_id()`),
    job_id: uuid('job_id')
      .notNull()
      .references(() => jobs.id, { onDelete: 'cascade' }),
    device_id: uuid('device_id'),
    at: at('at').notNull().defaultNow(),
    /** `status`, `device` or `log`. */
    event: text('event').notNull(),
    level: text('level').notNull(),
    message: text('message').notNull(),
    data: json('data'),
  },
  (table) => [index('job_log_job').on(table.job_id, table.xact, table.id)],
);

/** What a job over jobs or devices does to each of them: chosen once, when the job is made. */
export const bulkItems = pgTable(
  'bulk_items',
  {
    job_id: uuid('job_id')
      .notNull()
      .references(() => jobs.id, { onDelete: 'cascade' }),
    /** From 0, in the order in which they are done. */
    position: integer('position').notNull(),
    /** Of a job or a device. */
    target_id: uuid('target_id').notNull(),
    name: text('name').notNull(),
    /** `ITEM_STATES` of core/bulk.ts. */
    state: text('state').notNull().default('pending'),
    /** What was done, or why not. */
    message: text('message'),
    completed_at: at('completed_at'),
  },
  (table) => [primaryKey({ columns: [table.job_id, table.position] }), index('bulk_items_state').on(table.job_id, table.state)],
);
