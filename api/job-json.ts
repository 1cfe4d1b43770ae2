import type { Job } from '../contracts/job.ts';
import { isTerminalJob } from '../core/jobs.ts';
import type { JobView } from '../stores/job-views.ts';
import type { ApiDeps } from './deps.ts';
import { waitingMessage } from './waiting.ts';

/** Of devices that are over, in percent with one decimal; 100 only when all are. */
export function percentage(counts: { total: number; completed: number; failed: number; cancelled: number }): number {
  if (counts.total === 0) return 100;
  return Math.floor((1000 * (counts.completed + counts.failed + counts.cancelled)) / counts.total) / 10;
}

export function progressOf(job: JobView): number {
  // A job without devices is all or nothing.
  if (job.total_devices === 0) return isTerminalJob(job.status) ? 100 : 0;
  const { total_devices: total, completed_devices: completed, failed_devices: failed, cancelled_devices: cancelled } = job;
  return percentage({ total, completed, failed, cancelled });
}

/** At the pace so far; null where there is none yet, or the job is not going on. */
function eta(job: JobView): number | null {
  const over = job.completed_devices + job.failed_devices + job.cancelled_devices;
  if (job.status !== 'in_progress' || over === 0) return null;
  return Math.ceil((job.duration_seconds / over) * (job.total_devices - over));
}

/** A job as the API answers it. */
export function jobJson(deps: Pick<ApiDeps, 'temporalUi' | 'namespace'>, view: JobView): Job {
  const { run_id, duration_seconds: _seconds, ...job } = view;
  const { job_id } = view;
  const page = `namespaces/${encodeURIComponent(deps.namespace)}/workflows/${job_id}/${run_id}/history`;
  return {
    ...job,
    progress_percentage: progressOf(view),
    eta_seconds: eta(view),
    temporal: {
      workflow_id: job_id,
      run_id,
      url: run_id === null || deps.temporalUi === null ? null : `${deps.temporalUi}/${page}`,
    },
  };
}

/** One job as the API answers it, with what it waits for. */
export async function jobAnswer(deps: Pick<ApiDeps, 'temporalUi' | 'namespace' | 'waits'>, view: JobView): Promise<Job> {
  const job = jobJson(deps, view);
  const waits = await deps.waits.waitingFor(view);
  return { ...job, message: waitingMessage(job.message, waits), waiting_for: waits };
}
