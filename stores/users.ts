import { randomUUID } from 'node:crypto';
import type { Role } from '../core/roles.ts';
import { idOrNull, selectList } from './columns.ts';
import type { Database } from './database.ts';
import { groupIds, namedGroups, type NamedGroup } from './group-references.ts';
import { refuseTakenName } from './identity-names.ts';
import { explainConstraints } from './write-errors.ts';

type Has = Pick<Database, 'sql'>;

export interface UserFields {
  name: string;
  email: string | null;
  role: Role;
  /** Ids or names of collection groups; null = all devices. */
  groups: string[] | null;
  enabled: boolean;
  oidc_issuer: string | null;
  oidc_subject: string | null;
  /** Role and groups follow the claims of OIDC tokens. */
  follows_claims: boolean;
}

export interface UserRow extends Omit<UserFields, 'groups'> {
  id: string;
  groups: NamedGroup[] | null;
  created_at: string;
  updated_at: string;
  last_seen_at: string | null;
}

const PLAIN = ['name', 'email', 'role', 'enabled', 'oidc_issuer', 'oidc_subject', 'follows_claims'] as const;
const TIMES = ['created_at', 'updated_at', 'last_seen_at'];
const COLUMNS = `${selectList('users', ['id', ...PLAIN], TIMES)}, ${namedGroups('users')}`;

export async function listUsers({ sql }: Has, after: string | null, limit: number): Promise<UserRow[]> {
  return sql<UserRow[]>`select ${sql.unsafe(COLUMNS)} from users
    ${after === null ? sql`` : sql`where name > ${after}`} order by name limit ${limit}`;
}

export async function findUser({ sql }: Has, reference: string): Promise<UserRow | null> {
  const rows = await sql<UserRow[]>`select ${sql.unsafe(COLUMNS)} from users
    where id = ${idOrNull(reference)} or name = ${reference} limit 1`;
  return rows[0] ?? null;
}

/** @throws AppError `conflict` for a name or subject that is taken; `validation_failed` for a group that is none */
export async function insertUser({ sql }: Has, fields: UserFields): Promise<UserRow> {
  return explainConstraints(() =>
    sql.begin(async (tx) => {
      await refuseTakenName(tx, fields.name, 'user');
      const row = { ...fields, id: randomUUID(), groups: await groupIds(tx, fields.groups) };
      const rows = await tx<UserRow[]>`insert into users ${tx(row, 'id', 'groups', ...PLAIN)} returning ${tx.unsafe(COLUMNS)}`;
      return rows[0]!;
    }),
  );
}

/**
 * Sets the fields that `change` gives for the user as he is. Null if there is no such user.
 * @throws AppError as `insertUser`, and what `change` throws
 */
export async function changeUser(
  { sql }: Has,
  reference: string,
  change: (current: UserRow) => Partial<UserFields>,
): Promise<UserRow | null> {
  return explainConstraints(() =>
    sql.begin(async (tx) => {
      const [current] = await tx<UserRow[]>`select ${tx.unsafe(COLUMNS)} from users
        where id = ${idOrNull(reference)} or name = ${reference} limit 1 for update`;
      if (current === undefined) return null;
      const { groups, ...given } = change(current);
      const plain = { ...current, ...given };
      if (plain.name !== current.name) await refuseTakenName(tx, plain.name, 'user');
      const ids = groups === undefined ? undefined : await groupIds(tx, groups);
      const bound = ids === undefined ? tx`` : tx`, groups = ${ids}::uuid[]`;
      const rows = await tx<UserRow[]>`update users set ${tx(plain, ...PLAIN)}, updated_at = now() ${bound}
        where id = ${current.id} returning ${tx.unsafe(COLUMNS)}`;
      return rows[0]!;
    }),
  );
}

/** With the tokens of the user. False if there is no such user. */
export async function deleteUser({ sql }: Has, reference: string): Promise<boolean> {
  const rows = await sql`delete from users where id = ${idOrNull(reference)} or name = ${reference} returning id`;
  return rows.length > 0;
}
