import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createClient, type Client } from '../api/client.ts';
import { AppError } from '../core/errors.ts';
import { wrong } from './given.ts';

const DEFAULT_URL = 'http://127.0.0.1:8080';
const LOCAL = /^(127\.\d+\.\d+\.\d+|localhost|\[::1\])$/;

export interface ConnectionOptions {
  url?: string | undefined;
  token?: string | undefined;
  tokenFile?: string | undefined;
}

/**
 * A client of the API. The token: `--token`, `--token-file`, CAIRN_TOKEN; else, for an API on this machine only, the file that
 * `npm start` writes: no other host is shown the token of the admin.
 * @throws AppError where the address is none or the file cannot be read
 */
export function connect(options: ConnectionOptions, env: Record<string, string | undefined>): Client {
  const [from, given] =
    options.url === undefined && env['CAIRN_URL'] ? ['CAIRN_URL', env['CAIRN_URL']] : ['--url', options.url ?? DEFAULT_URL];
  const url = URL.canParse(given) ? new URL(given) : wrong(from, 'must be an address like http://127.0.0.1:8080');
  if (!/^https?:$/.test(url.protocol) || url.username !== '' || url.search !== '' || url.hash !== '')
    wrong(from, 'must be an http:// or https:// address without user name, query and fragment');
  const token = tokenOf(options, env, LOCAL.test(url.hostname));
  if (token !== null && !/^[\x21-\x7e]+$/.test(token)) wrong('The token', 'must be printable ASCII without blanks');
  return createClient({ baseUrl: url.href, ...(token === null ? {} : { token }) });
}

function tokenOf(options: ConnectionOptions, env: Record<string, string | undefined>, local: boolean): string | null {
  if (options.token !== undefined) return options.token;
  if (options.tokenFile !== undefined)
    return read(options.tokenFile) ?? wrong('--token-file', `${options.tokenFile} is not there`);
  if (env['CAIRN_TOKEN']) return env['CAIRN_TOKEN'];
  return local ? read(join(env['CAIRN_DATA_DIR'] || '.cairn', 'admin-token')) : null;
}

/** Null where there is no such file. */
function read(file: string): string | null {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return null;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new AppError('unauthenticated', `The token file cannot be read: ${why}`, { cause });
  }
}
