import { randomUUID } from 'node:crypto';
import { AppError } from '../core/errors.ts';
import { SECRET_NAMES, type Credential, type SecretName } from '../core/device.ts';
import { idOrNull, selectList } from './columns.ts';
import type { Database, Sql } from './database.ts';
import type { Keyring } from './seal.ts';
import { explainConstraints } from './write-errors.ts';

type Has = Pick<Database, 'sql'>;

/** A credential as it may be shown. */
export interface CredentialRow {
  id: string;
  name: string;
  username: string | null;
  /** Which are set. */
  secrets: SecretName[];
  created_at: string;
  updated_at: string;
}

export type Secrets = Partial<Record<SecretName, string>>;

interface SealedRow {
  id: string;
  sealed: Uint8Array;
  key_id: string;
}

const COLUMNS = selectList('c', ['id', 'name', 'username', 'secrets'], ['created_at', 'updated_at']);

export async function listCredentials({ sql }: Has, after: string | null, limit: number): Promise<CredentialRow[]> {
  return sql<CredentialRow[]>`select ${sql.unsafe(COLUMNS)} from credentials c
    ${after === null ? sql`` : sql`where c.name > ${after}`} order by c.name limit ${limit}`;
}

export async function findCredential({ sql }: Has, reference: string): Promise<CredentialRow | null> {
  const rows = await sql<CredentialRow[]>`select ${sql.unsafe(COLUMNS)} from credentials c
    where c.id = ${idOrNull(reference)} or c.name = ${reference} limit 1`;
  return rows[0] ?? null;
}

/** @throws AppError `conflict` for a name that is taken */
export async function insertCredential(
  { sql }: Has,
  keyring: Keyring,
  credential: { name: string; username: string | null; secrets: Secrets },
): Promise<CredentialRow> {
  const id = randomUUID();
  const { sealed, key_id } = keyring.seal(credential.secrets, id);
  const rows = await explainConstraints(
    () => sql<CredentialRow[]>`insert into credentials as c (id, name, username, sealed, key_id, secrets)
      values (${id}, ${credential.name}, ${credential.username}, ${sealed}, ${key_id}, ${namesOf(credential.secrets)})
      returning ${sql.unsafe(COLUMNS)}`,
  );
  return rows[0]!;
}

/**
 * Changes a credential under its row lock; `change` gets what it is, with the secrets opened. Null if there is none.
 * @throws AppError `conflict` for a name that is taken; `configuration_invalid` where the secrets do not open
 */
export async function changeCredential(
  { sql }: Has,
  keyring: Keyring,
  reference: string,
  change: (current: { name: string; username: string | null; secrets: Secrets }) => {
    name: string;
    username: string | null;
    secrets: Secrets;
  },
): Promise<CredentialRow | null> {
  return explainConstraints(() =>
    sql.begin(async (tx) => {
      const [row] = await tx<(SealedRow & { name: string; username: string | null })[]>`
        select id, name, username, sealed, key_id from credentials
        where id = ${idOrNull(reference)} or name = ${reference} limit 1 for update`;
      if (row === undefined) return null;
      const next = change({ name: row.name, username: row.username, secrets: keyring.open(row, row.id) });
      const { sealed, key_id } = keyring.seal(next.secrets, row.id);
      const rows = await tx<CredentialRow[]>`update credentials as c set name = ${next.name}, username = ${next.username},
          sealed = ${sealed}, key_id = ${key_id}, secrets = ${namesOf(next.secrets)}, updated_at = now()
        where c.id = ${row.id} returning ${tx.unsafe(COLUMNS)}`;
      return rows[0]!;
    }),
  );
}

/**
 * False if there is no such credential.
 * @throws AppError `conflict` while a device uses it
 */
export async function deleteCredential({ sql }: Has, reference: string): Promise<boolean> {
  return sql.begin(async (tx) => {
    const [row] = await tx<{ id: string }[]>`select id from credentials
      where id = ${idOrNull(reference)} or name = ${reference} limit 1 for update`;
    if (row === undefined) return false;
    await refuseInUse(tx, 'credential', row.id);
    await tx`delete from credentials where id = ${row.id}`;
    return true;
  });
}

/** @throws AppError `conflict` that counts the devices which refer to the row */
export async function refuseInUse(tx: Sql, noun: 'credential' | 'collection_group', id: string): Promise<void> {
  const [used] = await tx<{ n: number; first: string | null }[]>`
    select count(*)::int as n, min(name) as first from devices where ${tx(`${noun}_id`)} = ${id}`;
  if (used === undefined || used.n === 0) return;
  throw new AppError('conflict', `${used.n} device(s) use the ${noun.replace('_', ' ')}, the first is ${used.first}.`);
}

/**
 * Decrypted credentials by id, for the workers; an id that is not there has no entry. Never log or store what this returns.
 * @throws AppError `configuration_invalid` where the secrets do not open
 */
export async function openCredentials({ sql }: Has, keyring: Keyring, ids: string[]): Promise<Map<string, Credential>> {
  if (ids.length === 0) return new Map();
  const rows = await sql<(SealedRow & { username: string | null })[]>`
    select id, username, sealed, key_id from credentials where id = any(${ids}::uuid[])`;
  return new Map(
    rows.map((row) => {
      const { password, private_key, passphrase, enable_password, token }: Secrets = keyring.open(row, row.id);
      const credential: Credential = {
        username: row.username,
        password: password ?? null,
        private_key: private_key ?? null,
        passphrase: passphrase ?? null,
        enable_password: enable_password ?? null,
        token: token ?? null,
      };
      return [row.id, credential];
    }),
  );
}

function namesOf(secrets: Secrets): SecretName[] {
  return SECRET_NAMES.filter((name) => secrets[name] !== undefined);
}
