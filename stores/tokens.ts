import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { AppError } from '../core/errors.ts';
import type { Role } from '../core/roles.ts';
import { idOrNull, selectList } from './columns.ts';
import type { Database, Sql } from './database.ts';
import { groupIds, namedGroups, type NamedGroup } from './group-references.ts';
import { refuseTakenName } from './identity-names.ts';
import { explainConstraints } from './write-errors.ts';

type Has = Pick<Database, 'sql'>;

export interface TokenFields {
  name: string;
  role: Role;
  /** RFC 3339; null = never. */
  expires_at: string | null;
  /** Id or name of the user whose it is; null: a service's. */
  user?: string | null;
  /** Ids or names of collection groups; null = those of its user, or all. */
  groups?: string[] | null;
}

export interface TokenRow {
  id: string;
  name: string;
  role: Role;
  user: { id: string; name: string } | null;
  groups: NamedGroup[] | null;
  created_by: string;
  created_at: string;
  expires_at: string | null;
  last_used_at: string | null;
}

const COLUMNS = `${selectList('api_tokens', ['id', 'name', 'role', 'created_by'], ['created_at', 'expires_at', 'last_used_at'])},
  (select json_build_object('id', u.id, 'name', u.name) from users u where u.id = api_tokens.user_id) as "user",
  ${namedGroups('api_tokens')}`;

/** SHA-256 in hex: enough for a secret of 256 random bits. */
export function hashToken(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/** By name; those of one user, or all. */
export async function listTokens({ sql }: Has, after: string | null, limit: number, userId?: string): Promise<TokenRow[]> {
  return sql<TokenRow[]>`select ${sql.unsafe(COLUMNS)} from api_tokens where true
    ${after === null ? sql`` : sql`and name > ${after}`} ${userId === undefined ? sql`` : sql`and user_id = ${userId}`}
    order by name limit ${limit}`;
}

export async function findToken({ sql }: Has, reference: string): Promise<TokenRow | null> {
  const rows = await sql<TokenRow[]>`select ${sql.unsafe(COLUMNS)} from api_tokens
    where id = ${idOrNull(reference)} or name = ${reference} limit 1`;
  return rows[0] ?? null;
}

/**
 * Makes a token. `secret` is in no row: this is the one time it is known.
 * @throws AppError `conflict` for a name that is taken; `validation_failed` for a user or group that is none
 */
export async function insertToken({ sql }: Has, fields: TokenFields, createdBy: string): Promise<TokenRow & { secret: string }> {
  const secret = `cairn_${randomBytes(32).toString('base64url')}`;
  const row = await explainConstraints(() =>
    sql.begin(async (tx) => {
      const user = await userIdOf(tx, fields.user ?? null);
      if (user === null) await refuseTakenName(tx, fields.name, 'token');
      const groups = await groupIds(tx, fields.groups ?? null);
      const rows = await tx<TokenRow[]>`
        insert into api_tokens (id, name, role, token_hash, user_id, groups, created_by, expires_at)
        values (${randomUUID()}, ${fields.name}, ${fields.role}, ${hashToken(secret)}, ${user}, ${groups}::uuid[], ${createdBy},
          ${fields.expires_at})
        returning ${tx.unsafe(COLUMNS)}`;
      return rows[0]!;
    }),
  );
  return { ...row, secret };
}

/**
 * Sets the fields that are given. Null if there is no such token.
 * @throws AppError as `insertToken`
 */
export async function changeToken({ sql }: Has, reference: string, fields: Partial<TokenFields>): Promise<TokenRow | null> {
  return explainConstraints(() =>
    sql.begin(async (tx) => {
      const [current] = await tx<{ id: string; name: string; user_id: string | null }[]>`select id, name, user_id from api_tokens
        where id = ${idOrNull(reference)} or name = ${reference} limit 1 for update`;
      if (current === undefined) return null;
      const user = fields.user === undefined ? current.user_id : await userIdOf(tx, fields.user);
      const name = fields.name ?? current.name;
      if (user === null && (name !== current.name || current.user_id !== null)) await refuseTakenName(tx, name, 'token');
      const groups = fields.groups === undefined ? undefined : await groupIds(tx, fields.groups);
      const rows = await tx<
        TokenRow[]
      >`update api_tokens set name = ${name}, user_id = ${user}, role = coalesce(${fields.role ?? null}, role)
        ${groups === undefined ? tx`` : tx`, groups = ${groups}::uuid[]`}
        ${fields.expires_at === undefined ? tx`` : tx`, expires_at = ${fields.expires_at}`}
        where id = ${current.id} returning ${tx.unsafe(COLUMNS)}`;
      return rows[0]!;
    }),
  );
}

/** False if there is no such token, or it is not one of the user, where one is given. */
export async function deleteToken({ sql }: Has, reference: string, userId?: string): Promise<boolean> {
  const rows = await sql`delete from api_tokens where (id = ${idOrNull(reference)} or name = ${reference})
    ${userId === undefined ? sql`` : sql`and user_id = ${userId}`} returning id`;
  return rows.length > 0;
}

async function userIdOf(tx: Sql, reference: string | null): Promise<string | null> {
  if (reference === null) return null;
  const [user] = await tx<{ id: string }[]>`select id from users
    where id = ${idOrNull(reference)} or name = ${reference} limit 1 for share`;
  if (user !== undefined) return user.id;
  throw new AppError('validation_failed', '/user is no user.', { errors: [{ pointer: '/user', detail: 'is no user' }] });
}
