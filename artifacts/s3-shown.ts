import { missing } from './errors.ts';
import { eachLimited } from './limited.ts';
import type { Bucket } from './s3-bucket.ts';
import type { S3Objects } from './s3-objects.ts';
import { safeName, unsafeName } from './safe-name.ts';
import { sha256 } from './sha256.ts';
import type { Publication } from './store.ts';

/** A key takes 1,024 bytes: a name that would be longer is shown under its hash. */
const LONGEST = 600;
const HASHED = '%~';
const AT_ONCE = 32;

interface Shown {
  address: string;
  modified: Date;
  /** Usually one; two publishers at once, or one that died, may leave more. */
  keys: string[];
}

function keyName(name: string): string {
  const safe = safeName(name);
  return safe.length <= LONGEST ? safe : `${HASHED}${sha256(name)}`;
}

/**
 * What the S3 store shows to people: `current/<name>` is a copy of the text, and `addresses/<name>/<address>` tells which it is, so that one
 * listing tells all; its body is the name. It is written last and taken away first: what it tells is shown.
 */
export function s3Shown(bucket: Bucket, prefix: string, location: string, objects: S3Objects) {
  const [current, addresses] = [`${prefix}current/`, `${prefix}addresses/`];

  async function shown(): Promise<Map<string, Shown>> {
    const found = new Map<string, Shown>();
    for await (const { key, modified } of bucket.list(addresses)) {
      const cut = key.lastIndexOf('/');
      const [name, address] = [key.slice(addresses.length, cut), key.slice(cut + 1)];
      const other = found.get(name);
      const newest = other === undefined || modified >= other.modified ? { address, modified } : other;
      found.set(name, { ...newest, keys: [...(other?.keys ?? []), key] });
    }
    return found;
  }

  async function publish({ files, removed }: Publication): Promise<void> {
    const before = await shown();
    const isShown = (name: string, address: string): boolean => {
      const now = before.get(keyName(name));
      return now?.address === address && now.keys.length === 1;
    };
    const gone = new Set(removed.map(keyName));
    const changed = files.filter(({ name, address }) => !isShown(name, address) && !gone.has(keyName(name)));
    const keysOf = (name: string): string[] => before.get(keyName(name))?.keys ?? [];
    await bucket.remove([...changed.map(({ name }) => name), ...removed].flatMap(keysOf));
    await bucket.remove([...gone].filter((name) => before.has(name)).map((name) => current + name));
    await eachLimited(changed, AT_ONCE, async ({ name, address }) => {
      const key = keyName(name);
      if (!(await bucket.copy(objects.keyOf(address), current + key))) throw missing(location, address);
      await bucket.put(`${addresses}${key}/${address}`, Buffer.from(name));
    });
  }

  async function published(): Promise<Map<string, string>> {
    const names = new Map<string, string>();
    await eachLimited(await shown(), AT_ONCE, async ([key, { address, keys }]) => {
      const name = key.startsWith(HASHED) ? (await bucket.get(keys[0]!))?.toString('utf8') : unsafeName(key);
      if (name !== null && name !== undefined) names.set(name, address);
    });
    return names;
  }

  return { publish, published };
}
