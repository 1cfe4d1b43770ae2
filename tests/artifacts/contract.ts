import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { openArtifactStore } from '../../artifacts/open.ts';
import type { ArtifactStore, StoredArtifact } from '../../artifacts/store.ts';
import { CHILD } from './child.ts';

/** An empty store of one kind. */
export interface Fixture {
  url: string;
  dataDir: string;
  /** Takes away what holds the texts. */
  breakIt(): Promise<void>;
  close(): Promise<void>;
}

export interface Kind {
  /** Of `stored_at`, in milliseconds: what is stored so much later is seen to be later. */
  resolution: number;
  make: () => Promise<Fixture>;
  /** A well-formed address under which nothing is. */
  nowhere: string;
}

/** Names that have broken stores: folders, Git's own files, case, other alphabets, too long for a file system or a key. */
export const ODD_NAMES = [
  'core-sw1.cfg',
  'CORE-SW1.cfg',
  'a/b',
  'a',
  'a%2Fb',
  '../../x',
  '..',
  '.',
  '.git',
  '.git/config',
  '.gitmodules',
  '-rf',
  'ends.',
  ' space and\ttab\nand line',
  'Zürich – Straße №5 日本 🗼',
  '%',
  '',
  'x'.repeat(600),
  `${'y'.repeat(180)}.git/${'z'.repeat(300)}`,
  'ü'.repeat(255),
];

export const publication = (files: Record<string, string>, removed: string[] = [], message = 'job 1\n\nJob: 1') => ({
  message,
  actor: 'alice',
  files: Object.entries(files).map(([name, address]) => ({ name, address })),
  removed,
});

export async function listed(store: ArtifactStore): Promise<Map<string, StoredArtifact>> {
  const found = new Map<string, StoredArtifact>();
  for await (const one of store.list()) {
    expect(found.has(one.address)).toBe(false);
    found.set(one.address, one);
  }
  return found;
}

/** Starts a child on the store; `lines` gets what it says. */
function child(fixture: Fixture, what: 'put' | 'publish', label = '', count = 0) {
  const args = ['--import', import.meta.resolve('tsx'), CHILD, what, fixture.url, fixture.dataDir, label, String(count)];
  const process_ = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const lines: string[] = [];
  let rest = '';
  let said = '';
  process_.stdout.on('data', (chunk: Buffer) => {
    const parts = (rest + chunk.toString()).split('\n');
    rest = parts.pop()!;
    lines.push(...parts);
  });
  process_.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const ended = new Promise<number | null>((resolve) => process_.once('close', resolve));
  onTestFinished(() => void process_.kill('SIGKILL'));
  return { lines, ended, kill: () => process_.kill('SIGKILL'), said: () => said };
}

