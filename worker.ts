import { hostname } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Worker, type WorkerOptions } from '@temporalio/worker';
import { deviceActivities, jobActivities } from './activities/index.ts';
import { createCheckpoint } from './activities/fleet/checkpoint.ts';
import type { CleanupDeps } from './activities/cleanup/deps.ts';
import { createActivityTraces, type ActivityTraces } from './activities/tracing.ts';
import type { InventoryDeps } from './activities/inventory.ts';
import type { FleetDeps } from './activities/fleet/deps.ts';
import { createJobWatch } from './activities/fleet/job-watch.ts';
import { createLockKeeper } from './activities/fleet/lock-keeper.ts';
import { createBatchEnds } from './activities/fleet/batch-ends.ts';
import { createSessionGate } from './activities/fleet/session-gate.ts';
import { backUp } from './activities/fleet/back-up.ts';
import { createPublisher } from './activities/fleet/publisher.ts';
import { tracePublish } from './activities/fleet/trace-publish.ts';
import { timedStore } from './artifacts/timed-store.ts';
import { openArtifactStore } from './artifacts/open.ts';
import type { Collected } from './core/collection.ts';
import { factKinds } from './core/facts.ts';
import { COLLECTOR_QUEUE, collectorQueue, JOBS_QUEUE } from './core/queues.ts';
import { collectConfig } from './devices/collect-config.ts';
import { collectFacts } from './devices/collect.ts';
import { AUTO, autoPlatform } from './devices/detect.ts';
import { platformRegistry } from './devices/platform-registry.ts';
import { reparseFacts } from './devices/reparse.ts';
import { openTemplateLibrary, type TemplateLibrary } from './devices/template-library.ts';
import { loadUserPlatforms } from './devices/user-platforms.ts';
import { loadConfig, type Config } from './runtime/config.ts';
import { loadDataConverter } from './runtime/data-converter.ts';
import { ensureTemplates } from './runtime/embedded/templates.ts';
import { reportFailure } from './runtime/fail.ts';
import { createLogger, type Logger } from './runtime/log.ts';
import { ensureSecretKeys } from './runtime/secrets.ts';
import { createFleetMetrics } from './runtime/metrics-fleet.ts';
import { freeLoopbackAddress, serveMetrics } from './runtime/metrics-server.ts';
import { createMetrics, type Metrics } from './runtime/metrics.ts';
import { createSecretSources } from './runtime/secret-sources/sources.ts';
import { createShutdown } from './runtime/shutdown.ts';
import { demandSlots } from './runtime/slots.ts';
import { connectClient, ensureNamespaceReady } from './runtime/temporal.ts';
import { connectWorker, installTemporalRuntime } from './runtime/temporal-worker.ts';
import { openTracing, type Tracing } from './runtime/tracing.ts';
import { createJobTraces } from './runtime/tracing/job-traces.ts';
import { workflowBundle } from './runtime/workflow-bundle.ts';
import { openCredentials } from './stores/credentials.ts';
import { isConnectionError, openDatabase } from './stores/database.ts';
import { migrate } from './stores/migrate.ts';
import { isPressed } from './stores/queue-waits.ts';
import { readStoredOutputs } from './stores/stored-outputs.ts';
import { createWordSeal } from './stores/seal-words.ts';
import { createKeyring } from './stores/seal.ts';

/** How long devices may take to finish the data kind they are in when the process is asked to end. */
const GRACE_MS = 5_000;
/** Sent at most this often, so that a cancel is noticed within it (DESIGN section 4: at least every 3 s). */
const HEARTBEAT_MS = 2_500;
const MOST_BATCHES = 400;
const OUTPUT_BYTES = 64 * 1024 * 1024;
const CONNECT_MS = 15_000;

