import { randomBytes } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../../core/errors.ts';
import { processStart } from '../process-identity.ts';
import { hasErrorCode } from '../system-error.ts';

interface Holder {
  pid: number;
  started: string | null;
}

/**
 * Takes the data folder for this process; returns what gives it back. The lock of a process that is gone is taken over.
 * @throws AppError `startup_failed` that names the holder, if a live process holds it.
 */
export function lockDataDir(dataDir: string): () => void {
  const path = join(dataDir, 'lock');
  const mine = JSON.stringify({ pid: process.pid, started: processStart(process.pid) } satisfies Holder);
  const fresh = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
  writeFileSync(fresh, mine, { mode: 0o600 });
  try {
    // A link is made whole or not at all, so nobody reads half a lock.
    for (let tries = 0; !link(fresh, path); tries++) {
      const held = readOrNull(path);
      if (held === null) continue;
      const holder: Holder = JSON.parse(held);
      if (tries > 20 || (holder.started !== null && processStart(holder.pid) === holder.started)) {
        throw new AppError(
          'startup_failed',
          `CAIRN_DATA_DIR ${dataDir} is in use by another \`npm start\` (process ${holder.pid}): stop that one, or set CAIRN_DATA_DIR to another folder`,
        );
      }
      takeAway(path, held);
    }
  } finally {
    rmSync(fresh, { force: true });
  }
  return () => {
    if (readOrNull(path) === mine) rmSync(path, { force: true });
  };
}

/** Removes a stale lock; if another process replaced it in the meantime, that one's is put back. */
function takeAway(path: string, stale: string): void {
  const aside = `${path}.stale.${randomBytes(4).toString('hex')}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return;
    throw error;
  }
  if (readFileSync(aside, 'utf8') !== stale) link(aside, path);
  rmSync(aside, { force: true });
}

function link(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (hasErrorCode(error, 'EEXIST')) return false;
    throw error;
  }
}

function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return null;
    throw error;
  }
}
