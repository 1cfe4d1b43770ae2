import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { credentials } from '../../contracts/http/credentials.ts';
import { devices } from '../../contracts/http/devices.ts';
import { discovery } from '../../contracts/http/discovery.ts';
import { tokens } from '../../contracts/http/tokens.ts';
import { createClient, type Client } from '../../api/client.ts';
import { startSimulator, type Simulator } from '../../simulator/simulator.ts';
import { startCluster, until, type ApiProcess, type Cluster, type WorkerProcess } from '../support/cluster.ts';
import { createLeakHunt } from '../support/leaks.ts';
import { opened, textOf } from '../support/opened.ts';

const secret = (what: string): string => `${what}-${randomBytes(12).toString('hex')}`;
const SECRETS: Record<string, string> = {
  password: secret('pw'),
  'wrong password': secret('wrong'),
  'enable secret': secret('en'),
  'wrong enable secret': secret('noten'),
  'device API token': secret('tok'),
  passphrase: secret('phrase'),
  'admin token': secret('admin'),
};

const leaks = createLeakHunt(SECRETS);

let cluster: Cluster;
let simulator: Simulator;
let deviceApi: Server;
let api: ApiProcess;
let worker: WorkerProcess;
let operator: Client;
const jobs: string[] = [];
/** What must be found, or the search is blind. */
const known = `known-${randomBytes(6).toString('hex')}`;
const heartbeats: string[] = [];

beforeAll(async () => {
  [cluster, simulator] = await Promise.all([
    startCluster(),
    startSimulator({
      devices: 4,
      platforms: ['cisco_ios'],
      host: '127.46.0.1',
      password: SECRETS['password']!,
      enablePassword: SECRETS['enable secret']!,
      latencyMs: 30,
    }),
  ]);
  const secretKey = readFileSync(join(cluster.dataDir, 'secret.key'), 'utf8').trim();
  SECRETS['secret key'] = secretKey;
  SECRETS['secret key as hexadecimal'] = Buffer.from(secretKey, 'base64').toString('hex');
  SECRETS['private key'] = simulator.privateKey.split('\n')[3]!;
  // A device API that repeats what it was given in its error.
  deviceApi = createServer((request, response) => {
    response.setHeader('Content-Type', 'application/json');
    response.end(JSON.stringify({ success: false, error: `bad gateway for ${request.headers.authorization}` }));
  });
  await new Promise<void>((resolve) => {
    deviceApi.listen(0, '127.0.0.1', resolve);
  });
  const env = { CAIRN_LOG_LEVEL: 'trace' };
  [api, worker] = await Promise.all([
    cluster.startApi({ ...env, CAIRN_ADMIN_TOKEN: SECRETS['admin token']! }),
    cluster.startWorker(env),
  ]);
  const admin = createClient({ baseUrl: api.url, token: SECRETS['admin token']! });
  const { body: token } = await admin.call(tokens.createToken, { body: { name: 'operator', role: 'operator' } });
  SECRETS['operator token'] = token.secret;
  operator = createClient({ baseUrl: api.url, token: token.secret });

  const credential = async (name: string, more: Record<string, string>): Promise<string> => {
    const { body } = await admin.call(credentials.createCredential, { body: { name, username: 'admin', ...more } });
    return body.id;
  };
  const { password, passphrase } = SECRETS;
  const enable_password = SECRETS['enable secret']!;
  const address = deviceApi.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const ssh = (index: number) => ({ host: simulator.devices[index]!.host, port: simulator.devices[index]!.port });
  const http = { host: `http://127.0.0.1:${port}`, transport: 'http' as const };
  // Odd devices begin below enable mode.
  const used: { name: string; at: { host: string }; secrets: Record<string, string> }[] = [
    { name: 'right', at: ssh(0), secrets: { password: password!, enable_password } },
    { name: 'wrong-enable', at: ssh(1), secrets: { password: password!, enable_password: SECRETS['wrong enable secret']! } },
    { name: 'wrong-password', at: ssh(2), secrets: { password: SECRETS['wrong password']! } },
    { name: 'key', at: ssh(3), secrets: { private_key: simulator.privateKey, passphrase: passphrase!, enable_password } },
    { name: 'api', at: http, secrets: { token: SECRETS['device API token']! } },
  ];
  for (const { name, at, secrets } of used) {
    const credential_id = await credential(name, secrets);
    await operator.call(devices.createDevice, {
      body: { name: `${known}-${name}`, platform: 'cisco_ios', credential_id, ...at },
    });
  }
  const names = used.map(({ name }) => `${known}-${name}`);
  for (const run of [1, 2]) {
    const { body } = await operator.call(discovery.discoverAsync, { body: { device_ids: names, command_time_limit: 5 } });
    jobs.push(body.job_id);
    const handle = cluster.deps.temporal.workflow.getHandle(body.job_id);
    await until('the job is over', async () => {
      heartbeats.push(await told((await handle.describe()).raw));
      if (run === 2) await operator.call(discovery.discoverCancel, { params: { job_id: body.job_id } }).catch(() => undefined);
      return ['completed', 'failed', 'cancelled'].includes((await cluster.job(body.job_id)).status);
    });
  }
});

