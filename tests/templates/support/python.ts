import { execFile, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { mkdir, rename, rm, mkdtemp, access } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Python's textfsm, the reference. */
export const TEXTFSM = { version: '2.1.0', sha256: '55886490474890fa09ade0e8c9555a913fd325724842293364dc44ea705b3616' } as const;

export type Cells = Record<string, unknown>[];
export type Result = { rows: Cells; table?: Cells } | { error: string; kind: string } | { timeout: true };
export type Answer = { template_error: string; kind: string } | { results: Result[]; seconds: number; best: number | null };
export type Request = ({ dir: string; names: string } | { source: string }) & { texts: string[]; repeat?: number };

export type PatternAnswer = { pattern_error: string } | { matches: ((string | null)[] | 'timeout' | null)[] };

export interface Reference {
  ask(request: Request): Promise<Answer>;
  askPattern(pattern: string, texts: string[]): Promise<PatternAnswer>;
  stop(): Promise<void>;
}

/** Whether there is a Python that can run the reference at all. */
export async function hasPython(): Promise<boolean> {
  try {
    await run('python3', ['-m', 'pip', '--version']);
    return true;
  } catch {
    return false;
  }
}

/** Fetches textfsm with pip into the cache folder, once; returns the folder for PYTHONPATH. */
export async function ensureTextfsm(cacheDir: string): Promise<string> {
  const home = join(cacheDir, `textfsm-${TEXTFSM.version}`);
  const there = await access(home).then(
    () => true,
    () => false,
  );
  if (there) return home;
  await mkdir(cacheDir, { recursive: true });
  const work = await mkdtemp(join(cacheDir, 'textfsm.part-'));
  try {
    const flags = ['--no-deps', '--quiet', '--disable-pip-version-check', '--root-user-action', 'ignore'];
    await run('python3', ['-m', 'pip', 'install', ...flags, '--target', join(work, 'lib'), `textfsm==${TEXTFSM.version}`]);
    await rename(join(work, 'lib'), home).catch(async (error: unknown) => {
      // Another test was first.
      await access(home).catch(() => Promise.reject(error));
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return home;
}

/** Starts the reference process; answers come in the order of the requests. A text may take it `limitSeconds`. */
export function startReference(home: string, limitSeconds = 0.5): Reference {
  const script = join(import.meta.dirname, 'reference.py');
  const env = { ...process.env, PYTHONPATH: home, PYTHONIOENCODING: 'utf-8', LIMIT_SECONDS: String(limitSeconds) };
  const child = spawn('python3', [script], { env, stdio: ['pipe', 'pipe', 'inherit'] });
  const waiting: { resolve: (line: string) => void; reject: (error: Error) => void }[] = [];
  const exited = new Promise<void>((resolve) => {
    child.on('exit', (code) => {
      for (const { reject } of waiting.splice(0)) reject(new Error(`the reference ended with code ${code}`));
      resolve();
    });
  });
  createInterface({ input: child.stdout }).on('line', (line) => waiting.shift()?.resolve(line));
  const send = (request: object): Promise<string> =>
    new Promise((resolve, reject) => {
      waiting.push({ resolve, reject });
      child.stdin.write(`${JSON.stringify(request)}\n`);
    });
  return {
    ask: async (request) => JSON.parse(await send(request)),
    askPattern: async (pattern, texts) => JSON.parse(await send({ pattern, texts })),
    async stop() {
      child.stdin.end();
      await exited;
    },
  };
}
