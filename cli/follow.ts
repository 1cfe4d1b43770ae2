import { AppError, ERROR_CODES } from '../core/errors.ts';
import { isTerminalJob, JOB_STATUSES } from '../core/jobs.ts';
import { jobs } from '../contracts/http/jobs.ts';
import type { Job } from '../contracts/job.ts';
import type { CliContext } from './context.ts';
import type { ProgressState } from './text/progress.ts';

const POLL_MS = 2000;
/** So long a silent API is asked again before it counts as gone. */
const PATIENCE_MS = 60_000;

export interface Sink {
  progress(state: ProgressState): void;
  /** A line of the log of the job. */
  log(level: string, message: string): void;
  note(line: string): void;
}

/**
 * Follows a job over its event stream until it is over; where the stream cannot be had, by asking every two seconds.
 * @throws AppError where the API stays silent; the reason of `signal` once that is aborted
 */
export async function followJob(context: CliContext, jobId: string, sink: Sink): Promise<void> {
  const { signal } = context;
  try {
    for await (const { event, data } of context.client().follow(jobId, { signal })) {
      if (event === 'progress') sink.progress(progressOf(data));
      else if (event !== 'end') sink.log(textOf(data, 'level'), textOf(data, 'message'));
    }
  } catch (error) {
    if (signal.aborted || !mayPass(error)) throw error;
    sink.note(`The events of the job cannot be had (${error.detail}); asking every ${POLL_MS / 1000} s`);
    await poll(context, jobId, sink);
  }
}

async function poll(context: CliContext, jobId: string, sink: Sink): Promise<void> {
  for (let answeredAt = Date.now(); ; await pause(POLL_MS, context.signal)) {
    try {
      const { body } = await context.client().call(jobs.getJob, { params: { id: jobId }, signal: context.signal });
      answeredAt = Date.now();
      if (body === undefined) continue;
      sink.progress(stateOf(body));
      if (isTerminalJob(body.status)) return;
    } catch (error) {
      if (context.signal.aborted || !mayPass(error) || Date.now() - answeredAt > PATIENCE_MS) throw error;
    }
  }
}

function mayPass(error: unknown): error is AppError {
  return error instanceof AppError && ERROR_CODES[error.code].retryable;
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const aborted = (): void => {
      clearTimeout(timer);
      reject(new AppError('internal', 'stopped'));
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', aborted);
      resolve();
    }, ms);
    signal.addEventListener('abort', aborted, { once: true });
    if (signal.aborted) aborted();
  });
}

/** What a job shows of its progress. */
export function stateOf(job: Job): ProgressState {
  return {
    status: job.status,
    total: job.total_devices,
    running: job.running_devices,
    completed: job.completed_devices,
    failed: job.failed_devices,
    cancelled: job.cancelled_devices,
    percentage: job.progress_percentage,
  };
}

function progressOf(data: unknown): ProgressState {
  const count = (name: string): number => Number(field(data, name) ?? 0);
  return {
    status: JOB_STATUSES.find((status) => status === field(data, 'status')) ?? 'unknown',
    total: count('total'),
    running: count('running'),
    completed: count('completed'),
    failed: count('failed'),
    cancelled: count('cancelled'),
    percentage: count('progress_percentage'),
  };
}

const field = (data: unknown, name: string): unknown =>
  typeof data === 'object' && data !== null ? Reflect.get(data, name) : undefined;

function textOf(data: unknown, name: string): string {
  const value = field(data, name);
  return typeof value === 'string' ? value : '';
}
