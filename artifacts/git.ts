import { join } from 'node:path';
import { missing, unavailable } from './errors.ts';
import { headOf, publishOn, publishedOn, type Branch } from './git-branch.ts';
import { openCatFile } from './git-cat-file.ts';
import { blobId, textOfLoose } from './git-loose.ts';
import { joinable, joinBefore, lastPacked, packReachable, putTimes, repackMany, tidyPacks } from './git-packs.ts';
import { gitRemote } from './git-remote.ts';
import { ensureRepository } from './git-repository.ts';
import { gitComplaint, gitRunner } from './git-run.ts';
import { objectFiles } from './object-files.ts';
import { packWriter } from './object-writer.ts';
import type { ArtifactStore, Publication, StoredArtifact } from './store.ts';

const ADDRESS = /^[0-9a-f]{40}$/;
/** Packs of what was put, above which looking for one takes too long. */
const MANY_PUT = 200;
const NEVER = new Date(0);
const NOTED_MS = 5 * 60_000;
const MOST_NOTED = 20_000;
const BLOB = /^([0-9a-f]{40}) blob (\d+)$/;

export interface GitStoreOptions {
  /** The bare repository; made where there is none. */
  path: string;
  /** For people, without credentials. */
  location: string;
  branch: string;
  /** Where it is pushed to, as Git takes it; null for nowhere. */
  push: string | null;
  log: { warn(fields: object, message: string): void };
}

/**
 * Texts as blobs of a bare Git repository; a publication is one commit on a branch. Several processes may use it at once. A text that
 * a commit shows cannot be removed again: history is never rewritten.
 * @throws AppError `startup_failed` without Git, `configuration_invalid` where something else is at `path`
 */
