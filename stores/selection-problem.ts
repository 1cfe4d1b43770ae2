import { AppError, ERROR_CODES } from '../core/errors.ts';
import type { JobRequest } from '../core/job-request.ts';
import type { JobType } from '../core/jobs.ts';
import type { Database } from './database.ts';
import { resolveJob } from './resolve-job.ts';
import type { Scope } from './scope.ts';

type Has = Pick<Database, 'sql'>;

/** Most that a sentence names. */
const NAMED = 3;

/**
 * What stands in the way of a request that was valid once, as a sentence without its end; null if nothing does. No more than one
 * device of a selector is looked for.
 */
export async function selectionProblem(database: Has, scope: Scope, type: JobType, request: JobRequest): Promise<string | null> {
  try {
    await resolveJob(database, scope, type, request, { limit: Infinity, probe: true });
    return null;
  } catch (error) {
    return problemText(error, request);
  }
}

/** An error of `resolveJob` in terms of what has changed since the request was checked; any other error is thrown on. */
export function problemText(error: unknown, request: JobRequest): string {
  if (!(error instanceof AppError) || ERROR_CODES[error.code].retryable) throw error;
  const sentences = new Set(error.errors.map(({ pointer, detail }) => sentence(pointer, detail, request)));
  if (sentences.size === 0) return error.detail;
  const named = [...sentences].slice(0, NAMED).join('; ');
  return sentences.size > NAMED ? `${named}; and ${sentences.size - NAMED} more` : named;
}

function sentence(pointer: string, detail: string, request: JobRequest): string {
  const [, field = '', index] = pointer.split('/');
  if (field === 'group' && detail.startsWith('is no collection group'))
    return `the collection group ${request.group} does not exist any more`;
  const device =
    field === 'device_id' ? request.device_id : field === 'device_ids' ? request.device_ids?.[Number(index)] : undefined;
  if (device !== undefined && detail === 'is no device') return `the device ${device.trim()} does not exist any more`;
  if (device !== undefined) return `the device ${device.trim()} ${detail}`;
  if (detail === 'selects no enabled device') return `${chosenBy(request)} selects no enabled device any more`;
  return `${field} ${detail}`.trim();
}

function chosenBy({ group, site, tag }: JobRequest): string {
  const parts = Object.entries({ 'the collection group': group, 'the site': site, 'the tag': tag });
  const told = parts.filter(([, value]) => value !== undefined).map(([what, value]) => `${what} ${value}`);
  return told.length === 0 ? 'all' : told.join(' with ');
}
