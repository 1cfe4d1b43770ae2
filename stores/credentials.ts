import { randomUUID } from 'node:crypto';
import { AppError } from '../core/errors.ts';
import { SECRET_NAMES, type SecretName } from '../core/device.ts';
import { referencesOf, type SecretReference, type StoredCredential } from '../core/secret-reference.ts';
import { boxOf, secretsOf, type Secrets } from './credential-box.ts';
import { idOrNull, selectList } from './columns.ts';
import type { Database, Sql } from './database.ts';
import type { Keyring } from './seal.ts';
import { credentialInScope, type Scope } from './scope.ts';
import { explainConstraints } from './write-errors.ts';

type Has = Pick<Database, 'sql'>;

/** A credential as it may be shown. */
export interface CredentialRow {
  id: string;
  name: string;
  username: string | null;
  /** Which are set. */
  secrets: SecretName[];
  /** Those that are kept elsewhere; null where the box does not open with the keys that are here. */
  references: Partial<Record<SecretName, SecretReference>> | null;
  created_at: string;
  updated_at: string;
}

export type { Secrets } from './credential-box.ts';

interface SealedRow {
  id: string;
  sealed: Uint8Array;
  key_id: string;
}

const COLUMNS = selectList('c', ['id', 'name', 'username', 'secrets'], ['created_at', 'updated_at']);

type PlainRow = Omit<CredentialRow, 'references'>;

export async function listCredentials(
  { sql }: Has,
  scope: Scope,
  keyring: Keyring,
  after: string | null,
  limit: number,
): Promise<CredentialRow[]> {
  const rows = await sql<(PlainRow & SealedRow)[]>`select ${sql.unsafe(COLUMNS)}, c.sealed, c.key_id from credentials c
    where ${credentialInScope(sql, scope, 'c')} ${after === null ? sql`` : sql`and c.name > ${after}`} order by c.name limit ${limit}`;
  return rows.map((row) => shown(keyring, row));
}

export async function findCredential(
  { sql }: Has,
  scope: Scope,
  keyring: Keyring,
  reference: string,
): Promise<CredentialRow | null> {
  const rows = await sql<(PlainRow & SealedRow)[]>`select ${sql.unsafe(COLUMNS)}, c.sealed, c.key_id from credentials c
    where (c.id = ${idOrNull(reference)} or c.name = ${reference}) and ${credentialInScope(sql, scope, 'c')} limit 1`;
  return rows[0] === undefined ? null : shown(keyring, rows[0]);
}

/** Without what is sealed. One box that does not open must not hide the other credentials of a list. */
function shown(keyring: Keyring, { sealed, key_id, ...row }: PlainRow & SealedRow): CredentialRow {
  try {
    return { ...row, references: referencesIn(secretsOf(keyring.open({ sealed, key_id }, row.id))) };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { ...row, references: null };
  }
}

const referencesIn = (secrets: Secrets): NonNullable<CredentialRow['references']> => Object.fromEntries(referencesOf(secrets));

/** @throws AppError `conflict` for a name that is taken */
export async function insertCredential(
  { sql }: Has,
  keyring: Keyring,
  credential: { name: string; username: string | null; secrets: Secrets },
): Promise<CredentialRow> {
  const id = randomUUID();
  const { sealed, key_id } = keyring.seal(boxOf(credential.secrets), id);
  const rows = await explainConstraints(
    () => sql<PlainRow[]>`insert into credentials as c (id, name, username, sealed, key_id, secrets)
      values (${id}, ${credential.name}, ${credential.username}, ${sealed}, ${key_id}, ${namesOf(credential.secrets)})
      returning ${sql.unsafe(COLUMNS)}`,
  );
  return { ...rows[0]!, references: referencesIn(credential.secrets) };
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
      const next = change({ name: row.name, username: row.username, secrets: secretsOf(keyring.open(row, row.id)) });
      const { sealed, key_id } = keyring.seal(boxOf(next.secrets), row.id);
      const rows = await tx<PlainRow[]>`update credentials as c set name = ${next.name}, username = ${next.username},
          sealed = ${sealed}, key_id = ${key_id}, secrets = ${namesOf(next.secrets)}, updated_at = now()
        where c.id = ${row.id} returning ${tx.unsafe(COLUMNS)}`;
      return { ...rows[0]!, references: referencesIn(next.secrets) };
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
 * Decrypted credentials by id, for the workers, with references as they are; an id that is not there has no entry. Never log or store what this returns.
 * @throws AppError `configuration_invalid` where the secrets do not open
 */
export async function openCredentials({ sql }: Has, keyring: Keyring, ids: string[]): Promise<Map<string, StoredCredential>> {
  if (ids.length === 0) return new Map();
  const rows = await sql<(SealedRow & { username: string | null })[]>`
    select id, username, sealed, key_id from credentials where id = any(${ids}::uuid[])`;
  return new Map(
    rows.map((row) => {
      const { password, private_key, passphrase, enable_password, token } = secretsOf(keyring.open(row, row.id));
      const credential: StoredCredential = {
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
