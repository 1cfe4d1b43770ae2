import type { z } from 'zod';
import { isTerminalJob, type JobType } from '../../core/jobs.ts';
import { AppError } from '../../core/errors.ts';
import type { DiscoverBody } from '../../contracts/discover.ts';
import type { Endpoint } from '../../contracts/endpoint.ts';
import type { discovery } from '../../contracts/http/discovery.ts';
import { listProgress, readJob } from '../../stores/job-views.ts';
import { controlJob } from '../control.ts';
import { CURSORS, decodeCursor, encodeCursor } from '../cursor.ts';
import { resultJson } from '../discover-result.ts';
import type { Call, Handlers } from '../endpoint.ts';
import { unlessKnown } from '../etag.ts';
import { progressOf } from '../job-json.ts';
import { launchRequest, waitForJob, type RequestLimits } from '../launch.ts';
import { notFound } from '../problems.ts';
import { waitOf } from '../wait.ts';

const SYNC_DEVICES = 5;
const PROGRESS_DEVICES = 1000;
const SYNC_LIMITS = { limit: SYNC_DEVICES, selectorLimit: SYNC_DEVICES };
const JSON_MEDIA = 'application/json; charset=utf-8';

type AnyCall = Pick<Call<Endpoint>, 'deps' | 'principal' | 'origin' | 'audit' | 'request'>;

async function start(call: AnyCall, body: z.output<typeof DiscoverBody>, limits: RequestLimits = {}) {
  const { priority, ...request } = body;
  const wish = { type: 'topology.discover', request, priority, owner: call.principal.name, origin: call.origin } as const;
  const { job_id, status, devices } = await launchRequest(call.deps, call.principal, wish, limits);
  call.audit.detail = { job_id, devices };
  const head = { job_id, status, total_devices: devices, successful_devices: 0, failed_devices: 0, duration_seconds: 0 };
  const headers = { Location: `/api/topology/discover/progress/${job_id}` };
  return { job_id, body: { ...head, devices_data: {}, errors: {} }, headers };
}

async function startAndWait(call: AnyCall, body: z.output<typeof DiscoverBody>, wait: number | undefined) {
  const { seconds, preferred } = waitOf(call.request.get('prefer'), wait);
  const { job_id, headers } = await start(call, body, SYNC_LIMITS);
  const status = isTerminalJob(await waitForJob(call.deps, job_id, seconds * 1000)) ? (200 as const) : (202 as const);
  const applied: Record<string, string> = preferred ? { 'Preference-Applied': `wait=${seconds}` } : {};
  const job = await jobOf(call, job_id);
  return { status, chunks: resultJson(call.deps.database, job), media: JSON_MEDIA, headers: { ...headers, ...applied } };
}

/** Jobs whose results are records. */
const TYPES: readonly JobType[] = ['topology.discover', 'topology.reparse'];

/** The job, if it is a discovery. */
async function jobOf({ deps, principal }: Pick<AnyCall, 'deps' | 'principal'>, jobId: string) {
  const job = await readJob(deps.database, principal, jobId);
  if (job === null || !TYPES.includes(job.type)) throw notFound('discovery', jobId);
  return job;
}

export const discoveryHandlers: Handlers<typeof discovery> = {
  async discoverAsync(call) {
    const { body, headers } = await start(call, call.body);
    return { status: 202, body, headers };
  },
  discoverSync: (call) => startAndWait(call, call.body, call.query.wait),
  async discover(call) {
    const { run_in_background: background, ...request } = call.body;
    if (!background) return startAndWait(call, request, call.query.wait);
    const { body, headers } = await start(call, request);
    return { status: 202, body, headers };
  },
  async discoverProgress({ deps, principal, params, query, request }) {
    const after = decodeCursor(CURSORS.position, query.devices_cursor, 'query/devices_cursor')?.[0] ?? -1;
    const job = await jobOf({ deps, principal }, params.job_id);
    const rows = await listProgress(deps.database, job.job_id, after, PROGRESS_DEVICES + 1);
    const devices = rows.slice(0, PROGRESS_DEVICES);
    const { job_id, status, total_devices, completed_devices, failed_devices, started_at, completed_at, error } = job;
    return unlessKnown(request, {
      job_id,
      status,
      total_devices,
      completed_devices,
      failed_devices,
      progress_percentage: progressOf(job),
      devices: devices.map(({ position: _p, ...device }) => device),
      devices_cursor: rows.length > PROGRESS_DEVICES ? encodeCursor([devices.at(-1)!.position]) : null,
      started_at,
      completed_at,
      error,
    });
  },
  async discoverResult({ deps, principal, params }) {
    const job = await jobOf({ deps, principal }, params.job_id);
    return { status: 200, chunks: resultJson(deps.database, job), media: JSON_MEDIA };
  },
  async discoverCancel({ deps, params, principal, audit }) {
    const job = await jobOf({ deps, principal }, params.job_id);
    audit.detail = { job_id: job.job_id };
    if (isTerminalJob(job.status)) throw new AppError('conflict', `The discovery is already ${job.status}.`);
    const { status, message } = await controlJob(deps, job.job_id, 'cancel', principal.name);
    return { status: 200, body: { job_id: job.job_id, status, message } };
  },
};
