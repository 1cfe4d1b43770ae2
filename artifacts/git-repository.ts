import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError } from '../core/errors.ts';
import { hasCode, nullOn, textOf } from './errors.ts';
import { gitComplaint, gitRunner, requireGit } from './git-run.ts';

/**
 * Makes sure that there is a bare repository at `path`, in Git's usual object format. It appears by a rename, so it is complete or absent,
 * and several processes may do this at once.
 * @throws AppError `startup_failed` without Git; `configuration_invalid` where something else is there, or it cannot be made
 */
export async function ensureRepository(path: string, branch: string): Promise<void> {
  await requireGit();
  try {
    const entries = await nullOn(readdir(path), 'ENOENT');
    if (entries === null || entries.length === 0) await make(path, branch);
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw invalid(path, `cannot be made: ${textOf(cause)}`, cause);
  }
  const asked = await gitRunner(path)(['rev-parse', '--is-bare-repository', '--show-object-format']);
  const [bare, format] = asked.stdout.toString('utf8').split('\n');
  if (asked.code !== 0) throw invalid(path, `is no repository: ${gitComplaint(asked)}`);
  if (bare !== 'true') throw invalid(path, 'is a repository with a work tree: give the path of a bare one');
  if (format !== 'sha1') throw invalid(path, `has the object format ${format}: only sha1 is supported`);
}

async function make(path: string, branch: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  // mkdtemp makes it readable by its owner alone: configurations hold secrets.
  const aside = await mkdtemp(join(dirname(path), '.artifacts-'));
  try {
    const run = gitRunner(aside);
    for (const args of [
      ['init', '--quiet', '--bare', '--object-format=sha1', aside],
      ['symbolic-ref', 'HEAD', `refs/heads/${branch}`],
      ['config', 'gc.auto', '0'],
      // For people who run Git on it by hand: a text that no commit shows yet is not garbage.
      ['config', 'gc.pruneExpire', 'never'],
    ]) {
      const answer = await run(args);
      if (answer.code !== 0) throw new Error(gitComplaint(answer));
    }
    await rename(aside, path).catch((error: unknown) => {
      // Another process was first.
      if (!hasCode(error, 'ENOTEMPTY', 'EEXIST')) throw error;
    });
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}

function invalid(path: string, why: string, cause?: unknown): AppError {
  return new AppError('configuration_invalid', `the Git artifact store ${path} ${why}`, { cause });
}
