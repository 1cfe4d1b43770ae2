import { JOB_ROLES, type JobType } from '../core/jobs.ts';
import { AppError } from '../core/errors.ts';
import { requireRole, type Principal } from './auth.ts';

const WHOLE: ReadonlySet<JobType> = new Set(['inventory.sync', 'maintenance.cleanup']);

/**
 * Whoever starts a job, or changes when it starts, needs the role of its type; for one that is about no device of his, but about
 * the inventory or the history as a whole, he must see all devices.
 * @throws AppError `forbidden`
 */
export function requireJobRole(principal: Principal, type: JobType): void {
  requireRole(principal, JOB_ROLES[type]);
  if (principal.groups !== null && WHOLE.has(type))
    throw new AppError('forbidden', `${type} is for those who may see all devices.`);
}
