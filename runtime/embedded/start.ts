import { join } from 'node:path';
import { AppError } from '../../core/errors.ts';
import type { Environment, Settings } from '../config.ts';
import type { Logger } from '../log.ts';
import { processStart } from '../process-identity.ts';
import { removeRunFile, writeRunFile } from '../run-file.ts';
import { ensureSecretKey, writeAdminToken } from '../secrets.ts';
import type { Shutdown } from '../shutdown.ts';
import { lockDataDir } from './data-lock.ts';
import { checkDatabase, checkHttpAddress, checkTemporal } from './external.ts';
import { keepLogsSmall } from './log-files.ts';
import { keepRunning } from './keep-running.ts';
import { startPostgres } from './postgres.ts';
import { startProgram } from './program.ts';
import { createReaper, type Reaper } from './reaper.ts';
import { startTemporal } from './temporal.ts';
import { findTemporalBinary } from './temporal-binary.ts';

/** The programs that `npm start` runs, as in their ready lines. */
const PROGRAMS = [
  { name: 'api', source: 'api/server.ts' },
  { name: 'worker', source: 'worker.ts' },
] as const satisfies ProgramSource[];

export interface ProgramSource {
  name: string;
  source: string;
}

export interface StartOptions {
  settings: Settings;
  /** What the settings were read from; handed on to the programs. */
  env: Environment;
  log: Logger;
  /** Gets a step for everything that is started. */
  shutdown: Shutdown;
  /** Fetched beside the servers; an error ends the start. */
  prepare: () => Promise<unknown>;
  programs?: readonly ProgramSource[];
}

export interface Started {
  /** Address of the API. */
  url: string;
  temporalUi: string | null;
  tokenFile: string;
}

interface Services {
  databaseUrl: string;
  temporalAddress: string;
  temporalUi: string | null;
}

/**
 * Everything of `npm start`: PostgreSQL and Temporal (those of the settings, else embedded ones), then the programs. Whatever
 * ends by itself later is started again. On an error nothing is left running once `shutdown.stop` has run.
 * @throws AppError with one line that says what to do
 */
export async function startCairn(options: StartOptions): Promise<Started> {
  const { settings, log, shutdown, prepare } = options;
  const { dataDir } = settings;
  const unlock = lockDataDir(dataDir);
  shutdown.onStop('lock', unlock);
  await checkHttpAddress(settings);
  ensureSecretKey(settings);
  const { file: tokenFile } = writeAdminToken(settings);
  shutdown.onStop(
    'log files',
    keepLogsSmall(join(dataDir, 'logs'), (err) => log.error({ err }, 'log files cannot be rotated')),
  );
  const reaper = createReaper();
  shutdown.onStop('reaper', () => reaper.close());

  // All three end before an error goes up, so that nothing starts after the stop.
  const [database, temporal, prepared] = await Promise.allSettled([
    bringDatabase(options, reaper),
    bringTemporal(options, reaper),
    prepare(),
  ]);
  for (const result of [database, temporal, prepared]) if (result.status === 'rejected') throw result.reason;
  shutdown.signal.throwIfAborted();
  if (database.status !== 'fulfilled' || temporal.status !== 'fulfilled') throw new AppError('internal', 'unreachable');
  const services: Services = { databaseUrl: database.value, ...temporal.value };
  announce(settings, services, null);
  shutdown.onStop('run file', () => removeRunFile(dataDir));

  const url = await startPrograms(options, services, reaper);
  announce(settings, services, url);
  log.info({ url }, 'everything runs');
  return { url, temporalUi: services.temporalUi, tokenFile };
}

