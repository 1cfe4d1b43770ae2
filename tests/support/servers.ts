import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import { inject } from 'vitest';
import type { TestProject } from 'vitest/node';
import { loadSettings } from '../../runtime/config.ts';
import { createLogger } from '../../runtime/log.ts';
import { startPostgres } from '../../runtime/embedded/postgres.ts';
import { createReaper } from '../../runtime/embedded/reaper.ts';
import { findTemporalBinary } from '../../runtime/embedded/temporal-binary.ts';
import { startTemporal } from '../../runtime/embedded/temporal.ts';
import { migrate } from '../../stores/migrate.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where a test file asks for the servers of this run. */
    cairnServers: string;
  }
}

/** The migrated database that each test file gets a copy of. */
export const TEMPLATE_DATABASE = 'cairn_template';

interface Servers {
  /** Superuser, database `postgres`. */
  postgres: { url: string };
  temporal: { address: string; uiUrl: string };
}

/** The one PostgreSQL or Temporal of this test run; the first that asks for it waits until it is up. */
export async function testServer<N extends keyof Servers>(name: N): Promise<Servers[N]> {
  const response = await fetch(`${inject('cairnServers')}/${name}`);
  const text = await response.text();
  if (!response.ok) throw new Error(`the ${name} of the test run does not start: ${text}`);
  const server: Servers[N] = JSON.parse(text);
  return server;
}

/**
 * Global set-up of vitest: real servers for the whole run, started when a test file first asks, so that a run of plain unit
 * tests starts none.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dataDir = await mkdtemp(join(tmpdir(), 'cairn-test-'));
  const settings = loadSettings(process.env);
  const log = createLogger({ level: 'warn', name: 'test' });
  const reaper = createReaper();
  const stops: (() => Promise<void>)[] = [];
  const abort = new AbortController();

  const start: { [N in keyof Servers]: () => Promise<Servers[N]> } = {
    postgres: async () => {
      // A test database need not survive the power switch.
      const server = await startPostgres({
        dataDir,
        log,
        reaper,
        database: TEMPLATE_DATABASE,
        port: 0,
        settings: { fsync: 'off' },
      });
      stops.push(() => server.stop());
      await migrate(server.url);
      const url = server.url.replace(/[^/]+$/, 'postgres');
      const sql = postgres(url, { max: 1 });
      await sql`alter database ${sql(TEMPLATE_DATABASE)} with is_template true allow_connections false`;
      await sql.end();
      return { url };
    },
    temporal: async () => {
      const { temporalBin, cacheDir } = settings;
      const binary = await findTemporalBinary({ temporalBin, cacheDir, path: process.env.PATH ?? '', log, signal: abort.signal });
      const server = await startTemporal({ dataDir, log, reaper, binary: binary.path, namespace: 'default', port: 0, uiPort: 0 });
      stops.push(() => server.stop());
      return { address: server.address, uiUrl: server.uiUrl };
    },
  };
  const started: { [N in keyof Servers]?: Promise<Servers[N]> } = {};

  const http = createServer((request, response) => {
    const answer = async () => {
      const server = await (request.url === '/postgres'
        ? (started.postgres ??= start.postgres())
        : (started.temporal ??= start.temporal()));
      response.end(JSON.stringify(server));
    };
    answer().catch((error: unknown) => {
      response.statusCode = 500;
      response.end(error instanceof Error ? error.message : String(error));
    });
  });
  await new Promise<void>((resolve) => {
    http.listen(0, '127.0.0.1', resolve);
  });
  const address = http.address();
  if (typeof address !== 'object' || address === null) throw new Error('no address');
  project.provide('cairnServers', `http://127.0.0.1:${address.port}`);

  return async () => {
    http.close();
    abort.abort();
    await Promise.allSettled(Object.values(started));
    await Promise.all(stops.map((stop) => stop()));
    await reaper.close();
    await rm(dataDir, { recursive: true, force: true });
  };
}
