import { z } from 'zod';
import { JOB_TYPES } from '../../core/jobs.ts';
import { defineEndpoint } from '../endpoint.ts';
import { timestamp } from '../fields.ts';
import { Job } from '../job.ts';

const count = z.int().min(0);
const rate = z.number().describe('Per second, over the last 30 seconds');

const WorkerState = z
  .object({
    identity: z.string(),
    host: z.string().nullable(),
    pid: z.int().nullable(),
    queues: z.array(z.string()),
    started_at: timestamp.nullable().describe('Null where the Temporal server keeps no list of workers'),
    last_heartbeat_at: timestamp.describe('When it was last heard of: at least every minute'),
    slots: z.object({
      used: count.describe('Devices that it is working on'),
      free: count.nullable().describe('Null where the worker does not tell'),
    }),
  })
  .meta({ id: 'WorkerState' });

const QueueBacklog = z
  .object({
    queue: z.string(),
    kind: z.enum(['workflow', 'activity']),
    group: z.string().nullable().describe('The collection group'),
    pollers: count.describe('Worker processes that asked for work in the last minute'),
    backlog: count.describe('Tasks that wait; about'),
    backlog_age_seconds: z.number().describe('Of the oldest one'),
    add_rate: rate,
    dispatch_rate: rate,
    state: z.enum(['served', 'no_worker']),
  })
  .meta({ id: 'QueueBacklog' });

const ScheduledRun = z
  .object({
    schedule_id: z.string(),
    name: z.string(),
    type: z.enum(JOB_TYPES),
    paused: z.boolean(),
    next_run_at: timestamp.nullable(),
  })
  .meta({ id: 'ScheduledRun' });

export const Stats = z
  .object({
    at: timestamp.describe('When it was read: at most two seconds ago'),
    workers: z.array(WorkerState),
    active: z.array(Job).describe('The newest 100 jobs that are not over'),
    active_jobs: count,
    scheduled: z.array(ScheduledRun).describe('At most 200, the next ones first'),
    registered: z.array(z.enum(JOB_TYPES)),
    backlog: z.array(QueueBacklog),
  })
  .meta({ id: 'Stats' });
export type Stats = z.output<typeof Stats>;

export const stats = {
  readStats: defineEndpoint({
    method: 'GET',
    path: '/api/stats',
    summary: 'Workers, running jobs, next runs and the backlog of each queue',
    tag: 'Tasks',
    role: 'viewer',
    audit: null,
    responses: { 200: Stats },
    problems: ['temporal_unavailable'],
  }),
};