/** Composition root of a worker: config → deps → activities → one Worker per queue → drain. */
async function main(): Promise<void> {
  const config = loadConfig(process.env);
  const traced = createJobTraces();
  const correlate = config.tracing === null ? {} : { correlate: traced.idsOf };
  const log = createLogger({ level: config.logLevel, name: 'worker', ...correlate });
  const shutdown = createShutdown({ log, deadlineMs: GRACE_MS + 10_000 });
  shutdown.install();
  const metrics = createMetrics('worker');
  const tracing = await openTracing({ settings: config.tracing, service: 'cairn-worker', jobs: traced, log, metrics, shutdown });
  const sdkMetrics = config.metricsPort === 0 ? null : await freeLoopbackAddress();
  installTemporalRuntime(log, sdkMetrics);
  await migrate(config.databaseUrl);
  const client = await connectClient(config.temporal);
  await ensureNamespaceReady(client);
  await client.connection.close();
  const connection = await connectWorker(config.temporal);
  shutdown.onStop('temporal connection', () => connection.close());
  const deps = await fleetDeps({ config, log, shutdown, metrics, tracing });
  const dataConverter = loadDataConverter(config, log);
  const shared = {
    connection,
    namespace: config.temporal.namespace,
    dataConverter,
    shutdownGraceTime: GRACE_MS,
    interceptors: { activity: [deps.around.interceptors] },
  };
  const jobs = await Worker.create({
    ...shared,
    taskQueue: JOBS_QUEUE,
    workflowBundle: await workflowBundle(config.cacheDir, config.payloadCodec),
    activities: jobActivities(deps),
    maxHeartbeatThrottleInterval: HEARTBEAT_MS,
    maxConcurrentActivityTaskExecutions: 20,
    maxCachedWorkflows: 200,
  });
  const queues = [COLLECTOR_QUEUE, ...config.groups.map(collectorQueue)];
  const collectors = await Promise.all(
    queues.map((taskQueue) => Worker.create({ ...shared, ...collectorOptions(deps, taskQueue), taskQueue })),
  );
  const runs = [jobs, ...collectors].map((worker) => worker.run());
  shutdown.onStop('workers', async () => {
    for (const worker of [jobs, ...collectors]) if (worker.getState() === 'RUNNING') worker.shutdown();
    await Promise.all(runs);
  });
  if (sdkMetrics !== null) {
    const address = { host: config.metricsHost, port: config.metricsPort, sdkAddress: sdkMetrics };
    const served = await serveMetrics({ metrics, log }, address);
    shutdown.onStop('metrics', () => served.close());
    log.info({ url: served.url }, 'metrics are served');
  }
  log.info({ queues: [JOBS_QUEUE, ...queues], max_sessions: config.maxSessions }, 'worker is ready');
  process.stdout.write(`${JSON.stringify({ ready: 'worker', queues: [JOBS_QUEUE, ...queues] })}\n`);
  await Promise.all(runs);
}

function collectorOptions(deps: FleetDeps, queue: string): Omit<WorkerOptions, 'taskQueue'> {
  const { gate, database } = deps;
  const pressing = async (): Promise<boolean> => {
    const lowest = gate.lowest();
    try {
      return lowest !== null && (await isPressed(database, queue, lowest));
    } catch (error) {
      if (!isConnectionError(error)) throw error;
      return false; // No device is taken without the database; the job watch tells that it is away.
    }
  };
  return {
    activities: deviceActivities(deps),
    maxHeartbeatThrottleInterval: HEARTBEAT_MS,
    activityTaskPollerBehavior: { type: 'simple-maximum', maximum: 4 },
    tuner: {
      activityTaskSlotSupplier: demandSlots({ demand: () => gate.demand(), most: MOST_BATCHES, pressing }),
      workflowTaskSlotSupplier: { type: 'fixed-size', numSlots: 2 },
      localActivityTaskSlotSupplier: { type: 'fixed-size', numSlots: 1 },
      nexusTaskSlotSupplier: { type: 'fixed-size', numSlots: 1 },
    },
  };
}

type Deps = FleetDeps & CleanupDeps & InventoryDeps;

