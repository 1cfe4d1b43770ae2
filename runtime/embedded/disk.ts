import { mkdirSync, statfsSync } from 'node:fs';
import { AppError } from '../../core/errors.ts';
import { errorText, hasErrorCode } from '../system-error.ts';

/** Enough for both databases to begin with (about 60 MB) and their logs. */
const NEEDED_MB = 200;

/**
 * Makes the data folder and checks that its disk has room. As root it is passable for others, because PostgreSQL runs as another
 * user in it; every secret in it is mode 0600.
 */
export function prepareDataDir(dataDir: string): void {
  try {
    mkdirSync(dataDir, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 });
  } catch (cause) {
    throw hasErrorCode(cause, 'ENOSPC')
      ? diskFull(dataDir)
      : new AppError('startup_failed', `CAIRN_DATA_DIR ${dataDir} cannot be made: ${errorText(cause)}`, { cause });
  }
  const { bavail, bsize } = statfsSync(dataDir);
  const free = Math.floor((bavail * bsize) / 2 ** 20);
  if (free < NEEDED_MB) {
    throw new AppError(
      'startup_failed',
      `only ${free} MB are free on the disk of CAIRN_DATA_DIR ${dataDir}: free at least ${NEEDED_MB} MB, or set CAIRN_DATA_DIR to another disk`,
    );
  }
}

export function diskFull(dataDir: string): AppError {
  return new AppError(
    'startup_failed',
    `the disk of CAIRN_DATA_DIR ${dataDir} is full: free some space, or set CAIRN_DATA_DIR to another disk, and start again`,
  );
}