export function contract(name: string, { resolution, make, nowhere }: Kind): void {
  describe(`${name}: the contract of an artifact store`, () => {
    let fixture: Fixture;
    let store: ArtifactStore;

    const open = async (): Promise<ArtifactStore> => (await openArtifactStore(fixture.url, { dataDir: fixture.dataDir })).store;
    const text = (label = ''): Buffer => Buffer.from(`hostname ${label}${randomBytes(9).toString('hex')}\n`);

    beforeAll(async () => {
      fixture = await make();
      store = await open();
    });
    afterAll(async () => {
      await store?.close();
      await fixture?.close();
    });

    it('stores a text once, under an address that does not change', async () => {
      const content = text();
      const addresses = await Promise.all(Array.from({ length: 20 }, () => store.put(content)));
      expect(new Set(addresses).size).toBe(1);
      expect(await store.put(content)).toBe(addresses[0]);
      expect((await listed(store)).get(addresses[0]!)?.bytes).toBe(content.length);
      const again = await open();
      expect(await again.put(content)).toBe(addresses[0]);
      expect(await again.get(addresses[0]!)).toEqual(content);
      await again.close();
      expect(await store.put(text())).not.toBe(addresses[0]);
    });

    it.each([
      ['an empty text', Buffer.alloc(0)],
      ['one line end', Buffer.from('\n')],
      ['5 MB', randomBytes(5_000_000)],
      ['bytes that are no UTF-8', Buffer.from([0, 255, 254, 13, 10, 0xc3])],
      ['UTF-8', Buffer.from('banner motd ^ Grüße 日本 🗼 ^\r\n')],
    ])('gives back %s as it was', async (_, content) => {
      expect((await store.get(await store.put(content))).equals(content)).toBe(true);
    });

    it('says which text is missing', async () => {
      for (const address of [nowhere, 'nonsense', '../../etc/passwd', '']) {
        await expect(store.get(address)).rejects.toMatchObject({ code: 'artifact_missing' });
      }
      const wanted = publication({ 'missing.cfg': nowhere });
      await expect(store.publish(wanted)).rejects.toMatchObject({ code: 'artifact_missing' });
      expect((await store.published()).has('missing.cfg')).toBe(false);
    });

    it('never shows half a text, however often its writer is killed', { timeout: 120_000 }, async () => {
      const promised: string[] = [];
      for (const wanted of [1, 4, 9, 17]) {
        const writer = child(fixture, 'put');
        await expect.poll(() => writer.lines.length, { timeout: 30_000, interval: 5 }).toBeGreaterThanOrEqual(wanted);
        writer.kill();
        await writer.ended;
        promised.push(...writer.lines);
      }
      const found = await listed(store);
      expect(promised.filter((address) => !found.has(address))).toEqual([]);
      for (const address of found.keys()) expect(await store.put(await store.get(address))).toBe(address);
    });

    it('shows texts under names, and the same again changes nothing', async () => {
      const [one, two] = [await store.put(text()), await store.put(text())];
      await store.publish(publication({ 'sw1.cfg': one, 'sw2.cfg': one }));
      await store.publish(publication({ 'sw1.cfg': one, 'sw2.cfg': one }));
      await store.publish(publication({ 'sw2.cfg': two }));
      const shown = await store.published();
      expect([shown.get('sw1.cfg'), shown.get('sw2.cfg')]).toEqual([one, two]);
    });

    it('renames and removes; what is not shown is removed without a word', async () => {
      const one = await store.put(text());
      await store.publish(publication({ 'old.cfg': one, 'gone.cfg': one }));
      await store.publish(publication({ 'new.cfg': one }, ['old.cfg', 'gone.cfg', 'never-was.cfg']));
      const shown = await store.published();
      expect([shown.get('new.cfg'), shown.has('old.cfg'), shown.has('gone.cfg')]).toEqual([one, false, false]);
      await store.publish(publication({ 'old.cfg': one }));
      expect((await store.published()).get('old.cfg')).toBe(one);
    });

    it('takes any name', async () => {
      const files = Object.fromEntries(
        await Promise.all(ODD_NAMES.map(async (odd) => [odd, await store.put(text(odd))] as const)),
      );
      await store.publish(publication(files));
      const shown = await store.published();
      for (const odd of ODD_NAMES) expect([odd, shown.get(odd)]).toEqual([odd, files[odd]]);
      await store.publish(publication({}, ODD_NAMES));
      const left = await store.published();
      expect(ODD_NAMES.filter((odd) => left.has(odd))).toEqual([]);
    });

    it('lands the publications of two processes at once', { timeout: 120_000 }, async () => {
      const children = ['left', 'right'].map((label) => ({ label, ...child(fixture, 'publish', label, 10) }));
      for (const { ended, said } of children) expect(await ended, said()).toBe(0);
      const shown = await store.published();
      for (const { label, lines } of children) {
        expect(Array.from({ length: 10 }, (_, number) => shown.get(`${label}-${number}`))).toEqual(lines);
      }
    });

    it('removes what was stored before a time, and nothing else', { timeout: 30_000 }, async () => {
      const [old, touched] = [text(), text()];
      const [first, second] = [await store.put(old), await store.put(touched)];
      const times = await listed(store);
      const before = new Date(Math.max(...[first, second].map((one) => times.get(one)!.stored_at.getTime())) + 1);
      await sleep(resolution);
      const third = await store.put(text());
      expect(await store.put(touched)).toBe(second);
      expect((await listed(store)).get(second)!.stored_at.getTime()).toBeGreaterThanOrEqual(before.getTime());
      expect(await store.remove([first, second, third, nowhere, 'nonsense'], before)).toEqual([first]);
      await expect(store.get(first)).rejects.toMatchObject({ code: 'artifact_missing' });
      expect(await store.get(second)).toEqual(touched);
      const left = await listed(store);
      expect([left.has(first), left.has(second), left.has(third)]).toEqual([false, true, true]);
      expect(await store.put(old)).toBe(first);
      expect(await store.get(first)).toEqual(old);
    });

    it('keeps a text that is stored while it is removed', { timeout: 180_000 }, async () => {
      let removals = 0;
      let took = 0;
      for (let round = 0; round < 5; round += 1) {
        const texts = Array.from({ length: 30 }, () => text());
        const addresses = await Promise.all(texts.map((one) => store.put(one)));
        const times = await listed(store);
        const before = new Date(Math.max(...addresses.map((one) => times.get(one)!.stored_at.getTime())) + 1);
        await sleep(resolution);
        const began = performance.now();
        // Two sweeps and the writers, in no order: spread over as long as the sweeps took before, the last one when one has ended.
        const sweeps = [store.remove(addresses, before), store.remove(addresses.toReversed(), before)];
        const puts = texts.map(async (one, at) => {
          await (at === texts.length - 1 ? Promise.race(sweeps) : sleep((at / texts.length) * (round / 4) * took));
          return await store.put(one);
        });
        await Promise.all(sweeps);
        took = performance.now() - began;
        await Promise.all(puts);
        removals += (await Promise.all(sweeps)).flat().length;
        for (const [at, address] of addresses.entries()) expect(await store.get(address)).toEqual(texts[at]);
      }
      // Else no sweep removed anything, and there was nothing to keep.
      expect(removals).toBeGreaterThan(0);
    });

    it('has nothing to tell of a store that is well', async () => {
      expect(await store.maintain()).toBeNull();
      expect(store.location).not.toMatch(/secret|password/i);
    });

    it('says that it is not usable when it is away, and hangs nowhere', { timeout: 120_000 }, async () => {
      const address = await store.put(text());
      await fixture.breakIt();
      const away = { code: 'artifact_store_unavailable' };
      const began = performance.now();
      await expect(store.put(text())).rejects.toMatchObject(away);
      await expect(store.get(address)).rejects.toMatchObject(away);
      await expect(store.publish(publication({ 'sw1.cfg': address }))).rejects.toMatchObject(away);
      await expect(store.published()).rejects.toMatchObject(away);
      await expect(listed(store)).rejects.toMatchObject(away);
      await expect(store.remove([address], new Date())).rejects.toMatchObject(away);
      expect(performance.now() - began).toBeLessThan(30_000);
    });
  });
}
