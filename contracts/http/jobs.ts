import { z } from 'zod';
import { JOB_STATUSES, JOB_TYPES } from '../../core/jobs.ts';
import { priority } from '../discover.ts';
import { defineEndpoint, MIB } from '../endpoint.ts';
import { deviceOutcome, idParams, line, page, pageQuery, reference, severalOf, timestamp, uuid } from '../fields.ts';
import { deviceStatus, Job, JobDevice, JobLogLine } from '../job.ts';
import { NewJob } from '../new-job.ts';
import { RetriedJob, RetryPreview, RetryRequest } from '../retry.ts';

const tag = 'Jobs';
const read = { method: 'GET', tag, role: 'viewer', audit: null, params: idParams, problems: ['not_found'] } as const;
const control = {
  method: 'POST',
  tag,
  role: 'operator',
  params: idParams,
  responses: { 202: Job },
  problems: ['not_found', 'conflict', 'temporal_unavailable'],
} as const;

const JobEvent = z
  .object({
    id: z.string().optional(),
    event: z.enum(['status', 'device', 'log', 'progress', 'end']),
    data: z.string().describe('JSON'),
  })
  .meta({ id: 'JobEvent' });

export const jobs = {
  createJob: defineEndpoint({
    method: 'POST',
    path: '/api/jobs',
    summary: 'Start a job of any type',
    tag,
    role: 'operator',
    audit: 'job.create',
    starts: true,
    // A table of an inventory sync may be 1 MiB, before JSON escapes it.
    bodyLimit: 4 * MIB,
    body: NewJob,
    example: { type: 'topology.discover', params: { device_ids: ['edge-1', 'edge-2'] }, priority: 7 },
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
      type: severalOf(JOB_TYPES).optional().describe('One or several'),
      status: severalOf(JOB_STATUSES).optional().describe('One or several'),
      owner: line(255).optional(),
      schedule_id: uuid.optional().describe('Started by this schedule'),
      since: timestamp.optional().describe('Created at or after'),
      until: timestamp.optional().describe('Created before'),
      device_id: reference.optional().describe('Jobs with this device (id or name)'),
      group: reference.optional().describe('Jobs with devices on the queue of this collection group (id or name)'),
    }),
    responses: { 200: page(Job) },
  }),
  getJob: defineEndpoint({ ...read, path: '/api/jobs/{id}', summary: 'Read a job', responses: { 200: Job, 304: null } }),
  getJobStatus: defineEndpoint({
    ...read,
    path: '/api/jobs/{id}/status',
    summary: 'Read a job',
    responses: { 200: Job, 304: null },
  }),
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
    query: z.strictObject({
      ...pageQuery,
      device_id: uuid.optional().describe('Lines about this device (its id)'),
      level: severalOf(['debug', 'info', 'warn', 'error']).optional().describe('One or several'),
    }),
    responses: { 200: page(JobLogLine) },
  }),
  streamJobEvents: defineEndpoint({
    ...read,
    path: '/api/jobs/{id}/events',
    summary: 'Follow a job: log lines and progress as server-sent events',
    description:
      'Events `status`, `device` and `log` are the lines of the log and carry ids; send the last one as `Last-Event-ID` to go on after ' +
      'it. `progress` (at most one a second) and `end` are computed and carry none.',
    responses: { 200: { media: 'text/event-stream', description: 'Server-sent events', event: JobEvent } },
  }),
  updateJob: defineEndpoint({
    method: 'PATCH',
    path: '/api/jobs/{id}',
    summary: 'Change the priority of a job that is not over; it holds for the batches of devices that start after it',
    tag,
    role: 'operator',
    audit: 'job.update',
    params: idParams,
    body: z.strictObject({ priority: priority.unwrap() }).meta({ id: 'JobPatch' }),
    responses: { 200: Job },
    problems: ['not_found', 'conflict', 'temporal_unavailable'],
  }),
  retryJob: defineEndpoint({
    method: 'POST',
    path: '/api/jobs/{id}/retry',
    summary: 'Start a finished job again, for the devices that failed or were cancelled unless told otherwise',
    tag,
    role: 'operator',
    audit: 'job.retry',
    starts: true,
    params: idParams,
    body: RetryRequest.optional(),
    responses: { 200: RetryPreview, 202: RetriedJob },
    problems: ['not_found', 'conflict'],
  }),
  pauseJob: defineEndpoint({ ...control, path: '/api/jobs/{id}/pause', summary: 'Pause a job', audit: 'job.pause' }),
  resumeJob: defineEndpoint({ ...control, path: '/api/jobs/{id}/resume', summary: 'Resume a paused job', audit: 'job.resume' }),
  cancelJob: defineEndpoint({ ...control, path: '/api/jobs/{id}/cancel', summary: 'Cancel a job', audit: 'job.cancel' }),
};
