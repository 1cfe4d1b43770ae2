import { DefaultLogger, NativeConnection, Runtime, type LogEntry } from '@temporalio/worker';
import { AppError } from '../core/errors.ts';
import { jobSpanIds } from '../core/trace.ts';
import type { Logger } from './log.ts';
import type { TemporalTarget } from './temporal.ts';

/**
 * Sends the worker's own log lines to ours and leaves signals to `createShutdown`. Once per process, before anything else of
 * `@temporalio/worker`. The SDK shows its own metrics to Prometheus on `metricsAddress` (`address:port`).
 */
export function installTemporalRuntime(log: Logger, metricsAddress: string | null = null): void {
  const write = ({ level, message, meta }: LogEntry) => log[LEVELS[level]](named(meta), message);
  Runtime.install({
    logger: new DefaultLogger('INFO', write),
    telemetryOptions: {
      logging: { forward: {}, filter: { core: 'WARN', other: 'WARN' } },
      ...(metricsAddress === null ? {} : { metrics: { prometheus: { ...SDK_METRICS, bindAddress: metricsAddress } } }),
    },
    shutdownSignals: [],
  });
}

/** With the names that our own lines have, so that those of a job are found by `job_id`. The workflow of a job has its id. */
function named(meta: LogEntry['meta']): Record<string, unknown> {
  const { workflowId, activityType } = meta ?? {};
  return {
    ...meta,
    ...(typeof workflowId === 'string' ? { workflow_id: workflowId } : {}),
    ...(typeof workflowId === 'string' && jobSpanIds(workflowId) !== null ? { job_id: workflowId } : {}),
    ...(typeof activityType === 'string' ? { activity: activityType } : {}),
  };
}

/** As Prometheus wants names and units. */
const SDK_METRICS = { countersTotalSuffix: true, unitSuffix: true, useSecondsForDurations: true };

const LEVELS = { TRACE: 'trace', DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' } as const satisfies Record<
  LogEntry['level'],
  string
>;

/**
 * The connection that all workers of a process share.
 * @throws AppError `temporal_unavailable`
 */
export async function connectWorker(target: TemporalTarget): Promise<NativeConnection> {
  const { address, tls, apiKey, metadata } = target;
  try {
    return await NativeConnection.connect({
      address,
      // Payloads are encrypted, which leaves little to compress: it costs both ends more than it saves between them.
      grpcCompression: { codec: 'none' },
      ...(tls === undefined ? {} : { tls }),
      ...(apiKey === undefined ? {} : { apiKey }),
      ...(metadata === undefined ? {} : { metadata }),
    });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new AppError('temporal_unavailable', `Temporal does not answer at ${address} (TEMPORAL_ADDRESS): ${why}`, { cause });
  }
}
