import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { credentials } from '../../contracts/http/credentials.ts';
import { devices } from '../../contracts/http/devices.ts';
import { discovery } from '../../contracts/http/discovery.ts';
import type { SecretReference } from '../../core/secret-reference.ts';
import { startSimulator, type Simulator } from '../../simulator/simulator.ts';
import { startCluster, until, type ApiProcess, type Cluster, type WorkerProcess } from '../support/cluster.ts';
import { startVaultServer, type VaultServer } from '../support/vault-server.ts';

const password = `pw-${randomBytes(12).toString('hex')}`;
const enable = `en-${randomBytes(12).toString('hex')}`;
const wrong = `wrong-${randomBytes(12).toString('hex')}`;
const vaultToken = `hvs.${randomBytes(12).toString('hex')}`;
const known = `known-${randomBytes(6).toString('hex')}`;
const folder = mkdtempSync(join(tmpdir(), 'cairn-secrets-'));
const file = join(folder, 'lab');

let cluster: Cluster;
let simulator: Simulator;
let vault: VaultServer;
let api: ApiProcess;
let worker: WorkerProcess;
const jobs: string[] = [];

beforeAll(async () => {
  writeFileSync(join(folder, 'token'), vaultToken);
  [cluster, simulator, vault] = await Promise.all([
    startCluster(),
    startSimulator({ devices: 3, platforms: ['cisco_ios'], host: '127.47.0.1', password, enablePassword: enable }),
    startVaultServer(),
  ]);
  vault.tokens.add(vaultToken);
  // Temporal keeps readable payloads, or the search through them would be blind.
  const common = { CAIRN_LOG_LEVEL: 'trace', CAIRN_PAYLOAD_CODEC: 'off' };
  const sources = {
    CAIRN_SECRET_FILES: folder,
    CAIRN_SECRET_LAB_ENABLE: enable,
    CAIRN_VAULT_ADDR: vault.address,
    CAIRN_VAULT_TOKEN_FILE: join(folder, 'token'),
  };
  [api, worker] = await Promise.all([cluster.startApi(common), cluster.startWorker({ ...common, ...sources })]);
  const enable_password: SecretReference = { from: 'env', name: 'CAIRN_SECRET_LAB_ENABLE' };
  const uses: [string, SecretReference][] = [
    ['file', { from: 'file', path: file }],
    ['vault', { from: 'vault', path: 'secret/data/lab', field: 'password' }],
    ['kv1', { from: 'vault', path: 'kv/lab', field: 'password' }],
  ];
  for (const [index, [name, reference]] of uses.entries()) {
    const { body } = await api.client.call(credentials.createCredential, {
      body: { name, username: 'admin', password: reference, enable_password },
    });
    const { host, port } = simulator.devices[index]!;
    const device = { name: `${known}-${name}`, host, port, platform: 'cisco_ios', credential_id: body.id };
    await api.client.call(devices.createDevice, { body: device });
  }
});

afterAll(async () => {
  await cluster?.stop();
  await Promise.all([simulator?.stop(), vault?.stop()]);
  rmSync(folder, { recursive: true, force: true });
});

/** A job on all devices: what came of each, by the source of its password. */
async function discover(): Promise<Record<string, { outcome: string | null; error: string | null; attempts: number }>> {
  const names = ['file', 'vault', 'kv1'].map((name) => `${known}-${name}`);
  const { body } = await api.client.call(discovery.discoverAsync, { body: { device_ids: names } });
  jobs.push(body.job_id);
  await until('the job is over', async () => ['completed', 'failed'].includes((await cluster.job(body.job_id)).status));
  return Object.fromEntries(
    (await cluster.devices(body.job_id)).map(({ name, outcome, error, attempts }) => [
      name.slice(known.length + 1),
      { outcome, error, attempts },
    ]),
  );
}

