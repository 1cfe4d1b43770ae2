import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PROGRAM = `${ROOT}scripts/cairn.mjs`;

export interface Ran {
  code: number | null;
  out: string;
  err: string;
}

export interface Running {
  child: ChildProcess;
  /** What it wrote so far, both outputs. */
  said: () => string;
  /** Resolves when it is over. */
  done: Promise<Ran>;
}

interface RunOptions {
  env?: Record<string, string>;
  input?: string;
  cwd?: string;
}

/** `cairn …` as a process of its own, without a terminal. */
export function startCli(args: string[], options: RunOptions = {}): Running {
  return follow(process.execPath, [PROGRAM, ...args], options);
}

export const runCli = (args: string[], options: RunOptions = {}): Promise<Ran> => startCli(args, options).done;

/** The same on a terminal of so many columns (util-linux `script`); both outputs come as `out`. */
export function startOnTerminal(args: string[], columns: number, options: RunOptions = {}): Running {
  const quoted = [process.execPath, PROGRAM, ...args].map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
  const env = { TERM: 'xterm', ...options.env };
  return follow('script', ['-qefc', `stty cols ${columns} rows 40; exec ${quoted}`, '/dev/null'], { ...options, env });
}

function follow(command: string, args: string[], { env = {}, input, cwd = ROOT }: RunOptions): Running {
  const child = spawn(command, args, {
    cwd,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  if (input !== undefined) child.stdin.end(input);
  const done = new Promise<Ran>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, out, err }));
  });
  return { child, said: () => out + err, done };
}
