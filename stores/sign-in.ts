import { randomUUID } from 'node:crypto';
import type { Role } from '../core/roles.ts';
import type { Database } from './database.ts';
import { refuseTakenName } from './identity-names.ts';
import { explainConstraints } from './write-errors.ts';

type Has = Pick<Database, 'sql'>;

/** The user that an OIDC token stands for, as he is stored. */
export interface SignedIn {
  id: string;
  name: string;
  role: Role;
  /** Ids. */
  groups: string[] | null;
  enabled: boolean;
  follows_claims: boolean;
  /** Epoch milliseconds. */
  updated_at: number;
  /** `last_seen_at` is of the last minute. */
  seen: boolean;
}

const COLUMNS = `users.id, users.name, users.role, users.groups, users.enabled, users.follows_claims,
  (extract(epoch from users.updated_at) * 1000)::bigint as updated_at,
  coalesce(users.last_seen_at > now() - interval '1 minute', false) as seen`;

/**
 * Who a subject is, and which collection groups the names or ids of its claim are; names that are no group are left out.
 * One query: over the unique index of issuer and subject, and the one of group names.
 */
export async function findSignIn(
  { sql }: Has,
  issuer: string,
  subject: string,
  claimed: readonly string[],
): Promise<{ user: SignedIn | null; claimedGroups: string[] }> {
  const [row] = await sql<(SignedIn & { id: string | null; claimed: string[] })[]>`
    select ${sql.unsafe(COLUMNS)}, array(select id from collection_groups
      where name = any(${[...claimed]}::text[]) or id::text = any(${[...claimed]}::text[]) order by id) as claimed
    from (values (1)) as one left join users on oidc_issuer = ${issuer} and oidc_subject = ${subject}`;
  const { claimed: claimedGroups, ...user } = row!;
  return { user: user.id === null ? null : user, claimedGroups };
}

/**
 * Makes the user of a first sign-in, who follows the claims; gives the one that another request made meanwhile.
 * @throws AppError `conflict` for a name that is taken
 */
export async function createSignIn(
  { sql }: Has,
  fields: { name: string; email: string | null; role: Role; groups: string[] | null; issuer: string; subject: string },
): Promise<SignedIn> {
  const { name, email, role, groups, issuer, subject } = fields;
  return explainConstraints(() =>
    sql.begin(async (tx) => {
      await refuseTakenName(tx, name, 'user');
      const [known] = await tx<SignedIn[]>`select ${tx.unsafe(COLUMNS)} from users
        where oidc_issuer = ${issuer} and oidc_subject = ${subject}`;
      if (known !== undefined) return known;
      const rows = await tx<SignedIn[]>`
        insert into users (id, name, email, role, groups, oidc_issuer, oidc_subject, follows_claims, last_seen_at)
        values (${randomUUID()}, ${name}, ${email}, ${role}, ${groups}::uuid[], ${issuer}, ${subject}, true, now())
        returning ${tx.unsafe(COLUMNS)}`;
      return rows[0]!;
    }),
  );
}

/** Lets role and groups of a user follow newer claims, unless an admin has set them meanwhile. */
export async function followClaims({ sql }: Has, user: SignedIn, role: Role, groups: string[] | null): Promise<void> {
  await sql`update users set role = ${role}, groups = ${groups}::uuid[], updated_at = now() where id = ${user.id} and follows_claims`;
}

export async function noteSeen({ sql }: Has, userId: string): Promise<void> {
  await sql`update users set last_seen_at = now() where id = ${userId}`;
}
