import { execFile } from 'node:child_process';
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it, onTestFinished, vi } from 'vitest';
import { openArtifactStore } from '../../artifacts/open.ts';
import type { ArtifactStore } from '../../artifacts/store.ts';
import { publication } from './contract.ts';
import { startSshd } from './sshd.ts';

const run = promisify(execFile);
let folder: string;
let number = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cairn-remote-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const git = async (path: string, ...args: string[]): Promise<string> =>
  (await run('git', [`--git-dir=${path}`, ...args])).stdout.trim();

async function bare(): Promise<string> {
  const path = join(folder, `remote-${(number += 1)}.git`);
  await run('git', ['init', '--quiet', '--bare', '--initial-branch=main', path]);
  return path;
}

/** A store of its own, as on another machine. */
async function open(url: string) {
  const log = { warn: vi.fn() };
  const dataDir = await mkdtemp(join(folder, 'data-'));
  const { store } = await openArtifactStore(url, { dataDir, log });
  onTestFinished(() => store.close());
  return { store, log, dataDir };
}

const pushing = async (remote: string) => {
  const path = join(folder, `local-${(number += 1)}.git`);
  return { path, ...(await open(`git+file://${path}?push=${encodeURIComponent(`file://${remote}`)}`)) };
};

async function show(store: ArtifactStore, files: Record<string, string>, removed: string[] = []): Promise<void> {
  const addresses: Record<string, string> = {};
  for (const [name, text] of Object.entries(files)) addresses[name] = await store.put(Buffer.from(text));
  await store.publish(publication(addresses, removed));
}
const filesOf = async (path: string) => (await git(path, 'ls-tree', '-r', '--name-only', 'main')).split('\n');

it('pushes what was published, without being asked', async () => {
  const remote = await bare();
  const { store, path } = await pushing(remote);
  for (let at = 0; at < 5; at += 1) await show(store, { 'sw1.cfg': `hostname sw1\n! ${at}\n` });
  const head = await git(path, 'rev-parse', 'main');
  await expect.poll(() => git(remote, 'rev-parse', '--verify', 'main').catch(() => null), { timeout: 20_000 }).toBe(head);
  expect(await git(remote, 'show', 'main:sw1.cfg')).toBe('hostname sw1\n! 4');
  expect(await store.maintain()).toBeNull();
});

it('publishes while the remote is away, tells of it, and pushes once it is back', { timeout: 60_000 }, async () => {
  const remote = await bare();
  const { store, log, path } = await pushing(remote);
  await rename(remote, `${remote}-away`);
  await show(store, { 'sw1.cfg': 'hostname sw1\n' });
  expect(await store.maintain()).toMatch(/cannot push/);
  expect(log.warn).toHaveBeenCalled();
  await rename(`${remote}-away`, remote);
  // Without being asked again.
  const head = await git(path, 'rev-parse', 'main');
  await expect.poll(() => git(remote, 'rev-parse', '--verify', 'main').catch(() => null), { timeout: 30_000 }).toBe(head);
  expect(await store.maintain()).toBeNull();
});

it('does not say of a text that it is missing while it cannot know', async () => {
  const remote = await bare();
  const { store } = await pushing(remote);
  await expect(store.get('0'.repeat(40))).rejects.toMatchObject({ code: 'artifact_missing' });
  await rename(remote, `${remote}-away`);
  await expect(store.get('0'.repeat(40))).rejects.toMatchObject({ code: 'artifact_store_unavailable' });
});

it('brings together what two workers push, and forces nothing', { timeout: 60_000 }, async () => {
  const remote = await bare();
  const [one, two] = [await pushing(remote), await pushing(remote)];
  // Neither has seen the other: the histories have nothing in common.
  await show(one.store, { 'sw1.cfg': 'one\n', 'both.cfg': 'one\n' });
  expect(await one.store.maintain()).toBeNull();
  await show(two.store, { 'sw2.cfg': 'two\n', 'both.cfg': 'two\n' });
  expect(await two.store.maintain()).toBeNull();
  expect(await filesOf(remote)).toEqual(['both.cfg', 'sw1.cfg', 'sw2.cfg']);
  // From there on, with changes, removals and a file with an odd name that a person pushed.
  const work = join(folder, 'work');
  await run('git', ['clone', '--quiet', remote, work]);
  await run(
    'sh',
    [
      '-c',
      `printf x > 'note "of" a\\b ü.txt' && git add -A && git -c user.name=P -c user.email=p@x commit -qm note && git push -q`,
    ],
    {
      cwd: work,
    },
  );
  await show(one.store, { 'sw1.cfg': 'one again\n' });
  await show(two.store, { 'sw3.cfg': 'three\n' }, ['sw2.cfg']);
  expect(await one.store.maintain()).toBeNull();
  expect(await two.store.maintain()).toBeNull();
  expect(await filesOf(remote)).toHaveLength(4);
  expect(await git(remote, 'show', 'main:both.cfg')).toBe('two');
  expect(await git(remote, 'show', 'main:sw1.cfg')).toBe('one again');
  expect(await git(remote, 'fsck', '--strict', '--no-dangling')).toBe('');
  expect((await git(remote, 'log', '--format=%s', 'main')).split('\n')).toContain('note');
  // What one stored, the other can read.
  const address = (await one.store.published()).get('sw1.cfg')!;
  expect((await two.store.get(address)).toString()).toBe('one again\n');
  const later = await one.store.put(Buffer.from('later\n'));
  await one.store.publish(publication({ 'sw9.cfg': later }));
  expect(await one.store.maintain()).toBeNull();
  expect((await two.store.get(later)).toString()).toBe('later\n');
});

it('begins where the remote is, on a new machine', async () => {
  const remote = await bare();
  const first = await pushing(remote);
  await show(first.store, { 'sw1.cfg': 'hostname sw1\n' });
  expect(await first.store.maintain()).toBeNull();
  const second = await pushing(remote);
  expect([...(await second.store.published()).keys()]).toEqual(['sw1.cfg']);
  await show(second.store, { 'sw2.cfg': 'hostname sw2\n' });
  expect(await second.store.maintain()).toBeNull();
  expect(await git(remote, 'rev-list', '--merges', '--count', 'main')).toBe('0');
});

const sshd = await startSshd();
it.skipIf(sshd === null)(
  sshd === null ? 'NOT RUN: there is no /usr/sbin/sshd: pushes over ssh' : 'pushes over ssh, with keys only, and asks nobody',
  { timeout: 60_000 },
  async () => {
    const { port, user, command, stop } = sshd!;
    onTestFinished(async () => {
      vi.unstubAllEnvs();
      await stop();
    });
    const remote = await bare();
    const url = `git+ssh://${user}@127.0.0.1:${port}${remote}`;
    vi.stubEnv('GIT_SSH_COMMAND', command);
    const { store, dataDir } = await open(url);
    expect(store.location).toBe(url);
    await show(store, { 'sw1.cfg': 'hostname sw1\n' });
    expect(await store.maintain()).toBeNull();
    expect(await git(remote, 'rev-parse', 'main')).toBe(await git(join(dataDir, 'artifacts.git'), 'rev-parse', 'main'));

    // A host key that nobody has confirmed is no question to a terminal, but a failure.
    vi.stubEnv('GIT_SSH_COMMAND', 'ssh -F /dev/null -o UserKnownHostsFile=/dev/null');
    await show(store, { 'sw1.cfg': 'hostname sw1\n!\n' });
    expect(await store.maintain()).toMatch(/cannot push.*Host key verification failed/);
    vi.stubEnv('GIT_SSH_COMMAND', command);
    expect(await store.maintain()).toBeNull();
  },
);
