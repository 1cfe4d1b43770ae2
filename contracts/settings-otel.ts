/**
 * Settings of OpenTelemetry that Cairn looks at or its SDK honours, besides the same with `_TRACES_` in their names
 * (https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/).
 */
export const OTEL_SETTINGS = {
  OTEL_EXPORTER_OTLP_ENDPOINT: 'Base address of a collector (http://host:4318): turns traces on; see docs/howto/trace-a-job.md',
  OTEL_EXPORTER_OTLP_PROTOCOL: '`http/protobuf` (if unset) or `http/json`',
  OTEL_EXPORTER_OTLP_HEADERS: 'Headers for the collector, as name=value separated by commas',
  OTEL_SERVICE_NAME: '`cairn-api` and `cairn-worker` if unset',
  OTEL_RESOURCE_ATTRIBUTES: 'Attributes of all spans, as name=value separated by commas',
  OTEL_TRACES_SAMPLER: 'Which traces are recorded; `parentbased_always_on` if unset',
  OTEL_TRACES_SAMPLER_ARG: 'Share of the traces (0 to 1) that `parentbased_traceidratio` records',
  OTEL_BSP_MAX_QUEUE_SIZE: 'Spans that wait for the collector; more are dropped; 2048 if unset',
  OTEL_SDK_DISABLED: 'true turns traces off',
} as const;