/** Every text and every byte of a value of protobuf. */
function textOf(value: unknown): string {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('latin1');
  if (typeof value === 'object' && value !== null) return Object.values(value).map(textOf).join('\n');
  return String(value);
}

describe('secrets that are kept elsewhere', () => {
  it('one that cannot be read is told and not tried: no login, no failure of the device', async () => {
    const found = await discover();
    const why = 'the password of the credential cannot be read from';
    expect(found).toMatchObject({
      file: { outcome: 'error', error: expect.stringContaining(`${why} file ${file}: there is no such file`) },
      vault: {
        outcome: 'error',
        error: expect.stringContaining(`${why} Vault path secret/data/lab, field password: Vault has no such`),
      },
      kv1: { outcome: 'error', error: expect.stringContaining(`${why} Vault path kv/lab, field password: Vault has no such`) },
    });
    expect(Object.values(found).map((device) => device.attempts)).toEqual([1, 1, 1]);
    expect(await cluster.database.sql`select * from device_health`).toEqual([]);
    expect(await cluster.locks()).toBe(0);
    expect(simulator.counters().totals).toMatchObject({ connections: 0 });
  });

  it('a wrong one is refused by the device, and the right one works with the next job, without a restart', async () => {
    writeFileSync(file, `${wrong}\n`);
    vault.secrets.set('secret/data/lab', { password: wrong }).set('kv/lab', { password: wrong });
    expect(await discover()).toMatchObject({
      file: { outcome: 'auth_failed' },
      vault: { outcome: 'auth_failed' },
      kv1: { outcome: 'auth_failed' },
    });
    writeFileSync(file, `${password}\n`);
    vault.secrets.set('secret/data/lab', { password }).set('kv/lab', { password });
    expect(await discover()).toMatchObject({ file: { outcome: 'ok' }, vault: { outcome: 'ok' }, kv1: { outcome: 'ok' } });
  });

  it('values and the token of Vault are nowhere: database, Temporal, logs, answers', async () => {
    const values = { password, enable, wrong, vaultToken };
    const texts: Record<string, string> = { api: `${api.log()}${api.output()}`, worker: `${worker.log()}${worker.output()}` };
    const { sql } = cluster.database;
    const tables = await sql<{ name: string }[]>`select tablename as name from pg_tables where schemaname = 'public'`;
    const rows = await Promise.all(tables.map(({ name }) => sql<{ text: string }[]>`select t::text as text from ${sql(name)} t`));
    texts['database'] = rows
      .flat()
      .map((row) => row.text)
      .join('\n');
    const histories = await Promise.all(
      jobs.map(async (job) => textOf(await cluster.deps.temporal.workflow.getHandle(job).fetchHistory())),
    );
    texts['temporal'] = histories.join('\n');
    const bearer = { headers: { Authorization: `Bearer ${api.token}` } };
    const paths = [
      '/api/credentials',
      '/api/devices',
      '/api/audit',
      '/api/jobs',
      '/metrics',
      ...jobs.map((job) => `/api/jobs/${job}/devices`),
    ];
    texts['answers'] = (await Promise.all(paths.map(async (path) => (await fetch(`${api.url}${path}`, bearer)).text()))).join(
      '\n',
    );
    // Controls: each text is of what was done.
    expect(texts['database']).toContain(`${known}-vault`);
    expect(texts['worker']).toContain('"ready":"worker"');
    expect(texts['answers']).toContain('"CAIRN_SECRET_LAB_ENABLE"');
    for (const job of jobs) expect(texts['temporal']).toContain(`"job_id":"${job}"`);
    for (const [name, value] of Object.entries(values)) {
      const forms = [value, Buffer.from(value).toString('base64').slice(0, -4), Buffer.from(value).toString('hex')];
      for (const [where, text] of Object.entries(texts))
        expect(
          forms.some((form) => text.includes(form)),
          `${name} in ${where}`,
        ).toBe(false);
    }
  });
});
