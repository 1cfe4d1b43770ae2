import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { openCatFile } from '../../artifacts/git-cat-file.ts';
import { joinable, packReachable, repackMany } from '../../artifacts/git-packs.ts';
import { gitRunner } from '../../artifacts/git-run.ts';
import { ident } from '../../artifacts/git-script.ts';
import { openArtifactStore } from '../../artifacts/open.ts';
import { contract, listed, publication } from './contract.ts';

const run = promisify(execFile);

contract('git', {
  resolution: 20,
  nowhere: '0'.repeat(40),
  async make() {
    const dataDir = await mkdtemp(join(tmpdir(), 'cairn-artifacts-'));
    const path = join(dataDir, 'texts here.git');
    return {
      url: `git+file://${encodeURI(path)}`,
      dataDir,
      breakIt: () => rename(path, `${path}-gone`),
      close: () => rm(dataDir, { recursive: true, force: true }),
    };
  },
});

describe('git', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cairn-artifacts-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const git = async (path: string, ...args: string[]): Promise<string> =>
    (await run('git', ['-c', 'safe.directory=*', `--git-dir=${path}`, ...args], { maxBuffer: 2 ** 26 })).stdout;

  async function open(name: string, parameters = '') {
    const path = join(folder, `${name}.git`);
    const log = { warn: vi.fn() };
    const { store } = await openArtifactStore(`git+file://${path}${parameters}`, { dataDir: folder, log });
    onTestFinished(() => store.close());
    return { path, store, log };
  }

  it('makes one commit of a publication, by whom and for which job', async () => {
    const { path, store } = await open('log');
    const [one, two] = [await store.put(Buffer.from('one\n')), await store.put(Buffer.from('two\n'))];
    const message = '2 of 2 configurations changed\n\nJob: 0195a3f0-7c1e-7000-8000-000000000001\nActor: alice';
    await store.publish({ ...publication({ 'sw1.cfg': one, 'sw2.cfg': one }, [], message), actor: 'alice' });
    await store.publish({ ...publication({ 'sw2.cfg': two }, ['sw1.cfg'], message), actor: 'Bob <b@x>\nTagger: x' });
    await store.publish(publication({ 'sw2.cfg': two }, ['sw1.cfg'], message));
    expect((await git(path, 'log', '--format=%an|%ae|%cn|%B|', '--name-status', 'main')).trim()).toBe(
      [
        `Bob b@x Tagger: x|Bob-b-x-Tagger-x@cairn.invalid|Cairn|${message}`,
        '|',
        '',
        'D\tsw1.cfg',
        'M\tsw2.cfg',
        `alice|alice@cairn.invalid|Cairn|${message}`,
        '|',
        '',
        'A\tsw1.cfg',
        'A\tsw2.cfg',
      ].join('\n'),
    );
    expect(await git(path, 'fsck', '--strict', '--no-dangling')).toBe('');
  });

  it.each([
    ['alice', 'alice <alice@cairn.invalid>'],
    ['alice@example.com', 'alice@example.com <alice@example.com>'],
    ['schedule: nightly', 'schedule: nightly <schedule-nightly@cairn.invalid>'],
    ['', 'unknown <unknown@cairn.invalid>'],
    ['<>\n', 'unknown <unknown@cairn.invalid>'],
    ['Zoë', 'Zoë <Zo-@cairn.invalid>'],
  ])('the author of the actor %j', (actor, expected) => {
    expect(ident(actor)).toBe(expected);
  });

  it('makes one commit of 1,000 files, and a clone shows them', { timeout: 60_000 }, async () => {
    const { path, store } = await open('many');
    const files: Record<string, string> = {};
    for (let number = 0; number < 1000; number += 1)
      files[`sw${number}.cfg`] = await store.put(Buffer.from(`hostname sw${number}\n`));
    await store.publish(publication({ ...files, 'a/b ü.cfg': files['sw7.cfg']! }));
    expect((await git(path, 'rev-list', '--count', 'main')).trim()).toBe('1');
    const clone = join(folder, 'clone');
    await run('git', ['clone', '--quiet', path, clone]);
    expect((await readdir(clone)).length).toBe(1002);
    expect(await readFile(join(clone, 'sw999.cfg'), 'utf8')).toBe('hostname sw999\n');
    expect(await readFile(join(clone, 'a%2Fb%20%C3%BC.cfg'), 'utf8')).toBe('hostname sw7\n');
  });

  it('publishes all or nothing', async () => {
    const { path, store } = await open('nothing');
    const address = await store.put(Buffer.from('one\n'));
    const wanted = publication({ 'sw1.cfg': address, 'sw2.cfg': '1'.repeat(40) });
    await expect(store.publish(wanted)).rejects.toMatchObject({ code: 'artifact_missing' });
    expect([...(await store.published())]).toEqual([]);
    expect((await readdir(path)).filter((name) => name.startsWith('fast_import_crash'))).toEqual([]);
  });

  it('reads packed texts through one child, also after that was killed', async () => {
    const { path, store } = await open('packed');
    const texts = Array.from({ length: 50 }, (_, at) => Buffer.from(`hostname sw${at}\n`.repeat(at * 50)));
    const addresses = await Promise.all(texts.map((text) => store.put(text)));
    await store.publish(publication(Object.fromEntries(addresses.map((address, at) => [`sw${at}`, address]))));
    await git(path, 'repack', '-a', '-d', '-q');
    expect(await git(path, 'count-objects')).toMatch(/^0 objects/);
    const all = async () =>
      (await Promise.all(addresses.map((address) => store.get(address)))).every((one, at) => one.equals(texts[at]!));
    expect(await all()).toBe(true);

    const reader = openCatFile(path);
    onTestFinished(() => reader.close());
    await reader.read(addresses[0]!);
    const asked = Promise.all(addresses.map((address) => reader.read(address)));
    process.kill(reader.pid()!, 'SIGKILL');
    expect((await asked).map((found) => found?.content.length)).toEqual(texts.map((text) => text.length));
    expect(await reader.read('0'.repeat(40))).toBeNull();
  });

  it('removes no text that a commit shows, nor packs one that none shows', async () => {
    const { path, store } = await open('sweep');
    const [shown, former, loose] = [
      await store.put(Buffer.from('a')),
      await store.put(Buffer.from('b')),
      await store.put(Buffer.from('c')),
    ];
    await store.publish(publication({ 'sw1.cfg': former }));
    await store.publish(publication({ 'sw1.cfg': shown }));
    const later = new Date(Date.now() + 60_000);
    expect(await store.remove([shown, former, loose], later)).toEqual([loose]);
    expect([...(await listed(store)).keys()].toSorted()).toEqual([shown, former].toSorted());
    expect(await git(path, 'fsck', '--strict')).not.toMatch(/missing|error/);
  });

  it('repacks where there is much, and keeps what no commit shows', async () => {
    const { path, store } = await open('repack');
    const unshown = await store.put(Buffer.from('not shown yet\n'));
    const packed = join(path, 'objects', 'pack');
    for (let number = 0; number < 5; number += 1) {
      await store.publish(publication({ 'sw1.cfg': await store.put(Buffer.from(`${number}\n`.repeat(1000))) }));
      for (const name of await readdir(packed)) if (name.startsWith('pack-put-')) await utimes(join(packed, name), 1, 1);
      await repackMany(path, gitRunner(path), { loose: -1, packs: 100 });
    }
    const packs = async () => (await readdir(join(path, 'objects', 'pack'))).filter((name) => name.endsWith('.pack')).length;
    expect(await packs()).toBe(5);
    const loose = await stat(join(path, 'objects', unshown.slice(0, 2), unshown.slice(2)));
    expect(loose.mtimeMs).toBe(1000);
    await repackMany(path, gitRunner(path), { loose: 1e9, packs: 4 });
    expect(await packs()).toBe(1);
    expect((await store.get(unshown)).toString()).toBe('not shown yet\n');
    expect(await store.remove([unshown], new Date())).toEqual([unshown]);
    expect(await git(path, 'fsck', '--strict', '--no-dangling')).toBe('');
  });

  it('puts what comes together into one pack that Git finds whole, and forgets none where it joins them', async () => {
    const { path, store } = await open('together');
    const texts = Array.from({ length: 300 }, (_, at) => Buffer.from(at === 0 ? '' : `line ${at}\n`.repeat(at * 20)));
    const addresses = await Promise.all([...texts, texts[7]!].map((text) => store.put(text)));
    const packs = async () => (await readdir(join(path, 'objects', 'pack'))).filter((name) => name.endsWith('.pack'));
    const before = await packs();
    expect(before.length).toBeLessThanOrEqual(Math.ceil(301 / 32));
    for (const name of before) await git(path, 'verify-pack', join(path, 'objects', 'pack', name.replace('.pack', '.idx')));
    expect(new Set(addresses).size).toBe(300);
    const shown = addresses.slice(0, 150);
    await store.publish(publication(Object.fromEntries(shown.map((address, at) => [`sw${at}`, address]))));
    const later = new Date(Date.now() + 60_000);
    await packReachable(path, gitRunner(path), new Date(0));
    // Git packs its commit and its tree; what was just put is left alone.
    expect(await packs()).toHaveLength(before.length + 1);
    await packReachable(path, gitRunner(path), later);
    expect(await packs()).toHaveLength(2);
    const whole = async (): Promise<boolean> =>
      (await Promise.all(texts.map((_text, at) => store.get(addresses[at]!)))).every((text, at) => text.equals(texts[at]!));
    expect(await whole()).toBe(true);
    expect(await git(path, 'fsck', '--strict', '--no-dangling')).toBe('');
    const unshown = addresses.slice(150, 300);
    expect((await store.remove(addresses, later)).toSorted()).toEqual(unshown.toSorted());
  });

  it('tells for each text when it was put last, and joins packs where publishing has made many', async () => {
    const { path, store } = await open('times');
    const [first, second] = [await store.put(Buffer.from('one\n')), await store.put(Buffer.from('two\n'))];
    const packed = join(path, 'objects', 'pack');
    for (const name of await readdir(packed)) await utimes(join(packed, name), 1000, 1000);
    await store.put(Buffer.from('two\n'));
    const times = await listed(store);
    expect(times.get(first)?.stored_at.getTime()).toBe(1_000_000);
    expect(times.get(second)!.stored_at.getTime()).toBeGreaterThan(Date.now() - 60_000);
    expect(await store.remove([first, second], new Date(2_000_000))).toEqual([first]);
    expect((await store.get(second)).toString()).toBe('two\n');
    for (let at = 0; at < 201; at += 1) await store.put(Buffer.from(`${at}\n`));
    for (const name of await readdir(packed)) await utimes(join(packed, name), 1000, 1000);
    expect(await joinable(path)).toBeGreaterThan(200);
    await store.publish(publication({ 'sw1.cfg': second }));
    await vi.waitFor(async () => expect(await joinable(path)).toBe(0), 20_000);
    expect((await store.get(second)).toString()).toBe('two\n');
  });

  it('tidies up what killed writers left among the packs, and nothing else', async () => {
    const { path, store } = await open('killed');
    const address = await store.put(Buffer.from('whole\n'));
    const packed = join(path, 'objects', 'pack');
    const there = (await readdir(packed)).toSorted();
    const left = ['tmp_pack_1', 'tmp_idx_1', `pack-put-1-${'0'.repeat(40)}.pack`, `pack-put-1-${'0'.repeat(40)}.keep`];
    for (const name of [...left, 'tmp_pack_2']) await writeFile(join(packed, name), 'x');
    for (const name of [...left, ...there]) await utimes(join(packed, name), 1000, 1000);
    await store.maintain();
    expect((await readdir(packed)).toSorted()).toEqual([...there, 'tmp_pack_2'].toSorted());
    expect((await store.get(address)).toString()).toBe('whole\n');
  });

  it('takes only what is, or can become, a bare repository', async () => {
    const work = join(folder, 'work');
    await run('git', ['init', '-q', work]);
    await mkdir(join(folder, 'full.git'));
    await writeFile(join(folder, 'full.git', 'notes.txt'), 'x');
    for (const path of [join(work, '.git'), join(folder, 'full.git'), join(folder, 'full.git', 'notes.txt')]) {
      const opened = openArtifactStore(`git+file://${path}`, { dataDir: folder });
      await expect(opened).rejects.toMatchObject({ code: 'configuration_invalid', detail: expect.stringContaining(path) });
    }
  });

  it('says what to do where there is no Git', async () => {
    vi.stubEnv('PATH', folder);
    onTestFinished(() => void vi.unstubAllEnvs());
    const opened = openArtifactStore(`git+file://${folder}/none.git`, { dataDir: folder });
    await expect(opened).rejects.toMatchObject({ code: 'startup_failed', detail: expect.stringContaining('install it') });
  });
});
