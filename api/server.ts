import type { Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection, type DataConverter } from '@temporalio/client';
import { AppError } from '../core/errors.ts';
import { createPayloadCodec } from '../runtime/codec.ts';
import { loadConfig, type Config } from '../runtime/config.ts';
import { loadDataConverter } from '../runtime/data-converter.ts';
import { reportFailure } from '../runtime/fail.ts';
import { createLogger, type Logger } from '../runtime/log.ts';
import { createMetrics } from '../runtime/metrics.ts';
import { ensureAdminToken, ensureSecretKeys } from '../runtime/secrets.ts';
import { createShutdown } from '../runtime/shutdown.ts';
import { ensureNamespaceReady } from '../runtime/temporal.ts';
import { openTracing } from '../runtime/tracing.ts';
import { createJobTraces } from '../runtime/tracing/job-traces.ts';
import { isConnectionError, openDatabase } from '../stores/database.ts';
import { migrate } from '../stores/migrate.ts';
import { createKeyring } from '../stores/seal.ts';
import { createApp } from './app.ts';
import { createArtifactReader } from './artifact-reader.ts';
import type { ApiDeps } from './deps.ts';
import { createEventHub } from './events.ts';
import { registerServerMetrics } from './metrics-servers.ts';
import { registerJobMetrics } from './metrics.ts';
import { createOidc } from './oidc.ts';
import { createQueueWatch } from './queues.ts';
import { startReconciler } from './reconcile.ts';
import { keepMaintenanceSchedule } from './schedules/maintenance.ts';
import { createStats } from './stats.ts';
import { createServer } from './tls.ts';
import { createStartTraces, type StartTraces } from './tracing.ts';
import { createWaitWatch } from './waiting.ts';
import { startSyslog } from './syslog/start.ts';
import { startWebhookSender } from './webhooks/sender.ts';

const STOP_MS = 5_000;
/** Calls that still run this long after a stop was asked for are cut off. */
const FINISH_MS = 2_000;
const CLOSE_MS = 1_000;
const DATABASE_WAIT_MS = 60_000;
const RETRY_MS = 1_000;

/** Composition root of the API: config → database → Temporal → app → listen → reconcile. */
async function main(): Promise<void> {
  const config = loadConfig(process.env);
  const jobs = createJobTraces();
  const correlate = config.tracing === null ? {} : { correlate: jobs.idsOf };
  const log = createLogger({ level: config.logLevel, name: 'api', ...correlate });
  const shutdown = createShutdown({ log, deadlineMs: STOP_MS });
  shutdown.install();
  const metrics = createMetrics('api');
  const tracing = await openTracing({ settings: config.tracing, service: 'cairn-api', jobs, log, metrics, shutdown });
  const starts = createStartTraces();
  await migrateWhenUp(config, log, shutdown.signal);
  const database = openDatabase(config.databaseUrl, { max: 20, name: 'cairn-api' });
  shutdown.onStop('database', () => atMost(CLOSE_MS, database.close()));
  const dataConverter = loadDataConverter(config, log);
  const temporal = temporalClient(config, dataConverter, tracing === null ? null : starts);
  registerJobMetrics({ metrics, database, log });
  const { current, previous } = ensureSecretKeys(config);
  const queues = createQueueWatch({ database, temporal, namespace: config.temporal.namespace, log });
  registerServerMetrics({ metrics, database, queues, log });
  const deps: ApiDeps = {
    database,
    temporal,
    namespace: config.temporal.namespace,
    log,
    keyring: createKeyring(current, previous),
    codec: createPayloadCodec({ keys: { current, previous }, seal: config.payloadCodec }),
    adminToken: ensureAdminToken(config).token,
    oidc: config.oidc === null ? null : createOidc(config.oidc, log),
    maxDevicesPerRequest: config.maxDevicesPerRequest,
    temporalUi: config.temporal.uiUrl,
    artifacts: createArtifactReader(config, current, log, previous),
    privateTargets: config.webhookAllowPrivate,
    metrics,
    ...(tracing === null ? {} : { tracing: { ...tracing, starts } }),
    events: createEventHub({ database, log }),
    queues,
    waits: createWaitWatch({ database, queues }),
    stats: createStats({ database, temporal, namespace: config.temporal.namespace, temporalUi: config.temporal.uiUrl, queues }),
  };
  const server = createServer(config.tls, createApp(deps, config));
  const url = await listen(server, config);
  shutdown.onStop('http', () => stopServing(server));
  shutdown.onStop('event streams', () => deps.events.close());
  shutdown.onStop('artifact store', () => atMost(CLOSE_MS, deps.artifacts.close()));
  const reconciler = startReconciler(deps);
  shutdown.onStop('reconciler', () => atMost(CLOSE_MS, reconciler.stop()));
  const sender = startWebhookSender(deps);
  shutdown.onStop('webhooks', () => atMost(2 * CLOSE_MS, sender.stop()));
  const syslog = await startSyslog(deps, config);
  shutdown.onStop('syslog', () => atMost(CLOSE_MS, syslog.stop()));
  void prepareNamespace(temporal, log, shutdown.signal).then(() => keepMaintenanceSchedule(deps, shutdown.signal));
  log.info({ url }, 'api is ready');
  process.stdout.write(`${JSON.stringify({ ready: 'api', url })}\n`);
}

