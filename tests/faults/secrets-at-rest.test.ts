import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { credentials } from '../../contracts/http/credentials.ts';
import { devices } from '../../contracts/http/devices.ts';
import { jobs } from '../../contracts/http/jobs.ts';
import { me } from '../../contracts/http/me.ts';
import { tokens } from '../../contracts/http/tokens.ts';
import { webhooks } from '../../contracts/http/webhooks.ts';
import { createClient } from '../../api/client.ts';
import { freeLoopbackAddress } from '../../runtime/metrics-server.ts';
import { startSimulator, type Simulator } from '../../simulator/simulator.ts';
import { AUDIENCE, startIssuer, type Issuer } from '../api/support/issuer.ts';
import { startCluster, until, type ApiProcess, type Cluster, type WorkerProcess } from '../support/cluster.ts';
import { createLeakHunt } from '../support/leaks.ts';
import { startOwnServers, type OwnServers } from '../support/own-servers.ts';
import { startReceiver, type Receiver } from '../support/receiver.ts';
import { speak } from '../support/speak.ts';

const secret = (what: string): string => `${what}-${randomBytes(12).toString('hex')}`;
/** What is planted; whoever adds a way for a secret to come in adds it here and uses it in `useThemAll`. */
const SECRETS: Record<string, string> = {
  password: secret('pw'),
  'wrong password': secret('wrong'),
  'enable secret': secret('en'),
  'admin token': secret('admin'),
  'webhook secret': secret('hook'),
  'community in a configuration': secret('community'),
  'password in a configuration': secret('local'),
  'a token nobody knows': `cairn_${randomBytes(24).toString('base64url')}`,
};
const hunt = createLeakHunt(SECRETS);
/** What must be found, or the search is blind. */
const known = `known-${randomBytes(6).toString('hex')}`;

let servers: OwnServers;
let cluster: Cluster;
let simulator: Simulator;
let receiver: Receiver;
let issuer: Issuer;
let api: ApiProcess;
let worker: WorkerProcess;
let metrics: string;
/** Where the artifact store is, and the folder of PostgreSQL and Temporal. */
let artifacts: string;
let serverDir: string;

beforeAll(async () => {
  servers = await startOwnServers();
  [cluster, simulator, receiver, issuer] = await Promise.all([
    startCluster(servers),
    startSimulator({
      devices: 2,
      platforms: ['cisco_ios'],
      host: '127.60.0.1',
      password: SECRETS['password']!,
      enablePassword: SECRETS['enable secret']!,
    }),
    startReceiver(),
    startIssuer(),
  ]);
  const [{ data_directory }] = await cluster.database.sql<[{ data_directory: string }]>`show data_directory`;
  serverDir = data_directory.replace(/\/postgres(?:\/.*)?$/, '');
  artifacts = join(cluster.dataDir, 'artifacts');
  metrics = await freeLoopbackAddress();
  const env = { CAIRN_LOG_LEVEL: 'trace', CAIRN_ARTIFACTS: `${pathToFileURL(artifacts).href}?secrets=encrypt` };
  [api, worker] = await Promise.all([
    cluster.startApi({
      ...env,
      CAIRN_ADMIN_TOKEN: SECRETS['admin token']!,
      CAIRN_WEBHOOK_ALLOW_PRIVATE: 'true',
      CAIRN_OIDC_ISSUER: issuer.url,
      CAIRN_OIDC_AUDIENCE: AUDIENCE,
    }),
    cluster.startWorker({ ...env, CAIRN_METRICS_PORT: metrics.split(':')[1]!, CAIRN_METRICS_HOST: '127.0.0.1' }),
  ]);
  await useThemAll();
});

afterAll(async () => {
  await cluster?.stop();
  await Promise.all([simulator?.stop(), receiver?.close(), issuer?.stop()]);
  await servers?.stop();
});

