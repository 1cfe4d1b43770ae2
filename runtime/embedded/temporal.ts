import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '../../core/errors.ts';
import { SEARCH_ATTRIBUTES } from '../../core/jobs.ts';
import type { Logger } from '../log.ts';
import { processCommand, readPid } from '../process-identity.ts';
import { connectClient, ensureNamespaceReady } from '../temporal.ts';
import { endProcess, startChild, type Child, type ChildExit } from './child.ts';
import { diskFull } from './disk.ts';
import { choosePort } from './ports.ts';
import { lastLine } from './postgres-cluster.ts';
import type { LastWill, Reaper } from './reaper.ts';

const HOST = '127.0.0.1';
const TEMPORAL_PORT = 7233;
const TEMPORAL_UI_PORT = 8233;
const READY_TIMEOUT_MS = 60_000;
const TRIES = 5;
const WILL: LastWill = { signal: 'SIGTERM', order: 2, graceMs: 10_000 };

/**
 * Dynamic configuration of the server. Fairness (which turns priority on too) is off by default on self-hosted servers; one
 * partition makes priority exact, and one node needs no more.
 */
const DYNAMIC_CONFIG: Record<string, boolean | number> = {
  'matching.enableFairness': true,
  'matching.numTaskqueueReadPartitions': 1,
  'matching.numTaskqueueWritePartitions': 1,
};

/**
 * A write-ahead log that is synced at its checkpoints only: what was committed outlives the kill of the server, as before, and the
 * database outlives the power switch whole, without its last moments. Of those PostgreSQL knows: finished devices stay finished, and
 * jobs without a workflow are started again. The default, a rollback journal, syncs twice for each commit.
 */
const SQLITE_PRAGMAS = ['journal_mode=wal', 'synchronous=1'];

export interface TemporalOptions {
  dataDir: string;
  /** See `findTemporalBinary`. */
  binary: string;
  namespace: string;
  log: Logger;
  reaper: Reaper;
  /** Taken if they are free; default 7233 and 8233. */
  port?: number;
  uiPort?: number;
  /** Those ports or none. */
  portRequired?: boolean;
  /** More of the server's dynamic configuration, for tests of its limits. */
  dynamicConfig?: Record<string, boolean | number>;
}

export interface EmbeddedTemporal {
  /** `127.0.0.1:<port>` */
  address: string;
  port: number;
  uiPort: number;
  uiUrl: string;
  pid: number;
  exited: Promise<ChildExit>;
  stop(): Promise<void>;
}

/**
 * A real Temporal dev server on loopback with its Web UI, kept in `CAIRN_DATA_DIR/temporal.db`; ready with its namespace and
 * search attributes.
 * @throws AppError `startup_failed` with what to do
 */
export async function startTemporal(options: TemporalOptions): Promise<EmbeddedTemporal> {
  const { dataDir, namespace, log } = options;
  const database = join(dataDir, 'temporal.db');
  const pidFile = join(dataDir, 'temporal.pid');
  if (await clearStaleServer(pidFile, database)) log.warn('stopped a Temporal server that a killed start left running');
  mkdirSync(join(dataDir, 'logs'), { recursive: true });
  for (let attempt = 1; ; attempt++) {
    const port = await choosePort(HOST, options.port ?? TEMPORAL_PORT, options.portRequired);
    const uiPort = await choosePort(HOST, options.uiPort ?? TEMPORAL_UI_PORT, options.portRequired);
    const child = await startChild({
      command: options.binary,
      args: serverArguments({
        database,
        port,
        uiPort,
        namespace,
        dynamicConfig: { ...DYNAMIC_CONFIG, ...options.dynamicConfig },
      }),
      env: { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: dataDir },
      logFile: join(dataDir, 'logs', 'temporal.log'),
      will: WILL,
      reaper: options.reaper,
    });
    writeFileSync(pidFile, String(child.pid), { mode: 0o600 });
    const address = `${HOST}:${port}`;
    if (await untilReady(child, { address, namespace })) {
      return {
        address,
        port,
        uiPort,
        uiUrl: `http://${HOST}:${uiPort}`,
        pid: child.pid,
        exited: child.exited,
        stop: async () => {
          await child.stop();
          rmSync(pidFile, { force: true });
        },
      };
    }
    const text = child.logTail();
    if (/no space left on device|database or disk is full/i.test(text)) throw diskFull(dataDir);
    if (!/address already in use/i.test(text) || attempt === TRIES) {
      throw new AppError(
        'startup_failed',
        `the embedded Temporal server does not start: ${lastLine(text)} (see ${join(dataDir, 'logs', 'temporal.log')})`,
      );
    }
    await sleep(300);
  }
}

function serverArguments(options: {
  database: string;
  port: number;
  uiPort: number;
  namespace: string;
  dynamicConfig: Record<string, boolean | number>;
}): string[] {
  const { database, port, uiPort, namespace, dynamicConfig } = options;
  return [
    'server',
    'start-dev',
    `--db-filename=${database}`,
    `--ip=${HOST}`,
    `--port=${port}`,
    `--ui-port=${uiPort}`,
    `--namespace=${namespace}`,
    ...SQLITE_PRAGMAS.flatMap((pragma) => ['--sqlite-pragma', pragma]),
    '--log-level=warn',
    '--log-format=json',
    '--disable-config-file',
    '--disable-config-env',
    ...SEARCH_ATTRIBUTES.flatMap((name) => ['--search-attribute', `${name}=Keyword`]),
    ...Object.entries(dynamicConfig).flatMap(([key, value]) => ['--dynamic-config-value', `${key}=${JSON.stringify(value)}`]),
  ];
}

/** True when a job could be started, false when the server ended before. */
async function untilReady(child: Child, target: { address: string; namespace: string }): Promise<boolean> {
  const deadline = Date.now() + READY_TIMEOUT_MS;
  while (child.running()) {
    try {
      const client = await connectClient({ ...target, tls: undefined, apiKey: undefined, metadata: undefined }, 1_000);
      try {
        await ensureNamespaceReady(client, 15_000);
        return true;
      } finally {
        await client.connection.close();
      }
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'temporal_unavailable') throw error;
      if (Date.now() > deadline) {
        await child.stop();
        throw new AppError(
          'startup_failed',
          `the embedded Temporal server is not ready after ${READY_TIMEOUT_MS / 1000} s: ${error.detail}`,
          {
            cause: error,
          },
        );
      }
    }
    await sleep(100);
  }
  return false;
}

/** Ends a server that a killed starter left running on this database. */
async function clearStaleServer(pidFile: string, database: string): Promise<boolean> {
  const pid = readPid(pidFile);
  if (pid === null) return false;
  const isOurs = () => processCommand(pid)?.includes(`--db-filename=${database} `) === true;
  if (!isOurs()) return false;
  await endProcess(pid, isOurs, WILL);
  return true;
}
