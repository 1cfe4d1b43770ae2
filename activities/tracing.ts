import type { Context } from '@temporalio/activity';
import type { Logger } from '../runtime/log.ts';
import type { TraceSpan, Tracing } from '../runtime/tracing.ts';
import { fromHeaders, type TraceHeaders } from '../runtime/tracing/header.ts';
import { jobSpan } from '../runtime/tracing/job-span.ts';
import type { Database } from '../stores/database.ts';
import type { EndedJob } from '../core/trace.ts';
import { jobSpanOf } from '../stores/job-span.ts';

interface Execution {
  readonly args: unknown[];
  readonly headers: TraceHeaders;
}
type Execute<I extends Execution> = (input: I, next: (input: I) => Promise<unknown>) => Promise<unknown>;

/** Those that may end a job; the last thing that is known of it. */
const ENDS = ['finishJob', 'finishInventory', 'finishCleanup', 'skipCleanup', 'finishBulk'];
const EDGES = ['beginJob', 'beginCleanup', ...ENDS];

export interface ActivityTraces {
  /** The span of an activity that runs; null where nothing is traced. */
  spanOf: (context: Context) => TraceSpan | null;
  interceptors: (context: Context) => { inbound: { execute: Execute<Execution> } };
}

/** What is done around each activity: a line in the log, and a span where a collector is named. */
export function createActivityTraces(deps: { tracing: Tracing | null; log: Logger; database: Database }): ActivityTraces {
  const { tracing, log, database } = deps;
  const spans = new WeakMap<Context, TraceSpan>();

  /** The span of the job is that of its own run, or of a run of a schedule that had to end it. */
  async function tellEnd(tracing: Tracing, jobId: string, headers: TraceHeaders): Promise<void> {
    const job = await ended(jobId);
    if (job !== null) jobSpan(tracing, job, fromHeaders(headers));
  }

  /** Nothing fails because it is traced. */
  async function ended(jobId: string): Promise<EndedJob | null> {
    try {
      return await jobSpanOf(database, jobId);
    } catch (error) {
      log.warn({ err: error, job_id: jobId }, 'the span of a job could not be told');
      return null;
    }
  }

  async function traced(tracing: Tracing, context: Context, input: Execution, next: () => Promise<unknown>): Promise<unknown> {
    const { activityType, workflowExecution, taskQueue, attempt } = context.info;
    const { job_id: jobId, batch } = inputOf(input);
    const from = fromHeaders(input.headers);
    const own = workflowExecution?.workflowId === jobId;
    const ends = jobId !== null && ENDS.includes(activityType);
    const over = ends && !own && (await ended(jobId)) !== null;
    const span = tracing.span(`activity ${activityType}`, {
      parent: jobId === null ? from : tracing.placeOf(jobId, from),
      attributes: {
        'cairn.job_id': jobId,
        'cairn.batch': batch,
        'temporal.activity_type': activityType,
        'temporal.workflow_id': workflowExecution?.workflowId,
        'temporal.run_id': workflowExecution?.runId,
        'temporal.task_queue': taskQueue,
        'temporal.attempt': attempt,
      },
    });
    spans.set(context, span);
    try {
      const result = await next();
      span.end();
      if (ends && !over) void tellEnd(tracing, jobId, input.headers);
      return result;
    } catch (error) {
      span.end(error instanceof Error ? `${error.name}: ${error.message}` : String(error));
      throw error;
    } finally {
      spans.delete(context);
    }
  }

  return {
    spanOf: (context) => spans.get(context) ?? null,
    interceptors: (context) => ({
      inbound: {
        async execute(input, next) {
          const began = performance.now();
          const result = await (tracing === null ? next(input) : traced(tracing, context, input, () => next(input)));
          const { activityType, workflowExecution, attempt, taskQueue } = context.info;
          const { job_id, batch } = inputOf(input);
          log[EDGES.includes(activityType) ? 'info' : 'debug'](
            {
              ...(job_id === null ? {} : { job_id }),
              ...(batch === null ? {} : { batch }),
              workflow_id: workflowExecution?.workflowId,
              activity: activityType,
              attempt,
              queue: taskQueue,
              duration_ms: Math.round(performance.now() - began),
              ...(ENDS.includes(activityType) ? { status: result } : {}),
            },
            'activity done',
          );
          return result;
        },
      },
    }),
  };
}

function inputOf({ args: [input] }: Execution): { job_id: string | null; batch: number | null } {
  const { job_id, batch } = (typeof input === 'object' && input !== null ? input : {}) as { job_id?: unknown; batch?: unknown };
  return { job_id: typeof job_id === 'string' ? job_id : null, batch: typeof batch === 'number' ? batch : null };
}