afterAll(async () => {
  await cluster?.stop();
  await simulator?.stop();
  await new Promise((resolve) => deviceApi?.close(resolve));
});

/** What Temporal holds, as it is and opened: a secret must not be there encrypted either. */
const told = async (value: unknown): Promise<string> => `${textOf(value)}\n${textOf(await opened(cluster.deps.temporal, value))}`;

function expectClean(text: string, control = known): void {
  expect(text.includes(control)).toBe(true);
  expect(leaks.in(text)).toEqual([]);
}

describe('secrets are nowhere but in the credential store', () => {
  it('the jobs used them all', async () => {
    expect(new Map((await cluster.devices(jobs[0]!)).map((row) => [row.name.slice(known.length + 1), row.outcome]))).toEqual(
      new Map([
        ['right', 'ok'],
        ['wrong-password', 'auth_failed'],
        ['wrong-enable', 'auth_failed'],
        ['key', 'ok'],
        ['api', 'error'],
      ]),
    );
    expect(leaks.in(`x ${SECRETS['password']} y`)).toEqual(['password']);
  });

  it('not in Temporal: inputs, results, heartbeats, memos, search attributes', async () => {
    const { workflow } = cluster.deps.temporal;
    const texts: string[] = [...heartbeats];
    for await (const { workflowId, runId } of workflow.list()) {
      const handle = workflow.getHandle(workflowId, runId);
      texts.push(await told(await handle.fetchHistory()), await told((await handle.describe()).raw));
    }
    expect(texts.length).toBeGreaterThan(5);
    expectClean(texts.join('\n'));
  });

  it('not in the database, as text', async () => {
    const { sql } = cluster.database;
    const tables = await sql<{ name: string }[]>`
      select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname not in ('pg_catalog', 'information_schema')`;
    expect(tables.length).toBeGreaterThan(15);
    const texts: string[] = [];
    for (const { name } of tables) {
      const rows = await sql.unsafe<{ text: string }[]>(`select t::text as text from ${name} t`);
      texts.push(...rows.map((row) => row.text));
    }
    // The name of a credential is there, so its row was looked at.
    expectClean(texts.join('\n'), 'wrong-enable,admin');
  });

  it('not in the logs of api and worker, down to trace', () => {
    const logs = [api, worker].map((one) => `${one.log()}\n${one.output()}`);
    expectClean(logs[0]!, '"path":"/api/devices"');
    expectClean(logs[1]!, '"ready":"worker"');
  });

  it('not in any answer of the API', async () => {
    const bearer = { headers: { Authorization: `Bearer ${SECRETS['admin token']}` } };
    const get = async (path: string): Promise<string> => (await fetch(`${api.url}${path}`, bearer)).text();
    const { paths }: { paths: Record<string, { get?: unknown }> } = JSON.parse(await get('/api/openapi.json'));
    const first = async (list: string): Promise<string> => {
      const { items }: { items: { id: string }[] } = JSON.parse(await get(list));
      return items[0]?.id ?? 'none';
    };
    const idOf: Record<string, string> = { '/api/jobs/': jobs[0]!, '/api/topology/discover/': jobs[0]! };
    for (const list of ['devices', 'credentials', 'collection-groups', 'tokens'])
      idOf[`/api/${list}/`] = await first(`/api/${list}`);
    const readable = Object.entries(paths).flatMap(([path, methods]) => (methods.get === undefined ? [] : [path]));
    expect(readable.length).toBeGreaterThan(20);
    const texts = await Promise.all(
      readable.map(async (path) => {
        const id = Object.entries(idOf).find(([prefix]) => path.startsWith(prefix))?.[1] ?? jobs[0]!;
        return `${path} ${await get(path.replaceAll(/\{\w+\}/g, id))}`;
      }),
    );
    expectClean(texts.join('\n'));
  });
});
