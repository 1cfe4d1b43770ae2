import { z } from 'zod';
import { JOB_STATUSES, JOB_TYPES, type JobType } from '../../core/jobs.ts';
import { priority } from '../discover.ts';
import { defineEndpoint } from '../endpoint.ts';
import { deviceOutcome, idParams, line, page, pageQuery, timestamp, uuid } from '../fields.ts';
import { deviceStatus, Job, JobDevice, JobLogLine } from '../job.ts';
import { TASKS } from '../tasks.ts';

const tag = 'Jobs';
const variant = <T extends JobType>(type: T) => z.strictObject({ type: z.literal(type), params: TASKS[type].params, priority });
const variants = {
  'topology.discover': variant('topology.discover'),
  'topology.reparse': variant('topology.reparse'),
  'device.collect': variant('device.collect'),
  'fleet.collect': variant('fleet.collect'),
} satisfies Record<JobType, z.ZodType>;
const NewJob = z
  .discriminatedUnion('type', [
    variants['topology.discover'],
    variants['topology.reparse'],
    variants['device.collect'],
    variants['fleet.collect'],
  ])
  .meta({ id: 'NewJob' });

const read = { method: 'GET', tag, role: 'viewer', audit: null, params: idParams, problems: ['not_found'] } as const;
const control = {
  method: 'POST',
  tag,
  role: 'operator',
  params: idParams,
  responses: { 202: Job },
  problems: ['not_found', 'conflict', 'temporal_unavailable'],
} as const;

export const jobs = {
  createJob: defineEndpoint({
    method: 'POST',
    path: '/api/jobs',
    summary: 'Start a job of any type',
    tag,
    role: 'operator',
    audit: 'job.create',
    body: NewJob,
    responses: { 202: Job },
  }),
  listJobs: defineEndpoint({
    method: 'GET',
    path: '/api/jobs',
    summary: 'List jobs, the newest first',
    tag,
    role: 'viewer',
    audit: null,
    query: z.strictObject({
      ...pageQuery,
      type: z.enum(JOB_TYPES).optional(),
      status: z.enum(JOB_STATUSES).optional(),
      owner: line(255).optional(),
      schedule_id: uuid.optional().describe('Started by this schedule'),
      since: timestamp.optional().describe('Created at or after'),
    }),
    responses: { 200: page(Job) },
  }),
  getJob: defineEndpoint({ ...read, path: '/api/jobs/{id}', summary: 'Read a job', responses: { 200: Job } }),
  getJobStatus: defineEndpoint({ ...read, path: '/api/jobs/{id}/status', summary: 'Read a job', responses: { 200: Job } }),
  listJobDevices: defineEndpoint({
    ...read,
    path: '/api/jobs/{id}/devices',
    summary: 'List the devices of a job, in the order asked for',
    query: z.strictObject({ ...pageQuery, status: deviceStatus.optional(), outcome: deviceOutcome.optional() }),
    responses: { 200: page(JobDevice) },
  }),
  listJobLog: defineEndpoint({
    ...read,
    path: '/api/jobs/{id}/log',
    summary: 'List what happened in a job, in order',
    query: z.strictObject(pageQuery),
    responses: { 200: page(JobLogLine) },
  }),
  streamJobEvents: defineEndpoint({
    ...read,
    path: '/api/jobs/{id}/events',
    summary: 'Follow a job: log lines and progress as server-sent events',
    description:
      'Events `status`, `device` and `log` are the lines of the log and carry ids; send the last one as `Last-Event-ID` to go on after ' +
      'it. `progress` (at most one a second) and `end` are computed and carry none.',
    responses: { 200: { media: 'text/event-stream', description: 'Server-sent events' } },
  }),
  pauseJob: defineEndpoint({ ...control, path: '/api/jobs/{id}/pause', summary: 'Pause a job', audit: 'job.pause' }),
  resumeJob: defineEndpoint({ ...control, path: '/api/jobs/{id}/resume', summary: 'Resume a paused job', audit: 'job.resume' }),
  cancelJob: defineEndpoint({ ...control, path: '/api/jobs/{id}/cancel', summary: 'Cancel a job', audit: 'job.cancel' }),
};
