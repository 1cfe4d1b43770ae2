import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { loadSettings } from '../../runtime/config.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { createTestNamespace } from '../support/namespace.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
export const ADMIN_TOKEN = 'test-admin-token';

/** A program of ours in a process of its own. */
export interface Program {
  pid: number;
  /** Its ready line. */
  ready: Record<string, unknown>;
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null>;
  stderr(): string;
}

/** Starts one and waits for its ready line; fails with what it said where it ends before. */
export async function startProgram(script: string, env: Record<string, string>): Promise<Program> {
  const child = spawn(process.execPath, ['--import', 'tsx', script], {
    cwd: ROOT,
    env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const exited = new Promise<number | null>((resolve) => {
    child.once('close', (code) => resolve(code));
  });
  const ready = await new Promise<Record<string, unknown>>((resolve, reject) => {
    void exited.then((code) => reject(Object.assign(new Error(`${script} ended with ${code}: ${errors}`), { code, errors })));
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (line.includes('"ready"')) resolve(JSON.parse(line));
    });
  });
  return {
    pid: child.pid!,
    ready,
    stderr: () => errors,
    stop: () => {
      child.kill('SIGTERM');
      return exited;
    },
  };
}

/** Database, Temporal namespace and settings for programs of one test file. */
export interface Installation {
  env: Record<string, string>;
  database: TestDatabase;
  stop(): Promise<void>;
}

export async function createInstallation(): Promise<Installation> {
  const dataDir = await mkdtemp(join(tmpdir(), 'cairn-api-'));
  const [database, namespace] = await Promise.all([createTestDatabase(), createTestNamespace()]);
  return {
    database,
    env: {
      CAIRN_DATABASE_URL: database.url,
      TEMPORAL_ADDRESS: namespace.address,
      TEMPORAL_NAMESPACE: namespace.namespace,
      CAIRN_TEMPORAL_UI_URL: 'http://127.0.0.1:8233/',
      CAIRN_DATA_DIR: dataDir,
      CAIRN_CACHE_DIR: loadSettings(process.env).cacheDir,
      CAIRN_ADMIN_TOKEN: ADMIN_TOKEN,
      CAIRN_HTTP_PORT: '0',
      CAIRN_LOG_LEVEL: 'info',
    },
    async stop() {
      await namespace.close();
      await database.drop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** A port that is taken until `close`. */
export async function takePort(): Promise<{ port: number; close(): void }> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no address');
  return { port: address.port, close: () => server.close() };
}
