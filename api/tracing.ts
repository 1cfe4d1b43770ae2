import type { NextFunction, Request, Response } from 'express';
import type { WorkflowClientInterceptor } from '@temporalio/client';
import type { JobEngine } from '../core/job-engine.ts';
import { parseTraceparent, TRACEPARENT, type TraceContext } from '../core/trace.ts';
import type { Logger } from '../runtime/log.ts';
import type { TraceSpan, Tracing } from '../runtime/tracing.ts';
import { toHeaders } from '../runtime/tracing/header.ts';

/** Where in a trace a call is, and how its log lines are known; what a handler starts goes on from there. */
export interface CallTrace {
  log: Logger;
  /** The span of the request; absent where nothing is traced. */
  span?: TraceSpan;
}

/** The span of each request, which goes on with the trace of a caller. Never a query, a body or a header. */
export function traceRequests(tracing: Tracing) {
  return (request: Request, response: Response, next: NextFunction): void => {
    // Asked for every few seconds, by what watches us.
    if (/^\/(healthz|readyz|metrics)$/.test(request.path)) return next();
    const method = /^(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)$/.test(request.method) ? request.method : '_OTHER';
    const span = tracing.span(method, {
      parent: parseTraceparent(request.get(TRACEPARENT)),
      kind: 'server',
      attributes: {
        'http.request.method': method,
        'url.path': request.path,
        'cairn.request_id': String(response.locals.requestId),
      },
    });
    response.locals.span = span;
    response.on('close', () => {
      const route = typeof request.route?.path === 'string' ? request.route.path.replaceAll(/:(\w+)/g, '{$1}') : null;
      if (route !== null) span.rename(`${method} ${route}`);
      const { statusCode } = response;
      span.set({ 'http.route': route, 'http.response.status_code': statusCode });
      span.end(statusCode >= 500 ? `status ${statusCode}` : null);
    });
    next();
  };
}

/** For a line of the log about a request. */
export function traceIds({ locals }: Response): { trace_id?: string; span_id?: string } {
  const span: TraceSpan | undefined = locals.span;
  return span === undefined ? {} : { trace_id: span.context.trace_id, span_id: span.context.span_id };
}

/** For whatever one request does. */
export function callTrace(log: Logger, response: Response): CallTrace {
  const span: TraceSpan | undefined = response.locals.span;
  return {
    log: log.child({ request_id: response.locals.requestId, ...traceIds(response) }),
    ...(span === undefined ? {} : { span }),
  };
}

/** Starts that failed and are remembered, for a later one. */
const MOST_FAILED = 1_000;

/** Gives workflows the place in a trace that their job was asked for at, as a header that activities get as well. */
export interface StartTraces {
  interceptor: WorkflowClientInterceptor;
  /** While `start` runs, a workflow of this id is started from there; null: from where an earlier start of it failed. */
  during<T>(workflowId: string, from: TraceContext | null, start: () => Promise<T>): Promise<T>;
}

export function createStartTraces(): StartTraces {
  const starting = new Map<string, TraceContext>();
  return {
    interceptor: {
      startWithDetails(input, next) {
        const from = starting.get(input.options.workflowId);
        return next(from === undefined ? input : { ...input, headers: { ...input.headers, ...toHeaders(from) } });
      },
    },
    async during(workflowId, from, start) {
      if (from !== null) starting.set(workflowId, from);
      const started = await start();
      starting.delete(workflowId);
      for (const oldest of starting.keys()) {
        if (starting.size <= MOST_FAILED) break;
        starting.delete(oldest);
      }
      return started;
    },
  };
}

/** An engine whose starts go on with the trace of the request, and are found in the log by its `request_id`. */
export function traceStarts(
  engine: JobEngine,
  { tracing, span, log }: CallTrace & { tracing?: Tracing & { starts: StartTraces } },
): JobEngine {
  return {
    ...engine,
    async start(job) {
      const { id: job_id, type, owner, total_devices } = job;
      if (span !== undefined) {
        span.set({ 'cairn.job_id': job_id });
        tracing?.jobs.remember(job_id, span.context);
      }
      const begin = () => engine.start(job);
      const run = await (tracing === undefined ? begin() : tracing.starts.during(job_id, span?.context ?? null, begin));
      log.info({ job_id, workflow_id: job_id, type, devices: total_devices, owner }, 'job started');
      return run;
    },
  };
}