async function useThemAll(): Promise<void> {
  const admin = api.client;
  const { body: token } = await admin.call(tokens.createToken, { body: { name: 'operator', role: 'operator' } });
  SECRETS['operator token'] = token.secret;
  await admin.call(webhooks.createWebhook, {
    body: { name: 'hook', url: receiver.url, events: ['job.completed', 'job.partial'], secret: SECRETS['webhook secret']! },
  });
  const refused = await fetch(`${api.url}/api/devices`, {
    headers: { Authorization: `Bearer ${SECRETS['a token nobody knows']}` },
  });
  expect(refused.status).toBe(401);
  // One that is believed and does something, and one that is not.
  const person = { sub: 'ann', preferred_username: 'ann', roles: ['operator'] };
  const [good, bad] = [await issuer.sign(person), await issuer.sign({ ...person, exp: 1 })];
  for (const [what, jwt] of [
    ['JWT', good],
    ['expired JWT', bad],
  ] as const)
    SECRETS[what] = jwt.split('.')[2]!;
  expect((await createClient({ baseUrl: api.url, token: good }).call(me.getMe, {})).body.via).toBe('oidc');
  const old = createClient({ baseUrl: api.url, token: bad });
  await expect(old.call(me.getMe, {})).rejects.toMatchObject({ code: 'unauthenticated' });
  await expect(old.call(jobs.createJob, { body: { type: 'fleet.collect', params: { all: true } } })).rejects.toThrow();
  // The text of the other one, for a device prints what it was first asked for.
  const [spoken, other] = simulator.devices.map(({ name }) => name) as [string, string];
  const plain = simulator.configuration(other);
  const lines = [
    `snmp-server community ${SECRETS['community in a configuration']} RO`,
    `username x password 0 ${SECRETS['password in a configuration']}`,
  ];
  speak(simulator, spoken, { [plain.command]: plain.text.replace(/\nend\s*$/, `\n${lines.join('\n')}\nend\n`) });
  for (const [at, { host, port }] of simulator.devices.entries()) {
    const password = SECRETS[at === 0 ? 'password' : 'wrong password']!;
    const secrets = { password, enable_password: SECRETS['enable secret']! };
    const { body } = await admin.call(credentials.createCredential, {
      body: { name: `${known}-${at}`, username: 'admin', ...secrets },
    });
    await admin.call(devices.createDevice, {
      body: { name: `${known}-${at}`, platform: 'cisco_ios', credential_id: body.id, host, port },
    });
  }
  const operator = createClient({ baseUrl: api.url, token: token.secret });

  for (const type of ['topology.discover', 'fleet.collect'] as const) {
    const { body: job } = await operator.call(jobs.createJob, {
      body: { type, params: { device_ids: [`${known}-0`, `${known}-1`] } },
    });
    expect(await cluster.wait(job.job_id)).toBe('completed');
    const outcomes = (await cluster.devices(job.job_id)).map((row) => row.outcome);
    expect([type, outcomes]).toEqual([type, ['ok', 'auth_failed']]);
  }
  await until('the webhook was told', () => receiver.received.length >= 2);
}

describe('secrets at rest and on the way out', () => {
  it('the search finds what is there', async () => {
    expect(hunt.in(`x ${SECRETS['password']} y`)).toEqual(['password']);
    expect(hunt.in(Buffer.from(SECRETS['password']!).toString('hex'))).toEqual(['password']);
    // The API gives back to those who may read it what the store keeps encrypted.
    const text = await (
      await fetch(`${api.url}/api/devices/${known}-0/backups/latest`, { headers: { Authorization: `Bearer ${api.token}` } })
    ).text();
    expect(hunt.in(text)).toEqual(['community in a configuration', 'password in a configuration']);
  });

  it('not in the metrics of api and worker', async () => {
    for (const url of [`${api.url}/metrics`, `http://${metrics}/metrics`]) {
      const text = await (await fetch(url)).text();
      expect([url, text.includes('cairn_'), hunt.in(text), text.includes(known)]).toEqual([url, true, [], false]);
    }
  });

  it('not in the logs, nor in what webhooks are told', () => {
    const logs = `${api.log()}${worker.log()}${api.output()}${worker.output()}`;
    expect([logs.includes(known), hunt.in(logs)]).toEqual([true, []]);
    for (const { text, headers } of receiver.received) expect(hunt.in(`${text}${JSON.stringify(headers)}`)).toEqual([]);
  });

  it('not in the artifact store, in names or texts', async () => {
    const { leaks, files } = await hunt.below(artifacts);
    expect([leaks, files > 0]).toEqual([[], true]);
    const [shown] = await readdir(join(artifacts, 'current'));
    expect(readFileSync(join(artifacts, 'current', shown!), 'utf8')).toMatch(/snmp-server community <encrypted:/);
  });

  it('not in a dump of the whole database, row by row, nor in the files of PostgreSQL with its log ahead of them', async () => {
    const { sql } = cluster.database;
    const tables = await sql<{ name: string }[]>`
      select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname not in ('pg_catalog', 'information_schema')`;
    const dump: string[] = [];
    for (const { name } of tables)
      for (const row of await sql.unsafe<{ text: string }[]>(`select t::text as text from ${name} t`))
        dump.push(`${name} ${row.text}`);
    const text = dump.join('\n');
    expect([tables.length > 15, text.includes(known), hunt.in(text)]).toEqual([true, true, []]);
    await sql`checkpoint`;
    const { leaks, bytes } = await hunt.below(join(serverDir, 'postgres'));
    expect([leaks, bytes > 10_000_000]).toEqual([[], true]);
  });

  it('not in the database of Temporal, byte by byte', async () => {
    const names = (await readdir(serverDir)).filter((name) => name.startsWith('temporal'));
    expect(names).toContain('temporal.db');
    let found = false;
    for (const name of names) {
      const bytes = readFileSync(join(serverDir, name));
      found ||= bytes.includes('discoverDevices');
      expect([name, hunt.in(bytes)]).toEqual([name, []]);
    }
    expect(found).toBe(true);
  });
});
