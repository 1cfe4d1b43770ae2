import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import { createLogger } from '../../../runtime/log.ts';
import { startPostgres } from '../../../runtime/embedded/postgres.ts';
import { createReaper } from '../../../runtime/embedded/reaper.ts';

/** The release that the tests were written against. */
export const NAUTOBOT = '3.2.7';
const TOKEN = '0123456789abcdef0123456789abcdef01234567';
const PATIENCE_MS = 120_000;

export interface Nautobot {
  url: string;
  /** Of a superuser. */
  token: string;
  /** One call of its REST API; throws what it refuses. */
  call(method: string, path: string, body?: unknown): Promise<Record<string, unknown>>;
  stop(): Promise<void>;
}

/** Why Nautobot cannot be raised from `dir` in a few seconds; null where it can. See docs/howto/add-an-inventory-source.md. */
export function whyNoNautobot(dir: string): string | null {
  if (!existsSync(join(dir, 'bin', 'nautobot-server'))) return `Nautobot ${NAUTOBOT} is not installed in ${dir}`;
  if (findInPath('redis-server') === null) return 'redis-server is not installed';
  if (!existsSync(join(dir, 'migrated')))
    return `the database in ${dir} is not migrated: run tests/inventory/support/prepare-nautobot.ts once`;
  return null;
}

function findInPath(name: string): string | null {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path)) ?? null;
}

/** The real Nautobot of the virtual environment in `dir`, on a PostgreSQL and a Redis of its own; its data stays in `dir`. */
export async function raiseNautobot(dir: string): Promise<Nautobot> {
  const reaper = createReaper();
  const log = createLogger({ level: 'warn', name: 'nautobot' });
  const settings = { fsync: 'off', synchronous_commit: 'off' };
  const postgres = await startPostgres({ dataDir: dir, log, reaper, database: 'nautobot', port: 0, settings });
  const children: ChildProcess[] = [];
  const stop = async (): Promise<void> => {
    for (const child of children) await end(child);
    await postgres.stop();
  };
  try {
    const redisPort = await freePort();
    const redis = findInPath('redis-server') ?? 'redis-server';
    children.push(
      spawn(redis, ['--port', String(redisPort), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'], { stdio: 'ignore' }),
    );
    const env = await environment(dir, new URL(postgres.url), redisPort);
    const server = join(dir, 'bin', 'nautobot-server');
    if (!existsSync(join(dir, 'migrated'))) {
      await run(server, ['migrate', '--no-input'], env);
      await run(server, ['createsuperuser', '--no-input', '--username', 'cairn', '--email', 'cairn@example.org'], env);
      await run(
        server,
        [
          'shell',
          '-c',
          `from nautobot.users.models import Token, User; Token.objects.create(user=User.objects.get(username='cairn'), key='${TOKEN}')`,
        ],
        env,
      );
      await writeFile(join(dir, 'migrated'), `${NAUTOBOT}\n`);
    }
    const port = await freePort();
    children.push(spawn(server, ['runserver', '--noreload', '--insecure', `127.0.0.1:${port}`], { env, stdio: 'ignore' }));
    const url = `http://127.0.0.1:${port}`;
    await answers(`${url}/api/status/`);
    return { url, token: TOKEN, call: (method, path, body) => call(url, method, path, body), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function environment(dir: string, database: URL, redisPort: number): Promise<NodeJS.ProcessEnv> {
  const root = join(dir, 'root');
  await mkdir(root, { recursive: true });
  const config = join(root, 'nautobot_config.py');
  await writeFile(config, 'from nautobot.core.settings import *  # noqa: F401,F403\nCONTENT_TYPE_CACHE_TIMEOUT = 0\n');
  return {
    ...process.env,
    NAUTOBOT_ROOT: root,
    NAUTOBOT_CONFIG: config,
    NAUTOBOT_SECRET_KEY: 'only-for-a-test-only-for-a-test-only-for-a-test-only',
    NAUTOBOT_ALLOWED_HOSTS: '*',
    NAUTOBOT_INSTALLATION_METRICS_ENABLED: 'false',
    NAUTOBOT_DB_HOST: database.hostname,
    NAUTOBOT_DB_PORT: database.port,
    NAUTOBOT_DB_NAME: 'nautobot',
    NAUTOBOT_DB_USER: decodeURIComponent(database.username),
    NAUTOBOT_DB_PASSWORD: decodeURIComponent(database.password),
    NAUTOBOT_REDIS_HOST: '127.0.0.1',
    NAUTOBOT_REDIS_PORT: String(redisPort),
    DJANGO_SUPERUSER_PASSWORD: 'only-for-a-test',
  };
}

function run(command: string, args: string[], env: NodeJS.ProcessEnv): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env, stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-2000);
    });
    child.on('error', reject);
    child.on('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`nautobot-server ${args[0]} ended with ${code}: ${said}`)),
    );
  });
}

async function call(url: string, method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
  const headers = { authorization: `Token ${TOKEN}`, accept: 'application/json', 'content-type': 'application/json' };
  const answer = await fetch(`${url}/api${path}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text.slice(0, 500)}`);
  const json: Record<string, unknown> = text === '' ? {} : JSON.parse(text);
  return json;
}

async function answers(url: string): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const status = await fetch(url).then(
      (answer) => answer.status,
      () => 0,
    );
    if (status !== 0 && status < 500) return;
    if (Date.now() > deadline) throw new Error(`${url} did not answer within ${PATIENCE_MS} ms`);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await gone;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}
