import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { hasErrorCode } from '../system-error.ts';
import type { LastWill, Reaper } from './reaper.ts';

const TAIL = 16 * 1024;

export interface ChildExit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** A server process of ours, in a process group of its own so that Ctrl-C in the terminal reaches only the starter. */
export interface Child {
  pid: number;
  /** What it was started with; an orphan is known by it. */
  command: string;
  exited: Promise<ChildExit>;
  running(): boolean;
  /** Lines of its standard output, where asked for. */
  onLine(listener: (line: string) => void): void;
  /** The end of its log file since this start. */
  logTail(): string;
  /** Sends the signal of its last will and waits; SIGKILL after its grace time. */
  stop(): Promise<ChildExit>;
}

export interface ChildOptions {
  command: string;
  args: string[];
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  uid?: number;
  gid?: number;
  /** Standard error, and standard output unless `lines` is set, are appended to it. */
  logFile: string;
  /** Standard output is read line by line, and the child learns over an IPC channel when we are gone. */
  lines?: boolean;
  will: LastWill;
  reaper: Reaper;
}

export async function startChild(options: ChildOptions): Promise<Child> {
  const { command, args, logFile, lines = false, will, reaper } = options;
  const from = prepareLog(logFile);
  const log = openSync(logFile, 'a', 0o600);
  const child = spawn(command, args, {
    env: options.env,
    cwd: options.cwd,
    uid: options.uid,
    gid: options.gid,
    detached: true,
    stdio: lines ? ['ignore', 'pipe', log, 'ipc'] : ['ignore', log, log],
  });
  closeSync(log);
  const exited = new Promise<ChildExit>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  const pid = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('spawn', () => resolve(child.pid ?? 0));
  });
  reaper.add(pid, will);
  void exited.then(() => reaper.remove(pid));

  const listeners: ((line: string) => void)[] = [];
  if (child.stdout) readLines(child.stdout, (line) => listeners.forEach((listener) => listener(line)));

  const running = () => child.exitCode === null && child.signalCode === null;
  return {
    pid,
    command: [command, ...args].join(' '),
    exited,
    running,
    onLine: (listener) => {
      listeners.push(listener);
    },
    logTail: () => tail(logFile, from),
    stop: async () => {
      if (running()) child.kill(will.signal);
      const timer = setTimeout(() => child.kill('SIGKILL'), will.graceMs);
      const exit = await exited;
      clearTimeout(timer);
      return exit;
    },
  };
}

/** Bytes that the log file holds already. */
function prepareLog(path: string): number {
  mkdirSync(dirname(path), { recursive: true });
  return existsSync(path) ? statSync(path).size : 0;
}

function tail(path: string, from: number): string {
  const text = readFileSync(path);
  // It may have been emptied since.
  return text
    .subarray(from > text.length ? 0 : from)
    .subarray(-TAIL)
    .toString('utf8');
}

function readLines(stream: NodeJS.ReadableStream, onLine: (line: string) => void): void {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    const parts = (rest + chunk).split('\n');
    rest = parts.pop() ?? '';
    for (const line of parts) onLine(line);
  });
}

/**
 * Ends a process that is not our child: `signal`, then SIGKILL after `graceMs`.
 * @throws Error if it is still there a second after SIGKILL.
 */
export async function endProcess(pid: number, alive: () => boolean, will: Pick<LastWill, 'signal' | 'graceMs'>): Promise<void> {
  for (const [signal, wait] of [
    [will.signal, will.graceMs],
    ['SIGKILL', 1_000],
  ] as const) {
    if (!alive()) return;
    try {
      process.kill(pid, signal);
    } catch (error) {
      if (!hasErrorCode(error, 'ESRCH')) throw error;
    }
    for (const deadline = Date.now() + wait; alive() && Date.now() < deadline;) await sleep(50);
  }
  if (alive()) throw new Error(`process ${pid} does not end`);
}
