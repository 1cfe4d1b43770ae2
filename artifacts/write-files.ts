import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fsync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  statSync,
  unlinkSync,
  utimesSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { hasCode } from './errors.ts';
import { TEMPORARY, type FileJob, type Problem } from './object-writer.ts';
import { problemOf } from './write-problem.ts';

/** Of a thread of its own: plain calls of the system, but for what waits for the disk, of which file systems take many at once. */
const flushed = promisify(fsync);

interface Open {
  at: number;
  path: string;
  temporary: string;
  file: number;
}

/** Each is durable, or has its problem: one that fails costs no other one. */
export async function writeFiles(jobs: FileJob[]): Promise<(Problem | null)[]> {
  const problems: (Problem | null)[] = jobs.map(() => null);
  const blame = (at: number, error: unknown): void => void (problems[at] ??= problemOf(error));
  const open: Open[] = [];
  for (const [at, job] of jobs.entries()) {
    try {
      if (!touched(job)) open.push(begin(job, at));
    } catch (error) {
      blame(at, error);
    }
  }
  await Promise.all(open.map((one) => finish(one).catch((error: unknown) => blame(one.at, error))));
  const folders = new Map<string, Open[]>();
  for (const one of open) folders.set(dirname(one.path), [...(folders.get(dirname(one.path)) ?? []), one]);
  await Promise.all(
    [...folders].map(([folder, members]) =>
      flushFolder(folder).catch((error: unknown) => {
        for (const { at } of members) blame(at, error);
      }),
    ),
  );
  return problems;
}

/** Makes a file that is there look as if it were stored now; false where it is not there, or is not of this length. */
function touched({ path, content }: FileJob): boolean {
  try {
    if (statSync(path).size !== content.length) return false;
    const now = new Date();
    utimesSync(path, now, now);
    return true;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false;
    throw error;
  }
}

function begin({ path, content }: FileJob, at: number): Open {
  const temporary = `${dirname(path)}/${TEMPORARY}${randomBytes(8).toString('hex')}`;
  return { at, path, temporary, file: writeNew(temporary, content, () => openNew(temporary)) };
}

function openNew(path: string): number {
  try {
    return openSync(path, 'wx', 0o444);
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
  }
  const folder = dirname(path);
  try {
    mkdirSync(folder);
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  }
  const root = openSync(dirname(folder), 'r');
  try {
    fsyncSync(root);
  } finally {
    closeSync(root);
  }
  return openSync(path, 'wx', 0o444);
}

/** Under the name of the object there is all of it or nothing. */
async function finish({ file, temporary, path }: Open): Promise<void> {
  try {
    await flushAndClose(file);
    renameSync(temporary, path);
  } catch (error) {
    removeQuietly(temporary);
    throw error;
  }
}

/** A new file with this content, still open; none where that fails. */
export function writeNew(path: string, content: Uint8Array, open = () => openSync(path, 'wx', 0o444)): number {
  const file = open();
  try {
    for (let done = 0; done < content.length;) done += writeSync(file, content, done);
    return file;
  } catch (error) {
    closeSync(file);
    removeQuietly(path);
    throw error;
  }
}

export async function flushAndClose(file: number): Promise<void> {
  try {
    await flushed(file);
  } finally {
    closeSync(file);
  }
}

/** Makes the entries of a folder last. */
export async function flushFolder(folder: string): Promise<void> {
  await flushAndClose(openSync(folder, 'r'));
}

/** What is left is tidied up later; the failure before it is what is told. */
export function removeQuietly(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (!hasCode(error, 'ENOENT', 'EROFS', 'EACCES', 'EIO')) throw error;
  }
}
