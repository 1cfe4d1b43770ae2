import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadSettings } from '../../runtime/config.ts';
import { hasErrorCode } from '../../runtime/system-error.ts';

const START = 'tests/support/stand-ins/start.ts';
const READY_MS = 90_000;

/** A start of the embedded servers as a program of its own, that can be killed like one. */
export interface Starter {
  pid: number;
  child: ChildProcess;
  /** What it said so far. */
  stdout(): string;
  stderr(): string;
  /** Its ready line, taken apart. Rejects with what it said if it ends before. */
  ready: Promise<{ line: string; url: string; temporalUi: string; tokenFile: string }>;
  ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

export function makeDataDir(): { dataDir: string; remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'cairn-e2e-'));
  return { dataDir: join(folder, 'data'), remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** The environment of a start: only what it needs, so that settings of the machine do not reach it. */
export function starterEnv(dataDir: string, more: Record<string, string> = {}): Record<string, string> {
  const { cacheDir } = loadSettings(process.env);
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: process.env['HOME'] ?? '',
    CAIRN_DATA_DIR: dataDir,
    CAIRN_CACHE_DIR: cacheDir,
    CAIRN_HTTP_PORT: '0',
    ...more,
  };
}

export function launch(env: Record<string, string>, args: string[] = []): Starter {
  const child = spawn(process.execPath, ['--import', 'tsx', START, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let [out, err] = ['', ''];
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
  const ready = new Promise<{ line: string; url: string; temporalUi: string; tokenFile: string }>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`not ready in time: ${out}${err}`)), READY_MS);
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
      const match = /^cairn ready url=(\S+) temporal_ui=(\S+) token_file=(\S+)$/m.exec(out);
      if (match === null) return;
      const [line = '', url = '', temporalUi = '', tokenFile = ''] = match;
      clearTimeout(timer);
      resolve({ line, url, temporalUi, tokenFile });
    });
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      reject(new Error(`ended with ${signal ?? code} before it was ready: ${err}`));
    });
  });
  // Some tests expect it not to get ready.
  ready.catch(() => undefined);
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  return { pid: child.pid ?? 0, child, stdout: () => out, stderr: () => err, ready, ended };
}

/** Processes that were started for this data folder: named in their command line or their environment (Linux). */
export function processesOf(dataDir: string): { pid: number; command: string }[] {
  const own = String(process.pid);
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && name !== own)
    .flatMap((name) => {
      const command = read(`/proc/${name}/cmdline`);
      const belongs = command.includes(dataDir) || read(`/proc/${name}/environ`).includes(`CAIRN_DATA_DIR=${dataDir}`);
      return belongs && command !== '' ? [{ pid: Number(name), command }] : [];
    });
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8').replaceAll('\0', ' ');
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT', 'ESRCH', 'EACCES')) return '';
    throw error;
  }
}

/** Waits until `probe` gives something else than null; fails with the last error after `withinMs`. */
export async function eventually<T>(probe: () => T | null | Promise<T | null>, withinMs: number, what: string): Promise<T> {
  const deadline = Date.now() + withinMs;
  let last: unknown = 'no answer';
  while (Date.now() < deadline) {
    try {
      const found = await probe();
      if (found !== null) return found;
    } catch (error) {
      last = error;
    }
    await sleep(100);
  }
  throw new Error(`${what}: not within ${withinMs} ms`, { cause: last });
}

export async function untilGone(dataDir: string, withinMs: number): Promise<void> {
  await eventually(() => (processesOf(dataDir).length === 0 ? true : null), withinMs, 'every process is gone').catch(
    (error: unknown) => {
      throw new Error(
        `left running: ${processesOf(dataDir)
          .map(({ pid, command }) => `${pid} ${command.slice(0, 120)}`)
          .join('\n')}`,
        { cause: error },
      );
    },
  );
}

export interface Stones {
  pid: number;
  stones: string[];
  /** Status of the workflow of each, in the same order. */
  states: string[];
}

/** Asks the stand-in of the API. */
export async function ask(url: string, path = '/'): Promise<Stones> {
  const response = await fetch(`${url}${path}`, { signal: AbortSignal.timeout(15_000) });
  const text = await response.text();
  if (!response.ok) throw new Error(text);
  const stones: Stones = JSON.parse(text);
  return stones;
}
