import type { SpanExporter } from '@opentelemetry/sdk-trace-base';
import type { OtlpSettings } from '../config.ts';

/** Sends spans by OTLP over HTTP. It reads where to, with which headers, certificates, time and compression, from OTEL_EXPORTER_OTLP_*. */
export async function openExporter({ protocol }: OtlpSettings): Promise<SpanExporter> {
  const { OTLPTraceExporter } = await (protocol === 'http/json'
    ? import('@opentelemetry/exporter-trace-otlp-http')
    : import('@opentelemetry/exporter-trace-otlp-proto'));
  return new OTLPTraceExporter();
}