/**
 * A round of the reconciler may hang on a Temporal that is away, and keeps a database connection. What it has not done, the next
 * process does.
 */
async function atMost(ms: number, end: Promise<void>): Promise<void> {
  await Promise.race([end, sleep(ms)]);
}

/** A database that starts together with us is waited for; any other error is final. */
async function migrateWhenUp(config: Config, log: Logger, signal: AbortSignal): Promise<void> {
  const deadline = Date.now() + DATABASE_WAIT_MS;
  for (;;) {
    try {
      return await migrate(config.databaseUrl);
    } catch (cause) {
      if (!isConnectionError(cause)) throw cause;
      const why = cause instanceof Error ? cause.message : String(cause);
      if (Date.now() > deadline)
        throw new AppError('database_unavailable', `PostgreSQL does not answer (CAIRN_DATABASE_URL): ${why}`, { cause });
      log.warn({ reason: why }, 'PostgreSQL does not answer yet');
      await sleep(RETRY_MS, undefined, { signal });
    }
  }
}

/**
 * Connects with its first call and again whenever it must: the API answers while Temporal is down. It is never closed: a retry
 * of the SDK that is due throws on a closed channel, where nobody can catch it. The end of the process closes it.
 */
function temporalClient(
  { temporal: { address, namespace, tls, apiKey, metadata } }: Config,
  dataConverter: DataConverter,
  starts: StartTraces | null,
): Client {
  const connection = Connection.lazy({
    address,
    ...(tls === undefined ? {} : { tls }),
    ...(apiKey === undefined ? {} : { apiKey }),
    ...(metadata === undefined ? {} : { metadata }),
  });
  const interceptors = starts === null ? {} : { interceptors: { workflow: [starts.interceptor] } };
  return new Client({ connection, namespace, dataConverter, ...interceptors });
}

async function prepareNamespace(client: Client, log: Logger, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      return await ensureNamespaceReady(client);
    } catch (error) {
      if (signal.aborted) return;
      log.warn({ err: error }, 'Temporal is not ready; jobs stay pending until it is');
    }
    await sleep(5 * RETRY_MS, undefined, { signal }).catch(() => undefined);
  }
}

async function listen(server: Server, { httpHost, httpPort, tls }: Config): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const why = cause.code === 'EADDRINUSE' ? 'the port is in use; set CAIRN_HTTP_PORT' : cause.message;
      reject(new AppError('startup_failed', `The API cannot listen on ${httpHost}:${httpPort}: ${why}`, { cause }));
    });
    server.listen(httpPort, httpHost, resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : httpPort;
  const host = { '0.0.0.0': '127.0.0.1', '::': '::1' }[httpHost] ?? httpHost;
  return `${tls === null ? 'http' : 'https'}://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** Takes no new connection, lets running calls end, then cuts them off. */
async function stopServing(server: Server): Promise<void> {
  const timer = setTimeout(() => server.closeAllConnections(), FINISH_MS);
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  clearTimeout(timer);
}

main().catch((error: unknown) => {
  reportFailure(error);
  process.exit(1);
});
