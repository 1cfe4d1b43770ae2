import { invalid } from '../../core/errors.ts';
import type { JobControl } from '../../core/jobs.ts';
import type { jobs } from '../../contracts/http/jobs.ts';
import { readLog, LOG_START } from '../../stores/job-log.ts';
import { listJobDevices, listJobs, readJob } from '../../stores/job-views.ts';
import type { Scope } from '../../stores/scope.ts';
import { controlJob } from '../control.ts';
import { CURSORS, decodeCursor, pageOf } from '../cursor.ts';
import type { ApiDeps } from '../deps.ts';
import type { Call, Handlers } from '../endpoint.ts';
import { eventId } from '../events.ts';
import { unlessKnown } from '../etag.ts';
import { jobAnswer, jobJson } from '../job-json.ts';
import { requireJobRole } from '../job-role.ts';
import { launchRequest } from '../launch.ts';
import { reprioritise } from '../priority.ts';
import { notFound } from '../problems.ts';
import { previewRetry, retryJob } from '../retry.ts';
import { wishOf } from '../wish.ts';

/** @throws AppError `not_found` */
export async function jobOf(deps: ApiDeps, scope: Scope, id: string) {
  const job = await readJob(deps.database, scope, id);
  if (job === null) throw notFound('job', id);
  return job;
}

/** The place that `Last-Event-ID` names; null without one. */
function placeOf(lastEventId: string | undefined) {
  if (lastEventId === undefined || lastEventId === '') return null;
  const [, xact, id] = lastEventId.match(/^(\d{1,19})\.(\d{1,15})$/) ?? [];
  if (xact === undefined || id === undefined) throw invalid('header/Last-Event-ID', 'is not the id of an event of this stream');
  return { xact, id: Number(id) };
}

type JobCall = Pick<Call<(typeof jobs)['getJob']>, 'deps' | 'params' | 'principal' | 'audit'>;

const read = async ({ deps, params, principal, request }: JobCall & Pick<Call<(typeof jobs)['getJob']>, 'request'>) =>
  unlessKnown(request, await jobAnswer(deps, await jobOf(deps, principal, params.id)), ['eta_seconds']);

const control =
  (verb: JobControl) =>
  async ({ deps, params, principal, audit }: JobCall) => {
    const { job_id } = await jobOf(deps, principal, params.id);
    audit.detail = { job_id };
    await controlJob(deps, job_id, verb, principal.name);
    return { status: 202 as const, body: jobJson(deps, await jobOf(deps, principal, job_id)) };
  };

type RetryCall = Pick<Call<(typeof jobs)['retryJob']>, 'deps' | 'params' | 'body' | 'principal' | 'origin' | 'audit'>;

/** Starts a job again or tells what that would be. `view` is how the new job is shown, `at` where it is found, less its id. */
export async function retry<V extends object>(call: RetryCall, view: (job: ReturnType<typeof jobJson>) => V, at: string) {
  const { deps, params, body = { dry_run: false }, principal, origin, audit } = call;
  const { job_id: of, type } = await jobOf(deps, principal, params.id);
  requireJobRole(principal, type);
  if (body.dry_run) {
    audit.skip = true;
    return { status: 200 as const, body: await previewRetry(deps, principal, of, body) };
  }
  const { job_id, devices, ...skipped } = await retryJob(deps, principal, of, body, origin);
  audit.detail = { job_id, retry_of: of, devices };
  const job = view(jobJson(deps, await jobOf(deps, principal, job_id)));
  return { status: 202 as const, body: { ...job, ...skipped }, headers: { Location: `${at}/${job_id}` } };
}

export const jobHandlers: Handlers<typeof jobs> = {
  async createJob({ deps, body, principal, origin, audit }) {
    requireJobRole(principal, body.type);
    const wish = { ...(await wishOf(deps, principal, body)), owner: principal.name, origin };
    const { job_id, devices } = await launchRequest(deps, principal, wish, { at: '/params' });
    audit.detail = { job_id, type: body.type, devices };
    const job = jobJson(deps, await jobOf(deps, principal, job_id));
    return { status: 202, body: job, headers: { Location: `/api/jobs/${job_id}` } };
  },
  async listJobs({ deps, principal, query }) {
    const { limit, cursor, ...filter } = query;
    const before = decodeCursor(CURSORS.newest, cursor);
    const last = before === null ? null : { created_at: before[0], job_id: before[1] };
    const rows = await listJobs(deps.database, principal, filter, last, limit + 1);
    return {
      status: 200,
      body: pageOf(
        rows,
        limit,
        (row) => [row.created_at, row.job_id],
        (row) => jobJson(deps, row),
      ),
    };
  },
  getJob: read,
  getJobStatus: read,
  async listJobDevices({ deps, principal, params, query: { limit, cursor, ...filter } }) {
    const after = decodeCursor(CURSORS.position, cursor)?.[0] ?? -1;
    const { job_id } = await jobOf(deps, principal, params.id);
    const rows = await listJobDevices(deps.database, job_id, filter, after, limit + 1);
    return {
      status: 200,
      body: pageOf(
        rows,
        limit,
        (row) => [row.position],
        ({ position: _position, ...device }) => device,
      ),
    };
  },
  async listJobLog({ deps, principal, params, query: { limit, cursor, ...filter } }) {
    const after = decodeCursor(CURSORS.log, cursor);
    const { job_id } = await jobOf(deps, principal, params.id);
    const place = after === null ? LOG_START : { xact: after[0], id: after[1] };
    const rows = await readLog(deps.database, job_id, place, limit + 1, filter);
    return {
      status: 200,
      body: pageOf(
        rows,
        limit,
        (row) => [row.xact, row.id],
        ({ xact, id, ...line }) => ({ id: eventId({ xact, id }), ...line }),
      ),
    };
  },
  async streamJobEvents({ deps, principal, params, request }, response) {
    const place = placeOf(request.get('last-event-id'));
    const { job_id } = await jobOf(deps, principal, params.id);
    if (request.method === 'HEAD') return { status: 200, chunks: [], media: 'text/event-stream; charset=utf-8' };
    deps.events.follow(response, job_id, place);
    return { taken: true };
  },
  async updateJob({ deps, params, body, principal, audit }) {
    const { job_id } = await jobOf(deps, principal, params.id);
    audit.detail = { job_id, priority: body.priority };
    await reprioritise(deps, job_id, body.priority, principal.name);
    return { status: 200, body: await jobAnswer(deps, await jobOf(deps, principal, job_id)) };
  },
  retryJob: (call) => retry(call, (job) => job, '/api/jobs'),
  pauseJob: control('pause'),
  resumeJob: control('resume'),
  cancelJob: control('cancel'),
};
