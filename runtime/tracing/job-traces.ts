import { jobSpanIds, type TraceContext } from '../../core/trace.ts';

/** Jobs that are remembered; one that is forgotten is told apart by its id. */
const MOST = 2_000;

/** In which trace the jobs are that this process has to do with. */
export interface JobTraces {
  /** The job was asked for at `parent`; returns the place of its own span. */
  remember(jobId: string, parent: TraceContext): TraceContext | null;
  /** The place of the span of a job; null where it is not known. */
  find(jobId: string): TraceContext | null;
  /** `trace_id` and `span_id` for a line of the log about this job; nothing where it is not known. */
  idsOf: (fields: object) => { trace_id?: string; span_id?: string };
}

export function createJobTraces(): JobTraces {
  const known = new Map<string, TraceContext>();
  return {
    remember(jobId, { trace_id, sampled }) {
      const ids = jobSpanIds(jobId);
      if (ids === null) return null;
      const context = { trace_id, span_id: ids.span_id, sampled };
      known.delete(jobId);
      known.set(jobId, context);
      for (const oldest of known.keys()) {
        if (known.size <= MOST) break;
        known.delete(oldest);
      }
      return context;
    },
    find: (jobId) => known.get(jobId) ?? null,
    idsOf(fields) {
      const job = 'job_id' in fields && typeof fields.job_id === 'string' ? known.get(fields.job_id) : undefined;
      return job === undefined || 'trace_id' in fields ? {} : { trace_id: job.trace_id, span_id: job.span_id };
    },
  };
}