async function fleetDeps({
  config,
  log,
  shutdown,
  metrics,
  tracing,
}: {
  config: Config;
  log: Logger;
  shutdown: ReturnType<typeof createShutdown>;
  metrics: Metrics;
  tracing: Tracing | null;
}): Promise<Deps & { around: ActivityTraces }> {
  const database = openDatabase(config.databaseUrl, { max: 8, name: 'cairn-worker' });
  shutdown.onStop('database', () => database.close());
  const templates = await ensureTemplates({ cacheDir: config.cacheDir, log });
  const templateLibrary = openTemplateLibrary({
    ntcDir: templates.dir,
    ntcVersion: templates.version,
    ownDir: fileURLToPath(new URL('./devices/templates', import.meta.url)),
    userDir: config.platformsDir,
  });
  const users = config.platformsDir === null ? [] : await loadUserPlatforms(config.platformsDir, templateLibrary);
  if (users.length > 0) log.info({ platforms: users.map((platform) => platform.name) }, 'platforms of the user');
  const known = platformRegistry(users);
  const gate = createSessionGate(config.maxSessions);
  const fleetMetrics = createFleetMetrics(metrics, {
    sessions: () => gate.demand(),
    platformName: (text) => (text === AUTO ? AUTO : (known.find(text)?.name ?? null)),
  });
  const library: TemplateLibrary = { ...templateLibrary, onParsed: (seconds) => fleetMetrics.parse(seconds) };
  const { current, previous } = ensureSecretKeys(config);
  const keyring = createKeyring(current, previous);
  const { store: bareStore, secrets } = await openArtifactStore(config.artifacts, { dataDir: config.dataDir, log });
  const store = timedStore(bareStore, (operation, seconds, error) => fleetMetrics.artifact(operation, seconds, error));
  shutdown.onStop('artifact store', () => store.close());
  const publisher = createPublisher({ database, store, log, observe: tracing === null ? undefined : tracePublish(tracing) });
  shutdown.onStop('publisher', () => publisher.close());
  const keep = { store, secrets, seal: createWordSeal(current, previous) };
  const around = createActivityTraces({ tracing, log, database });
  const locks = createLockKeeper({ database, log });
  const watch = createJobWatch({ database, log });
  shutdown.onStop('locks and watch', () => {
    locks.stop();
    watch.stop();
  });
  return {
    database,
    store,
    log,
    gate,
    locks,
    watch,
    checkpoint: createCheckpoint({ database, log, told: (devices, seconds) => fleetMetrics.checkpoint(devices, seconds) }),
    ends: createBatchEnds(),
    publisher,
    around,
    traces: tracing === null ? null : { tracing, spanOf: around.spanOf },
    metrics: fleetMetrics,
    workerName: `${hostname()}:${process.pid}`,
    stopping: () => shutdown.signal.aborted,
    openCredentials: (ids) => openCredentials(database, keyring, ids),
    secrets: createSecretSources(config.secretSources),
    platformName: (text) => (text === AUTO ? AUTO : (known.find(text)?.name ?? null)),
    async collect(call) {
      const platform = call.device.platform === AUTO ? autoPlatform : known.find(call.device.platform);
      if (platform === null) return unknownPlatform(call.device.platform);
      return collectFacts({
        ...call,
        kinds: factKinds(call.kinds),
        platform,
        candidates: known.all,
        library,
        limits: { ...call.limits, connect_ms: CONNECT_MS, output_bytes: OUTPUT_BYTES },
      });
    },
    async backUp(call) {
      const platform = call.device.platform === AUTO ? autoPlatform : known.find(call.device.platform);
      if (platform === null) return unknownPlatform(call.device.platform);
      const limits = { ...call.limits, connect_ms: CONNECT_MS, output_bytes: OUTPUT_BYTES };
      return backUp(keep, call, () => collectConfig({ ...call, platform, candidates: known.all, limits }));
    },
    async reparse({ device, kinds }) {
      const platform = known.find(device.platform);
      if (platform === null) return unknownPlatform(device.platform);
      return reparseFacts({
        device,
        platform,
        kinds: factKinds(kinds),
        library,
        stored: await readStoredOutputs(database, device.id),
      });
    },
  };
}

function unknownPlatform(name: string): Collected {
  const failure = { outcome: 'unsupported', error: `Cairn has no platform "${name}"`, retryable: false } as const;
  return { kinds: {}, outputs: [], logged_in: false, host_key: null, failure, stopped: false };
}

main().catch((error: unknown) => {
  process.exit(reportFailure(error));
});
