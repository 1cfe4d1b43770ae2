import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { sha256 } from './sha256.ts';
import { eachLimited } from './limited.ts';
import { DELETE_GROUP, type Bucket } from './s3-bucket.ts';
import type { StoredArtifact } from './store.ts';

const MARK = '.doomed-';
/** A removal gives up that is not done so long after its first mark … */
const REMOVAL_MS = 30_000;
/** … and, with the limit of one request, is surely over then. */
const MARK_DEAD_MS = 60_000;
const MARK_LEFT_MS = 60 * 60_000;
const POLL_MS = 250;
const AT_ONCE = 32;

/**
 * Texts in a bucket, `objects/ab/<sha256>`. S3 has no rename to put one aside with, so a removal marks what it is about to remove
 * (`….doomed-…`), looks at its time again, removes it, and takes the mark away. A writer looks after it has written: where there is a mark or
 * its text is gone, it writes again. Whichever way the two meet, the text is there when `put` resolves.
 */
export function s3Objects(bucket: Bucket, prefix: string) {
  const root = `${prefix}objects/`;
  const keyOf = (address: string): string => `${root}${address.slice(0, 2)}/${address}`;
  const addressOf = (key: string): string | null => /\/[0-9a-f]{2}\/([0-9a-f]{64})$/.exec(key)?.[1] ?? null;

  /** When it was stored, and when the newest mark was set, by the server's clock. */
  async function look(address: string): Promise<{ stored: Date | null; marked: Date | null }> {
    const key = keyOf(address);
    let stored: Date | null = null;
    let marked: Date | null = null;
    for await (const object of bucket.list(key)) {
      if (object.key === key) stored = object.modified;
      else if (marked === null || object.modified > marked) marked = object.modified;
    }
    return { stored, marked };
  }

  async function put(content: Buffer): Promise<string> {
    const address = sha256(content);
    for (;;) {
      await bucket.put(keyOf(address), content);
      const { stored, marked } = await look(address);
      // An old mark is of a removal that died.
      const dead = stored !== null && marked !== null && stored.getTime() - marked.getTime() > MARK_DEAD_MS;
      if (stored !== null && (marked === null || dead)) return address;
      await sleep(POLL_MS);
    }
  }

  const get = (address: string): Promise<Buffer | null> => bucket.get(keyOf(address));

  async function removeGroup(addresses: string[], before: Date): Promise<string[]> {
    const old: string[] = [];
    const sure: string[] = [];
    const isOld = async (address: string): Promise<boolean> => {
      const { stored } = await look(address);
      return stored !== null && stored < before;
    };
    await eachLimited(addresses, AT_ONCE, async (address) => void ((await isOld(address)) && old.push(address)));
    if (old.length === 0) return [];
    // Of this removal alone: another one at the same time must not take them away.
    const mark = `${MARK}${randomBytes(8).toString('hex')}`;
    const marks = old.map((address) => keyOf(address) + mark);
    const began = performance.now();
    await eachLimited(marks, AT_ONCE, (key) => bucket.put(key, Buffer.alloc(0)));
    await eachLimited(old, AT_ONCE, async (address) => void ((await isOld(address)) && sure.push(address)));
    // Too slow: a writer may take the marks for dead. The next sweep comes.
    if (performance.now() - began > REMOVAL_MS) sure.length = 0;
    // Where this fails it may still be carried out: then the marks must stay.
    await bucket.remove(sure.map(keyOf));
    await bucket.remove(marks);
    return sure;
  }

  async function remove(addresses: string[], before: Date): Promise<string[]> {
    const removed: string[] = [];
    const valid = addresses.filter((address) => /^[0-9a-f]{64}$/.test(address));
    for (let at = 0; at < valid.length; at += DELETE_GROUP) {
      removed.push(...(await removeGroup(valid.slice(at, at + DELETE_GROUP), before)));
    }
    return removed;
  }

  /** Everything stored; takes away the marks that killed removals left, since it sees them all. */
  async function* list(): AsyncGenerator<StoredArtifact> {
    const left: string[] = [];
    for await (const { key, bytes, modified } of bucket.list(root)) {
      const address = addressOf(key);
      if (address !== null) yield { address, bytes, stored_at: modified };
      else if (key.includes(MARK) && Date.now() - modified.getTime() > MARK_LEFT_MS) left.push(key);
    }
    await bucket.remove(left);
  }

  return { keyOf, put, get, remove, list };
}

export type S3Objects = ReturnType<typeof s3Objects>;
