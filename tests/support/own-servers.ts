import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DataConverter } from '@temporalio/client';
import { loadSettings } from '../../runtime/config.ts';
import { startPostgres, type EmbeddedPostgres } from '../../runtime/embedded/postgres.ts';
import { createReaper } from '../../runtime/embedded/reaper.ts';
import { findTemporalBinary } from '../../runtime/embedded/temporal-binary.ts';
import { startTemporal, type EmbeddedTemporal } from '../../runtime/embedded/temporal.ts';
import { createLogger } from '../../runtime/log.ts';
import { connectClient } from '../../runtime/temporal.ts';
import { migrate } from '../../stores/migrate.ts';
import type { TestNamespace } from './namespace.ts';

/** PostgreSQL and Temporal of one test file, to be killed. What was stored survives, at the same addresses. */
export interface OwnServers {
  databaseUrl: string;
  connect(dataConverter?: DataConverter): Promise<TestNamespace>;
  /** kill -9; resolves when it is gone. */
  killPostgres(): Promise<void>;
  startPostgres(): Promise<void>;
  killTemporal(): Promise<void>;
  startTemporal(): Promise<void>;
  stop(): Promise<void>;
}

/** `dynamicConfig` is more of Temporal's, e.g. a low limit. */
export async function startOwnServers(options: { dynamicConfig?: Record<string, boolean | number> } = {}): Promise<OwnServers> {
  const dataDir = await mkdtemp(join(tmpdir(), 'cairn-own-'));
  const log = createLogger({ level: 'fatal', name: 'test' });
  const reaper = createReaper();
  const { temporalBin, cacheDir } = loadSettings(process.env);
  const signal = new AbortController().signal;
  const binary = await findTemporalBinary({ temporalBin, cacheDir, path: process.env.PATH ?? '', log, signal });
  const common = { dataDir, log, reaper };
  const temporalOptions = { ...common, ...options, binary: binary.path, namespace: 'default' };
  let postgres: EmbeddedPostgres = await startPostgres({ ...common, port: 0 });
  let temporal: EmbeddedTemporal = await startTemporal({
    ...temporalOptions,
    port: 0,
    uiPort: 0,
  });
  await migrate(postgres.url);
  const { url: databaseUrl, port } = postgres;
  const { address, port: temporalPort, uiPort } = temporal;
  const kill = async (server: { pid: number; exited: Promise<unknown> }): Promise<void> => {
    process.kill(server.pid, 'SIGKILL');
    await server.exited;
  };
  return {
    databaseUrl,
    async connect(dataConverter) {
      const target = { address, namespace: 'default', tls: undefined, apiKey: undefined, metadata: undefined };
      const client = await connectClient(target, undefined, dataConverter);
      return { target, address, namespace: 'default', client, close: () => client.connection.close() };
    },
    killPostgres: () => kill(postgres),
    async startPostgres() {
      postgres = await startPostgres({ ...common, port, portRequired: true });
    },
    killTemporal: () => kill(temporal),
    async startTemporal() {
      temporal = await startTemporal({
        ...temporalOptions,
        port: temporalPort,
        uiPort,
        portRequired: true,
      });
    },
    async stop() {
      await Promise.all([postgres.stop(), temporal.stop()]);
      await reaper.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
