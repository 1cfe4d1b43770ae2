import { isBulk } from '../core/bulk.ts';
import { invalid } from '../core/errors.ts';
import { jobParams, kindsOf, type JobRequest } from '../core/job-request.ts';
import type { JobParams, JobType } from '../core/jobs.ts';
import { resolveBulk } from './bulk-params.ts';
import type { NewJob } from './create-job.ts';
import type { Database } from './database.ts';
import { selectJobDevices, type SelectionLimits } from './job-devices.ts';
import type { Scope } from './scope.ts';

export interface ResolvedJob {
  params: JobParams;
  devices: NewJob['devices'];
  /** Targets of a bulk job that were named. */
  named?: string[] | null;
}

/**
 * Turns the request of a job of any type into devices in scope and parameters, now. Checks what it can before it asks the database, and
 * starts nothing.
 * @throws AppError `validation_failed` that names each field that is wrong
 */
export async function resolveJob(
  database: Pick<Database, 'sql'>,
  scope: Scope,
  type: JobType,
  request: JobRequest,
  limits: SelectionLimits,
): Promise<ResolvedJob> {
  if (isBulk(type)) return { ...(await resolveBulk(database, scope, type, request, { at: limits.at ?? '' })), devices: [] };
  if (type === 'inventory.sync' || type === 'maintenance.cleanup') return { params: jobParams(type, request, 0), devices: [] };
  const discovers = type === 'topology.discover' || type === 'topology.reparse';
  if (discovers && kindsOf(request).length === 0)
    throw invalid(limits.at ?? '', 'asks for no data kind: at least one include_* must be true');
  const devices = await selectJobDevices(database, scope, request, limits);
  return { params: jobParams(type, request, devices.length), devices };
}
