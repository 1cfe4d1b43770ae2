import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { AppError } from '../../../core/errors.ts';
import { loadConfig, loadSettings } from '../../../runtime/config.ts';
import { processStart } from '../../../runtime/process-identity.ts';
import { removeRunFile, writeRunFile } from '../../../runtime/run-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'cairn-config-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function problem(env: Record<string, string>): string {
  try {
    loadConfig(env);
  } catch (error) {
    if (error instanceof AppError) return error.detail;
    throw error;
  }
  throw new Error('accepted');
}

const REMOTE = { CAIRN_DATABASE_URL: 'postgres://u:p@db.example/cairn', TEMPORAL_ADDRESS: 'temporal.example:7233' };

describe('settings', () => {
  test('have the defaults of the design', () => {
    const settings = loadSettings({ HOME: '/home/x' });
    expect(settings).toMatchObject({
      httpHost: '127.0.0.1',
      httpPort: 8080,
      dataDir: join(process.cwd(), '.cairn'),
      temporalBin: null,
      databaseUrl: null,
      secretKey: null,
      adminToken: null,
      artifacts: `file://${process.cwd()}/.cairn/artifacts`,
      groups: [],
      maxSessions: 100,
      maxDevicesPerRequest: 100,
      logLevel: 'info',
    });
    expect(settings.temporal).toMatchObject({ address: null, namespace: 'default', uiUrl: null });
  });

  test('of an OIDC issuer come together, and it is asked over HTTPS only', () => {
    expect(loadSettings({}).oidc).toBeNull();
    const CAIRN_OIDC_ISSUER = 'https://login.example.net/realms/noc';
    const { oidc } = loadSettings({
      CAIRN_OIDC_ISSUER,
      CAIRN_OIDC_AUDIENCE: 'cairn',
      CAIRN_OIDC_ROLES: 'noc admins = admin,staff=viewer',
    });
    expect(oidc).toEqual({
      issuer: CAIRN_OIDC_ISSUER,
      audience: 'cairn',
      jwksUrl: null,
      roleClaim: 'roles',
      roles: new Map([
        ['noc admins', 'admin'],
        ['staff', 'viewer'],
      ]),
      groupsClaim: null,
      nameClaim: 'preferred_username',
      createUsers: true,
    });
    expect(problem({ ...REMOTE, CAIRN_OIDC_ISSUER })).toContain('CAIRN_OIDC_ISSUER and CAIRN_OIDC_AUDIENCE must be set together');
    for (const url of ['http://login.example.net', 'login.example.net', 'https://a:b@c', 'https://c?x=1'])
      expect(problem({ ...REMOTE, CAIRN_OIDC_ISSUER: url, CAIRN_OIDC_AUDIENCE: 'x' }), url).toContain(
        'CAIRN_OIDC_ISSUER must be',
      );
    for (const roles of ['a', 'a=root', 'a=b=admin', ''.padEnd(1, '=')])
      expect(problem({ ...REMOTE, CAIRN_OIDC_ROLES: roles }), roles).toContain('CAIRN_OIDC_ROLES must be');
    expect(loadSettings({ CAIRN_OIDC_ISSUER: 'http://127.0.0.1:9', CAIRN_OIDC_AUDIENCE: 'x' }).oidc?.issuer).toBe(
      'http://127.0.0.1:9',
    );
  });

  test('an empty value counts as unset, as compose files write it', () => {
    const settings = loadSettings({ CAIRN_HTTP_PORT: '', CAIRN_DATABASE_URL: '', TEMPORAL_ADDRESS: '', TEMPORAL_API_KEY: '' });
    expect(settings.httpPort).toBe(8080);
    expect(settings.databaseUrl).toBeNull();
    expect(settings.temporal).toMatchObject({ address: null, apiKey: undefined, tls: undefined });
  });

  test('the cache folder follows XDG_CACHE_HOME, and CAIRN_CACHE_DIR wins', () => {
    expect(loadSettings({ XDG_CACHE_HOME: '/var/cache/x' }).cacheDir).toBe('/var/cache/x/cairn');
    expect(loadSettings({ XDG_CACHE_HOME: '/var/cache/x', CAIRN_CACHE_DIR: '/y' }).cacheDir).toBe('/y');
  });

  test.each([
    ['64 hexadecimal digits', 'ab'.repeat(32)],
    ['base64', Buffer.alloc(32, 0xab).toString('base64')],
    ['base64url', Buffer.alloc(32, 0xab).toString('base64url')],
  ])('a secret key may be %s', (_, value) => {
    expect(loadSettings({ CAIRN_SECRET_KEY: value }).secretKey).toEqual(Buffer.alloc(32, 0xab));
  });

  test('groups are trimmed, blanks dropped, duplicates merged', () => {
    expect(loadSettings({ CAIRN_GROUPS: ' site-a, ,site_b,site-a' }).groups).toEqual(['site-a', 'site_b']);
  });

  test.each([
    ['CAIRN_HTTP_PORT', '80a', 'not "80a"'],
    ['CAIRN_HTTP_PORT', '65536', 'a port from 0 to 65535'],
    ['CAIRN_MAX_SESSIONS', '0', 'from 1 to 10000'],
    ['CAIRN_MAX_DEVICES_PER_REQUEST', '1.5', 'whole number'],
    ['CAIRN_LOG_LEVEL', 'loud', 'one of trace'],
    ['CAIRN_GROUPS', 'a b', 'queue ids'],
    ['CAIRN_ARTIFACTS', '/var/x', 'file://'],
    ['CAIRN_TEMPORAL_UI_URL', 'ui.example', 'http://'],
    ['TEMPORAL_ADDRESS', 'http://x:7233', 'host:port'],
    ['TEMPORAL_TLS_CLIENT_CERT_PATH', '/does/not/exist', 'TEMPORAL_* settings'],
  ])('%s=%s is refused by name, on one line', (name, value, part) => {
    const text = problem({ ...REMOTE, [name]: value });
    expect(text).toContain(name.startsWith('TEMPORAL_TLS') ? 'TEMPORAL_*' : name);
    expect(text).toContain(part);
    expect(text).not.toContain('\n');
  });

  test.each([
    ['CAIRN_SECRET_KEY', 'hunter2hunter2'],
    ['CAIRN_DATABASE_URL', 'mysql://u:hunter2hunter2@x/y'],
    ['CAIRN_ADMIN_TOKEN', 'hunter2 hunter2'],
  ])('a bad %s is refused without being shown', (name, value) => {
    const text = problem({ ...REMOTE, [name]: value });
    expect(text).toContain(`${name} must be`);
    expect(text).not.toContain('hunter2');
  });

  test('all bad ones are named at once', () => {
    expect(problem({ CAIRN_HTTP_PORT: 'x', CAIRN_MAX_SESSIONS: 'y' })).toMatch(/CAIRN_HTTP_PORT.*; CAIRN_MAX_SESSIONS/);
  });

  test('Temporal settings come through envconfig: an API key turns TLS on', () => {
    const { temporal } = loadConfig({ ...REMOTE, TEMPORAL_API_KEY: 'k', TEMPORAL_NAMESPACE: 'ops' });
    expect(temporal).toMatchObject({ address: 'temporal.example:7233', namespace: 'ops', apiKey: 'k', tls: true });
  });
});

