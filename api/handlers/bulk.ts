import { collectorQueue } from '../../core/queues.ts';
import { BULK_LIMIT } from '../../core/bulk.ts';
import type { bulk } from '../../contracts/http/bulk.ts';
import { listBulkItems } from '../../stores/bulk-items.ts';
import { findGroup } from '../../stores/collection-groups.ts';
import { launchBulk, previewBulk, type BulkWish } from '../bulk.ts';
import { CURSORS, decodeCursor, pageOf } from '../cursor.ts';
import type { Call, Handlers } from '../endpoint.ts';
import { jobJson } from '../job-json.ts';
import { notFound } from '../problems.ts';
import { jobOf } from './jobs.ts';

type StartCall = Pick<Call<(typeof bulk)['cancelSystem']>, 'deps' | 'principal' | 'audit'>;

async function start({ deps, principal, audit }: StartCall, wish: BulkWish, detail: object = {}) {
  const job_id = await launchBulk(deps, principal, wish);
  const job = jobJson(deps, await jobOf(deps, principal, job_id));
  audit.detail = { job_id, action: wish.request.action, targets: job.total_devices, ...detail };
  return { status: 202 as const, body: job, headers: { Location: `/api/jobs/${job_id}` } };
}

async function startOrPreview(call: StartCall, dryRun: boolean, wish: BulkWish) {
  if (!dryRun) return start(call, wish);
  call.audit.skip = true;
  return { status: 200 as const, body: await previewBulk(call.deps, call.principal, wish) };
}

const everyOpen = { action: 'cancel', limit: BULK_LIMIT.most } as const;

export const bulkHandlers: Handlers<typeof bulk> = {
  bulkJobs: ({ body: { dry_run, ...request }, origin, ...call }) =>
    startOrPreview(call, dry_run, { type: 'jobs.bulk', request, origin }),
  bulkDevices: ({ body: { dry_run, ...request }, origin, ...call }) =>
    startOrPreview(call, dry_run, { type: 'devices.bulk', request, origin }),
  async listBulkItems({ deps, principal, params, query: { limit, cursor, ...filter } }) {
    const after = decodeCursor(CURSORS.position, cursor)?.[0] ?? -1;
    const { job_id } = await jobOf(deps, principal, params.id);
    const rows = await listBulkItems(deps.database, job_id, filter, after, limit + 1);
    return { status: 200, body: pageOf(rows, limit, (row) => [row.position]) };
  },
  async cancelCollectionGroup({ params, origin, ...call }) {
    const group = await findGroup(call.deps.database, call.principal, params.id);
    if (group === null) throw notFound('collection group', params.id);
    const request = { ...everyOpen, filter: { group: group.id } };
    const wish: BulkWish = { type: 'jobs.bulk', request, origin, onlyQueue: collectorQueue(group.queue_id) };
    return start(call, wish, { group_id: group.id, group: group.name });
  },
  cancelSystem: ({ origin, ...call }) => start(call, { type: 'jobs.bulk', request: { ...everyOpen, all: true }, origin }),
};
