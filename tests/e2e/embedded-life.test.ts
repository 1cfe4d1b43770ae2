import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask, eventually, launch, makeDataDir, processesOf, starterEnv, untilGone, type Starter } from '../support/starter.ts';

const { dataDir, remove } = makeDataDir();
afterAll(remove);

const pidOf = (part: string) => {
  const found = processesOf(dataDir).filter(({ command }) => command.includes(part));
  if (found.length !== 1) throw new Error(`${found.length} processes with ${part}`);
  return found[0]?.pid ?? 0;
};

describe('a start that lives and ends', () => {
  let first: Starter;
  let url = '';
  let databaseUrl = '';
  beforeAll(async () => {
    first = launch(starterEnv(dataDir));
    ({ url } = await first.ready);
    ({ database_url: databaseUrl } = readRun());
  });
  const readRun = (): { database_url: string } => JSON.parse(readFileSync(`${dataDir}/run.json`, 'utf8'));

  test('prints one line: where the API, the Web UI and the token are', async () => {
    const { line, temporalUi, tokenFile } = await first.ready;
    expect(first.stdout()).toBe(`${line}\n`);
    expect(tokenFile).toBe(`${dataDir}/admin-token`);
    expect(readFileSync(tokenFile, 'utf8')).toMatch(/^cairn_\S+\n$/);
    const page = await fetch(temporalUi);
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('<html');
  });

  test('serves a real PostgreSQL that keeps what it says', async () => {
    expect(await ask(url, '/put/one')).toMatchObject({ stones: ['one'], states: ['RUNNING'] });
    const { default: postgres } = await import('postgres');
    const sql = postgres(databaseUrl, { max: 1 });
    const [row] = await sql`select current_setting('synchronous_commit') as commits, current_setting('fsync') as syncs,
      current_setting('listen_addresses') as addresses`;
    await sql.end();
    expect(row).toEqual({ commits: 'on', syncs: 'on', addresses: '127.0.0.1' });
  });

  test('starts a worker again that was killed, says so, and leaves the rest alone', async () => {
    const before = await ask(url);
    const worker = pidOf('stand-ins/worker.ts');
    process.kill(worker, 'SIGKILL');
    await eventually(() => (/worker runs again/.test(first.stderr()) ? true : null), 30_000, 'the worker is back');
    expect(first.stderr()).toContain('worker ended, starting it again');
    expect(pidOf('stand-ins/worker.ts')).not.toBe(worker);
    expect((await ask(url)).pid).toBe(before.pid);
  });

  test('brings PostgreSQL back on its port with its data when it was killed', async () => {
    process.kill(pidOf(`-D ${dataDir}/postgres`), 'SIGKILL');
    await eventually(() => (/postgres runs again/.test(first.stderr()) ? true : null), 30_000, 'PostgreSQL is back');
    const answer = await eventually(() => ask(url), 15_000, 'the API answers');
    expect(answer.stones).toEqual(['one']);
  });

  test('brings Temporal back on its port with its workflows when it was killed', async () => {
    process.kill(pidOf('start-dev'), 'SIGKILL');
    await eventually(() => (/temporal runs again/.test(first.stderr()) ? true : null), 30_000, 'Temporal is back');
    const answer = await eventually(() => ask(url), 15_000, 'the API answers');
    expect(answer.states).toEqual(['RUNNING']);
  });

  test('the API keeps the port it found when it is started again', async () => {
    process.kill((await ask(url)).pid, 'SIGKILL');
    await eventually(() => (/api runs again/.test(first.stderr()) ? true : null), 30_000, 'the API is back');
    expect((await eventually(() => ask(url), 10_000, 'the API answers')).stones).toEqual(['one']);
  });

  test('ends with code 0 on SIGTERM and leaves nothing running', async () => {
    first.child.kill('SIGTERM');
    expect(await first.ended).toEqual({ code: 0, signal: null });
    await untilGone(dataDir, 2_000);
  });

  test('a later start has all of it; SIGINT ends it too', async () => {
    const second = launch(starterEnv(dataDir));
    const { url: later } = await second.ready;
    expect(await ask(later)).toMatchObject({ stones: ['one'], states: ['RUNNING'] });
    second.child.kill('SIGINT');
    expect(await second.ended).toEqual({ code: 0, signal: null });
    await untilGone(dataDir, 2_000);
  });
});
