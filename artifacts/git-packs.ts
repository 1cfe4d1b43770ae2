import { readdir, readFile, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { nullOn } from './errors.ts';
import { idsIn, PUT_PACK } from './git-pack-format.ts';
import { gitComplaint, type GitRun } from './git-run.ts';

/** As Git's own gc.auto and gc.autoPackLimit. */
const MANY_LOOSE = 6700;
const MANY_PACKS = 50;
const REPACK_LIMIT_MS = 60 * 60_000;

/** The other cores are for the devices. */
const CONFIG = ['pack.threads=1'];
const MAX_TRIES = 5;

async function packs(gitDir: string): Promise<string[]> {
  const names = (await nullOn(readdir(join(gitDir, 'objects', 'pack')), 'ENOENT')) ?? [];
  return names.filter((name) => name.endsWith('.pack'));
}

/** Packs that hold texts as they were put, shown by a commit or not. */
const isPut = (name: string): boolean => name.startsWith(PUT_PACK);

/** Such packs that are older than this, by the time of their file. */
async function putBefore(gitDir: string, before: Date): Promise<string[]> {
  const old: string[] = [];
  for (const name of (await packs(gitDir)).filter(isPut)) {
    const found = await nullOn(stat(join(gitDir, 'objects', 'pack', name)), 'ENOENT');
    if (found !== null && found.mtime < before) old.push(name);
  }
  return old;
}

/**
 * Packs every object that a commit reaches, but for those that Git packed already (with `all` those as well). What no commit reaches is
 * loose afterwards, as old as the pack that it was put into. Packs that were put after `before` are left: a text in one of them
 * may be in an older one too, and must not look as old as that; Git knows them by their `.keep`.
 */
export async function packReachable(gitDir: string, run: GitRun, before: Date, all = false): Promise<void> {
  const folder = join(gitDir, 'objects', 'pack');
  for (const name of await putBefore(gitDir, before))
    await nullOn(unlink(join(folder, name.replace(/\.pack$/, '.keep'))), 'ENOENT');
  const kept = all ? [] : (await packs(gitDir)).filter((name) => !isPut(name));
  const keep = kept.map((name) => `--keep-pack=${name}`);
  for (let tries = 1; ; tries += 1) {
    const answer = await run(['repack', '-A', '-d', '-l', '-q', ...keep], { config: CONFIG, timeLimitMs: REPACK_LIMIT_MS });
    if (answer.code === 0) return;
    // Another process that repacks takes packs away from under this one; then there is less to do. One that was killed is not tried again.
    if (tries === MAX_TRIES || answer.code === null) throw new Error(gitComplaint(answer));
    await sleep(Math.random() * tries * 100);
  }
}

/** How many packs of what was put are there to be joined. */
export async function joinable(gitDir: string): Promise<number> {
  return (await putBefore(gitDir, joinBefore())).length;
}

/** A text is in a row of the database long before that. */
export const joinBefore = (): Date => new Date(Date.now() - 5 * 60_000);

/** When each text that is in such a pack was put last. */
export async function putTimes(gitDir: string): Promise<Map<string, Date>> {
  const times = new Map<string, Date>();
  for (const name of (await packs(gitDir)).filter(isPut)) {
    const path = join(gitDir, 'objects', 'pack', name);
    const [at, index] = await Promise.all([
      nullOn(stat(path), 'ENOENT'),
      nullOn(readFile(path.replace(/\.pack$/, '.idx')), 'ENOENT'),
    ]);
    // A pack without its index is being made, or being removed.
    if (at === null || index === null) continue;
    const ids = idsIn(index);
    if (ids === null) throw new Error(`the index of ${name} is damaged`);
    for (const id of ids) if ((times.get(id) ?? at.mtime) <= at.mtime) times.set(id, at.mtime);
  }
  return times;
}

/** Removes what killed writers left in the folder of packs. */
export async function tidyPacks(gitDir: string): Promise<void> {
  const folder = join(gitDir, 'objects', 'pack');
  const names = new Set((await nullOn(readdir(folder), 'ENOENT')) ?? []);
  for (const name of names) {
    // Put by a writer that was killed before the index, which comes last.
    const lone = isPut(name) && !names.has(name.replace(/\.\w+$/, '.idx'));
    if (!lone && !name.startsWith('tmp_')) continue;
    const found = await nullOn(stat(join(folder, name)), 'ENOENT');
    if (found !== null && Date.now() - found.mtimeMs > REPACK_LIMIT_MS) await nullOn(unlink(join(folder, name)), 'ENOENT');
  }
}

/** Repacks where there is much to gain. */
export async function repackMany(gitDir: string, run: GitRun, limits = { loose: MANY_LOOSE, packs: MANY_PACKS }): Promise<void> {
  // Ids are spread evenly: one folder tells, as it does for Git.
  const sample = (await nullOn(readdir(join(gitDir, 'objects', '17')), 'ENOENT')) ?? [];
  const all = (await packs(gitDir)).filter((name) => !isPut(name)).length > limits.packs;
  const some = sample.length * 256 > limits.loose || (await joinable(gitDir)) > limits.packs;
  if (all || some) await packReachable(gitDir, run, joinBefore(), all);
}

/** When Git packed something last; null where it packed nothing. */
export async function lastPacked(gitDir: string): Promise<Date | null> {
  let last: Date | null = null;
  for (const name of (await packs(gitDir)).filter((one) => !isPut(one))) {
    const found = await nullOn(stat(join(gitDir, 'objects', 'pack', name)), 'ENOENT');
    if (found !== null && (last === null || found.mtime > last)) last = found.mtime;
  }
  return last;
}