async function bringDatabase({ settings, log, shutdown }: StartOptions, reaper: Reaper): Promise<string> {
  if (settings.databaseUrl !== null) {
    await checkDatabase(settings.databaseUrl);
    return settings.databaseUrl;
  }
  const { dataDir } = settings;
  const first = await startPostgres({ dataDir, log, reaper });
  log.info({ port: first.port }, 'PostgreSQL is ready');
  const kept = keepRunning(
    'postgres',
    first,
    () => startPostgres({ dataDir, log, reaper, port: first.port, portRequired: true }),
    log,
  );
  shutdown.onStop('postgres', () => kept.stop());
  return first.url;
}

async function bringTemporal(
  { settings, env, log, shutdown }: StartOptions,
  reaper: Reaper,
): Promise<Omit<Services, 'databaseUrl'>> {
  const { temporal, dataDir, cacheDir, temporalBin } = settings;
  if (temporal.address !== null) {
    log.info({ address: temporal.address }, 'Temporal server taken from TEMPORAL_ADDRESS');
    await checkTemporal({ ...temporal, address: temporal.address });
    return { temporalAddress: temporal.address, temporalUi: temporal.uiUrl };
  }
  const { path: binary } = await findTemporalBinary({
    temporalBin,
    cacheDir,
    path: env.PATH ?? '',
    log,
    signal: shutdown.signal,
  });
  const common = { dataDir, binary, namespace: temporal.namespace, log, reaper };
  const first = await startTemporal(common);
  log.info({ port: first.port, ui_port: first.uiPort }, 'Temporal is ready');
  const { port, uiPort } = first;
  const kept = keepRunning('temporal', first, () => startTemporal({ ...common, port, uiPort, portRequired: true }), log);
  shutdown.onStop('temporal', () => kept.stop());
  return { temporalAddress: first.address, temporalUi: first.uiUrl };
}

/** Returns the address of the API. */
async function startPrograms(options: StartOptions, services: Services, reaper: Reaper): Promise<string> {
  const { settings, log, shutdown, programs = PROGRAMS } = options;
  const env = programEnvironment(options, services);
  const results = await Promise.allSettled(
    programs.map(async ({ name, source }) => {
      const common = { name, source, dataDir: settings.dataDir, reaper, signal: shutdown.signal };
      const first = await startProgram({ ...common, env });
      // With port 0 the first start found one; the clients know it by now.
      const later = first.url === null ? env : { ...env, CAIRN_HTTP_PORT: new URL(first.url).port };
      const kept = keepRunning(name, first, () => startProgram({ ...common, env: later }), log);
      return { url: first.url, kept };
    }),
  );
  const started = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  shutdown.onStop('programs', async () => void (await Promise.all(started.map(({ kept }) => kept.stop()))));
  for (const result of results) if (result.status === 'rejected') throw result.reason;
  const url = started.map((program) => program.url).find((found) => found !== null);
  if (url === undefined || url === null) throw new AppError('startup_failed', 'no program said its address');
  return url;
}

function programEnvironment({ settings, env }: StartOptions, services: Services): Environment {
  const embeddedTemporal = settings.temporal.address === null;
  // The embedded server speaks plain gRPC: TLS and keys meant for another one would only break it.
  const own = Object.entries(env).filter(([name]) => !(embeddedTemporal && name.startsWith('TEMPORAL_')));
  return {
    ...Object.fromEntries(own),
    CAIRN_DATA_DIR: settings.dataDir,
    CAIRN_CACHE_DIR: settings.cacheDir,
    CAIRN_DATABASE_URL: services.databaseUrl,
    TEMPORAL_ADDRESS: services.temporalAddress,
    TEMPORAL_NAMESPACE: settings.temporal.namespace,
    CAIRN_TEMPORAL_UI_URL: services.temporalUi ?? '',
  };
}

function announce(settings: Settings, services: Services, url: string | null): void {
  writeRunFile(settings.dataDir, {
    pid: process.pid,
    started: processStart(process.pid) ?? '',
    database_url: services.databaseUrl,
    temporal_address: services.temporalAddress,
    temporal_namespace: settings.temporal.namespace,
    temporal_ui: services.temporalUi,
    url,
  });
}
