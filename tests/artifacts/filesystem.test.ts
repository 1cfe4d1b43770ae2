import { mkdtemp, readFile, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { objectFiles } from '../../artifacts/object-files.ts';
import { openArtifactStore } from '../../artifacts/open.ts';
import { contract, publication } from './contract.ts';

contract('filesystem', {
  resolution: 20,
  nowhere: '0'.repeat(64),
  async make() {
    const dataDir = await mkdtemp(join(tmpdir(), 'cairn-artifacts-'));
    const path = join(dataDir, 'texts with space');
    return {
      url: `file://${encodeURI(path)}`,
      dataDir,
      breakIt: () => rename(path, `${path}-gone`),
      close: () => rm(dataDir, { recursive: true, force: true }),
    };
  },
});

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cairn-artifacts-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const open = async (name: string) => {
  const path = join(folder, name);
  return { path, store: (await openArtifactStore(`file://${path}`, { dataDir: folder })).store };
};

it('shows plain files that cat and grep can read', async () => {
  const { path, store } = await open('plain');
  const address = await store.put(Buffer.from('hostname sw1\n'));
  await store.publish(publication({ 'sw1.cfg': address, 'a/b': address }));
  expect(await readFile(join(path, 'current', 'sw1.cfg'), 'utf8')).toBe('hostname sw1\n');
  expect((await readdir(join(path, 'current'))).toSorted()).toEqual(['a%2Fb', 'sw1.cfg']);
  expect(await readFile(join(path, 'objects', address.slice(0, 2), address), 'utf8')).toBe('hostname sw1\n');
  expect((await stat(path)).mode & 0o077).toBe(0);
});

it('does not make a store anew whose disk is not mounted', async () => {
  const { path, store } = await open('unmounted');
  await rm(join(path, 'objects'), { recursive: true });
  await expect(store.put(Buffer.from('x'))).rejects.toMatchObject({ code: 'artifact_store_unavailable' });
  await writeFile(join(path, 'objects'), 'not a folder');
  await expect(store.get('0'.repeat(64))).rejects.toMatchObject({ code: 'artifact_store_unavailable' });
});

it('tells of a damaged text, and storing it again mends it', async () => {
  const { path, store } = await open('damaged');
  const text = Buffer.from('hostname sw1\n');
  const address = await store.put(text);
  const file = join(path, 'objects', address.slice(0, 2), address);
  await rm(file);
  await writeFile(file, 'hostname');
  await expect(store.get(address)).rejects.toMatchObject({
    code: 'artifact_missing',
    detail: expect.stringContaining('damaged'),
  });
  await store.put(text);
  expect(await store.get(address)).toEqual(text);
});

it('finds what a killed removal had put aside', async () => {
  const { path, store } = await open('aside');
  const address = await store.put(Buffer.from('hostname sw1\n'));
  const objects = join(path, 'objects', address.slice(0, 2));
  await rename(join(objects, address), join(objects, `tmp_obj_gone_${address}_0011223344556677`));
  expect((await store.get(address)).toString()).toBe('hostname sw1\n');
  await store.publish(publication({ 'sw1.cfg': address }));
  expect((await store.published()).get('sw1.cfg')).toBe(address);
});

it('tidies up after killed writers and removals, but not after living ones', async () => {
  const { path, store } = await open('tidy');
  const address = await store.put(Buffer.from('hostname sw1\n'));
  const root = join(path, 'objects');
  const objects = join(root, address.slice(0, 2));
  await rename(join(objects, address), join(objects, `tmp_obj_gone_${address}_0011223344556677`));
  await writeFile(join(objects, 'tmp_obj_0011223344556677'), 'half');
  // Its content is old, but it changed just now: somebody may be at it.
  await utimes(join(objects, 'tmp_obj_0011223344556677'), 0, 0);
  await store.maintain();
  expect(await readdir(objects)).toHaveLength(2);
  const files = objectFiles(
    root,
    (one) => one,
    (_, name) => name,
  );
  await files.tidy(Date.now() + 30 * 60_000);
  expect((await readdir(objects)).toSorted()).toEqual([address, 'tmp_obj_0011223344556677'].toSorted());
  await files.tidy(Date.now() + 90 * 60_000);
  expect(await readdir(objects)).toEqual([address]);
});
