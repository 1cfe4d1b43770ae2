import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createClient, type Client } from '../../api/client.ts';
import { loadSettings } from '../../runtime/config.ts';
import { startPostgres } from '../../runtime/embedded/postgres.ts';
import { startProgram } from '../../runtime/embedded/program.ts';
import { createReaper } from '../../runtime/embedded/reaper.ts';
import { ensureTemplates } from '../../runtime/embedded/templates.ts';
import { findTemporalBinary } from '../../runtime/embedded/temporal-binary.ts';
import { startTemporal } from '../../runtime/embedded/temporal.ts';
import { createLogger } from '../../runtime/log.ts';
import { openDatabase, type Database } from '../../stores/database.ts';

const NAMESPACE = 'default';
const TOKEN = 'bench-admin-token-0123456789';

/** The parts of Cairn by their process ids. */
export type Part = 'worker' | 'api' | 'temporal' | 'postgres';

/** All of Cairn on a data folder of its own: what `npm start` runs, with the process ids known. */
export interface Stack {
  client: Client;
  url: string;
  /** Of the admin. */
  token: string;
  database: Database;
  temporalAddress: string;
  pids: Record<Part, number>;
  dataDir: string;
  stop(): Promise<void>;
}

export interface StackOptions {
  maxSessions: number;
  /** Where the worker's CPU profiles go; null for none. */
  profiles: string | null;
  /** Whether PostgreSQL counts its statements (`statementTimes`). */
  statements: boolean;
  /** NODE_OPTIONS of the worker, to try things. */
  nodeOptions: string | null;
  /** Where configurations are kept, as a function of the data folder; files in it unless told. */
  artifacts?: (dataDir: string) => string;
}

export async function startStack({ maxSessions, profiles, statements, nodeOptions, artifacts }: StackOptions): Promise<Stack> {
  const dataDir = await mkdtemp(join(tmpdir(), 'cairn-bench-'));
  const log = createLogger({ level: 'warn', name: 'bench' });
  const reaper = createReaper();
  const { temporalBin, cacheDir } = loadSettings(process.env);
  const signal = new AbortController().signal;
  const binary = await findTemporalBinary({ temporalBin, cacheDir, path: process.env['PATH'] ?? '', log, signal });
  await ensureTemplates({ cacheDir, log });
  const common = { dataDir, log, reaper };
  const stops: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (const one of stops.toReversed()) await one();
    await reaper.close();
    await rm(dataDir, { recursive: true, force: true });
  };
  try {
    const postgres = await startPostgres({ ...common, port: 0, settings: statements ? COUNTED : {} });
    stops.push(() => postgres.stop());
    const temporal = await startTemporal({ ...common, binary: binary.path, namespace: NAMESPACE, port: 0, uiPort: 0 });
    stops.push(() => temporal.stop());
    const env = {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      CAIRN_DATA_DIR: dataDir,
      CAIRN_CACHE_DIR: cacheDir,
      CAIRN_DATABASE_URL: postgres.url,
      CAIRN_HTTP_PORT: '0',
      CAIRN_ADMIN_TOKEN: TOKEN,
      CAIRN_MAX_SESSIONS: String(maxSessions),
      CAIRN_LOG_LEVEL: 'info',
      ...(artifacts === undefined ? {} : { CAIRN_ARTIFACTS: artifacts(dataDir) }),
      TEMPORAL_ADDRESS: temporal.address,
      TEMPORAL_NAMESPACE: NAMESPACE,
    };
    const api = await startProgram({ name: 'api', source: 'api/server.ts', env, dataDir, reaper, signal });
    stops.push(() => api.stop());
    const flags = [nodeOptions ?? '', ...(profiles === null ? [] : [PROFILER])].join(' ');
    const profiled = { ...env, NODE_OPTIONS: flags, ...(profiles === null ? {} : { BENCH_PROFILES: profiles }) };
    const worker = await startProgram({ name: 'worker', source: 'worker.ts', env: profiled, dataDir, reaper, signal });
    stops.push(() => worker.stop());
    const database = openDatabase(postgres.url, { max: 2, name: 'bench' });
    stops.push(() => database.close());
    return {
      client: createClient({ baseUrl: api.url!, token: TOKEN }),
      url: api.url!,
      token: TOKEN,
      database,
      temporalAddress: temporal.address,
      pids: { worker: worker.pid, api: api.pid, temporal: temporal.pid, postgres: postgres.pid },
      dataDir,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

const COUNTED = { shared_preload_libraries: 'pg_stat_statements', 'pg_stat_statements.track_planning': 'on' };

/** SIGUSR2 begins a CPU profile of the main thread, another one writes it. */
const PROFILER = `--import ${fileURLToPath(new URL('profiler.mjs', import.meta.url))}`;
