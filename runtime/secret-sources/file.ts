import { constants } from 'node:fs';
import { open, realpath } from 'node:fs/promises';
import { sep } from 'node:path';
import { SecretMissing, MOST_BYTES } from './secret-missing.ts';
import { hasErrorCode } from '../system-error.ts';

/**
 * The text of a file without the line break at its end. Links are followed (Kubernetes mounts secrets as such) as long as they stay
 * in one of the folders. Read at each call: a file that is replaced needs no restart.
 * @throws SecretMissing
 */
export async function readSecretFile(folders: readonly string[], path: string): Promise<string> {
  if (folders.length === 0) throw new SecretMissing('no folder is allowed: set CAIRN_SECRET_FILES');
  const target = await realpath(path).catch(explain);
  // A folder that is not there holds no file.
  const roots = await Promise.all(folders.map((folder) => realpath(folder).catch(() => null)));
  const inside = roots.some((root) => root !== null && target.startsWith(root.endsWith(sep) ? root : root + sep));
  if (!inside) throw new SecretMissing('it is in no folder of CAIRN_SECRET_FILES');
  // A pipe would be waited for until somebody writes to it.
  const file = await open(target, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW).catch(explain);
  try {
    const { size, isFile } = await file.stat().then((stat) => ({ size: stat.size, isFile: stat.isFile() }));
    if (!isFile) throw new SecretMissing('it is no file');
    if (size > MOST_BYTES) throw new SecretMissing(`it is longer than ${MOST_BYTES} bytes`);
    return (await file.readFile('utf8')).replace(/\r?\n$/, '');
  } finally {
    await file.close();
  }
}

function explain(error: unknown): never {
  if (hasErrorCode(error, 'ENOENT') || hasErrorCode(error, 'ENOTDIR')) throw new SecretMissing('there is no such file');
  if (hasErrorCode(error, 'EACCES') || hasErrorCode(error, 'EPERM')) throw new SecretMissing('the worker may not read it');
  throw new SecretMissing(
    `it cannot be read: ${error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'}`,
  );
}
