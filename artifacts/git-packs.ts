import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { nullOn } from './errors.ts';
import { gitComplaint, type GitRun } from './git-run.ts';

/** As Git's own gc.auto and gc.autoPackLimit. */
const MANY_LOOSE = 6700;
const MANY_PACKS = 50;
const REPACK_LIMIT_MS = 60 * 60_000;

/** The other cores are for the devices. */
const ONE_THREAD = 'pack.threads=1';

/** No text that no commit shows is ever packed or pruned: it stays loose, and the sweep alone decides about it. */
const NEVER_PRUNE = ['gc.pruneExpire=never', 'gc.cruftPacks=false', ONE_THREAD];

async function packs(gitDir: string): Promise<string[]> {
  const names = (await nullOn(readdir(join(gitDir, 'objects', 'pack')), 'ENOENT')) ?? [];
  return names.filter((name) => name.endsWith('.pack'));
}

/** Packs every loose object that a commit reaches, and nothing else. Afterwards what is loose and old is shown by no commit. */
export async function packReachable(run: GitRun): Promise<void> {
  const answer = await run(['repack', '-d', '-l', '-q'], { config: [ONE_THREAD], timeLimitMs: REPACK_LIMIT_MS });
  if (answer.code !== 0) throw new Error(gitComplaint(answer));
}

/** Repacks where there is much to gain. One of several processes does it at a time. */
export async function repackMany(gitDir: string, run: GitRun, limits = { loose: MANY_LOOSE, packs: MANY_PACKS }): Promise<void> {
  // Ids are spread evenly: one folder tells, as it does for Git.
  const sample = (await nullOn(readdir(join(gitDir, 'objects', '17')), 'ENOENT')) ?? [];
  if (sample.length * 256 > limits.loose) await packReachable(run);
  if ((await packs(gitDir)).length <= limits.packs) return;
  const answer = await run(['gc', '--quiet'], { config: NEVER_PRUNE, timeLimitMs: REPACK_LIMIT_MS });
  if (answer.code !== 0 && !/gc is already running/.test(answer.stderr)) throw new Error(gitComplaint(answer));
}

/** When something was packed last; null where nothing is. */
export async function lastPacked(gitDir: string): Promise<Date | null> {
  let last: Date | null = null;
  for (const name of await packs(gitDir)) {
    const found = await nullOn(stat(join(gitDir, 'objects', 'pack', name)), 'ENOENT');
    if (found !== null && (last === null || found.mtime > last)) last = found.mtime;
  }
  return last;
}
