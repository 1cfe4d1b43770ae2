import { randomBytes } from 'node:crypto';
import { copyFile, link, lstat, mkdir, readdir, readlink, rename, stat, symlink, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { hasCode, missing, nullOn } from './errors.ts';
import { eachLimited } from './limited.ts';
import { syncFolder, type ObjectFiles } from './object-files.ts';
import { safeName, unsafeName } from './safe-name.ts';
import type { Publication } from './store.ts';

const TEMPORARY = '.tmp-';
const UNFINISHED_AGE_MS = 60 * 60_000;
/** Answers of file systems that cannot link here: another device, too many links, no links at all. */
const NO_LINK = ['EXDEV', 'EMLINK', 'EPERM', 'ENOTSUP', 'EOPNOTSUPP'];

const temporaryIn = (folder: string): string => join(folder, `${TEMPORARY}${randomBytes(8).toString('hex')}`);

/**
 * What the file system store shows to people: `current/<name>` is the text itself (a hard link), `addresses/<name>` a symbolic link
 * that leads nowhere and whose target is the address. It is set last, so what it tells is shown.
 */
export function shownFiles(root: string, location: string, objects: ObjectFiles) {
  const [current, addresses] = [join(root, 'current'), join(root, 'addresses')];

  /** Puts what `make` makes under `path`, in place of what was there. */
  async function replace(path: string, make: (temporary: string) => Promise<void>): Promise<void> {
    const folder = dirname(path);
    if (folder !== current && folder !== addresses) await mkdir(folder, { recursive: true });
    const temporary = temporaryIn(folder);
    try {
      await make(temporary);
      await rename(temporary, path);
    } finally {
      // A rename onto a link of the same file does nothing and leaves this one.
      await nullOn(unlink(temporary), 'ENOENT');
    }
  }

  async function show(path: string, address: string): Promise<void> {
    const isShown = (await nullOn(readlink(join(addresses, path)), 'ENOENT')) === address;
    if (isShown && (await nullOn(stat(join(current, path)), 'ENOENT')) !== null) return;
    const text = await objects.locate(address);
    if (text === null) throw missing(location, address);
    await replace(join(current, path), async (temporary) => {
      try {
        await link(text, temporary);
      } catch (error) {
        if (!hasCode(error, ...NO_LINK)) throw error;
        await copyFile(text, temporary);
      }
    });
    await replace(join(addresses, path), (temporary) => symlink(address, temporary));
  }

  async function hide(path: string): Promise<void> {
    await nullOn(unlink(join(current, path)), 'ENOENT');
    await nullOn(unlink(join(addresses, path)), 'ENOENT');
  }

  async function publish({ files, removed }: Publication): Promise<void> {
    await eachLimited(files, 8, ({ name, address }) => show(safeName(name), address));
    await eachLimited(removed, 8, (name) => hide(safeName(name)));
    await syncFolder(current);
    await syncFolder(addresses);
  }

  async function* walk(folder: string, within = ''): AsyncGenerator<string> {
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      const path = `${within}${entry.name}`;
      if (entry.isDirectory()) yield* walk(join(folder, entry.name), `${path}/`);
      else yield path;
    }
  }

  async function published(): Promise<Map<string, string>> {
    const shown = new Map<string, string>();
    const paths: string[] = [];
    for await (const path of walk(addresses)) if (!path.includes(TEMPORARY)) paths.push(path);
    await eachLimited(paths, 16, async (path) => {
      const address = await nullOn(readlink(join(addresses, path)), 'ENOENT');
      const name = unsafeName(path);
      if (name !== null && address !== null) shown.set(name, address);
    });
    return shown;
  }

  /** Removes what killed publishers left. */
  async function tidy(): Promise<void> {
    for (const folder of [current, addresses]) {
      for await (const path of walk(folder)) {
        if (!path.includes(TEMPORARY)) continue;
        const found = await nullOn(lstat(join(folder, path)), 'ENOENT');
        if (found !== null && Date.now() - found.ctimeMs > UNFINISHED_AGE_MS) await nullOn(unlink(join(folder, path)), 'ENOENT');
      }
    }
  }

  const prepare = async (): Promise<void> => {
    for (const folder of [current, addresses]) await mkdir(folder, { recursive: true, mode: 0o700 });
  };

  return { publish, published, tidy, prepare };
}
