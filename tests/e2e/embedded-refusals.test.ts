import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { launch, makeDataDir, starterEnv, untilGone } from '../support/starter.ts';

let dataDir = '';
let remove = () => undefined as void;
beforeEach(() => {
  ({ dataDir, remove } = makeDataDir());
});
afterEach(() => remove());

/** What it says for people: the lines that are not log lines. */
async function refusal(env: Record<string, string>, options: { args?: string[]; code?: number } = {}): Promise<string> {
  const starter = launch(env, options.args);
  const { code } = await starter.ended;
  expect(code).toBe(options.code ?? 7);
  expect(starter.stdout()).toBe('');
  await untilGone(env['CAIRN_DATA_DIR'] ?? dataDir, 2_000);
  const lines = starter
    .stderr()
    .split('\n')
    .filter((line) => line.startsWith('cairn: '));
  expect(lines).toHaveLength(1);
  return lines[0] ?? '';
}

/** A folder with links to some programs of the machine only. */
function pathWith(...programs: string[]): string {
  const folder = join(dataDir, '..', 'bin');
  mkdirSync(folder);
  for (const name of programs) symlinkSync(execFileSync('which', [name], { encoding: 'utf8' }).trim(), join(folder, name));
  return folder;
}

const inNamespace = (script: string) => ['--user', '--map-root-user', '--mount', 'sh', '-c', script];

function hasNamespaces(): boolean {
  return spawnSync('unshare', inNamespace('mount -t tmpfs none /mnt')).status === 0;
}

