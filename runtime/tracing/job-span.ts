import { jobSpanIds, type EndedJob, type TraceContext } from '../../core/trace.ts';
import type { Tracing } from '../tracing.ts';

/**
 * The span of a whole job, told once it is over by whoever ended it. Its id comes from that of the job, so that activities could
 * name it as their parent all along, and telling it twice gives the same span. `from`: where the job was asked for.
 */
export function jobSpan(tracing: Tracing, job: EndedJob, from: TraceContext | null): void {
  const ids = jobSpanIds(job.id);
  if (ids === null) return;
  const span = tracing.span(`job ${job.type}`, {
    parent: from,
    ids,
    start: job.created,
    attributes: {
      'cairn.job_id': job.id,
      'cairn.job_type': job.type,
      'cairn.status': job.status,
      'cairn.partial': job.partial,
      'cairn.devices': job.total_devices,
      'cairn.wait_ms': job.started === null ? null : Math.round(job.started - job.created),
    },
  });
  span.end(job.status === 'failed' ? 'the job failed' : null, job.completed);
}
