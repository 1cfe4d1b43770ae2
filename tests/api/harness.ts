import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Client as TemporalClient, Connection } from '@temporalio/client';
import { createApp } from '../../api/app.ts';
import { createArtifactReader } from '../../api/artifact-reader.ts';
import { createClient, type Client } from '../../api/client.ts';
import type { ApiDeps } from '../../api/deps.ts';
import { createEventHub } from '../../api/events.ts';
import { registerJobMetrics } from '../../api/metrics.ts';
import { createOidc } from '../../api/oidc.ts';
import type { Problem } from '../../api/problems.ts';
import { createQueueWatch } from '../../api/queues.ts';
import { createStats } from '../../api/stats.ts';
import { createWaitWatch } from '../../api/waiting.ts';
import type { Role } from '../../core/roles.ts';
import { createPayloadCodec } from '../../runtime/codec.ts';
import type { OidcSettings } from '../../runtime/config.ts';
import { createLogger } from '../../runtime/log.ts';
import { createMetrics } from '../../runtime/metrics.ts';
import { openDatabase } from '../../stores/database.ts';
import { createKeyring } from '../../stores/seal.ts';
import { insertToken } from '../../stores/tokens.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { createTestNamespace } from '../support/namespace.ts';

export interface Answered<T = unknown> {
  status: number;
  headers: Headers;
  text: string;
  /** Parsed JSON, which the test says is a T; null where the answer is none. */
  json: T;
}

/** The API in this process, on a database of its own. */
export interface TestApi {
  url: string;
  deps: ApiDeps;
  database: TestDatabase;
  tokens: Record<Role, string>;
  /** As admin. */
  client: Client;
  /** Folder of its artifact store. */
  artifactsDir: string;
  /** Everything that was logged, as text. */
  logged(): string;
  /** A raw request; JSON bodies are objects, anything else goes as it is. */
  send<T = unknown>(method: string, path: string, options?: SendOptions): Promise<Answered<T>>;
  stop(): Promise<void>;
}

export interface SendOptions {
  as?: Role | null;
  body?: unknown;
  raw?: string | Uint8Array<ArrayBuffer>;
  headers?: Record<string, string>;
}

/** Without `temporal` the API finds none: jobs can be stored, but stay pending. */
export async function startApi(
  options: { temporal?: boolean; maxDevicesPerRequest?: number; privateTargets?: boolean; oidc?: OidcSettings } = {},
): Promise<TestApi> {
  const database = await createTestDatabase();
  const pool = openDatabase(database.url);
  const namespace = options.temporal === true ? await createTestNamespace() : null;
  const lines: string[] = [];
  const log = createLogger({
    level: 'trace',
    name: 'test',
    pretty: false,
    destination: { write: (line) => void lines.push(line) },
  });
  // Port 1 answers nobody.
  const nowhere = () => new TemporalClient({ connection: Connection.lazy({ address: '127.0.0.1:1' }), namespace: 'nowhere' });
  const temporal = namespace?.client ?? nowhere();
  const metrics = createMetrics('test');
  registerJobMetrics({ metrics, database: pool, log });
  const secretKey = randomBytes(32);
  const dataDir = await mkdtemp(join(tmpdir(), 'cairn-api-'));
  const queues = createQueueWatch({ database: pool, temporal, namespace: namespace?.namespace ?? 'nowhere', log });
  const deps: ApiDeps = {
    database: pool,
    temporal,
    namespace: namespace?.namespace ?? 'nowhere',
    log,
    keyring: createKeyring(secretKey),
    codec: createPayloadCodec({ keys: { current: secretKey, previous: [] } }),
    artifacts: createArtifactReader({ artifacts: pathToFileURL(join(dataDir, 'artifacts')).href, dataDir }, secretKey, log),
    adminToken: `admin-${randomBytes(16).toString('hex')}`,
    oidc: options.oidc === undefined ? null : createOidc(options.oidc, log, { cooldownMs: 0, awayMs: 0 }),
    maxDevicesPerRequest: options.maxDevicesPerRequest ?? 100,
    privateTargets: options.privateTargets ?? true,
    temporalUi: 'http://127.0.0.1:8233',
    metrics,
    events: createEventHub({ database: pool, log }),
    queues,
    waits: createWaitWatch({ database: pool, queues }),
    stats: createStats({ database: pool, temporal, namespace: namespace?.namespace ?? 'nowhere', temporalUi: null, queues }),
  };
  const server = createServer(createApp(deps));
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no address');
  const url = `http://127.0.0.1:${address.port}`;
  const token = async (role: Role) => (await insertToken(pool, { name: `test-${role}`, role, expires_at: null }, 'test')).secret;
  const tokens = { viewer: await token('viewer'), operator: await token('operator'), admin: deps.adminToken };
  return {
    url,
    deps,
    database,
    tokens,
    client: createClient({ baseUrl: url, token: tokens.admin }),
    artifactsDir: join(dataDir, 'artifacts'),
    logged: () => lines.join(''),
    send: (method, path, { as = 'admin', body, raw, headers = {} } = {}) =>
      send(`${url}${path}`, method, raw ?? (body === undefined ? undefined : JSON.stringify(body)), {
        ...(as === null ? {} : { Authorization: `Bearer ${tokens[as]}` }),
        ...(raw === undefined && body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...headers,
      }),
    async stop() {
      await deps.artifacts.close();
      await rm(dataDir, { recursive: true, force: true });
      deps.events.close();
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
      await pool.close();
      // A connection to nowhere stays open: a retry of the SDK that is due would throw on a closed one.
      await namespace?.close();
      await database.drop();
    },
  };
}

async function send<T>(
  url: string,
  method: string,
  body: string | Uint8Array<ArrayBuffer> | undefined,
  headers: Record<string, string>,
): Promise<Answered<T>> {
  const response = await fetch(url, { method, headers, redirect: 'manual', ...(body === undefined ? {} : { body }) });
  const text = await response.text();
  const isJson = /json/.test(response.headers.get('content-type') ?? '');
  const json: T = JSON.parse(isJson && text !== '' ? text : 'null');
  return { status: response.status, headers: response.headers, text, json };
}

/** The problem of an answer; fails where it is none. */
export function problem(answer: Answered): Problem {
  const media = answer.headers.get('content-type');
  if (media !== 'application/problem+json; charset=utf-8') throw new Error(`not a problem but ${media}: ${answer.text}`);
  const parsed: Problem = JSON.parse(answer.text);
  return parsed;
}

/** Adds devices straight to the database; returns their ids in order. */
export async function addDevices(api: TestApi, names: string[], more: Record<string, unknown> = {}): Promise<string[]> {
  const devices = names.map((name) => ({ name, host: '127.0.0.1', platform: 'cisco_ios', ...more }));
  const answer = await api.send<{ items: { id: string }[] }>('POST', '/api/devices/import', { body: { devices } });
  const { items } = answer.json;
  if (items.length !== names.length) throw new Error(answer.text);
  return items.map((item) => item.id);
}
