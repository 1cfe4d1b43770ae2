import { join } from 'node:path';
import { AppError } from '../../core/errors.ts';
import type { Environment } from '../config.ts';
import { startChild, type ChildExit } from './child.ts';
import type { Server } from './keep-running.ts';
import { programArguments, programEnvironment } from './paths.ts';
import type { Reaper } from './reaper.ts';

/** The first start of a worker bundles the workflows, which takes 7–16 s. */
const READY_TIMEOUT_MS = 180_000;
const GRACE_MS = 20_000;

export interface ProgramOptions {
  /** As in its ready line, `{"ready":"<name>", …}` on standard output. */
  name: string;
  /** e.g. `api/server.ts`. */
  source: string;
  env: Environment;
  dataDir: string;
  reaper: Reaper;
  /** Ends the wait, and the program. */
  signal: AbortSignal;
}

export interface Program extends Server {
  /** From its ready line; null where it has none. */
  url: string | null;
}

/**
 * Starts one of Cairn's own programs and waits until it says that it is ready.
 * @throws AppError `startup_failed` with the last error that it logged
 */
export async function startProgram(options: ProgramOptions): Promise<Program> {
  const { name, source, env, dataDir, reaper, signal } = options;
  const logFile = join(dataDir, 'logs', `${name}.log`);
  const child = await startChild({
    command: process.execPath,
    args: programArguments(source),
    env: { ...programEnvironment(source), ...env },
    logFile,
    lines: true,
    will: { signal: 'SIGTERM', order: 1, graceMs: GRACE_MS },
    reaper,
  });
  const ready = new Promise<string>((resolve) => {
    child.onLine((line) => {
      if (readyName(line) === name) resolve(line);
    });
  });
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), READY_TIMEOUT_MS);
  });
  const aborted = new Promise<'aborted'>((resolve) => {
    signal.addEventListener('abort', () => resolve('aborted'), { once: true });
  });
  const first = await Promise.race([ready, child.exited, late, aborted]);
  clearTimeout(timer);
  if (signal.aborted) {
    await child.stop();
    signal.throwIfAborted();
  }
  if (typeof first === 'string' && first !== 'late') {
    const { url = null }: { url?: string | null } = JSON.parse(first);
    return { url, pid: child.pid, exited: child.exited, stop: async () => void (await child.stop()) };
  }
  const why = typeof first === 'string' ? `is not ready after ${READY_TIMEOUT_MS / 1000} s` : describe(first);
  const text = child.logTail();
  await child.stop();
  throw new AppError('startup_failed', `${name} ${why}: ${lastError(text)} (see ${logFile})`);
}

function describe({ code, signal }: ChildExit): string {
  return `ended with ${signal ?? `code ${code}`}`;
}

function readyName(line: string): string | null {
  const { ready } = parse(line);
  return typeof ready === 'string' ? ready : null;
}

/** The message of the last error line of a log, else its last line. */
function lastError(text: string): string {
  const lines = text.trim().split('\n');
  const errors = lines.map(parse).filter(({ level }) => level === 'fatal' || level === 'error');
  const last = errors.at(-1);
  if (last === undefined) return lines.at(-1) ?? '';
  const { msg, err } = last;
  const cause = typeof err === 'object' && err !== null && 'message' in err ? String(err.message) : null;
  return [msg, cause].filter((part) => part !== null && part !== undefined && part !== '').join(': ');
}

function parse(line: string): Record<string, unknown> {
  if (!line.startsWith('{')) return {};
  try {
    const record: Record<string, unknown> = JSON.parse(line);
    return record;
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}
