import type { TraceContext } from '../core/trace.ts';
import type { OtlpSettings } from './config.ts';
import type { Logger } from './log.ts';
import type { Metrics } from './metrics.ts';
import type { Shutdown } from './shutdown.ts';
import type { JobTraces } from './tracing/job-traces.ts';

export type Attributes = Record<string, string | number | boolean | null | undefined>;

/** Something that goes on. It counts once `end` is called; whatever is told later is lost. */
export interface TraceSpan {
  readonly context: TraceContext;
  /** Null and undefined are left out. */
  set(attributes: Attributes): void;
  rename(name: string): void;
  /** `failure`: why it came to nothing; passwords in addresses and bearer tokens in it are masked. `at`: epoch milliseconds. */
  end(failure?: string | null, at?: number): void;
}

export interface SpanStart {
  /** Null begins a trace. */
  parent: TraceContext | null;
  /** `server`: an answer to a request; `client`: a call of something else. */
  kind?: 'server' | 'client' | 'internal';
  attributes?: Attributes;
  /** Epoch milliseconds; now if absent. */
  start?: number;
  /** For what another process must be able to name. `trace_id` counts only where a trace begins. */
  ids?: { trace_id: string; span_id: string };
}

/** Traces of one process. */
export interface Tracing {
  span(name: string, start: SpanStart): TraceSpan;
  jobs: JobTraces;
  /** The place of the span of a job that was asked for at `parent`; without one it is in a trace of its own. Remembered. */
  placeOf(jobId: string, parent: TraceContext | null): TraceContext | null;
  /** Begins to send what waits. Never rejects. */
  flush(): void;
  /** Sends what is left, within a second; what a collector has not taken by then is lost. Never rejects. */
  close(): Promise<void>;
}

/**
 * What the settings ask for: null, and nothing of OpenTelemetry is even loaded, where they name no collector. A stop sends at once
 * what waits, and in its last step the rest: open this before whatever else has a step.
 */
export async function openTracing(options: {
  settings: OtlpSettings | null;
  /** `cairn-api`, `cairn-worker`; OTEL_SERVICE_NAME says otherwise. */
  service: string;
  jobs: JobTraces;
  log: Logger;
  metrics: Metrics;
  shutdown: Pick<Shutdown, 'onStop' | 'signal'>;
}): Promise<Tracing | null> {
  const { settings, shutdown, ...rest } = options;
  if (settings === null) return null;
  const { openSdk } = await import('./tracing/sdk.ts');
  const tracing = await openSdk({ settings, ...rest });
  shutdown.onStop('traces', () => tracing.close());
  shutdown.signal.addEventListener('abort', () => tracing.flush(), { once: true });
  return tracing;
}
