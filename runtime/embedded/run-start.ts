import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { errorText, hasErrorCode } from '../system-error.ts';
import { AppError } from '../../core/errors.ts';
import { loadSettings, type Environment } from '../config.ts';
import { reportFailure } from '../fail.ts';
import { createLogger } from '../log.ts';
import { createShutdown } from '../shutdown.ts';
import { prepareDataDir } from './disk.ts';
import { startCairn, type ProgramSource } from './start.ts';
import { ensureTemplates } from './templates.ts';

/** Programs 20 s, Temporal 10 s, PostgreSQL 15 s at most; a moment is normal. */
const STOP_DEADLINE_MS = 50_000;

/**
 * The whole life of `npm start`: brings everything up, prints one line on standard output when it is ready, and ends the process
 * with code 0 on SIGTERM or SIGINT. What cannot start is one line on standard error and another code.
 */
export async function runStart(env: Environment, programs?: readonly ProgramSource[]): Promise<void> {
  // Only the user who starts Cairn may read what it writes.
  process.umask(0o077);
  // Whoever read our one line may be gone.
  process.stdout.on('error', () => undefined);
  try {
    await start(env, programs);
  } catch (error) {
    process.exit(reportFailure(error));
  }
}

async function start(env: Environment, programs?: readonly ProgramSource[]): Promise<void> {
  const settings = loadSettings(env);
  const { dataDir, cacheDir } = settings;
  prepareDataDir(dataDir);
  const log = createLogger({ level: settings.logLevel, name: 'start', file: logFile(dataDir) });
  const shutdown = createShutdown({ log, deadlineMs: STOP_DEADLINE_MS });
  shutdown.install();
  const prepare = () => ensureTemplates({ cacheDir, log });
  try {
    const started = await shutdown.during(startCairn({ settings, env, log, shutdown, prepare, programs }));
    const { url, temporalUi, tokenFile } = started;
    process.stdout.write(`cairn ready url=${url} temporal_ui=${temporalUi ?? 'none'} token_file=${tokenFile}\n`);
  } catch (error) {
    // A signal during the start has its own end.
    if (shutdown.signal.aborted) return;
    const code = reportFailure(error);
    await shutdown.stop('the start failed');
    process.exit(code);
  }
}

function logFile(dataDir: string): string {
  const folder = join(dataDir, 'logs');
  try {
    mkdirSync(folder, { recursive: true });
  } catch (cause) {
    if (hasErrorCode(cause, 'EACCES', 'EROFS')) {
      throw new AppError(
        'startup_failed',
        `CAIRN_DATA_DIR ${dataDir} is not writable (${errorText(cause)}): set it to a folder of yours`,
        {
          cause,
        },
      );
    }
    throw cause;
  }
  return join(folder, 'start.log');
}
