import { gitComplaint, type GitAnswer, type GitRun } from './git-run.ts';
import { commitScript, type TreeChange } from './git-script.ts';

/** Git's id of a folder without files. */
const EMPTY_TREE = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';

async function must(answer: Promise<GitAnswer>): Promise<string> {
  const given = await answer;
  if (given.code !== 0) throw new Error(gitComplaint(given));
  return given.stdout.toString('latin1');
}

/** What changed from one tree to another, path by path. */
async function changesBetween(run: GitRun, from: string, to: string): Promise<TreeChange[]> {
  const fields = (await must(run(['diff-tree', '-r', '-z', '--raw', '--no-renames', from, to]))).split('\0');
  const changes: TreeChange[] = [];
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const [, mode, , id, status] = fields[at]!.split(' ');
    changes.push({ path: fields[at + 1]!, mode, id: status === 'D' ? null : id! });
  }
  return changes;
}

/**
 * Brings the commits `theirs` into the branch at `ours`, so that it can be pushed again: forward where ours has nothing of its own,
 * else by a merge. A file that both changed stays as we have it. Nothing is ever forced on the remote.
 * @returns false where another process moved the branch meanwhile: look again
 */
export async function joinBranches(run: GitRun, branch: string, ours: string | null, theirs: string): Promise<boolean> {
  const moved = async (id: string): Promise<boolean> => {
    const old = ours ?? '0'.repeat(40);
    return (await run(['update-ref', `refs/heads/${branch}`, id, old])).code === 0;
  };
  if (ours === null) return await moved(theirs);
  const found = await run(['merge-base', ours, theirs]);
  if (found.code !== 0 && found.code !== 1) throw new Error(gitComplaint(found));
  // The first of several: any of them will do to tell what each side changed.
  const base = found.stdout.toString('latin1').split('\n')[0] || EMPTY_TREE;
  if (base === theirs) return true;
  if (base === ours) return await moved(theirs);
  const own = new Set((await changesBetween(run, base, ours)).map(({ path }) => path));
  const changes = (await changesBetween(run, base, theirs)).filter(({ path }) => !own.has(path));
  const message = 'Merge what others pushed';
  const script = commitScript({ branch, author: 'Cairn', message, at: new Date(), from: ours, merge: theirs, changes });
  const answer = await run(['fast-import', '--quiet'], { input: script });
  if (answer.code === 0) return true;
  const head = await must(run(['rev-parse', `refs/heads/${branch}`]));
  if (head.trim() !== ours) return false;
  throw new Error(gitComplaint(answer));
}
