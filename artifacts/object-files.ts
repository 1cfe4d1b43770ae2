import { randomBytes } from 'node:crypto';
import { link, open, readFile, readdir, rename, stat, unlink, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode, nullOn } from './errors.ts';
import { eachLimited } from './limited.ts';
import { fileWriter, TEMPORARY } from './object-writer.ts';

const ASIDE = `${TEMPORARY}gone_`;
const UNFINISHED_AGE_MS = 60 * 60_000;
const ASIDE_AGE_MS = 10 * 60_000;

export interface ObjectFile {
  address: string;
  /** Of the file, which may be compressed. */
  bytes: number;
  stored_at: Date;
}

const random = (): string => randomBytes(8).toString('hex');

async function wasStoredBefore(path: string, before: Date): Promise<boolean> {
  const found = await nullOn(stat(path), 'ENOENT');
  return found !== null && found.mtimeMs < before.getTime();
}

/** Makes the entries of a folder last, as fsync does for a file. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Files named for their content in 256 folders (`ab/…`), as Git keeps loose objects. All of it throws the errors of the system;
 * nothing ever makes `root` anew: where it is gone, a disk may not be mounted.
 * @param fileOf the name in its folder of an address
 * @param addressOf the address of a file `name` in `folder`; null where it is none of ours
 */
export function objectFiles(
  root: string,
  fileOf: (address: string) => string,
  addressOf: (folder: string, name: string) => string | null,
) {
  const folderOf = (address: string): string => join(root, address.slice(0, 2));
  const pathOf = (address: string): string => join(folderOf(address), fileOf(address));

  /** Makes an object look as if it were stored now. False where it is not there. */
  async function touch(address: string): Promise<boolean> {
    const path = pathOf(address);
    const now = new Date();
    return (
      (await nullOn(
        utimes(path, now, now).then(() => true),
        'ENOENT',
      )) ?? false
    );
  }

  const writer = fileWriter();

  /** Durable when it resolves; one that is there already looks as if it were stored now. */
  const store = (address: string, content: Buffer): Promise<void> => writer.write({ path: pathOf(address), content });

  /** The path that holds the object now: its own, or where a removal has put it aside for a moment; null where there is none. */
  async function locate(address: string): Promise<string | null> {
    const path = pathOf(address);
    for (const _ of [1, 2]) {
      if ((await nullOn(stat(path), 'ENOENT')) !== null) return path;
      const names = (await nullOn(readdir(folderOf(address)), 'ENOENT')) ?? [];
      const aside = names.find((name) => name.startsWith(`${ASIDE}${fileOf(address)}_`));
      if (aside !== undefined) return join(folderOf(address), aside);
    }
    return null;
  }

  async function read(address: string): Promise<Buffer | null> {
    const direct = await nullOn(readFile(pathOf(address)), 'ENOENT');
    if (direct !== null) return direct;
    for (const _ of [1, 2, 3]) {
      const path = await locate(address);
      if (path === null) return null;
      const found = await nullOn(readFile(path), 'ENOENT');
      if (found !== null) return found;
    }
    return null;
  }

  /** Gives an object that was put aside its name again; one that was stored anew meanwhile stays. */
  async function putBack(aside: string, path: string): Promise<void> {
    await nullOn(link(aside, path), 'EEXIST', 'ENOENT');
    await nullOn(unlink(aside), 'ENOENT');
  }

  /** True where the object is here and was last stored before `before`. */
  const isOld = (address: string, before: Date): Promise<boolean> => wasStoredBefore(pathOf(address), before);

  /**
   * Removes an object that was last stored before `before`. It is put aside first and looked at again there, so that one which is
   * stored at this moment stays: a writer either touched what is then put back, or found nothing and writes it anew.
   */
  async function removeOld(address: string, before: Date): Promise<boolean> {
    const path = pathOf(address);
    if (!(await wasStoredBefore(path, before))) return false;
    const aside = join(folderOf(address), `${ASIDE}${fileOf(address)}_${random()}`);
    if (
      (await nullOn(
        rename(path, aside).then(() => true),
        'ENOENT',
      )) === null
    )
      return false;
    if (await wasStoredBefore(aside, before)) {
      await nullOn(unlink(aside), 'ENOENT');
      return true;
    }
    await putBack(aside, path);
    return false;
  }

  async function* folders(): AsyncGenerator<{ folder: string; names: string[] }> {
    for (const folder of await readdir(root)) {
      if (!/^[0-9a-f]{2}$/.test(folder)) continue;
      yield { folder, names: (await nullOn(readdir(join(root, folder)), 'ENOENT')) ?? [] };
    }
  }

  async function* list(): AsyncGenerator<ObjectFile> {
    for await (const { folder, names } of folders()) {
      const found: ObjectFile[] = [];
      await eachLimited(names, 16, async (name) => {
        const address = addressOf(folder, name);
        const at = address === null ? null : await nullOn(stat(join(root, folder, name)), 'ENOENT');
        if (address !== null && at !== null) found.push({ address, bytes: at.size, stored_at: at.mtime });
      });
      yield* found;
    }
  }

  /** Removes what killed writers left, and gives back what killed removals had put aside. */
  async function tidy(now = Date.now()): Promise<void> {
    for await (const { folder, names } of folders()) {
      for (const name of names.filter((one) => one.startsWith(TEMPORARY))) {
        const path = join(root, folder, name);
        // The change time: putting aside keeps the time of the content.
        const age = now - ((await nullOn(stat(path), 'ENOENT'))?.ctimeMs ?? now);
        const gone = name.startsWith(ASIDE);
        if (gone && age > ASIDE_AGE_MS) await putBack(path, join(root, folder, name.slice(ASIDE.length, name.lastIndexOf('_'))));
        if (!gone && age > UNFINISHED_AGE_MS) await nullOn(unlink(path), 'ENOENT');
      }
    }
  }

  /** False where the folder of all objects is not there, so that nothing can be said about any of them. */
  async function present(): Promise<boolean> {
    try {
      return (await stat(root)).isDirectory();
    } catch (error) {
      if (hasCode(error, 'ENOENT', 'ENOTDIR')) return false;
      throw error;
    }
  }

  return { touch, store, close: () => writer.close(), locate, read, isOld, removeOld, list, tidy, present };
}

export type ObjectFiles = ReturnType<typeof objectFiles>;