describe('a program without servers of its own', () => {
  const run = {
    database_url: 'postgres://cairn:pw@127.0.0.1:5432/cairn',
    temporal_address: '127.0.0.1:7233',
    temporal_namespace: 'default',
    temporal_ui: 'http://127.0.0.1:8233',
    url: null,
  };

  test('says what to do where no `npm start` runs', () => {
    expect(problem({ CAIRN_DATA_DIR: folder })).toMatch(/CAIRN_DATABASE_URL and TEMPORAL_ADDRESS not set.*run `npm start` first/);
    expect(problem({ CAIRN_DATA_DIR: folder, TEMPORAL_ADDRESS: 'x:1' })).toMatch(/^CAIRN_DATABASE_URL not set/);
  });

  test('joins those of the `npm start` that runs on its data folder', () => {
    writeRunFile(folder, { ...run, pid: process.pid, started: processStart(process.pid) ?? '' });
    const config = loadConfig({ CAIRN_DATA_DIR: folder });
    expect(config.databaseUrl).toBe(run.database_url);
    expect(config.temporal).toMatchObject({ address: run.temporal_address, namespace: 'default', uiUrl: run.temporal_ui });
    const own = loadConfig({ CAIRN_DATA_DIR: folder, CAIRN_DATABASE_URL: REMOTE.CAIRN_DATABASE_URL });
    expect(own.databaseUrl).toBe(REMOTE.CAIRN_DATABASE_URL);
    removeRunFile(folder);
  });

  test('does not trust the file of one that is gone, even if its process id lives on', () => {
    writeRunFile(folder, { ...run, pid: process.pid, started: 'another boot/1' });
    expect(problem({ CAIRN_DATA_DIR: folder })).toContain('run `npm start` first');
    removeRunFile(folder);
  });
});
