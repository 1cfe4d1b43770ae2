import type { Logger } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import { redactText } from '../redact.ts';

type Why = 'queue_full' | 'not_sent';

/** Counts spans that no collector got. Told in the log when it begins, and when a collector takes spans again. */
export interface Losses {
  lost(spans: number, why: Why, reason?: string): void;
  sent(): void;
}

export function createLosses({ log, metrics }: { log: Logger; metrics: Metrics }): Losses {
  const dropped = metrics.counter('trace_spans_dropped_total', 'Spans that no collector got', ['reason']);
  for (const reason of ['queue_full', 'not_sent'] satisfies Why[]) dropped.inc({ reason }, 0);
  let since = 0;
  return {
    lost(spans, why, reason) {
      dropped.inc({ reason: why }, spans);
      if (since === 0) {
        const text = reason === undefined ? why : redactText(reason);
        log.warn({ spans, reason: text }, 'traces are lost: the collector (OTEL_EXPORTER_OTLP_ENDPOINT) does not take them');
      }
      since += spans;
    },
    sent() {
      if (since > 0) log.info({ spans: since }, 'the collector takes traces again; so many spans were lost');
      since = 0;
    },
  };
}
