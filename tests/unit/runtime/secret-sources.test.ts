import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { SecretReference, StoredCredential } from '../../../core/secret-reference.ts';
import { loadSettings, type SecretSourceSettings } from '../../../runtime/config.ts';
import { createSecretSources } from '../../../runtime/secret-sources/sources.ts';
import { createVault } from '../../../runtime/secret-sources/vault.ts';
import { startVaultServer, type VaultServer } from '../../support/vault-server.ts';

const root = mkdtempSync(join(tmpdir(), 'cairn-secrets-'));
const folder = join(root, 'secrets');
const outside = join(root, 'outside');
const tokenFile = join(root, 'token');
let server: VaultServer;
let settings: SecretSourceSettings;

beforeAll(async () => {
  server = await startVaultServer();
  for (const path of [folder, `${folder}-other`, outside]) mkdirSync(path);
  settings = loadSettings({
    CAIRN_SECRET_FILES: `${join(root, 'missing')}, ${folder}`,
    CAIRN_SECRET_KEY: 'ab'.repeat(32),
    CAIRN_SECRET_LAB: 'from-env',
    CAIRN_SECRET_KEY_OLD: 'never',
    CAIRN_VAULT_ADDR: `${server.address}/`,
    CAIRN_VAULT_TOKEN_FILE: tokenFile,
    CAIRN_VAULT_NAMESPACE: 'team-a',
  }).secretSources;
});
afterAll(async () => {
  await server.stop();
  rmSync(root, { recursive: true, force: true });
});
beforeEach(() => {
  writeFileSync(tokenFile, 'hvs.one\n');
  Object.assign(server, { mode: 'open', lease: 2_764_800, tokens: new Set(['hvs.one']), secrets: new Map(), requests: [] });
});

const stored = (secrets: Partial<StoredCredential>): StoredCredential => ({
  username: 'admin',
  password: null,
  private_key: null,
  passphrase: null,
  enable_password: null,
  token: null,
  ...secrets,
});

/** The value, or the problem that is told. */
async function read(password: SecretReference, sources = createSecretSources(settings)): Promise<string | null> {
  const found = await sources.resolve(stored({ password }));
  return 'problem' in found ? `! ${found.problem}` : found.credential.password;
}

describe('environment', () => {
  test('the variables of devices, and no setting of Cairn', async () => {
    expect(settings.environment).toEqual({ CAIRN_SECRET_LAB: 'from-env' });
    expect(await read({ from: 'env', name: 'CAIRN_SECRET_LAB' })).toBe('from-env');
    const refused = (name: string) =>
      `! the password of the credential cannot be read from environment variable ${name}: it is not set where the worker runs`;
    for (const name of [
      'CAIRN_SECRET_KEY',
      'CAIRN_SECRET_KEY_OLD',
      'CAIRN_SECRET_FILES',
      'CAIRN_SECRET_NONE',
      'PATH',
      'constructor',
    ])
      expect(await read({ from: 'env', name })).toBe(refused(name));
  });
});

describe('files', () => {
  const file = (path: string): Promise<string | null> => read({ from: 'file', path });

  test('a file is read anew each time, without the line break at its end', async () => {
    const path = join(folder, 'lab');
    writeFileSync(path, 'one\n');
    expect(await file(path)).toBe('one');
    writeFileSync(path, ' two lines\nof it \r\n');
    expect(await file(path)).toBe(' two lines\nof it ');
  });

  test('links inside a folder are followed, as Kubernetes mounts secrets; those that lead out are not', async () => {
    mkdirSync(join(folder, '..data'));
    writeFileSync(join(folder, '..data', 'linked'), 'mounted');
    symlinkSync(join('..data', 'linked'), join(folder, 'linked'));
    expect(await file(join(folder, 'linked'))).toBe('mounted');
    writeFileSync(join(outside, 'own'), 'S3cret');
    symlinkSync(join(outside, 'own'), join(folder, 'way-out'));
    symlinkSync(outside, join(folder, 'folder-out'));
    writeFileSync(join(`${folder}-other`, 'x'), 'S3cret');
    for (const path of [
      join(folder, 'way-out'),
      join(folder, 'folder-out', 'own'),
      join(outside, 'own'),
      join(`${folder}-other`, 'x'),
      `${folder}/../outside/own`,
    ])
      expect(await file(path)).toMatch(/^! .*: it is in no folder of CAIRN_SECRET_FILES$/);
  });

  test('what is no readable secret is told, without its text', async () => {
    writeFileSync(join(folder, 'empty'), '\n');
    writeFileSync(join(folder, 'long'), 'x'.repeat(70_000));
    expect(await file(join(folder, 'none'))).toBe(
      `! the password of the credential cannot be read from file ${join(folder, 'none')}: there is no such file`,
    );
    const endless = createSecretSources({ ...settings, folders: ['/dev'] });
    expect(await read({ from: 'file', path: '/dev/zero' }, endless)).toMatch(/: it is no file$/);
    expect(await file(join(folder, '..data'))).toMatch(/: it is no file$/);
    expect(await file(join(folder, 'empty'))).toMatch(/: it is empty$/);
    expect(await file(join(folder, 'long'))).toMatch(/: it is longer than 65536 bytes$/);
    const none = createSecretSources({ ...settings, folders: [] });
    expect(await read({ from: 'file', path: join(folder, 'lab') }, none)).toMatch(
      /: no folder is allowed: set CAIRN_SECRET_FILES$/,
    );
  });
});