/** No server listens there: it was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  await new Promise((resolve) => {
    server.close(resolve);
  });
  return typeof address === 'object' && address !== null ? address.port : 0;
}

describe('each is one line that says what to do, with nothing left running:', () => {
  test('a bad setting', async () => {
    expect(await refusal(starterEnv(dataDir, { CAIRN_HTTP_PORT: 'eighty' }))).toBe(
      'cairn: CAIRN_HTTP_PORT must be a port from 0 to 65535 (0 takes a free one), not "eighty"',
    );
  });

  test('the port of the API is taken', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    try {
      const line = await refusal(starterEnv(dataDir, { CAIRN_HTTP_PORT: String(port) }));
      expect(line).toBe(
        `cairn: port ${port} on 127.0.0.1 is taken: stop what listens there, or set CAIRN_HTTP_PORT to another port`,
      );
    } finally {
      server.close();
    }
  });

  test('the host of the API is none of this machine', async () => {
    expect(await refusal(starterEnv(dataDir, { CAIRN_HTTP_HOST: '192.0.2.1' }))).toContain(
      'set CAIRN_HTTP_HOST to an address of this machine',
    );
  });

  test('CAIRN_DATABASE_URL does not answer', async () => {
    const port = await freePort();
    const line = await refusal(starterEnv(dataDir, { CAIRN_DATABASE_URL: `postgres://u:hunter2@127.0.0.1:${port}/x` }), {
      code: 6,
    });
    expect(line).toContain(`CAIRN_DATABASE_URL: PostgreSQL at 127.0.0.1:${port}/x cannot be used (connect ECONNREFUSED`);
    expect(line).not.toContain('hunter2');
  });

  test('TEMPORAL_ADDRESS does not answer', async () => {
    const port = await freePort();
    const line = await refusal(starterEnv(dataDir, { TEMPORAL_ADDRESS: `127.0.0.1:${port}` }), { code: 6 });
    expect(line).toContain(`Temporal does not answer at 127.0.0.1:${port} (TEMPORAL_ADDRESS)`);
  });

  test('CAIRN_TEMPORAL_BIN is not there, or is something else', async () => {
    expect(await refusal(starterEnv(dataDir, { CAIRN_TEMPORAL_BIN: '/does/not/exist' }))).toContain(
      'CAIRN_TEMPORAL_BIN must be the path of a `temporal` binary that runs: /does/not/exist does not exist',
    );
    expect(await refusal(starterEnv(dataDir, { CAIRN_TEMPORAL_BIN: process.execPath }))).toContain('not its version');
  });

  test('no Temporal anywhere: not on PATH, not cached, no download, no Go', async () => {
    const cache = join(dataDir, '..', 'cache');
    const PATH = pathWith('python3', 'id', 'setpriv');
    // A proxy that refuses stands for a network without a way out.
    const HTTPS_PROXY = `http://127.0.0.1:${await freePort()}`;
    const line = await refusal(
      starterEnv(dataDir, { PATH, CAIRN_CACHE_DIR: cache, HTTPS_PROXY, https_proxy: HTTPS_PROXY, PIP_NO_INDEX: '1' }),
    );
    expect(line).toMatch(
      /no Temporal server was found: `temporal` is not on PATH; none is cached in .*; the SDK's download failed .*; Go is not installed/,
    );
    expect(line).toContain('set CAIRN_TEMPORAL_BIN');
  });

  test('no Python for the templates', async () => {
    const line = await refusal(
      starterEnv(dataDir, { PATH: pathWith('temporal', 'id', 'setpriv'), CAIRN_CACHE_DIR: join(dataDir, '..', 'cache') }),
    );
    expect(line).toMatch(/python/i);
  });

  test('the data folder cannot be made', async () => {
    writeFileSync(join(dataDir, '..', 'file'), '');
    const inside = join(dataDir, '..', 'file', 'data');
    expect(await refusal(starterEnv(inside))).toContain(`CAIRN_DATA_DIR ${inside} cannot be made`);
  });

  test('a program that does not start', async () => {
    const args = ['api=tests/support/stand-ins/api.ts', 'worker=tests/support/stand-ins/broken.ts'];
    expect(await refusal(starterEnv(dataDir), { args })).toMatch(
      /^cairn: worker ended with code 3: cannot start: the stone is too heavy \(see .*worker\.log\)$/,
    );
  });

  test.skipIf(!hasNamespaces())('the disk is full', () => {
    const small = mkdtempSync(join(tmpdir(), 'cairn-small-'));
    try {
      // A mount namespace of its own: a disk of 16 MB that nobody else sees.
      const script = `mount -t tmpfs -o size=16m none ${small} && exec ${process.execPath} --import tsx tests/support/stand-ins/start.ts`;
      execFileSync('unshare', inNamespace(script), { env: starterEnv(join(small, 'data')), stdio: 'pipe', encoding: 'utf8' });
      expect.unreachable('it started');
    } catch (error) {
      if (!(error instanceof Error && 'stderr' in error && 'status' in error)) throw error;
      expect(error.status).toBe(7);
      expect(String(error.stderr)).toMatch(
        /cairn: only 1\d MB are free on the disk of CAIRN_DATA_DIR .*: free at least \d+ MB, or set CAIRN_DATA_DIR to another disk/,
      );
    } finally {
      rmSync(small, { recursive: true, force: true });
    }
  });
});

test('a second start on a data folder in use says so; the first, and one on another folder, run side by side', async () => {
  const other = makeDataDir();
  const [first, second] = [launch(starterEnv(dataDir)), launch(starterEnv(other.dataDir))];
  try {
    const [one, two] = await Promise.all([first.ready, second.ready]);
    expect(one.url).not.toBe(two.url);
    expect(one.temporalUi).not.toBe(two.temporalUi);
    const third = launch(starterEnv(dataDir));
    expect((await third.ended).code).toBe(7);
    expect(third.stderr()).toContain(`CAIRN_DATA_DIR ${dataDir} is in use by another \`npm start\` (process ${first.pid})`);
    expect(first.child.exitCode).toBeNull();
    expect((await fetch(one.url)).status).toBe(200);
  } finally {
    for (const starter of [first, second]) starter.child.kill('SIGTERM');
    await Promise.all([first.ended, second.ended]);
    await untilGone(other.dataDir, 2_000);
    await untilGone(dataDir, 2_000);
    other.remove();
  }
});

test('SIGTERM while it starts ends it with code 0 and leaves nothing running', async () => {
  const starter = launch(starterEnv(dataDir));
  await new Promise<void>((resolve) => {
    starter.child.stderr?.on('data', () => {
      if (starter.stderr().includes('Temporal server taken')) resolve();
    });
  });
  starter.child.kill('SIGTERM');
  expect(await starter.ended).toEqual({ code: 0, signal: null });
  expect(starter.stdout()).toBe('');
  await untilGone(dataDir, 2_000);
});
