import { z } from 'zod';
import { AppError } from '../../core/errors.ts';
import { isTerminalJob, JOB_TYPES, type JobStatus } from '../../core/jobs.ts';
import type { TASK_STATES, tasks } from '../../contracts/http/tasks.ts';
import { TASKS } from '../../contracts/tasks.ts';
import { controlJob } from '../control.ts';
import type { Handlers } from '../endpoint.ts';
import { jobAnswer, jobJson } from '../job-json.ts';
import { requireJobRole } from '../job-role.ts';
import { launchRequest } from '../launch.ts';
import { wishOf } from '../wish.ts';
import { jobOf, retry } from './jobs.ts';

const STATES = {
  pending: 'PENDING',
  in_progress: 'STARTED',
  pausing: 'STARTED',
  paused: 'STARTED',
  cancelling: 'STARTED',
  cancelled: 'REVOKED',
  completed: 'SUCCESS',
  failed: 'FAILURE',
} as const satisfies Record<JobStatus, (typeof TASK_STATES)[number]>;

/** A job as clients of a Celery stack know it. */
const asTask = <J extends { job_id: string; status: JobStatus }>(job: J) => ({
  ...job,
  task_id: job.job_id,
  state: STATES[job.status],
});

/** The catalogue as it is answered. */
const CATALOGUE = JOB_TYPES.map((task_type) => {
  const { name, description, params } = TASKS[task_type];
  return { task_type, name, description, parameters: parametersOf(params) };
});

/** What a client sends as JSON Schema, with its fields at the top and not behind a reference to its name. */
function parametersOf(params: z.ZodType): Record<string, unknown> {
  const { $schema, $ref, $defs = {}, ...plain } = z.toJSONSchema(params, { io: 'input' });
  const named = $ref?.replace('#/$defs/', '');
  if (named === undefined) return { $schema, ...plain, $defs };
  const { [named]: root, ...others } = $defs;
  const { id: _id, ...fields } = root ?? {};
  return { $schema, ...fields, ...(Object.keys(others).length === 0 ? {} : { $defs: others }) };
}

export const taskHandlers: Handlers<typeof tasks> = {
  async listTaskTypes() {
    return { status: 200, body: { items: CATALOGUE } };
  },
  async launchTask({ deps, body, principal, origin, audit }) {
    const { task_type: type, ...rest } = body;
    requireJobRole(principal, type);
    const wish = { ...(await wishOf(deps, principal, { type, ...rest })), owner: principal.name, origin };
    const { job_id, devices } = await launchRequest(deps, principal, wish, { at: '/params' });
    audit.detail = { job_id, type, devices };
    const job = jobJson(deps, await jobOf(deps, principal, job_id));
    return { status: 202, body: asTask(job), headers: { Location: `/api/tasks/${job_id}` } };
  },
  async getTask({ deps, principal, params }) {
    return { status: 200, body: asTask(await jobAnswer(deps, await jobOf(deps, principal, params.id))) };
  },
  async revokeTask({ deps, params, principal, audit }) {
    const job = await jobOf(deps, principal, params.id);
    audit.detail = { job_id: job.job_id };
    if (isTerminalJob(job.status)) throw new AppError('conflict', `The task is already ${job.status}.`);
    const { status, message } = await controlJob(deps, job.job_id, 'cancel', principal.name);
    return { status: 200, body: { job_id: job.job_id, task_id: job.job_id, status, message } };
  },
  retryTask: (call) => retry(call, asTask, '/api/tasks'),
};
