import { jobSpanOf } from '../stores/job-span.ts';
import { fromHeaders } from '../runtime/tracing/header.ts';
import { jobSpan } from '../runtime/tracing/job-span.ts';
import type { LaunchDeps } from './launch.ts';

const DEADLINE_MS = 1_000;

/** The span of a job that we ended and not its workflow. Which trace it is in, the run's first event says. Never rejects. */
export async function traceEnd(deps: LaunchDeps, jobId: string): Promise<void> {
  const { tracing } = deps;
  if (tracing === undefined) return;
  try {
    const job = await jobSpanOf(deps.database, jobId);
    if (job !== null) jobSpan(tracing, job, await startedFrom(deps, jobId));
  } catch (error) {
    deps.log.warn({ err: error, job_id: jobId }, 'the span of a job could not be told');
  }
}

async function startedFrom({ temporal, namespace }: LaunchDeps, workflowId: string) {
  const { history } = await temporal.connection.withDeadline(Date.now() + DEADLINE_MS, () =>
    temporal.workflowService.getWorkflowExecutionHistory({ namespace, execution: { workflowId }, maximumPageSize: 1 }),
  );
  return fromHeaders(history?.events?.[0]?.workflowExecutionStartedEventAttributes?.header?.fields);
}
