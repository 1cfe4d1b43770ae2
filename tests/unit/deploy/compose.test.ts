import { execFileSync } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { SETTINGS, TEMPORAL_SETTINGS } from '../../../contracts/settings.ts';
import { OTEL_SETTINGS } from '../../../contracts/settings-otel.ts';
import { SEARCH_ATTRIBUTES } from '../../../core/jobs.ts';
import { loadConfig } from '../../../runtime/config.ts';
import { WORKER_ENV } from '../../../runtime/embedded/paths.ts';

interface Service {
  image: string;
  build?: { context: string; dockerfile: string };
  command?: string[];
  entrypoint?: string[];
  environment: Record<string, string>;
  ports?: string[];
  expose?: string[];
  volumes?: string[];
  depends_on?: Record<string, { condition: string }>;
  healthcheck?: { test?: string[]; disable?: boolean };
}

const compose: { services: Record<string, Service>; volumes: Record<string, null> } = parse(
  readFileSync('docker-compose.yml', 'utf8'),
  {
    merge: true,
  },
);
const dockerfile = readFileSync('deploy/Dockerfile', 'utf8');
const service = (name: string): Service => {
  const found = compose.services[name];
  if (found === undefined) throw new Error(`no service ${name}`);
  return found;
};
const CAIRN = ['api', 'worker'];

/** As compose does it: `${NAME:-default}`, `${NAME:?message}`. */
function interpolate(text: string, env: Record<string, string>): string {
  return text.replaceAll(
    /\$\{(\w+):(-|\?)([^}]*)\}/g,
    (_, name: string, kind: string, rest: string) => env[name] ?? (kind === '-' ? rest : `missing ${name}`),
  );
}

const SECRETS = { POSTGRES_PASSWORD: 'pw', CAIRN_SECRET_KEY: 'ab'.repeat(32), CAIRN_ADMIN_TOKEN: 'token' };

