import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import { createClient, type Client } from '../../api/client.ts';
import { startReconciler } from '../../api/reconcile.ts';
import { launchJob, waitForJob, type LaunchDeps, type LaunchRequest } from '../../api/launch.ts';
import { CONFIGURATION, KINDS, type Kind } from '../../core/facts.ts';
import type { JobParams, JobStatus } from '../../core/jobs.ts';
import { loadSettings } from '../../runtime/config.ts';
import { createDataConverter } from '../../runtime/data-converter.ts';
import { createLogger } from '../../runtime/log.ts';
import { ensureSecretKey } from '../../runtime/secrets.ts';
import type { SimulatedDevice } from '../../simulator/simulator.ts';
import { insertCredential } from '../../stores/credentials.ts';
import { openDatabase, type Database } from '../../stores/database.ts';
import { createKeyring } from '../../stores/seal.ts';
import { startProcess, type CairnProcess } from './cairn-process.ts';
import { createTestDatabase } from './database.ts';
import { createTestNamespace } from './namespace.ts';
import type { OwnServers } from './own-servers.ts';

export type WorkerProcess = CairnProcess;

/** An API in a process of its own. */
export interface ApiProcess extends CairnProcess {
  url: string;
  /** As admin. */
  client: Client;
  /** The token of the admin. */
  token: string;
}

/**
 * Database, Temporal namespace, reconciler and workers of one test file, on the servers of the test run or on `own` ones.
 * Stops everything it started.
 */
export interface Cluster {
  database: Database;
  deps: LaunchDeps;
  startWorker(env?: Record<string, string>): Promise<WorkerProcess>;
  startApi(env?: Record<string, string>): Promise<ApiProcess>;
  /** Adds devices; returns their ids by name. */
  addDevices(
    devices: (Omit<SimulatedDevice, 'enable_password'> & { enable_password?: string | null; group_id?: string })[],
  ): Promise<Map<string, string>>;
  /** Starts a discovery of these devices. */
  discover(ids: Map<string, string>, params?: Partial<JobParams>, more?: Partial<LaunchRequest>): Promise<string>;
  /** Starts a backup of these devices. */
  collect(ids: Map<string, string>, params?: Partial<JobParams>, more?: Partial<LaunchRequest>): Promise<string>;
  /** What its programs are told, so that others find it. */
  env: Record<string, string>;
  /** Where the workers keep configurations, unless told otherwise. */
  dataDir: string;
  wait(jobId: string, timeoutMs?: number): Promise<JobStatus>;
  job(jobId: string): Promise<{ status: JobStatus; partial: boolean; message: string | null; error: string | null }>;
  devices(
    jobId: string,
  ): Promise<{ name: string; status: string; outcome: string | null; error: string | null; attempts: number }[]>;
  kinds(jobId: string): Promise<{ name: string; kind: Kind; outcome: string; rows: number; error: string | null }[]>;
  locks(): Promise<number>;
  stop(): Promise<void>;
}

export async function startCluster(own?: OwnServers, options: { secretKey?: Buffer } = {}): Promise<Cluster> {
  const dataDir = await mkdtemp(join(tmpdir(), 'cairn-cluster-'));
  const testDatabase = own === undefined ? await createTestDatabase() : { url: own.databaseUrl, drop: () => Promise.resolve() };
  const secretKey = ensureSecretKey({ secretKey: options.secretKey ?? null, dataDir });
  const dataConverter = createDataConverter({ keys: { current: secretKey, previous: [] } });
  const namespace = own === undefined ? await createTestNamespace(dataConverter) : await own.connect(dataConverter);
  const database = openDatabase(testDatabase.url);
  const log = createLogger({ level: 'fatal', name: 'test' });
  const deps: LaunchDeps = { database, temporal: namespace.client, namespace: namespace.namespace, log };
  const reconciler = startReconciler(deps);
  const keyring = createKeyring(secretKey);
  const processes: CairnProcess[] = [];
  const adminToken = `admin-${randomBytes(16).toString('hex')}`;
  const common = {
    CAIRN_DATABASE_URL: testDatabase.url,
    TEMPORAL_ADDRESS: namespace.address,
    TEMPORAL_NAMESPACE: namespace.namespace,
    CAIRN_DATA_DIR: dataDir,
    ...(options.secretKey === undefined ? {} : { CAIRN_SECRET_KEY: options.secretKey.toString('base64') }),
    CAIRN_CACHE_DIR: loadSettings(process.env).cacheDir,
  };

  const cluster: Cluster = {
    database,
    deps,
    env: common,
    async startWorker(env = {}) {
      const worker = await startProcess('worker.ts', { ...common, ...env });
      processes.push(worker);
      return worker;
    },
    async startApi(env = {}) {
      const own = { CAIRN_HTTP_PORT: '0', CAIRN_ADMIN_TOKEN: adminToken };
      const api = await startProcess('api/server.ts', { ...common, ...own, ...env });
      processes.push(api);
      const url = String(api.ready.url);
      const token = env['CAIRN_ADMIN_TOKEN'] ?? adminToken;
      return { ...api, url, token, client: createClient({ baseUrl: url, token }) };
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
    dataDir,
    async collect(ids, params = {}, more = {}) {
      const limits = { device_time_limit: 120, command_time_limit: 10, job_time_limit: 1800, lock_wait: 60 };
      const { job_id } = await launchJob(deps, {
        type: 'fleet.collect',
        owner: 'test',
        priority: 5,
        devices: [...ids].map(([name, id]) => ({ id, name, queue_id: null })),
        params: { kinds: [CONFIGURATION], cache_results: false, snapshot: false, ...limits, ...params },
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
      await Promise.all(processes.map((one) => one.stop()));
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
