import type { BulkType } from '../core/bulk.ts';
import type { JobRequest } from '../core/job-request.ts';
import { resolveBulk } from '../stores/bulk-params.ts';
import { previewTargets } from '../stores/bulk-targets.ts';
import type { Principal } from './auth.ts';
import { launchJob, type LaunchDeps } from './launch.ts';

/** Targets that a preview names. */
const FIRST = 100;
/** Somebody waits for it, and it logs in to nothing. */
const PRIORITY = 10;

export interface BulkWish {
  type: BulkType;
  request: JobRequest;
  origin: string | null;
  /** Only the devices of this queue are cancelled. */
  onlyQueue?: string;
}

/** How many targets a bulk job would have, and the first of them. @throws AppError `validation_failed` */
export async function previewBulk(deps: LaunchDeps, { groups, name, role }: Principal, { type, request }: BulkWish) {
  const { params, named } = await resolveBulk(deps.database, { groups, name }, type, request, { role });
  const wish = { bulk: params.bulk, named, retry_of: null };
  return { action: params.bulk.action, ...(await previewTargets(deps.database, type, wish, FIRST)) };
}

/** Starts a bulk job. @throws AppError `validation_failed` */
export async function launchBulk(deps: LaunchDeps, { groups, name, role }: Principal, wish: BulkWish): Promise<string> {
  const { type, request, origin, onlyQueue = null } = wish;
  const resolved = await resolveBulk(deps.database, { groups, name }, type, request, { role, onlyQueue });
  const { job_id } = await launchJob(deps, { type, owner: name, priority: PRIORITY, ...resolved, devices: [], origin });
  return job_id;
}
