import {
  BULK_LIMIT,
  withinSeconds,
  type BulkDeviceFilter,
  type BulkFilterRequest,
  type BulkJobFilter,
  type BulkParams,
  type BulkType,
} from '../core/bulk.ts';
import { invalid } from '../core/errors.ts';
import { jobParams, type JobRequest } from '../core/job-request.ts';
import type { JobParams } from '../core/jobs.ts';
import type { Role } from '../core/roles.ts';
import { idOrNull } from './columns.ts';
import type { Database } from './database.ts';
import { credentialInScope, groupInScope, seesGroup, type Scope } from './scope.ts';

type Has = Pick<Database, 'sql'>;

export interface ResolvedBulk {
  params: JobParams & { bulk: BulkParams };
  /** Ids of targets that were named one by one; null where a filter chooses them. */
  named: string[] | null;
}

/**
 * Fixes what is relative or a name in the request of a bulk job, now. `role`: what the caller may start again.
 * @throws AppError `validation_failed` that names the field under `at` that is wrong
 */
export async function resolveBulk(
  database: Has,
  { name, groups }: Scope,
  type: BulkType,
  request: JobRequest,
  { role = 'operator', at = '', onlyQueue = null }: { role?: Role; at?: string; onlyQueue?: string | null } = {},
): Promise<ResolvedBulk> {
  const { action, filter, limit = BULK_LIMIT.fallback, retry = null, priority = null, tag = null } = request;
  if (action === undefined) throw invalid(`${at}/action`, 'is required');
  const named = [...new Set((type === 'jobs.bulk' ? request.job_ids : request.device_ids) ?? [])];
  const scope = { name, groups };
  const bulk: BulkParams = {
    action,
    filter: filter === undefined ? null : fixed(type, filter),
    named: named.length === 0 ? null : named.length,
    limit,
    retry,
    priority,
    tag,
    collection_group: await groupOf(database, scope, request, `${at}/collection_group`),
    credential: await credentialOf(database, scope, request, `${at}/credential`),
    only_queue: onlyQueue,
    by: { name, role, groups },
  };
  return { params: { ...jobParams(type, request, 0), bulk }, named: named.length === 0 ? null : named };
}

function fixed(type: BulkType, filter: BulkFilterRequest): BulkJobFilter | BulkDeviceFilter {
  if (type === 'devices.bulk') {
    const { q, group, tag, site, platform, enabled } = filter;
    return { q, group, tag, site, platform, enabled };
  }
  const { type: types, status, owner, schedule_id, since, until, within, device_id, group } = filter;
  return {
    type: types === undefined ? undefined : [types].flat(),
    status: status === undefined ? undefined : [status].flat(),
    owner,
    schedule_id,
    since: within === undefined ? since : new Date(Date.now() - withinSeconds(within) * 1000).toISOString(),
    until,
    device_id,
    group,
  };
}

type Named = { id: string; name: string } | null;

async function groupOf({ sql }: Has, scope: Scope, request: JobRequest, at: string): Promise<Named> {
  const reference = request.collection_group;
  if (request.action !== 'set_group' || reference === undefined) return null;
  if (reference === null) {
    if (!seesGroup(scope, null)) throw invalid(at, 'must be one of your collection groups');
    return null;
  }
  const [found] = await sql<{ id: string; name: string }[]>`select g.id, g.name from collection_groups g
    where (g.id = ${idOrNull(reference)} or g.name = ${reference}) and ${groupInScope(sql, scope, 'g.id')} limit 1`;
  if (found === undefined) throw invalid(at, 'is no collection group');
  return found;
}

async function credentialOf({ sql }: Has, scope: Scope, request: JobRequest, at: string): Promise<Named> {
  const reference = request.credential;
  if (request.action !== 'set_credential' || reference === undefined || reference === null) return null;
  const [found] = await sql<{ id: string; name: string }[]>`select c.id, c.name from credentials c
    where (c.id = ${idOrNull(reference)} or c.name = ${reference}) and ${credentialInScope(sql, scope, 'c')} limit 1`;
  if (found === undefined) throw invalid(at, 'is no credential');
  return found;
}
