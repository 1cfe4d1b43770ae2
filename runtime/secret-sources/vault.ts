import { readFile } from 'node:fs/promises';
import type { SecretSourceSettings } from '../config.ts';
import { MOST_BYTES, SecretMissing } from './secret-missing.ts';

/** The secrets of HashiCorp Vault's key-value engines, version 1 and 2 (https://developer.hashicorp.com/vault/api-docs/secret/kv). */
export interface Vault {
  /** @throws SecretMissing */
  read(path: string, field: string): Promise<string>;
  /** The next read asks Vault again. */
  forget(path: string): void;
}

type Fields = Record<string, unknown>;

/** Most that a path is kept in memory; a lease that ends before ends it. */
const FRESH_MS = 60_000;
const TIMEOUT_MS = 5_000;

const SAYS: Record<number, string> = {
  400: 'Vault does not understand the request',
  403: 'Vault denies it: the token of CAIRN_VAULT_TOKEN_FILE is not valid, or its policy does not allow to read this path',
  404: 'Vault has no such secret, or its newest version is deleted (the path of KV version 2 has "data" after the mount)',
  429: 'Vault limits its requests',
  503: 'Vault is sealed or down for maintenance',
};

/** Many devices with one secret make one request. `freshMs` and `timeoutMs` are for tests. */
export function createVault(
  { address, tokenFile, namespace }: SecretSourceSettings['vault'],
  { freshMs = FRESH_MS, timeoutMs = TIMEOUT_MS } = {},
): Vault {
  const known = new Map<string, Promise<Fields>>();

  function ask(path: string): Promise<Fields> {
    const there = known.get(path);
    if (there !== undefined) return there;
    const drop = (): void => void (known.get(path) === asked && known.delete(path));
    const asked = request(path).then(
      ({ fields, leaseMs }) => {
        setTimeout(drop, Math.min(freshMs, leaseMs)).unref();
        return fields;
      },
      (error: unknown) => {
        drop();
        throw error;
      },
    );
    known.set(path, asked);
    return asked;
  }

  async function request(path: string): Promise<{ fields: Fields; leaseMs: number }> {
    if (address === null) throw new SecretMissing('CAIRN_VAULT_ADDR is not set');
    const token = await readToken(tokenFile);
    const url = `${address}/v1/${path.split('/').map(encodeURIComponent).join('/')}`;
    const headers = { 'X-Vault-Token': token, 'X-Vault-Request': 'true' };
    try {
      const response = await fetch(url, {
        headers: namespace === null ? headers : { ...headers, 'X-Vault-Namespace': namespace },
        // A token must not follow to another server.
        redirect: 'manual',
        signal: AbortSignal.timeout(timeoutMs),
      });
      if (response.status !== 200) {
        await response.body?.cancel();
        throw new SecretMissing(SAYS[response.status] ?? `Vault answers with status ${response.status}`);
      }
      return fieldsOf(await readText(response));
    } catch (error) {
      if (error instanceof SecretMissing) throw error;
      if (error instanceof Error && error.name === 'TimeoutError')
        throw new SecretMissing(`Vault does not answer within ${timeoutMs / 1000} s`);
      throw new SecretMissing(`Vault cannot be reached (CAIRN_VAULT_ADDR): ${codeOf(error)}`);
    }
  }

  return {
    async read(path, field) {
      const fields = await ask(path);
      const value = Object.hasOwn(fields, field) ? fields[field] : undefined;
      if (value === undefined) throw new SecretMissing('the secret has no such field');
      if (typeof value !== 'string') throw new SecretMissing('the field is no text');
      return value;
    },
    forget: (path) => void known.delete(path),
  };
}

async function readToken(file: string | null): Promise<string> {
  if (file === null) throw new SecretMissing('CAIRN_VAULT_TOKEN_FILE is not set');
  let token: string;
  try {
    token = (await readFile(file, 'utf8')).trim();
  } catch (error) {
    throw new SecretMissing(`the file of CAIRN_VAULT_TOKEN_FILE cannot be read: ${codeOf(error)}`);
  }
  if (!/^[\x21-\x7e]+$/.test(token)) throw new SecretMissing('the file of CAIRN_VAULT_TOKEN_FILE holds no token');
  return token;
}

/** At most a megabyte: an endless answer must not fill the worker. */
async function readText(response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of response.body ?? []) {
    size += part.byteLength;
    if (size > 16 * MOST_BYTES) throw new SecretMissing('the answer of Vault is too long');
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

/** Version 2 wraps the fields: `data.data` beside `data.metadata`. `lease_duration` is in seconds, 0 where there is no lease. */
function fieldsOf(text: string): { fields: Fields; leaseMs: number } {
  const answer = parsed(text);
  const outer = isFields(answer) ? answer.data : undefined;
  if (!isFields(answer) || !isFields(outer)) throw new SecretMissing('the answer of Vault holds no secret');
  const wrapped = isFields(outer.metadata) && typeof outer.metadata.version === 'number';
  const fields = wrapped ? outer.data : outer;
  if (!isFields(fields)) throw new SecretMissing('the newest version of the secret is deleted');
  const lease = answer.lease_duration;
  return { fields, leaseMs: typeof lease === 'number' && lease > 0 ? lease * 1000 : Number.POSITIVE_INFINITY };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // What came may hold secrets, and the error would repeat its beginning.
    throw new SecretMissing('the answer of Vault is no JSON');
  }
}

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);

function codeOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error && 'code' in cause ? String(cause.code) : cause instanceof Error ? cause.name : 'unknown error';
}
