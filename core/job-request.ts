import type { BulkRequest } from './bulk.ts';
import { cleanupParams, type CleanupRequest } from './cleanup.ts';
import { CONFIGURATION, KIND_OPTIONS, KINDS, type Kind } from './facts.ts';
import { inventoryParams, type InventoryRequest } from './inventory.ts';
import { limitsOf, type JobParams, type JobType, type Limits } from './jobs.ts';

/** Which devices a job is for: by name or id, or all enabled ones that a selector means. Selectors are chosen from anew at each run. */
export interface Selection {
  device_ids?: string[] | undefined;
  /** Of `device.collect`. */
  device_id?: string | undefined;
  /** Id or name of a collection group. */
  group?: string | undefined;
  tag?: string | undefined;
  site?: string | undefined;
  all?: true | undefined;
}

type Includes = { [K in (typeof KIND_OPTIONS)[Kind]]?: boolean | undefined };

/** The parameters of a job of any type, as the schemas of `contracts/tasks.ts` give them. */
export interface JobRequest extends Selection, Limits, Includes, CleanupRequest, BulkRequest, Partial<InventoryRequest> {
  cache_results?: boolean | undefined;
  collector?: string | null | undefined;
}

/** The data kinds that a request asks for. */
export function kindsOf(request: JobRequest): Kind[] {
  return KINDS.filter((kind) => request[KIND_OPTIONS[kind]] !== false);
}

/** Seconds; what is left is for the next run. */
const CLEANUP_TIME_LIMIT = 3600;

const BULK_TIME_LIMIT = 86_400;

/** What the row of a job keeps of a request, for so many devices. */
export function jobParams(type: JobType, request: JobRequest, devices: number): JobParams {
  const limits = limitsOf(request, devices);
  if (type === 'device.collect' || type === 'fleet.collect') {
    const { collector = null } = request;
    return { kinds: [CONFIGURATION], cache_results: false, snapshot: false, ...limits, collector };
  }
  if (type === 'inventory.sync')
    return { kinds: [], cache_results: false, snapshot: false, ...limits, inventory: inventoryParams(request) };
  if (type === 'maintenance.cleanup') {
    const { job_time_limit = CLEANUP_TIME_LIMIT } = request;
    return { kinds: [], cache_results: false, snapshot: false, ...limits, job_time_limit, cleanup: cleanupParams(request) };
  }
  if (type === 'jobs.bulk' || type === 'devices.bulk') {
    const { job_time_limit = BULK_TIME_LIMIT } = request;
    return { kinds: [], cache_results: false, snapshot: false, ...limits, job_time_limit };
  }
  const cache = request.cache_results !== false;
  return { kinds: kindsOf(request), cache_results: cache, snapshot: cache, ...limits };
}