export async function openGitStore({ path, location, branch: name, push, log }: GitStoreOptions): Promise<ArtifactStore> {
  await ensureRepository(path, name);
  const run = gitRunner(path);
  const catFile = openCatFile(path);
  const objects = objectFiles(
    join(path, 'objects'),
    (address) => address.slice(2),
    (folder, file) => (ADDRESS.test(folder + file) ? folder + file : null),
  );
  const writer = packWriter(join(path, 'objects', 'pack'));
  /** What this process put lately: no sweep takes it. */
  const lately = new Map<string, number>();

  function note(address: string): void {
    lately.delete(address);
    lately.set(address, Date.now());
    for (const [known, at] of lately) {
      if (lately.size <= MOST_NOTED && Date.now() - at < NOTED_MS) break;
      lately.delete(known);
    }
  }

  /** Loose ones are made new for the sweep; those in packs it leaves alone, or sees how old they are. */
  async function secure(addresses: string[]): Promise<string[]> {
    const packed: string[] = [];
    for (const address of addresses)
      if (Date.now() - (lately.get(address) ?? 0) > NOTED_MS && !(await objects.touch(address))) packed.push(address);
    if (packed.length === 0) return [];
    const input = Buffer.from(packed.map((address) => `${address}\n`).join(''));
    const answer = await run(['cat-file', '--batch-check=%(objectname) %(objecttype)'], { input });
    if (answer.code !== 0) throw new Error(gitComplaint(answer));
    const there = new Set(answer.stdout.toString('latin1').split('\n'));
    return packed.filter((address) => !there.has(`${address} blob`));
  }
  const branch: Branch = { run, catFile, branch: name, location, secure };
  const remote = push === null ? null : gitRemote({ run, url: push, branch: name, head: () => headOf(branch), log });
  await remote?.adopt();

  async function guarded<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw unavailable(location, error);
    }
  }

  async function present(): Promise<void> {
    if (!(await objects.present())) throw new Error('the repository is not there');
  }

  async function put(content: Buffer): Promise<string> {
    const address = blobId(content);
    await writer.write({ id: address, content });
    note(address);
    return address;
  }

  async function loose(address: string): Promise<Buffer | null> {
    const file = await objects.read(address);
    if (file === null) return null;
    try {
      const text = await textOfLoose(file);
      return text !== null && blobId(text) === address ? text : null;
    } catch (error) {
      log.warn({ err: String(error), address }, 'a loose object of the Git artifact store is damaged');
      return null;
    }
  }

  async function local(address: string): Promise<Buffer | null> {
    const found = await loose(address);
    if (found !== null) return found;
    const packed = await catFile.read(address);
    return packed?.type === 'blob' ? packed.content : null;
  }

  async function get(address: string): Promise<Buffer> {
    if (!ADDRESS.test(address)) throw missing(location, address, 'an address is 40 hexadecimal digits here');
    const found = await local(address);
    if (found !== null) return found;
    await present();
    // Another worker may have stored and pushed it.
    const fetched = remote !== null && (await remote.fetch()) ? await local(address) : null;
    if (fetched === null) throw missing(location, address);
    return fetched;
  }

  let last: Promise<unknown> = Promise.resolve();
  /** One at a time in this process: two would only get into each other's way. */
  async function publish(publication: Publication): Promise<void> {
    await present();
    const turn = last.then(() => publishOn(branch, publication));
    last = turn.catch(() => undefined);
    if ((await turn) !== 'committed') return;
    remote?.schedule();
    if (joining === null && (await joinable(path)) > MANY_PUT) joining = joinPacks().finally(() => (joining = null));
  }

  const closing = new AbortController();
  let joining: Promise<void> | null = null;
  /** Beside what is published next. That it could not be is no failure of what was shown; the next one tries again. */
  async function joinPacks(): Promise<void> {
    try {
      await packReachable(path, (args, options) => run(args, { ...options, signal: closing.signal }), joinBefore());
    } catch (error) {
      if (!closing.signal.aborted) log.warn({ err: String(error) }, 'the packs of the Git artifact store could not be joined');
    }
  }

  /** Every text, wherever it is; one that Git packed counts as stored when it packed something last. */
  async function* list(): AsyncGenerator<StoredArtifact> {
    try {
      await present();
      const times = new Map<string, Date>();
      for await (const { address, stored_at } of objects.list()) times.set(address, stored_at);
      for (const [address, at] of await putTimes(path)) if (at > (times.get(address) ?? NEVER)) times.set(address, at);
      const packed = (await lastPacked(path)) ?? new Date();
      const answer = await run(['cat-file', '--batch-all-objects', '--batch-check', '--unordered']);
      if (answer.code !== 0) throw new Error(gitComplaint(answer));
      for (const line of answer.stdout.toString('latin1').split('\n')) {
        const [, address, bytes] = BLOB.exec(line) ?? [];
        if (address !== undefined) yield { address, bytes: Number(bytes), stored_at: times.get(address) ?? packed };
      }
    } catch (error) {
      throw unavailable(location, error);
    }
  }

  /** Only what no commit shows: everything else is packed first, and stays. */
  async function remove(addresses: string[], before: Date): Promise<string[]> {
    await present();
    const put = await putTimes(path);
    const old: string[] = [];
    for (const address of addresses) {
      const packed = put.get(address);
      if (packed !== undefined && packed >= before) continue;
      if (ADDRESS.test(address) && (packed !== undefined || (await objects.isOld(address, before)))) old.push(address);
    }
    if (old.length === 0) return [];
    await packReachable(path, run, before);
    const removed: string[] = [];
    for (const address of old) if (await objects.removeOld(address, before)) removed.push(address);
    catFile.renew();
    // What was put again meanwhile is in a pack of its own.
    const again = await putTimes(path);
    return removed.filter((address) => !again.has(address));
  }

  async function maintain(): Promise<string | null> {
    await present();
    await objects.tidy();
    await tidyPacks(path);
    await repackMany(path, run);
    return (await remote?.pushed()) ?? null;
  }

  return {
    kind: 'git',
    location,
    put: (content) => guarded(() => put(content)),
    get: (address) => guarded(() => get(address)),
    publish: (publication) => guarded(() => publish(publication)),
    published: () => guarded(async () => (await present(), await publishedOn(branch))),
    list,
    remove: (addresses, before) => guarded(() => remove(addresses, before)),
    maintain: () => guarded(maintain),
    async close() {
      closing.abort();
      await Promise.all([last, joining]);
      await remote?.close();
      await Promise.all([writer.close(), objects.close()]);
      catFile.close();
    },
  };
}
