import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, statSync, unlinkSync, utimesSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { parentPort } from 'node:worker_threads';
import { deflateSync } from 'node:zlib';
import { hasCode } from './errors.ts';
import { TEMPORARY, type Problem, type WriteJob } from './object-writer.ts';

/**
 * The thread behind `objectWriter`: writes objects group by group with the plain calls of the system. Nine of them for each object
 * through the thread pool cost more CPU than the session that brought it.
 */

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

function syncFolder(folder: string): void {
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
  syncFolder(dirname(folder));
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
function finish({ file, temporary, path }: Open): void {
  try {
    try {
      fsyncSync(file);
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
function writeGroup(jobs: WriteJob[]): (Problem | null)[] {
  const problems: (Problem | null)[] = jobs.map(() => null);
  const guard = <T>(at: number, work: () => T): T | null => {
    try {
      return work();
    } catch (error) {
      problems[at] = problemOf(error);
      return null;
    }
  };
  const open = jobs.flatMap((job, at) => guard(at, () => (touched(job) ? null : begin(job, at))) ?? []);
  const folders = new Map<string, number[]>();
  for (const one of open) {
    guard(one.at, () => finish(one));
    const folder = dirname(one.path);
    folders.set(folder, [...(folders.get(folder) ?? []), one.at]);
  }
  for (const [folder, members] of folders) {
    const problem = syncProblem(folder);
    if (problem !== null) for (const at of members) problems[at] ??= problem;
  }
  return problems;
}

function syncProblem(folder: string): Problem | null {
  try {
    syncFolder(folder);
    return null;
  } catch (error) {
    return problemOf(error);
  }
}

function problemOf(error: unknown): Problem {
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
  return { code, message: error instanceof Error ? error.message : String(error) };
}

parentPort?.on('message', (jobs: WriteJob[]) => parentPort?.postMessage(writeGroup(jobs)));
