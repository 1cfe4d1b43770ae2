import { TraceFlags } from '@opentelemetry/api';
import { BatchSpanProcessor, type SpanExporter, type SpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { Losses } from './losses.ts';

/** `ExportResultCode.SUCCESS` of `@opentelemetry/core`. */
const SUCCESS = 0;

/** The SDK's batches, with what it drops in silence counted. A full queue costs the newest span and never waits. */
export function createSpanQueue(exporter: SpanExporter, losses: Losses, most: number): SpanProcessor & { giveUp(): void } {
  let [queued, sending] = [0, 0];
  let open = true;
  const counting: SpanExporter = {
    export(spans, done) {
      queued -= spans.length;
      sending += spans.length;
      exporter.export(spans, (result) => {
        sending -= spans.length;
        if (!open) return;
        const code: number = result.code;
        if (code === SUCCESS) losses.sent();
        else losses.lost(spans.length, 'not_sent', result.error?.message);
        done(result);
      });
    },
    shutdown: () => exporter.shutdown(),
    ...(exporter.forceFlush === undefined ? {} : { forceFlush: () => exporter.forceFlush!() }),
  };
  const batches = new BatchSpanProcessor(counting, { maxQueueSize: most });
  return {
    onStart: () => undefined,
    onEnd(span) {
      if ((span.spanContext().traceFlags & TraceFlags.SAMPLED) === 0) return;
      if (queued >= most || !open) return losses.lost(1, 'queue_full');
      queued += 1;
      batches.onEnd(span);
    },
    forceFlush: () => batches.forceFlush(),
    shutdown: () => batches.shutdown(),
    giveUp() {
      open = false;
      const left = queued + sending;
      if (left > 0) losses.lost(left, 'not_sent', 'the process ended first');
    },
  };
}
