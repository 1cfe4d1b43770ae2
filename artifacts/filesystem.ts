import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../core/errors.ts';
import { missing, unavailable } from './errors.ts';
import { objectFiles } from './object-files.ts';
import { sha256 } from './sha256.ts';
import { shownFiles } from './shown-files.ts';
import type { ArtifactStore } from './store.ts';

const ADDRESS = /^[0-9a-f]{64}$/;

/**
 * Texts in a folder: `objects/ab/<sha256>` holds a text as it is, `current/<name>` shows the newest one of each device.
 * Several processes may use it at once, also over a network file system that keeps renames atomic.
 * @throws AppError `configuration_invalid` where the folder cannot be made
 */
export async function openFilesystemStore({ path }: { path: string }): Promise<ArtifactStore> {
  const location = `file://${path}`;
  const objects = objectFiles(
    join(path, 'objects'),
    (address) => address,
    (folder, name) => (ADDRESS.test(name) && name.startsWith(folder) ? name : null),
  );
  const shown = shownFiles(path, location, objects);

  /** Every failure of the system means that the store is away, not that a text is. */
  async function guarded<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw unavailable(location, error);
    }
  }

  try {
    await mkdir(join(path, 'objects'), { recursive: true, mode: 0o700 });
    await shown.prepare();
  } catch (cause) {
    throw new AppError('configuration_invalid', `the artifact store ${location} cannot be made: ${String(cause)}`, { cause });
  }

  /** Where the disk is away, nothing can be said about any text. */
  async function present(): Promise<void> {
    if (!(await objects.present())) throw new Error('the folder of the texts is not there');
  }

  async function put(content: Buffer): Promise<string> {
    const address = sha256(content);
    await objects.store(address, content);
    return address;
  }

  async function get(address: string): Promise<Buffer> {
    if (!ADDRESS.test(address)) throw missing(location, address, 'an address is 64 hexadecimal digits here');
    const content = await objects.read(address);
    if (content === null) {
      await present();
      throw missing(location, address);
    }
    if (sha256(content) !== address) throw missing(location, address, 'the file is damaged');
    return content;
  }

  async function* list() {
    try {
      yield* objects.list();
    } catch (error) {
      throw unavailable(location, error);
    }
  }

  async function remove(addresses: string[], before: Date): Promise<string[]> {
    await present();
    const removed: string[] = [];
    for (const address of addresses)
      if (ADDRESS.test(address) && (await objects.removeOld(address, before))) removed.push(address);
    return removed;
  }

  async function maintain(): Promise<null> {
    await objects.tidy();
    await shown.tidy();
    return null;
  }

  return {
    kind: 'filesystem',
    location,
    put: (content) => guarded(() => put(content)),
    get: (address) => guarded(() => get(address)),
    publish: (publication) => guarded(async () => (await present(), await shown.publish(publication))),
    published: () => guarded(() => shown.published()),
    list,
    remove: (addresses, before) => guarded(() => remove(addresses, before)),
    maintain: () => guarded(maintain),
    close: () => objects.close(),
  };
}
