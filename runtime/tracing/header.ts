import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import { formatTraceparent, parseTraceparent, TRACEPARENT, type TraceContext } from '../../core/trace.ts';

/** Headers of workflows and activities, as Temporal keeps them: no codec touches them, so that nothing secret may be in them. */
export type TraceHeaders = Record<string, Payload>;

export function toHeaders(context: TraceContext): Record<string, Payload> {
  return { [TRACEPARENT]: defaultPayloadConverter.toPayload(formatTraceparent(context)) };
}

/** Null where there is none, or none that is well-formed. */
export function fromHeaders(headers: Record<string, { data?: Uint8Array | null }> | null | undefined): TraceContext | null {
  const { data } = headers?.[TRACEPARENT] ?? {};
  if (data === null || data === undefined) return null;
  const [, text] = /^"([0-9a-f-]+)"$/.exec(Buffer.from(data).toString()) ?? [];
  return parseTraceparent(text);
}
