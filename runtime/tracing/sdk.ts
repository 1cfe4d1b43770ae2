import { ROOT_CONTEXT, diag, DiagLogLevel, SpanKind, SpanStatusCode, trace, TraceFlags, type Span } from '@opentelemetry/api';
import { detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, RandomIdGenerator } from '@opentelemetry/sdk-trace-base';
import { VERSION } from '../../core/version.ts';
import { jobSpanIds, type TraceContext } from '../../core/trace.ts';
import type { OtlpSettings } from '../config.ts';
import type { Logger } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import { redactText } from '../redact.ts';
import type { Attributes, SpanStart, TraceSpan, Tracing } from '../tracing.ts';
import { openExporter } from './exporter.ts';
import type { JobTraces } from './job-traces.ts';
import { createLosses } from './losses.ts';
import { createSpanQueue } from './span-queue.ts';

const CLOSE_MS = 1_000;
const MOST_TEXT = 500;
const KINDS = { server: SpanKind.SERVER, client: SpanKind.CLIENT, internal: SpanKind.INTERNAL } as const;

/** Tracing by the SDK of OpenTelemetry, which reads OTEL_* itself. No context of its own goes along: a parent is always told. */
export async function openSdk(options: {
  settings: OtlpSettings;
  service: string;
  jobs: JobTraces;
  log: Logger;
  metrics: Metrics;
}): Promise<Tracing> {
  const { settings, service, jobs, log } = options;
  const warn = (message: string): void =>
    log.warn({ problem: redactText(message) }, 'a setting of OpenTelemetry is not as it should be');
  const silent = (): void => undefined;
  // Only while it reads its settings: what it says later is told as losses, and may hold what a collector answered.
  diag.setLogger({ error: warn, warn, info: silent, debug: silent, verbose: silent }, DiagLogLevel.WARN);
  const queue = createSpanQueue(await openExporter(settings), createLosses(options), settings.queue);
  const random = new RandomIdGenerator();
  let asked: SpanStart['ids'];
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({ 'service.name': service, 'service.version': VERSION }).merge(
      detectResources({ detectors: [envDetector] }),
    ),
    spanProcessors: [queue],
    idGenerator: {
      generateTraceId: () => asked?.trace_id ?? random.generateTraceId(),
      generateSpanId: () => asked?.span_id ?? random.generateSpanId(),
    },
  });
  const tracer = provider.getTracer('cairn', VERSION);
  diag.disable();

  function begin(name: string, { parent, kind = 'internal', attributes, start, ids }: SpanStart): Span {
    const context = parent === null ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, remote(parent));
    asked = ids;
    try {
      const given = attributes === undefined ? {} : { attributes: clean(attributes) };
      return tracer.startSpan(
        name,
        { kind: KINDS[kind], ...given, ...(start === undefined ? {} : { startTime: start }) },
        context,
      );
    } finally {
      asked = undefined;
    }
  }

  return {
    span: (name, start) => wrap(begin(name, start)),
    jobs,
    placeOf(jobId, parent) {
      const known = parent === null ? jobs.find(jobId) : null;
      if (known !== null) return known;
      const ids = jobSpanIds(jobId);
      if (ids === null) return null;
      // Whether a trace that begins here is recorded is the sampler's to say; it says the same in every process.
      return jobs.remember(jobId, parent ?? wrap(begin('job', { parent: null, ids })).context);
    },
    flush: () => void queue.forceFlush().catch(silent),
    async close() {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, CLOSE_MS)));
      await Promise.race([provider.shutdown().catch(silent), late]);
      clearTimeout(timer);
      queue.giveUp();
    },
  };
}

const remote = ({ trace_id, span_id, sampled }: TraceContext) => ({
  traceId: trace_id,
  spanId: span_id,
  traceFlags: sampled ? TraceFlags.SAMPLED : TraceFlags.NONE,
  isRemote: true,
});

function wrap(span: Span): TraceSpan {
  const { traceId, spanId, traceFlags } = span.spanContext();
  return {
    context: { trace_id: traceId, span_id: spanId, sampled: (traceFlags & TraceFlags.SAMPLED) !== 0 },
    set: (attributes) => void span.setAttributes(clean(attributes)),
    rename: (name) => void span.updateName(name),
    end(failure = null, at) {
      if (failure !== null) span.setStatus({ code: SpanStatusCode.ERROR, message: redactText(failure).slice(0, MOST_TEXT) });
      span.end(at);
    },
  };
}

function clean(attributes: Attributes): Record<string, string | number | boolean> {
  const kept: Record<string, string | number | boolean> = {};
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined) continue;
    kept[name] = typeof value === 'string' ? value.slice(0, MOST_TEXT) : value;
  }
  return kept;
}
