import { totalmem } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import postgres from 'postgres';
import { AppError } from '../../core/errors.ts';
import type { Logger } from '../log.ts';
import { readOrCreate } from '../secrets.ts';
import { hasErrorCode } from '../system-error.ts';
import { startChild, type Child, type ChildExit } from './child.ts';
import { diskFull } from './disk.ts';
import { choosePort } from './ports.ts';
import { findPostgresBinaries } from './postgres-binaries.ts';
import { clearStaleServer, ensureCluster, lastLine, SUPERUSER } from './postgres-cluster.ts';
import { choosePostgresUser } from './postgres-user.ts';
import type { Reaper } from './reaper.ts';

const HOST = '127.0.0.1';
const POSTGRES_PORT = 5432;
/** A crash recovery replays at most `max_wal_size`. */
const READY_TIMEOUT_MS = 120_000;
/** What a killed server leaves behind (its shared memory, its socket) is gone within seconds. */
const LEFTOVER_TIMEOUT_MS = 15_000;

export interface PostgresOptions {
  dataDir: string;
  log: Logger;
  reaper: Reaper;
  /** The database that is made if it is not there. */
  database?: string;
  /** Taken if it is free; default 5432. */
  port?: number;
  /** That port or none. */
  portRequired?: boolean;
  /** Server settings besides ours, e.g. `{fsync: 'off'}` for throw-away data. */
  settings?: Record<string, string>;
}

export interface EmbeddedPostgres {
  /** `postgres://cairn:…@127.0.0.1:<port>/<database>`, superuser. */
  url: string;
  port: number;
  pid: number;
  exited: Promise<ChildExit>;
  /** Ends sessions, writes everything and stops ("fast" shutdown). */
  stop(): Promise<void>;
}

/** `synchronous_commit` stays on: a checkpoint of ours must survive the power switch. */
function serverSettings(): Record<string, string> {
  const buffers = Math.max(64, Math.min(512, Math.floor(totalmem() / 2 ** 20 / 16)));
  return {
    listen_addresses: HOST,
    unix_socket_directories: '',
    max_connections: '200',
    shared_buffers: `${buffers}MB`,
    effective_cache_size: `${buffers * 3}MB`,
    work_mem: '16MB',
    maintenance_work_mem: '128MB',
    // Discovery replaces whole tables: fewer, larger checkpoints and compressed full-page images.
    max_wal_size: '2GB',
    checkpoint_timeout: '15min',
    wal_compression: 'on',
    random_page_cost: '1.1',
    // Our statements are short; compiling them costs more than running them.
    jit: 'off',
    autovacuum_vacuum_scale_factor: '0.05',
    log_line_prefix: '%m [%p] %a ',
    log_checkpoints: 'off',
    idle_in_transaction_session_timeout: '10min',
  };
}

/**
 * A real PostgreSQL on loopback, kept under `CAIRN_DATA_DIR/postgres`; it is made at the first start.
 * @throws AppError `startup_failed` with what to do
 */
export async function startPostgres(options: PostgresOptions): Promise<EmbeddedPostgres> {
  const { dataDir, log, database = 'cairn' } = options;
  const folder = join(dataDir, 'postgres');
  const binaries = findPostgresBinaries();
  const user = choosePostgresUser(folder, [folder, binaries.postgres]);
  const password = readOrCreate(join(dataDir, 'postgres.password'), () => randomBytes(24).toString('base64url'));
  await ensureCluster(folder, password, binaries, user);
  if ((await clearStaleServer(folder)) === 'stopped') log.warn('stopped a PostgreSQL that a killed start left running');

  const settings = { ...serverSettings(), ...options.settings };
  mkdirSync(join(dataDir, 'logs'), { recursive: true });
  const deadline = Date.now() + LEFTOVER_TIMEOUT_MS;
  for (;;) {
    const port = await choosePort(HOST, options.port ?? POSTGRES_PORT, options.portRequired);
    const flags = Object.entries({ ...settings, port: String(port) }).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const child = await startChild({
      ...user.wrap(binaries.postgres, ['-D', folder, ...flags]),
      env: { PATH: '/usr/local/bin:/usr/bin:/bin', TZ: 'UTC' },
      cwd: '/',
      logFile: join(dataDir, 'logs', 'postgres.log'),
      will: { signal: 'SIGINT', order: 3, graceMs: 15_000 },
      reaper: options.reaper,
    });
    const url = (name: string) => `postgres://${SUPERUSER}:${encodeURIComponent(password)}@${HOST}:${port}/${name}`;
    const ready = await untilReady(child, url('postgres'));
    if (ready) {
      await ensureDatabase(url('postgres'), database);
      return { url: url(database), port, pid: child.pid, exited: child.exited, stop: async () => void (await child.stop()) };
    }
    const why = failure(child.logTail(), dataDir);
    if (!(why instanceof AppError) && Date.now() < deadline) await sleep(300);
    else
      throw why instanceof AppError ? why : new AppError('startup_failed', `the embedded PostgreSQL does not start: ${why.last}`);
  }
}

/** True when it answers, false when it ended before. */
async function untilReady(child: Child, url: string): Promise<boolean> {
  const deadline = Date.now() + READY_TIMEOUT_MS;
  while (child.running()) {
    const sql = postgres(url, { max: 1, connect_timeout: 5, onnotice: () => undefined });
    try {
      await sql`select 1`;
      return true;
    } catch (error) {
      // 57P03: it is starting up.
      if (!hasErrorCode(error, 'ECONNREFUSED', 'ECONNRESET', 'CONNECTION_CLOSED', 'CONNECT_TIMEOUT', '57P03')) {
        await child.stop();
        throw error;
      }
    } finally {
      await sql.end({ timeout: 1 });
    }
    if (Date.now() > deadline) {
      await child.stop();
      throw new AppError(
        'startup_failed',
        `the embedded PostgreSQL is not ready after ${READY_TIMEOUT_MS / 1000} s: ${lastLine(child.logTail())}`,
      );
    }
    await sleep(50);
  }
  return false;
}

/** What the log of a server that ended says: an error for good, or one that goes away with time. */
function failure(text: string, dataDir: string): AppError | { last: string } {
  const fatal = text.split('\n').filter((line) => /FATAL|PANIC|could not/.test(line));
  const last = (fatal.at(-1) ?? lastLine(text)).replace(/^.*?(FATAL|PANIC|LOG|WARNING): */, '');
  if (/No space left on device/.test(text)) return diskFull(dataDir);
  if (/Address already in use|pre-existing shared memory|lock file .* already exists/.test(text)) return { last };
  return new AppError(
    'startup_failed',
    `the embedded PostgreSQL does not start: ${last} (see ${join(dataDir, 'logs', 'postgres.log')})`,
  );
}

async function ensureDatabase(adminUrl: string, name: string): Promise<void> {
  const sql = postgres(adminUrl, { max: 1 });
  try {
    const found = await sql`select 1 from pg_database where datname = ${name}`;
    if (found.length === 0) await sql`create database ${sql(name)}`;
  } finally {
    await sql.end({ timeout: 5 });
  }
}
