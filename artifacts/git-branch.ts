import { setTimeout as sleep } from 'node:timers/promises';
import { missing } from './errors.ts';
import type { CatFile } from './git-cat-file.ts';
import { gitComplaint, type GitRun } from './git-run.ts';
import { commitScript, type TreeChange } from './git-script.ts';
import { safeName, unsafeName } from './safe-name.ts';
import type { Publication } from './store.ts';

/** Another process may be first each time: it then got something done. */
const MAX_TRIES = 50;
const RETRY_MS = 100;

export interface Branch {
  run: GitRun;
  catFile: CatFile;
  branch: string;
  location: string;
  /** Makes sure that texts are in the repository, and marks them as wanted. Returns those that are not. */
  secure(addresses: string[]): Promise<string[]>;
}

/** The commit that the branch points to; null where there is none yet. */
export async function headOf({ catFile, branch }: Pick<Branch, 'catFile' | 'branch'>): Promise<string | null> {
  return (await catFile.read(`refs/heads/${branch}`))?.id ?? null;
}

/** Every file of a commit: path → blob. Files that people put there are among them. */
async function filesOf({ run }: Branch, commit: string | null): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  if (commit === null) return files;
  const listed = await run(['ls-tree', '-r', '-z', '--full-tree', commit]);
  if (listed.code !== 0) throw new Error(gitComplaint(listed));
  for (const entry of listed.stdout.toString('latin1').split('\0')) {
    const [, type, id, path] = /^\d+ (\w+) ([0-9a-f]+)\t([^]*)$/.exec(entry) ?? [];
    if (type === 'blob' && id !== undefined && path !== undefined) files.set(path, id);
  }
  return files;
}

export async function publishedOn(branch: Branch): Promise<Map<string, string>> {
  const shown = new Map<string, string>();
  for (const [path, id] of await filesOf(branch, await headOf(branch))) {
    const name = unsafeName(path);
    if (name !== null) shown.set(name, id);
  }
  return shown;
}

/**
 * Makes one commit of a publication, or none where it changes nothing. Publishers in several processes all come through: Git moves
 * the branch only from where this one saw it, and who came second begins again.
 */
export async function publishOn(branch: Branch, publication: Publication): Promise<'committed' | 'unchanged'> {
  const { run, location } = branch;
  for (let tries = 1; ; tries += 1) {
    const from = await headOf(branch);
    const changes = changesOf(await filesOf(branch, from), publication);
    if (changes.length === 0) return 'unchanged';
    const [lost] = await branch.secure(changes.flatMap(({ id }) => id ?? []));
    if (lost !== undefined) throw missing(location, lost);
    const script = commitScript({
      branch: branch.branch,
      author: publication.actor,
      message: publication.message,
      at: new Date(),
      from,
      changes,
    });
    const answer = await run(['fast-import', '--quiet'], { input: script });
    if (answer.code === 0) return 'committed';
    if ((await headOf(branch)) === from || tries === MAX_TRIES) throw new Error(gitComplaint(answer));
    await sleep(Math.random() * RETRY_MS);
  }
}

function changesOf(shown: Map<string, string>, { files, removed }: Publication): TreeChange[] {
  const changes = new Map<string, string | null>();
  for (const { name, address } of files) changes.set(safeName(name), address);
  for (const name of removed) changes.set(safeName(name), null);
  return [...changes].filter(([path, id]) => (shown.get(path) ?? null) !== id).map(([path, id]) => ({ path, id }));
}