describe('docker-compose.yml', () => {
  test.each(CAIRN)('%s gets settings that exist, and a configuration that is valid with the three secrets set', (name) => {
    const known = [SETTINGS, TEMPORAL_SETTINGS, OTEL_SETTINGS, WORKER_ENV].flatMap((table) => Object.keys(table));
    const { environment } = service(name);
    expect(Object.keys(environment).filter((key) => !known.includes(key))).toEqual([]);
    const env = Object.fromEntries(Object.entries(environment).map(([key, value]) => [key, interpolate(value, SECRETS)]));
    const config = loadConfig(env);
    expect(config.databaseUrl).toBe('postgres://cairn:pw@postgres:5432/cairn');
    expect(config.temporal).toMatchObject({ address: 'temporal:7233', namespace: 'cairn' });
    expect(config.secretKey).toHaveLength(32);
  });

  test('api and worker share the key, the database and the namespace', () => {
    const [api, worker] = [service('api').environment, service('worker').environment];
    for (const name of [
      'CAIRN_DATABASE_URL',
      'CAIRN_SECRET_KEY',
      'CAIRN_SECRET_KEY_PREVIOUS',
      'CAIRN_ARTIFACTS',
      'TEMPORAL_ADDRESS',
      'TEMPORAL_NAMESPACE',
    ]) {
      expect(worker[name]).toBe(api[name]);
    }
    expect(service('worker').volumes).toEqual(service('api').volumes);
  });

  test('every image is pinned to a version', () => {
    for (const { image } of Object.values(compose.services)) expect(image).toMatch(/:\d+(\.\d+)+(-[a-z]+)*$/);
    for (const [, image] of dockerfile.matchAll(/^FROM (\S+)/gm)) expect(image).toMatch(/:\d+\.\d+\.\d+-/);
    const { version }: { version: string } = JSON.parse(readFileSync('package.json', 'utf8'));
    for (const name of CAIRN) expect(service(name).image).toBe(`cairn:${version}`);
  });

  test('the tools of Temporal are of the version of the server', () => {
    const version = (name: string) => service(name).image.split(':')[1];
    expect(new Set(['temporal', 'temporal-schema', 'temporal-namespace'].map(version))).toHaveLength(1);
  });

  test.each(CAIRN)('%s runs a program that the build makes', (name) => {
    const [node, ...rest] = service(name).command ?? [];
    const program = rest.at(-1) ?? '';
    expect(node).toBe('node');
    expect(existsSync(program.replace(/^dist\//, '').replace(/\.js$/, '.ts'))).toBe(true);
  });

  test('every file that is named is there, and scripts are valid', () => {
    for (const { build, volumes = [], entrypoint = [], environment } of Object.values(compose.services)) {
      if (build) accessSync(build.dockerfile);
      const mounts = volumes.map((volume) => volume.split(':'));
      for (const [source = ''] of mounts)
        expect(source.startsWith('./') ? existsSync(source) : source in compose.volumes).toBe(true);
      for (const path of [...entrypoint, environment['DYNAMIC_CONFIG_FILE_PATH'] ?? '/setup/dynamicconfig.yaml']) {
        if (path.startsWith('/setup/')) accessSync(path.replace('/setup/', 'deploy/temporal/'), constants.R_OK);
      }
    }
    for (const script of ['setup-schema.sh', 'create-namespace.sh']) execFileSync('sh', ['-n', `deploy/temporal/${script}`]);
    expect(parse(readFileSync('deploy/temporal/dynamicconfig.yaml', 'utf8'))).toMatchObject({
      'matching.enableFairness': [{ value: true }],
    });
  });

  test('ports are published on loopback only and lead to where the programs listen; Temporal itself is not published', () => {
    const published = Object.entries(compose.services).flatMap(([name, { ports = [] }]) => ports.map((port) => [name, port]));
    expect(published).toEqual([
      ['api', '127.0.0.1:8080:8080'],
      ['temporal-ui', '127.0.0.1:8233:8080'],
    ]);
    expect(service('api').environment['CAIRN_HTTP_PORT']).toBe('8080');
    expect(service('api').environment['CAIRN_HTTP_HOST']).toBe('0.0.0.0');
    expect(interpolate(service('api').environment['CAIRN_TEMPORAL_UI_URL'] ?? '', {})).toBe('http://127.0.0.1:8233');
    expect(dockerfile).toMatch(/^EXPOSE 8080$/m);
  });

  test('nothing starts before what it needs', () => {
    for (const { depends_on = {} } of Object.values(compose.services)) {
      for (const [name, { condition }] of Object.entries(depends_on)) {
        const { healthcheck, command } = service(name);
        if (condition === 'service_healthy') expect(healthcheck?.test).toBeDefined();
        else expect([condition, command]).toEqual(['service_completed_successfully', undefined]);
      }
    }
    expect(Object.keys(service('worker').depends_on ?? {})).toEqual(['postgres', 'temporal-namespace']);
  });

  test('the search attributes are those of the workflows', () => {
    expect(service('temporal-namespace').environment['CAIRN_SEARCH_ATTRIBUTES']?.split(' ')).toEqual([...SEARCH_ATTRIBUTES]);
    expect(service('temporal-namespace').environment['TEMPORAL_NAMESPACE']).toBe(
      service('api').environment['TEMPORAL_NAMESPACE'],
    );
  });
});

describe('deploy/Dockerfile', () => {
  test('sets settings that exist and runs as an ordinary user', () => {
    const names = [...dockerfile.matchAll(/\b(CAIRN_\w+)=/g)].map(([, name]) => name);
    expect(names.length).toBeGreaterThan(3);
    expect(names.filter((name) => !(name !== undefined && name in SETTINGS))).toEqual([]);
    expect(dockerfile.match(/^USER (\w+)$/m)?.[1]).toBe('node');
    expect(dockerfile).toMatch(/^HEALTHCHECK [\s\S]*\/healthz/m);
  });

  test('copies only what is there or was built', () => {
    const sources = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, list = '']) => list.split(' '));
    expect(sources).toContain('package-lock.json');
    for (const path of sources) accessSync(path);
    for (const path of ['deploy/build-cache.mjs', 'devices/templates', 'drizzle/migrations']) {
      expect(dockerfile).toContain(path);
      accessSync(path);
    }
  });

  test('what it copies is not ignored', () => {
    const ignored = readFileSync('.dockerignore', 'utf8').trim().split('\n');
    expect(ignored).toEqual(expect.arrayContaining(['.env', '.cairn', 'node_modules']));
    for (const path of ['deploy', 'devices', 'drizzle', 'package.json', 'tsconfig.build.json'])
      expect(ignored).not.toContain(path);
  });
});

test('.env.example names every setting with what it is for, and no other', () => {
  const lines = readFileSync('.env.example', 'utf8').split('\n');
  const rows = lines.flatMap((line, index) => {
    const match = /^# ([A-Z_]+)=(.*)$/.exec(line);
    return match ? [{ name: match[1] ?? '', value: match[2] ?? '', about: (lines[index - 1] ?? '').replace(/^# /, '') }] : [];
  });
  const expected = [
    ...Object.entries(SETTINGS).map(([name, row]) => ({ name, value: row.default ?? '', about: row.about })),
    ...Object.entries({ ...TEMPORAL_SETTINGS, ...OTEL_SETTINGS }).map(([name, about]) => ({ name, value: '', about })),
  ];
  expect(rows).toEqual(expected);
});
