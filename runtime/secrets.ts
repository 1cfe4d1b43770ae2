import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../core/errors.ts';
import { SETTINGS } from '../contracts/settings.ts';
import type { Settings } from './config.ts';
import { hasErrorCode } from './system-error.ts';

/** The key that stored credentials are encrypted with (32 bytes): the setting, else `CAIRN_DATA_DIR/secret.key`, generated once. */
export function ensureSecretKey(settings: Pick<Settings, 'secretKey' | 'dataDir'>): Buffer {
  if (settings.secretKey !== null) return settings.secretKey;
  const path = join(settings.dataDir, 'secret.key');
  const text = readOrCreate(path, () => randomBytes(32).toString('base64'));
  const parsed = SETTINGS.CAIRN_SECRET_KEY.schema.safeParse(text);
  if (!parsed.success) throw new AppError('configuration_invalid', `${path} must hold ${SETTINGS.CAIRN_SECRET_KEY.must}`);
  return parsed.data;
}

/** The key that encrypts, and those that only open what was encrypted before. 32 bytes each. */
export interface SecretKeys {
  current: Buffer;
  previous: readonly Buffer[];
}

/** `ensureSecretKey` with the older keys of the settings. */
export function ensureSecretKeys(settings: Pick<Settings, 'secretKey' | 'previousKeys' | 'dataDir'>): SecretKeys {
  return { current: ensureSecretKey(settings), previous: settings.previousKeys };
}

/** The first admin token: the setting, else `CAIRN_DATA_DIR/admin-token`, generated once. `file` is null where the setting gives it. */
export function ensureAdminToken(settings: Pick<Settings, 'adminToken' | 'dataDir'>): { token: string; file: string | null } {
  if (settings.adminToken !== null) return { token: settings.adminToken, file: null };
  const file = join(settings.dataDir, 'admin-token');
  const token = readOrCreate(file, () => `cairn_${randomBytes(32).toString('base64url')}`);
  if (token === '')
    throw new AppError('configuration_invalid', `${file} is empty: remove it, and the next start makes a new token`);
  return { token, file };
}

/** Puts a token given by the setting into the token file too, so that the command line finds it there. */
export function writeAdminToken(settings: Pick<Settings, 'adminToken' | 'dataDir'>): { token: string; file: string } {
  const file = join(settings.dataDir, 'admin-token');
  if (settings.adminToken !== null) writeFileSync(file, `${settings.adminToken}\n`, { mode: 0o600 });
  return { token: ensureAdminToken(settings).token, file };
}

/** Reads a one-line secret; where the file is missing, makes it with mode 0600 so that of several processes at once all get the same one. */
export function readOrCreate(path: string, make: () => string): string {
  const existing = readOrNull(path);
  if (existing !== null) return existing;
  mkdirSync(join(path, '..'), { recursive: true });
  const fresh = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
  writeFileSync(fresh, `${make()}\n`, { mode: 0o600, flush: true });
  try {
    linkSync(fresh, path);
  } catch (error) {
    if (!hasErrorCode(error, 'EEXIST')) throw error;
  } finally {
    rmSync(fresh, { force: true });
  }
  return readOrNull(path) ?? '';
}

function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return null;
    throw error;
  }
}
