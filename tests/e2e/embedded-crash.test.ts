import { afterAll, expect, test } from 'vitest';
import { ask, launch, makeDataDir, processesOf, starterEnv, untilGone, type Starter } from '../support/starter.ts';

const { dataDir, remove } = makeDataDir();
const started: Starter[] = [];
afterAll(async () => {
  for (const starter of started) if (starter.child.exitCode === null) starter.child.kill('SIGKILL');
  await untilGone(dataDir, 30_000);
  remove();
});

async function start(): Promise<{ starter: Starter; url: string }> {
  const starter = launch(starterEnv(dataDir));
  started.push(starter);
  const { url } = await starter.ready;
  return { starter, url };
}

/** SIGKILL to all at once; some may be gone by their turn. */
function killAll(pids: number[]): void {
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
    }
  }
}

test('kill -9 of the starter alone: everything else ends by itself', async () => {
  const { starter, url } = await start();
  await ask(url, '/put/one');
  starter.child.kill('SIGKILL');
  await starter.ended;
  await untilGone(dataDir, 20_000);
});

test('kill -9 of every process: the next start has everything that was said', async () => {
  const { url } = await start();
  expect((await ask(url, '/put/two')).stones).toEqual(['one', 'two']);
  killAll(processesOf(dataDir).map(({ pid }) => pid));
  await untilGone(dataDir, 5_000);
  const { starter, url: later } = await start();
  expect(await ask(later)).toMatchObject({ stones: ['one', 'two'], states: ['RUNNING', 'RUNNING'] });
  starter.child.kill('SIGTERM');
  expect((await starter.ended).code).toBe(0);
});

test('kill -9 of all but PostgreSQL and Temporal: the next start ends the orphans and takes over', async () => {
  const { url } = await start();
  await ask(url, '/put/three');
  const servers = processesOf(dataDir).filter(({ command }) => /start-dev|-D .*postgres/.test(command));
  expect(servers).toHaveLength(2);
  const others = processesOf(dataDir).filter(({ pid }) => !servers.some((server) => server.pid === pid));
  // The one that would clean up goes first.
  others.sort((a, b) => Number(b.command.includes('reaper.mjs')) - Number(a.command.includes('reaper.mjs')));
  killAll(others.map(({ pid }) => pid));
  const orphans = processesOf(dataDir).map(({ pid }) => pid);
  expect(orphans).toEqual(expect.arrayContaining(servers.map(({ pid }) => pid)));

  const { starter, url: later } = await start();
  expect(starter.stderr()).toContain('stopped a PostgreSQL that a killed start left running');
  expect(starter.stderr()).toContain('stopped a Temporal server that a killed start left running');
  expect((await ask(later)).stones).toEqual(['one', 'three', 'two']);
  const now = processesOf(dataDir).map(({ pid }) => pid);
  for (const { pid } of servers) expect(now).not.toContain(pid);
  starter.child.kill('SIGTERM');
  expect((await starter.ended).code).toBe(0);
  await untilGone(dataDir, 2_000);
});
