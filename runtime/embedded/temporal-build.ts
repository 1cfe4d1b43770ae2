import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from '../log.ts';
import { hasErrorCode } from '../system-error.ts';
import { lastLine } from './postgres-cluster.ts';
import { programArguments } from './paths.ts';

/** The newest tag that `go install` takes: later ones have `replace` directives in their go.mod. */
const GO_PACKAGE = 'github.com/temporalio/cli/cmd/temporal@v1.5.1';
const GO_CACHE = 'go-v1.5.1';
const SDK_CACHE = 'sdk';
const GO_TIMEOUT_MS = 20 * 60_000;
/** Nothing arrived yet / nothing more arrives. */
const DOWNLOAD_START_MS = 20_000;
const DOWNLOAD_STALL_MS = 60_000;
const PROGRESS_MS = 10_000;

/** The path of a binary, or why there is none. */
export type Found = { path: string } | { missing: string };

/** Where a build or download of an earlier start may be, newest way first. */
export function cachedBinaries(cacheDir: string): string[] {
  const sdk = join(cacheDir, 'temporal', SDK_CACHE);
  return [join(cacheDir, 'temporal', GO_CACHE, 'temporal'), ...finishedDownloads(sdk)];
}

export async function downloadWithSdk(cacheDir: string, log: Logger, signal: AbortSignal): Promise<Found> {
  const folder = join(cacheDir, 'temporal', SDK_CACHE);
  mkdirSync(folder, { recursive: true });
  log.info({ folder }, 'downloading the Temporal dev server with the SDK');
  let [size, changed, last] = [0, Date.now(), Date.now()];
  const stalled = () => {
    const now = Date.now();
    const bytes = downloading(folder);
    if (bytes !== size) [size, changed] = [bytes, now];
    if (now - last > PROGRESS_MS) {
      last = now;
      log.info({ megabytes: Math.round(bytes / 2 ** 20) }, 'downloading the Temporal dev server');
    }
    return now - changed > (size === 0 ? DOWNLOAD_START_MS : DOWNLOAD_STALL_MS) ? 'nothing arrives' : null;
  };
  const ended = await run(
    process.execPath,
    programArguments('runtime/embedded/download-temporal.ts').concat(folder),
    signal,
    stalled,
  );
  const [path] = finishedDownloads(folder);
  if (ended.ok && path !== undefined) return { path };
  for (const name of readdirSync(folder)) if (name.endsWith('.downloading')) rmSync(join(folder, name), { force: true });
  return { missing: `the SDK's download failed (${ended.why ?? shorten(lastLine(ended.output))})` };
}

export async function buildWithGo(cacheDir: string, log: Logger, signal: AbortSignal): Promise<Found> {
  if (!(await run('go', ['version'], signal, () => null)).ok) return { missing: 'Go is not installed' };
  const parent = join(cacheDir, 'temporal');
  mkdirSync(parent, { recursive: true });
  // Built aside and renamed: two starts that build at once do not see each other's half.
  const aside = mkdtempSync(join(parent, 'build-'));
  const began = Date.now();
  let last = began;
  log.info(`building the Temporal dev server with Go (once, 2–5 minutes): ${GO_PACKAGE}`);
  const progress = (output: string) => {
    const now = Date.now();
    if (now - last > PROGRESS_MS) {
      last = now;
      log.info(
        { seconds: Math.round((now - began) / 1000), packages: output.split('\n').length - 1 },
        'building the Temporal dev server',
      );
    }
    return now - began > GO_TIMEOUT_MS ? `not done after ${GO_TIMEOUT_MS / 60_000} minutes` : null;
  };
  try {
    const ended = await run('env', [`GOBIN=${aside}`, 'go', 'install', '-v', GO_PACKAGE], signal, progress);
    if (!ended.ok) return { missing: `go install failed (${ended.why ?? shorten(lastLine(ended.output))})` };
    mkdirSync(join(parent, GO_CACHE), { recursive: true });
    const path = join(parent, GO_CACHE, 'temporal');
    renameSync(join(aside, 'temporal'), path);
    log.info({ seconds: Math.round((Date.now() - began) / 1000), path }, 'built the Temporal dev server');
    return { path };
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}

interface Ended {
  ok: boolean;
  /** Standard error. */
  output: string;
  /** Why we ended it; null if it ended by itself. */
  why: string | null;
}

/** Runs a program and all it starts until it ends, the signal aborts, or `check` (asked every second) gives a reason. */
async function run(
  command: string,
  args: string[],
  signal: AbortSignal,
  check: (output: string) => string | null,
): Promise<Ended> {
  const child = spawn(command, args, { detached: true, stdio: ['ignore', 'ignore', 'pipe'] });
  let output = '';
  let why: string | null = null;
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  const end = (reason: string) => {
    why ??= reason;
    try {
      // Its whole process group: `go` has compilers below it.
      if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL');
    } catch (error) {
      if (!hasErrorCode(error, 'ESRCH')) throw error;
    }
  };
  const abort = () => end('stopped');
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  const timer = setInterval(() => {
    const reason = check(output);
    if (reason !== null) end(reason);
  }, 1_000);
  try {
    const code = await new Promise<number | null>((resolve) => {
      child.once('error', (error) => {
        output += error.message;
        resolve(null);
      });
      child.once('close', resolve);
    });
    signal.throwIfAborted();
    return { ok: code === 0, output, why };
  } finally {
    clearInterval(timer);
    signal.removeEventListener('abort', abort);
  }
}

/** The end of a chain of causes says most. */
const shorten = (text: string) => (text.length > 160 ? `…${text.slice(-160)}` : text);

function names(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return [];
    throw error;
  }
}

const finishedDownloads = (folder: string) =>
  names(folder)
    .filter((name) => name.startsWith('temporal') && !name.endsWith('.downloading'))
    .map((name) => join(folder, name));

function downloading(folder: string): number {
  const part = names(folder).find((name) => name.endsWith('.downloading'));
  try {
    return part === undefined ? 0 : statSync(join(folder, part)).size;
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return 0;
    throw error;
  }
}
