import { execFile, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { processStart } from '../../../runtime/process-identity.ts';
import { eventually } from '../../support/starter.ts';

const run = promisify(execFile);
const here = process.cwd();

/** A checkout of its own, with a `npm start` that only tells its process id and how it was stopped. */
let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'cairn-run-'));
  for (const name of ['package.json', 'package-lock.json', 'scripts/run.mjs', 'scripts/install.mjs'])
    cpSync(join(here, name), join(root, name));
  symlinkSync(join(here, 'node_modules'), join(root, 'node_modules'));
  const program = `
    import { writeFileSync } from 'node:fs';
    const file: string = ${JSON.stringify(join(root, 'told'))};
    writeFileSync(file, String(process.pid));
    for (const name of ['SIGTERM', 'SIGINT']) process.on(name, () => { writeFileSync(file, name); process.exit(0); });
    console.log('up', process.argv.slice(2).join(' '), process.env.FROM_DOTENV ?? '');
    setInterval(() => undefined, 1000);`;
  writeFileSync(join(root, 'scripts/start.ts'), program);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

async function npmStart(...args: string[]) {
  const child = spawn('npm', ['start', ...args], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  await eventually(() => (/^up/m.test(output) ? true : null), 30_000, 'the program runs');
  return { child, ended, pid: Number(readFileSync(join(root, 'told'), 'utf8')), output: () => output };
}

const told = () => readFileSync(join(root, 'told'), 'utf8');

describe('npm start', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)('%s to npm reaches the program, and npm ends with its code', async (signal) => {
    const { child, ended } = await npmStart();
    child.kill(signal);
    expect(await ended).toEqual({ code: 0, signal: null });
    expect(told()).toBe(signal);
  });

  test('kill -9 of npm ends the program too', async () => {
    const { child, ended, pid } = await npmStart();
    child.kill('SIGKILL');
    await ended;
    await eventually(() => (processStart(pid) === null ? true : null), 5_000, 'the program is gone');
    expect(told()).toBe('SIGTERM');
  });

  test('settings come from .env too, arguments are handed on', async () => {
    writeFileSync(join(root, '.env'), 'FROM_DOTENV=yes\n');
    const { child, ended, output } = await npmStart('--', 'a', 'b');
    expect(output()).toContain('up a b yes');
    child.kill('SIGTERM');
    await ended;
  });
});

describe('what is installed', () => {
  const isInstalled = async () => {
    const check = `import { isInstalled } from ${JSON.stringify(join(root, 'scripts/install.mjs'))}; console.log(isInstalled(${JSON.stringify(root)}))`;
    return (await run(process.execPath, ['--input-type=module', '--eval', check])).stdout.trim();
  };

  test('is compared with the lock file, package by package', async () => {
    expect(await isInstalled()).toBe('true');
    rmSync(join(root, 'node_modules'));
    expect(await isInstalled()).toBe('false');
    mkdirSync(join(root, 'node_modules'));
    const lock: { packages: Record<string, { version?: string }> } = JSON.parse(
      readFileSync(join(root, 'package-lock.json'), 'utf8'),
    );
    writeFileSync(join(root, 'node_modules/.package-lock.json'), JSON.stringify(lock));
    expect(await isInstalled()).toBe('true');
    lock.packages['node_modules/pino'] = { version: '0.0.1' };
    writeFileSync(join(root, 'node_modules/.package-lock.json'), JSON.stringify(lock));
    expect(await isInstalled()).toBe('false');
  });

  test('the lock file names the packages of every platform, or npm ci fails on the others', () => {
    const lock: {
      packages: Record<string, { optionalDependencies?: Record<string, string>; resolved?: string; extraneous?: boolean }>;
    } = JSON.parse(readFileSync(join(here, 'package-lock.json'), 'utf8'));
    const paths = Object.keys(lock.packages);
    const missing = Object.values(lock.packages)
      .flatMap((entry) => Object.keys(entry.optionalDependencies ?? {}))
      .filter((name) => !paths.some((path) => path.endsWith(`node_modules/${name}`)));
    expect(missing).toEqual([]);
    expect(Object.values(lock.packages).filter((entry) => entry.resolved !== undefined || entry.extraneous)).toEqual([]);
  });
});

test('an unknown command, an incomplete checkout and an old Node are one line each', async () => {
  const fails = async (args: string[], node: string[] = []) => {
    const child = run(process.execPath, [...node, join(root, 'scripts/run.mjs'), ...args]);
    const error: unknown = await child.then(
      () => null,
      (reason: unknown) => reason,
    );
    return error instanceof Error && 'stderr' in error ? String(error.stderr) : 'no error';
  };
  expect(await fails(['begin'])).toBe('cairn: usage: npm run start|api|worker|rotate-keys|demo|test|bench\n');
  expect(await fails(['api'])).toBe('cairn: api/server.ts is not there: this checkout is not complete\n');
  const old = join(root, 'old.mjs');
  writeFileSync(old, "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '18.20.0' } });");
  expect(await fails(['start'], ['--import', old])).toMatch(/^cairn: Node 20\.19 or later is needed, this is 18\.20\.0/);
});
