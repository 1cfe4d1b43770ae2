import { AppError } from '../../core/errors.ts';
import { lesserRole } from '../../core/roles.ts';
import { name as NameSchema } from '../../contracts/fields.ts';
import { identityName } from '../../contracts/user.ts';
import { bothGroups } from '../../stores/group-references.ts';
import { createSignIn, findSignIn, followClaims, noteSeen, type SignedIn } from '../../stores/sign-in.ts';
import type { ApiDeps } from '../deps.ts';
import type { Identity } from '../auth.ts';
import type { Oidc } from '../oidc.ts';
import type { Claims } from './claims.ts';

type Deps = Pick<ApiDeps, 'database'>;

/**
 * Who an OIDC token stands for. A user whom an admin made has the role and groups that are stored; one who follows his claims has
 * those of the newest token, and with an older one never more than either says.
 * @throws AppError `unauthenticated`, `forbidden`, `identity_provider_unavailable`
 */
export async function signIn(deps: Deps, oidc: Oidc, jwt: string): Promise<Identity> {
  const claims = await oidc.verify(jwt);
  const found = await findSignIn(deps.database, claims.issuer, claims.subject, claims.groups ?? []);
  const groups = claims.groups === null ? null : found.claimedGroups;
  const user = found.user ?? (await firstSignIn(deps, oidc, claims, groups));
  if (!user.enabled) throw new AppError('unauthenticated', 'The user of the token is disabled.');
  const allowed = user.follows_claims ? await follow(deps, user, claims, groups) : user;
  if (!user.seen) await noteSeen(deps.database, user.id);
  return {
    name: user.name,
    role: allowed.role,
    userId: user.id,
    groups: allowed.groups,
    via: 'oidc',
    token: null,
    expiresAt: claims.expiresAt,
  };
}

async function follow(deps: Deps, user: SignedIn, { role, issuedAt }: Claims, groups: string[] | null) {
  if (role === null) throw noRole();
  const changed = role !== user.role || !sameGroups(groups, user.groups);
  // An old token must not bring back what a newer one took away.
  if (changed && issuedAt !== null && issuedAt > user.updated_at) {
    await followClaims(deps.database, user, role, groups);
    return { role, groups };
  }
  return { role: lesserRole(role, user.role), groups: bothGroups(groups, user.groups) };
}

async function firstSignIn(deps: Deps, oidc: Oidc, claims: Claims, groups: string[] | null): Promise<SignedIn> {
  const { issuer, subject, email, role } = claims;
  if (!oidc.settings.createUsers)
    throw new AppError('forbidden', `No user of Cairn has the subject ${subject}: an admin must make one (POST /api/users).`);
  if (role === null) throw noRole();
  const name = nameOf(claims);
  try {
    if (!identityName.safeParse(name).success) throw new AppError('conflict', 'the name is reserved');
    return await createSignIn(deps.database, { name, email, role, groups, issuer, subject });
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'conflict') throw error;
    throw new AppError(
      'forbidden',
      `The name ${name} is taken: an admin must give that user the subject ${subject} (PATCH /api/users), or make one of another name with it.`,
    );
  }
}

/** What is no name here is not bent into one: two people might get the same. */
function nameOf({ name, subject }: Claims): string {
  const parsed = NameSchema.safeParse(name);
  if (parsed.success) return parsed.data;
  const own = NameSchema.safeParse(subject);
  return own.success ? own.data : `oidc ${subject}`;
}

function sameGroups(a: readonly string[] | null, b: readonly string[] | null): boolean {
  if (a === null || b === null) return a === b;
  return a.length === b.length && a.every((id) => b.includes(id));
}

const noRole = (): AppError =>
  new AppError('forbidden', 'The token gives no role in Cairn: the issuer must put one into its claim (CAIRN_OIDC_ROLE_CLAIM).');
