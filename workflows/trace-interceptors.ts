import type { WorkflowInterceptorsFactory } from '@temporalio/workflow';
import { TRACEPARENT } from '../core/trace.ts';

/**
 * Passes on the `traceparent` that a workflow was started with, unread, to all that it starts or tells. Makes no span: a workflow
 * is replayed, and headers are no part of what a replay compares.
 */
export const interceptors: WorkflowInterceptorsFactory = () => {
  let given: Given = {};
  const on = <I extends { readonly headers: Given }>(input: I): I =>
    TRACEPARENT in given ? { ...input, headers: { ...given, ...input.headers } } : input;
  return {
    inbound: [
      {
        execute(input, next) {
          const traceparent = input.headers[TRACEPARENT];
          if (traceparent !== undefined) given = { [TRACEPARENT]: traceparent };
          return next(input);
        },
      },
    ],
    outbound: [
      {
        scheduleActivity: (input, next) => next(on(input)),
        scheduleLocalActivity: (input, next) => next(on(input)),
        startChildWorkflowExecution: (input, next) => next(on(input)),
        signalWorkflow: (input, next) => next(on(input)),
        continueAsNew: (input, next) => next(on(input)),
      },
    ],
  };
};

type Given = Parameters<
  NonNullable<NonNullable<ReturnType<WorkflowInterceptorsFactory>['inbound']>[number]['execute']>
>[0]['headers'];
