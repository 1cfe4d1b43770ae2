import { index, integer, json, pgTable, uuid } from 'drizzle-orm/pg-core';
import { createdAt, id } from './columns.ts';

export const topologySnapshots = pgTable(
  'topology_snapshots',
  {
    id: id(),
    /** The discovery that took it: one snapshot per job. */
    job_id: uuid('job_id').notNull().unique(),
    nodes: integer('nodes').notNull(),
    links: integer('links').notNull(),
    graph: json('graph').notNull(),
    /** What each device said of its neighbours, for whoever sees only some of the devices; null in those of older versions. */
    claims: json('claims'),
    created_at: createdAt(),
  },
  (table) => [index('topology_snapshots_created').on(table.created_at.desc())],
);