describe('vault', () => {
  const lab = { from: 'vault', path: 'secret/data/lab', field: 'password' } as const;
  const old = { from: 'vault', path: 'kv/lab', field: 'password' } as const;

  test('KV version 2 and 1, asked as its API wants', async () => {
    server.secrets
      .set('secret/data/lab', { password: 'v2', enable: 'e2' })
      .set('kv/lab', { password: 'v1', data: 'd1', port: 22 });
    expect(await read(lab)).toBe('v2');
    expect(await read(old)).toBe('v1');
    expect(await read({ ...old, field: 'data' })).toBe('d1');
    const [first] = server.requests;
    expect(first).toMatchObject({ method: 'GET', path: '/v1/secret/data/lab' });
    expect(first?.headers).toMatchObject({
      'x-vault-token': 'hvs.one',
      'x-vault-namespace': 'team-a',
      'x-vault-request': 'true',
    });
    expect(await read({ ...old, field: 'port' })).toMatch(/Vault path kv\/lab, field port: the field is no text$/);
    expect(await read({ ...lab, field: 'nope' })).toMatch(
      /Vault path secret\/data\/lab, field nope: the secret has no such field$/,
    );
    expect(await read({ ...lab, field: 'constructor' })).toMatch(/no such field$/);
  });

  test('without a namespace no header of one is sent', async () => {
    server.secrets.set('kv/lab', { password: 'v1' });
    const sources = createSecretSources({ ...settings, vault: { ...settings.vault, namespace: null } });
    expect(await read(old, sources)).toBe('v1');
    expect(server.requests[0]?.headers).not.toHaveProperty('x-vault-namespace');
  });

  test('its refusals are told, and asked for again by the next login', async () => {
    const sources = createSecretSources(settings);
    server.secrets.set('secret/data/lab', { password: 'v2' }).set('secret/data/gone', null);
    expect(await read({ ...lab, path: 'secret/data/none' }, sources)).toMatch(
      /: Vault has no such secret, or its newest version is deleted/,
    );
    expect(await read({ ...lab, path: 'secret/data/gone' }, sources)).toMatch(
      /: Vault has no such secret, or its newest version is deleted/,
    );
    server.tokens.clear();
    expect(await read(lab, sources)).toMatch(/: Vault denies it: the token of CAIRN_VAULT_TOKEN_FILE is not valid/);
    server.tokens.add('hvs.two');
    writeFileSync(tokenFile, 'hvs.two');
    server.mode = 'sealed';
    expect(await read(lab, sources)).toMatch(/: Vault is sealed or down for maintenance$/);
    server.mode = 'redirect';
    expect(await read(lab, sources)).toMatch(/: Vault answers with status 307$/);
    expect(server.requests.some((request) => request.path === '/elsewhere')).toBe(false);
    server.mode = 'garbage';
    expect(await read(lab, sources)).toMatch(/: the answer of Vault is no JSON$/);
    server.mode = 'open';
    expect(await read(lab, sources)).toBe('v2');
  });

  test('one that does not answer, or is not there, is given up', async () => {
    server.mode = 'hang';
    const slow = createSecretSources(settings, createVault(settings.vault, { timeoutMs: 200 }));
    expect(await read(lab, slow)).toMatch(/: Vault does not answer within 0.2 s$/);
    const nowhere = { ...settings, vault: { ...settings.vault, address: 'http://127.0.0.1:1' } };
    expect(await read(lab, createSecretSources(nowhere))).toMatch(/: Vault cannot be reached \(CAIRN_VAULT_ADDR\): /);
    const unset = { ...settings, vault: { ...settings.vault, address: null } };
    expect(await read(lab, createSecretSources(unset))).toMatch(/: CAIRN_VAULT_ADDR is not set$/);
    rmSync(tokenFile);
    expect(await read(lab)).toMatch(/: the file of CAIRN_VAULT_TOKEN_FILE cannot be read: ENOENT$/);
    writeFileSync(tokenFile, '\n');
    expect(await read(lab)).toMatch(/: the file of CAIRN_VAULT_TOKEN_FILE holds no token$/);
  });

  test('many logins make one request, until the time or the lease is over or a device refused the secret', async () => {
    server.secrets.set('secret/data/lab', { password: 'old', enable: 'e' }).set('kv/lab', { password: 'old' });
    const sources = createSecretSources(settings, createVault(settings.vault, { freshMs: 150 }));
    const all = await Promise.all(Array.from({ length: 50 }, () => read(lab, sources)));
    expect(new Set(all)).toEqual(new Set(['old']));
    expect(await read({ ...lab, field: 'enable' }, sources)).toBe('e');
    expect(server.requests).toHaveLength(1);
    server.secrets.set('secret/data/lab', { password: 'new' });
    sources.forget(stored({ password: lab }));
    expect(await read(lab, sources)).toBe('new');
    expect(server.requests).toHaveLength(2);
    await sleep(250);
    expect(await read(lab, sources)).toBe('new');
    expect(server.requests).toHaveLength(3);

    server.lease = 1;
    const leased = createSecretSources(settings);
    expect(await read(old, leased)).toBe('old');
    expect(await read(old, leased)).toBe('old');
    expect(server.requests).toHaveLength(4);
    await sleep(1100);
    expect(await read(old, leased)).toBe('old');
    expect(server.requests).toHaveLength(5);
  });
});

test('values stay as they are, and only what is referred to is asked for', async () => {
  server.secrets.set('kv/lab', { enable: 'from-vault' });
  const found = await createSecretSources(settings).resolve(
    stored({ password: 'plain', token: 'tok', enable_password: { from: 'vault', path: 'kv/lab', field: 'enable' } }),
  );
  expect(found).toEqual({
    credential: {
      username: 'admin',
      password: 'plain',
      token: 'tok',
      enable_password: 'from-vault',
      private_key: null,
      passphrase: null,
    },
  });
});
