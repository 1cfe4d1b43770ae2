/** A place in a trace, as W3C Trace Context has it: 32 and 16 lower-case hexadecimal digits, neither all zero. */
export interface TraceContext {
  trace_id: string;
  span_id: string;
  /** Somebody records this trace; whoever goes on with it is to record, too. */
  sampled: boolean;
}

/** Name of the HTTP header, and of the header of workflows and activities. */
export const TRACEPARENT = 'traceparent';

const FORM = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Reads a `traceparent` (https://www.w3.org/TR/trace-context/#traceparent-header); null where it is none. */
export function parseTraceparent(text: string | undefined): TraceContext | null {
  if (text === undefined || text.length > 512) return null;
  const [, version, trace_id, span_id, flags, more] = FORM.exec(text) ?? [];
  if (version === undefined || trace_id === undefined || span_id === undefined || flags === undefined) return null;
  // Later versions may be longer; this one may not.
  if (version === 'ff' || (version === '00' && more !== undefined)) return null;
  if (/^0+$/.test(trace_id) || /^0+$/.test(span_id)) return null;
  return { trace_id, span_id, sampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

export function formatTraceparent({ trace_id, span_id, sampled }: TraceContext): string {
  return `00-${trace_id}-${span_id}-${sampled ? '01' : '00'}`;
}

/**
 * The ids of the span of a whole job, which any process can name without asking another: its last 62 bits are random in a UUIDv7.
 * The trace is that of the request, or where there was none, the job's own. Null for what is no job id.
 */
export function jobSpanIds(jobId: string): { trace_id: string; span_id: string } | null {
  if (!UUID.test(jobId)) return null;
  const digits = jobId.replaceAll('-', '');
  return { trace_id: digits, span_id: digits.slice(16) };
}

/** What the span of a whole job tells, once it is over. Times are epoch milliseconds. */
export interface EndedJob {
  id: string;
  type: string;
  status: string;
  partial: boolean;
  total_devices: number;
  created: number;
  started: number | null;
  completed: number;
}
