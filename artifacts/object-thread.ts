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
import { parentPort } from 'node:worker_threads';
import { deflateSync } from 'node:zlib';
import { hasCode } from './errors.ts';
import { TEMPORARY, type Problem, type WriteGroup, type WriteJob } from './object-writer.ts';

/**
 * The thread behind `objectWriter`: writes objects group by group with the plain calls of the system. Nine of them for each object
 * through the thread pool cost more CPU than the session that brought it. Only what waits for the disk goes through the pool: file
 * systems take many of those at once.
 */
const flushed = promisify(fsync);

/** Fast: a configuration shrinks to a fifth also so, and repacking does better later. */
const LEVEL = 1;

interface Open {
  at: number;
  path: string;
  temporary: string;
  file: number;
}

/** Makes an object that is there look as if it were stored now; false where it is not there, or is not of this length. */
function touched({ path, header, content }: WriteJob): boolean {
  try {
    if (header === null && statSync(path).size !== content.length) return false;
    const now = new Date();
    utimesSync(path, now, now);
    return true;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false;
    throw error;
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = openSync(folder, 'r');
  try {
    await flushed(handle);
  } finally {
    closeSync(handle);
  }
}

/** Rare: a folder of objects was made. */
function syncFolderNow(folder: string): void {
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
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
  syncFolderNow(dirname(folder));
  return openSync(path, 'wx', 0o444);
}

function begin(job: WriteJob, at: number): Open {
  const { path, header, content } = job;
  const bytes = header === null ? content : deflateSync(Buffer.concat([Buffer.from(header), content]), { level: LEVEL });
  const temporary = `${dirname(path)}/${TEMPORARY}${randomBytes(8).toString('hex')}`;
  const open = { at, path, temporary, file: openNew(temporary) };
  try {
    for (let done = 0; done < bytes.length;) done += writeSync(open.file, bytes, done);
  } catch (error) {
    closeSync(open.file);
    removeQuietly(temporary);
    throw error;
  }
  return open;
}

/** Under the name of the object there is all of it or nothing. */
async function finish({ file, temporary, path }: Open): Promise<void> {
  try {
    try {
      await flushed(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    removeQuietly(temporary);
    throw error;
  }
}

/** What is left is tidied up later; the failure before it is what is told. */
function removeQuietly(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (!hasCode(error, 'ENOENT', 'EROFS', 'EACCES', 'EIO')) throw error;
  }
}

/** Each is durable, or has its problem: one that fails costs no other one. */
async function writeGroup(jobs: WriteJob[]): Promise<(Problem | null)[]> {
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
      syncFolder(folder).catch((error: unknown) => {
        for (const { at } of members) blame(at, error);
      }),
    ),
  );
  return problems;
}

function problemOf(error: unknown): Problem {
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
  return { code, message: error instanceof Error ? error.message : String(error) };
}

parentPort?.on('message', ({ id, jobs }: WriteGroup) => {
  void writeGroup(jobs).then((problems) => parentPort?.postMessage({ id, problems }));
});
