import { JOB_ROLES, type JobType } from '../core/jobs.ts';
import { requireRole, type Principal } from './auth.ts';

/**
 * Whoever starts a job, or changes when it starts, needs the role of its type.
 * @throws AppError `forbidden`
 */
export function requireJobRole(principal: Principal, type: JobType): void {
  requireRole(principal, JOB_ROLES[type]);
}
