import type { Environment, OtlpSettings } from './config.ts';

const QUEUE = 2_048;

/**
 * Where OTEL_* ask for traces: a collector is named and nothing turns them off. Everything else of OTEL_* the SDK reads itself.
 * What is wrong goes to `problems`.
 */
export function otlpSettings(given: Environment, problems: string[]): OtlpSettings | null {
  const told = (name: string): [string, string | undefined] => {
    const own = `OTEL_EXPORTER_OTLP_TRACES_${name}`;
    return given[own] === undefined ? [`OTEL_EXPORTER_OTLP_${name}`, given[`OTEL_EXPORTER_OTLP_${name}`]] : [own, given[own]];
  };
  const [endpointName, endpoint] = told('ENDPOINT');
  const exporter = given.OTEL_TRACES_EXPORTER ?? 'otlp';
  if (endpoint === undefined || exporter === 'none' || given.OTEL_SDK_DISABLED?.toLowerCase() === 'true') return null;
  if (exporter !== 'otlp') problems.push(`OTEL_TRACES_EXPORTER must be otlp or none, not "${exporter}"`);
  // An address may hold a password.
  if (!/^https?:\/\//i.test(endpoint) || !URL.canParse(endpoint)) {
    problems.push(`${endpointName} must be an address that starts with http:// or https://`);
  }
  const [protocolName, protocol = 'http/protobuf'] = told('PROTOCOL');
  const queue = Number(given.OTEL_BSP_MAX_QUEUE_SIZE ?? QUEUE);
  if (!Number.isInteger(queue) || queue < 1) problems.push('OTEL_BSP_MAX_QUEUE_SIZE must be a whole number above 0');
  if (protocol === 'http/protobuf' || protocol === 'http/json') return { protocol, queue };
  problems.push(`${protocolName} must be http/protobuf or http/json, not "${protocol}"`);
  return null;
}
