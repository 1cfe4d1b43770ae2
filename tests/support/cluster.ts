import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { v7 as uuidv7 } from 'uuid';
import { startReconciler } from '../../api/reconcile.ts';
import { launchJob, waitForJob, type LaunchDeps, type LaunchRequest } from '../../api/launch.ts';
import { KINDS, type Kind } from '../../core/facts.ts';
import type { DiscoverParams, JobStatus } from '../../core/jobs.ts';
import { loadSettings } from '../../runtime/config.ts';
import { createLogger } from '../../runtime/log.ts';
import { ensureSecretKey } from '../../runtime/secrets.ts';
import type { SimulatedDevice } from '../../simulator/simulator.ts';
import { insertCredential } from '../../stores/credentials.ts';
import { openDatabase, type Database } from '../../stores/database.ts';
import { createKeyring } from '../../stores/seal.ts';
import { createTestDatabase } from './database.ts';
import { createTestNamespace } from './namespace.ts';
import type { OwnServers } from './own-servers.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** A worker in a process of its own, as `npm run worker` starts it. */
export interface WorkerProcess {
  pid: number;
  /** kill -9. Resolves when it is gone. */
  kill(): Promise<void>;
  /** SIGTERM. Resolves with its exit code. */
  stop(): Promise<number | null>;
  /** What it wrote to standard error so far. */
  log(): string;
}

/**
 * Database, Temporal namespace, reconciler and workers of one test file, on the servers of the test run or on `own` ones.
 * Stops everything it started.
 */
export interface Cluster {
  database: Database;
  deps: LaunchDeps;
  startWorker(env?: Record<string, string>): Promise<WorkerProcess>;
  /** Adds devices; returns their ids by name. */
  addDevices(
    devices: (Omit<SimulatedDevice, 'enable_password'> & { enable_password?: string | null; group_id?: string })[],
  ): Promise<Map<string, string>>;
  /** Starts a discovery of these devices. */
  discover(ids: Map<string, string>, params?: Partial<DiscoverParams>, more?: Partial<LaunchRequest>): Promise<string>;
  wait(jobId: string, timeoutMs?: number): Promise<JobStatus>;
  job(jobId: string): Promise<{ status: JobStatus; partial: boolean; message: string | null; error: string | null }>;
  devices(
    jobId: string,
  ): Promise<{ name: string; status: string; outcome: string | null; error: string | null; attempts: number }[]>;
  kinds(jobId: string): Promise<{ name: string; kind: Kind; outcome: string; rows: number; error: string | null }[]>;
  locks(): Promise<number>;
  stop(): Promise<void>;
}

export async function startCluster(own?: OwnServers): Promise<Cluster> {
  const dataDir = await mkdtemp(join(tmpdir(), 'cairn-cluster-'));
  const testDatabase = own === undefined ? await createTestDatabase() : { url: own.databaseUrl, drop: () => Promise.resolve() };
  const namespace = own === undefined ? await createTestNamespace() : await own.connect();
  const database = openDatabase(testDatabase.url);
  const log = createLogger({ level: 'fatal', name: 'test' });
  const deps: LaunchDeps = { database, temporal: namespace.client, namespace: namespace.namespace, log };
  const reconciler = startReconciler(deps);
  const keyring = createKeyring(ensureSecretKey({ secretKey: null, dataDir }));
  const workers: WorkerProcess[] = [];

  const cluster: Cluster = {
    database,
    deps,
    async startWorker(env = {}) {
      const worker = await spawnWorker({
        CAIRN_DATABASE_URL: testDatabase.url,
        TEMPORAL_ADDRESS: namespace.address,
        TEMPORAL_NAMESPACE: namespace.namespace,
        CAIRN_DATA_DIR: dataDir,
        CAIRN_CACHE_DIR: loadSettings(process.env).cacheDir,
        ...env,
      });
      workers.push(worker);
      return worker;
    },
    async addDevices(devices) {
      const credentials = new Map<string, string>();
      const ids = new Map<string, string>();
      for (const device of devices) {
        const key = `${device.username}/${device.password}/${device.enable_password ?? ''}`;
        if (!credentials.has(key)) {
          const secrets = {
            password: device.password,
            ...(device.enable_password ? { enable_password: device.enable_password } : {}),
          };
          const row = await insertCredential(database, keyring, { name: `c${uuidv7()}`, username: device.username, secrets });
          credentials.set(key, row.id);
        }
        const id = uuidv7();
        await database.sql`insert into devices (id, name, host, port, platform, transport, credential_id, collection_group_id)
          values (${id}, ${device.name}, ${device.host}, ${device.port}, ${device.platform}, 'ssh', ${credentials.get(key)!}, ${device.group_id ?? null})`;
        ids.set(device.name, id);
      }
      return ids;
    },
    async discover(ids, params = {}, more = {}) {
      const { job_id } = await launchJob(deps, {
        type: 'topology.discover',
        owner: 'test',
        priority: 5,
        devices: [...ids].map(([name, id]) => ({ id, name, queue_id: null })),
        params: {
          kinds: [...KINDS],
          cache_results: true,
          snapshot: true,
          device_time_limit: 120,
          command_time_limit: 10,
          job_time_limit: 1800,
          lock_wait: 60,
          ...params,
        },
        ...more,
      });
      return job_id;
    },
    wait: (jobId, timeoutMs = 120_000) => waitForJob(deps, jobId, timeoutMs),
    async job(jobId) {
      const rows = await database.sql<
        Awaited<ReturnType<Cluster['job']>>[]
      >`select status, partial, message, error from jobs where id = ${jobId}`;
      return rows[0]!;
    },
    devices: (jobId) =>
      database.sql`select name, status, outcome, error, attempts from job_devices where job_id = ${jobId} order by position`,
    kinds: (jobId) =>
      database.sql`select d.name, k.kind, k.outcome, k.rows, k.error from job_device_kinds k
        join job_devices d using (job_id, device_id) where k.job_id = ${jobId} order by d.position, k.kind`,
    async locks() {
      const [row] = await database.sql<{ n: number }[]>`select count(*)::int as n from device_locks where expires_at > now()`;
      return row!.n;
    },
    async stop() {
      await reconciler.stop();
      await Promise.all(workers.map((worker) => worker.stop()));
      await database.close();
      await namespace.close();
      await testDatabase.drop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
  return cluster;
}

/** Calls until the answer is true, or fails with what was waited for. */
export async function until(what: string, holds: () => Promise<boolean> | boolean, timeoutMs = 60_000): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`waited ${timeoutMs} ms in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function spawnWorker(env: Record<string, string>): Promise<WorkerProcess> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'worker.ts'], {
    cwd: ROOT,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const errors: string[] = [];
  child.stderr.on('data', (chunk: Buffer) => errors.push(chunk.toString()));
  const log = (): string => errors.join('');
  await ready(child, log);
  return {
    pid: child.pid!,
    log,
    async kill() {
      await end(child, 'SIGKILL');
    },
    async stop() {
      return end(child, 'SIGTERM');
    },
  };
}

function ready(child: ChildProcess, log: () => string): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the worker ended with ${code}: ${log()}`)));
    createInterface({ input: child.stdout! }).on('line', (line) => {
      if (line.includes('"ready":"worker"')) resolve();
    });
  });
}

function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode);
  return new Promise((resolve) => {
    child.once('exit', (code) => resolve(code));
    child.kill(signal);
  });
}
