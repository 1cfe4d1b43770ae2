import { spawn, type ChildProcessByStdio, type SpawnOptions } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { AppError } from '../core/errors.ts';
import { hasCode } from './errors.ts';

const TIME_LIMIT_MS = 10 * 60_000;
const MAX_STDERR = 4000;

/** Variables of a surrounding Git that would lead it to another repository. */
const FOREIGN = [
  'GIT_DIR',
  'GIT_WORK_TREE',
  'GIT_INDEX_FILE',
  'GIT_OBJECT_DIRECTORY',
  'GIT_ALTERNATE_OBJECT_DIRECTORIES',
  'GIT_NAMESPACE',
];
/** Never asks anybody; answers in English, so that a refusal can be told from a failure. */
const SETTINGS = ['GIT_TERMINAL_PROMPT=0', 'SSH_ASKPASS_REQUIRE=never', 'LC_ALL=C'];
/** Git's own housekeeping would remove texts that no commit shows yet. */
const OPTIONS = ['gc.auto=0', 'maintenance.auto=false', 'core.fsync=all'];

export interface GitAnswer {
  code: number | null;
  stdout: Buffer;
  stderr: string;
}

export interface GitRunOptions {
  input?: string | Buffer;
  timeLimitMs?: number;
  /** More settings, as `name=value`. */
  config?: string[];
  signal?: AbortSignal;
}

export type GitRun = (args: string[], options?: GitRunOptions) => Promise<GitAnswer>;

/** Starts Git on this repository, in a session of its own: without a terminal nothing can ask, and a Ctrl-C is not for it. */
export function spawnGit(
  gitDir: string,
  args: string[],
  config: string[] = [],
): ChildProcessByStdio<Writable, Readable, Readable> {
  const unset = FOREIGN.flatMap((name) => ['-u', name]);
  const set = [...OPTIONS, ...config].flatMap((setting) => ['-c', setting]);
  const options = { stdio: ['pipe', 'pipe', 'pipe'], detached: true } satisfies SpawnOptions;
  return spawn('env', [...unset, ...SETTINGS, 'git', `--git-dir=${gitDir}`, ...set, ...args], options);
}

/** Ends a Git with everything it started, e.g. its ssh. */
export function killGit(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if (!hasCode(error, 'ESRCH')) throw error;
  }
}

/** Runs Git on one repository. A refusal is an answer with a code other than 0; it fails where Git cannot run or takes too long. */
export function gitRunner(gitDir: string): GitRun {
  return async (args, options = {}) => {
    const child = spawnGit(gitDir, args, options.config);
    const limit = options.timeLimitMs ?? TIME_LIMIT_MS;
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      killGit(child.pid);
    }, limit);
    const abort = (): void => killGit(child.pid);
    options.signal?.addEventListener('abort', abort, { once: true });
    const out: Buffer[] = [];
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => {
      stderr = (stderr + chunk.toString('utf8')).slice(-MAX_STDERR);
    });
    // Git that has died no longer reads: its exit code tells, not the broken pipe.
    child.stdin.on('error', () => undefined);
    try {
      const code = await new Promise<number | null>((resolve, reject) => {
        child.once('error', reject);
        child.once('close', resolve);
        child.stdin.end(options.input ?? '');
        if (options.signal?.aborted === true) abort();
      });
      if (late) throw new Error(`git ${args[0]} was not done after ${limit / 1000} s`);
      return { code, stdout: Buffer.concat(out), stderr };
    } finally {
      clearTimeout(timer);
      options.signal?.removeEventListener('abort', abort);
    }
  };
}

/** Lines that stand below every failure of a remote and tell nothing. */
const NOISE =
  /^(hint:|To |remote: *$|\s*$|Please make sure you have the correct access|and the repository exists|fatal: Could not read from remote)/;

/** What Git said last, for people; without the address it talked to, whose credentials may be in it. */
export function gitComplaint({ code, stderr }: GitAnswer): string {
  const lines = stderr.split('\n').filter((line) => !NOISE.test(line));
  const said = lines
    .slice(-3)
    .join(' / ')
    .replaceAll(/:\/\/[^/@\s]*@/g, '://');
  return said === '' ? `git ended with code ${code}: ${stderr.trim().slice(-300)}` : said;
}

/** @throws AppError `startup_failed` where there is no Git */
export async function requireGit(): Promise<void> {
  const child = spawn('git', ['--version'], { stdio: 'ignore' });
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', () => resolve());
  }).catch((cause: unknown) => {
    const detail =
      'git is not on PATH: install it (e.g. apt-get install git), or choose another artifact store with CAIRN_ARTIFACTS';
    throw new AppError('startup_failed', detail, { cause });
  });
}
