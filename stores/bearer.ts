import type { Role } from '../core/roles.ts';
import { rfc3339 } from './columns.ts';
import type { Database } from './database.ts';
import { hashToken } from './tokens.ts';

/** A token that is valid now, and the user whose it is, if he may come in. */
export interface Bearer {
  id: string;
  name: string;
  role: Role;
  /** Ids; null = those of the user, or all. */
  groups: string[] | null;
  expires_at: string | null;
  user: { id: string; name: string; role: Role; groups: string[] | null } | null;
}

/**
 * Who bears this secret; null for one that is unknown, revoked or expired, or whose user is disabled. One query over two unique
 * indexes, and nothing remembered. Notes the use of token and user, at most once a minute.
 */
export async function bearerOf({ sql }: Pick<Database, 'sql'>, secret: string): Promise<Bearer | null> {
  const [row] = await sql<(Omit<Bearer, 'user'> & Found)[]>`
    select t.id, t.name, t.role, t.groups, ${sql.unsafe(rfc3339('t.expires_at'))} as expires_at,
      u.id as user_id, u.name as user_name, u.role as user_role, u.groups as user_groups,
      coalesce(t.last_used_at > now() - interval '1 minute', false) as noted
    from api_tokens t left join users u on u.id = t.user_id
    where t.token_hash = ${hashToken(secret)} and (t.expires_at is null or t.expires_at > now())
      and (t.user_id is null or u.enabled)`;
  if (row === undefined) return null;
  if (!row.noted) {
    await sql`with seen as (update users set last_seen_at = now() where id = ${row.user_id})
      update api_tokens set last_used_at = now() where id = ${row.id}`;
  }
  const { id, name, role, groups, expires_at, user_id, user_name, user_role, user_groups } = row;
  const user = user_id === null ? null : { id: user_id, name: user_name, role: user_role, groups: user_groups };
  return { id, name, role, groups, expires_at, user };
}

interface Found {
  user_id: string | null;
  user_name: string;
  user_role: Role;
  user_groups: string[] | null;
  noted: boolean;
}
