import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type { Role } from '../core/roles.ts';
import { idOrNull, selectList } from './columns.ts';
import type { Database } from './database.ts';
import { explainConstraints } from './write-errors.ts';

type Has = Pick<Database, 'sql'>;

export interface TokenFields {
  name: string;
  role: Role;
  /** RFC 3339; null = never. */
  expires_at: string | null;
}

export interface TokenRow extends TokenFields {
  id: string;
  created_by: string;
  created_at: string;
  last_used_at: string | null;
}

const FIELDS = ['name', 'role', 'expires_at'] as const satisfies (keyof TokenFields)[];
const COLUMNS = selectList('api_tokens', ['id', 'name', 'role', 'created_by'], ['created_at', 'expires_at', 'last_used_at']);

/** SHA-256 in hex: enough for a secret of 256 random bits. */
export function hashToken(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

export async function listTokens({ sql }: Has, after: string | null, limit: number): Promise<TokenRow[]> {
  return sql<TokenRow[]>`select ${sql.unsafe(COLUMNS)} from api_tokens
    ${after === null ? sql`` : sql`where name > ${after}`} order by name limit ${limit}`;
}

export async function findToken({ sql }: Has, reference: string): Promise<TokenRow | null> {
  const rows = await sql<TokenRow[]>`select ${sql.unsafe(COLUMNS)} from api_tokens
    where id = ${idOrNull(reference)} or name = ${reference} limit 1`;
  return rows[0] ?? null;
}

/**
 * Makes a token. `secret` is in no row: this is the one time it is known.
 * @throws AppError `conflict` for a name that is taken
 */
export async function insertToken({ sql }: Has, fields: TokenFields, createdBy: string): Promise<TokenRow & { secret: string }> {
  const secret = `cairn_${randomBytes(32).toString('base64url')}`;
  const rows = await explainConstraints(
    () => sql<TokenRow[]>`insert into api_tokens (id, name, role, token_hash, created_by, expires_at)
      values (${randomUUID()}, ${fields.name}, ${fields.role}, ${hashToken(secret)}, ${createdBy}, ${fields.expires_at})
      returning ${sql.unsafe(COLUMNS)}`,
  );
  return { ...rows[0]!, secret };
}

/**
 * Sets the fields that are given. Null if there is no such token.
 * @throws AppError `conflict` for a name that is taken
 */
export async function changeToken({ sql }: Has, reference: string, fields: Partial<TokenFields>): Promise<TokenRow | null> {
  const given = FIELDS.filter((field) => fields[field] !== undefined);
  if (given.length === 0) return findToken({ sql }, reference);
  const rows = await explainConstraints(
    () => sql<TokenRow[]>`update api_tokens set ${sql(fields, ...given)}
      where id = ${idOrNull(reference)} or name = ${reference} returning ${sql.unsafe(COLUMNS)}`,
  );
  return rows[0] ?? null;
}

/** False if there is no such token. */
export async function deleteToken({ sql }: Has, reference: string): Promise<boolean> {
  const rows = await sql`delete from api_tokens where id = ${idOrNull(reference)} or name = ${reference} returning id`;
  return rows.length > 0;
}

/** Who bears a token, and what it may see. */
export interface Bearer {
  name: string;
  role: Role;
  userId: string | null;
  groups: string[] | null;
}

/** Who bears this secret; null for one that is unknown, revoked or expired. Notes the use, at most once a minute. */
export async function bearerOf({ sql }: Has, secret: string): Promise<Bearer | null> {
  const [token] = await sql<(Bearer & { id: string; noted: boolean })[]>`
    select id, name, role, user_id as "userId", groups, coalesce(last_used_at > now() - interval '1 minute', false) as noted
    from api_tokens where token_hash = ${hashToken(secret)} and (expires_at is null or expires_at > now())`;
  if (token === undefined) return null;
  if (!token.noted) await sql`update api_tokens set last_used_at = now() where id = ${token.id}`;
  const { name, role, userId, groups } = token;
  return { name, role, userId, groups };
}
