import { z } from 'zod';
import { JOB_TYPES } from '../../core/jobs.ts';
import { defineEndpoint, MIB } from '../endpoint.ts';
import { id, idParams } from '../fields.ts';
import { Job, jobStatus } from '../job.ts';
import { NewTask } from '../new-job.ts';
import { RetriedJob, RetryPreview, RetryRequest } from '../retry.ts';

const tag = 'Tasks';

export const TASK_STATES = ['PENDING', 'STARTED', 'SUCCESS', 'FAILURE', 'REVOKED'] as const;

const asTask = {
  task_id: id.describe('The id of the job'),
  state: z.enum(TASK_STATES).describe('The status in the words of Celery'),
};
const Task = z.object({ ...Job.shape, ...asTask }).meta({ id: 'Task' });
const RetriedTask = z.object({ ...RetriedJob.shape, ...asTask }).meta({ id: 'RetriedTask' });

const TaskType = z
  .object({
    task_type: z.enum(JOB_TYPES),
    name: z.string(),
    description: z.string(),
    parameters: z.record(z.string(), z.unknown()).describe('JSON Schema 2020-12 of `params`'),
  })
  .meta({ id: 'TaskType' });

const item = { path: '/api/tasks/{id}', tag, params: idParams } as const;

/** The same jobs under the names that clients of a Celery stack know. */
export const tasks = {
  listTaskTypes: defineEndpoint({
    method: 'GET',
    path: '/api/tasks',
    summary: 'What can be started, and what it may be told',
    tag,
    role: 'viewer',
    audit: null,
    responses: { 200: z.object({ items: z.array(TaskType) }) },
  }),
  launchTask: defineEndpoint({
    method: 'POST',
    path: '/api/tasks/launch',
    summary: 'Start a task: POST /api/jobs by another name',
    tag,
    role: 'operator',
    audit: 'job.create',
    starts: true,
    bodyLimit: 4 * MIB,
    body: NewTask,
    example: { task_type: 'fleet.collect', params: { device_ids: ['edge-1', 'edge-2'] } },
    responses: { 202: Task },
  }),
  getTask: defineEndpoint({
    ...item,
    method: 'GET',
    summary: 'Read a task',
    role: 'viewer',
    audit: null,
    responses: { 200: Task },
    problems: ['not_found'],
  }),
  revokeTask: defineEndpoint({
    ...item,
    method: 'DELETE',
    summary: 'Cancel a task',
    role: 'operator',
    audit: 'job.cancel',
    responses: { 200: z.object({ job_id: id, task_id: id, status: jobStatus, message: z.string() }) },
    problems: ['not_found', 'conflict', 'temporal_unavailable'],
  }),
  retryTask: defineEndpoint({
    method: 'POST',
    path: '/api/tasks/{id}/retry',
    summary: 'Start a finished task again, for the devices that failed or were cancelled unless told otherwise',
    tag,
    role: 'operator',
    audit: 'job.retry',
    starts: true,
    params: idParams,
    body: RetryRequest.optional(),
    responses: { 200: RetryPreview, 202: RetriedTask },
    problems: ['not_found', 'conflict'],
  }),
};
