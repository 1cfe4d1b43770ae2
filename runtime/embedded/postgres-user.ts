import { execFileSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { AppError } from '../../core/errors.ts';
import { errorText } from '../system-error.ts';

/** How to start a PostgreSQL program: as ourselves, or as another user where we are root. */
export interface PostgresUser {
  /** null: as ourselves. */
  ids: { uid: number; gid: number } | null;
  /** Turns a command line into the one to spawn; `spawnIds` go with it. */
  wrap(command: string, args: string[]): { command: string; args: string[]; uid?: number; gid?: number };
}

/** Users that PostgreSQL runs as under root, the first that the system has. */
const CANDIDATES = ['postgres', 'nobody'];

/**
 * PostgreSQL refuses to run as root. As root we take the owner of an existing data folder, else one of `CANDIDATES`; and where
 * that user cannot pass a folder on the way (a clone in /root, say), it gets the one capability that lets it pass.
 * @param paths all that it must reach
 */
export function choosePostgresUser(dataFolder: string, paths: string[]): PostgresUser {
  if (process.getuid?.() !== 0) return { ids: null, wrap: (command, args) => ({ command, args }) };
  const ids = ownerOf(dataFolder) ?? CANDIDATES.map(lookUp).find((found) => found !== null);
  if (!ids) {
    throw new AppError(
      'startup_failed',
      `PostgreSQL does not run as root and the system has neither user ${CANDIDATES.join(' nor ')}: start Cairn as another user, or set CAIRN_DATABASE_URL`,
    );
  }
  const blocked = paths.map((path) => blockedAt(path, ids)).find((folder) => folder !== null);
  if (blocked === undefined) return { ids, wrap: (command, args) => ({ command, args, ...ids }) };
  if (!hasSetpriv()) {
    throw new AppError(
      'startup_failed',
      `PostgreSQL runs as user ${ids.uid} here, which may not enter ${blocked}: start Cairn as an ordinary user, or put it and CAIRN_DATA_DIR outside of ${blocked}`,
    );
  }
  // access(2) checks the real user with its capabilities dropped, unless this secure bit is set; see capabilities(7).
  const flags = [
    `--reuid=${ids.uid}`,
    `--regid=${ids.gid}`,
    '--clear-groups',
    '--securebits=+no_setuid_fixup',
    '--inh-caps=-all,+dac_override',
    '--ambient-caps=-all,+dac_override',
  ];
  return { ids, wrap: (command, args) => ({ command: 'setpriv', args: [...flags, command, ...args] }) };
}

function ownerOf(folder: string): { uid: number; gid: number } | null {
  if (!existsSync(folder)) return null;
  const { uid, gid } = statSync(folder);
  return uid === 0 ? null : { uid, gid };
}

function lookUp(name: string): { uid: number; gid: number } | null {
  try {
    const id = (flag: string) =>
      Number(execFileSync('id', [flag, name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
    return { uid: id('-u'), gid: id('-g') };
  } catch (error) {
    // `id` answers 1 for a user that does not exist.
    if (error instanceof Error && 'status' in error && error.status === 1) return null;
    throw new AppError('startup_failed', `cannot look up user ${name}: ${errorText(error)}`, { cause: error });
  }
}

/** The first folder above `path` that the user may not enter; null if it may enter all. */
function blockedAt(path: string, { uid, gid }: { uid: number; gid: number }): string | null {
  const folder = dirname(path);
  const above = folder === path ? null : blockedAt(folder, { uid, gid });
  if (above !== null || !existsSync(folder)) return above;
  const { mode, uid: owner, gid: group } = statSync(folder);
  const bit = owner === uid ? 0o100 : group === gid ? 0o010 : 0o001;
  return (mode & bit) === 0 ? folder : null;
}

function hasSetpriv(): boolean {
  try {
    return execFileSync('setpriv', ['--help'], { encoding: 'utf8' }).includes('--ambient-caps');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    throw error;
  }
}
