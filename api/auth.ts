import { createHash, timingSafeEqual } from 'node:crypto';
import type { Request, Response } from 'express';
import { AppError } from '../core/errors.ts';
import { lesserRole, roleAllows, type Role } from '../core/roles.ts';
import { bearerOf } from '../stores/bearer.ts';
import { bothGroups } from '../stores/group-references.ts';
import type { ApiDeps } from './deps.ts';
import { signIn } from './identity/sign-in.ts';
import { claimedSubject, looksLikeJwt } from './oidc.ts';
import type { RateLimits } from './rate-limit.ts';

/** Who calls. */
export interface Principal {
  /** Of the user, or of a token without one; also the owner of the jobs it starts. */
  name: string;
  role: Role;
  /** The user behind the token; null for a service's token. */
  userId: string | null;
  /** Ids of the collection groups whose devices the caller may see; null = all devices, those without a group too. */
  groups: readonly string[] | null;
}

/** The same, and by what: `GET /api/me`. */
export interface Identity extends Principal {
  via: 'admin_token' | 'token' | 'oidc' | 'none';
  /** The API token that was shown; null for any other. */
  token: { id: string; name: string } | null;
  /** RFC 3339; null = never. */
  expiresAt: string | null;
}

export const ANONYMOUS: Identity = {
  name: 'anonymous',
  role: 'viewer',
  userId: null,
  groups: [],
  via: 'none',
  token: null,
  expiresAt: null,
};

const FIRST: Identity = { ...ANONYMOUS, name: 'admin', role: 'admin', groups: null, via: 'admin_token' };

/** Characters: an API token, and a JWT, which holds claims. */
const MAX_TOKEN = 1000;
const MAX_JWT = 12_000;

type AuthDeps = Pick<ApiDeps, 'database' | 'adminToken' | 'oidc'>;

/**
 * One query, whichever token it is. Nothing is remembered: what is revoked or disabled is refused at once.
 * @throws AppError `unauthenticated`; for an OIDC token also `forbidden`, `identity_provider_unavailable`
 */
export async function authenticate(deps: AuthDeps, header: string | undefined): Promise<Identity> {
  const secret = secretOf(header);
  if (secret === null) throw new AppError('unauthenticated', 'Send `Authorization: Bearer <token>`.');
  if (sameSecret(secret, deps.adminToken)) return FIRST;
  if (looksLikeJwt(secret)) {
    if (deps.oidc === null || secret.length > MAX_JWT)
      throw new AppError(
        'unauthenticated',
        'No token of an OIDC issuer is accepted here (CAIRN_OIDC_ISSUER), or this one is too long.',
      );
    return signIn(deps, deps.oidc, secret);
  }
  const bearer = secret.length > MAX_TOKEN ? null : await bearerOf(deps.database, secret);
  if (bearer === null)
    throw new AppError('unauthenticated', 'The token is unknown, revoked or expired, or its user is disabled.');
  const { id, name, role, groups, user, expires_at: expiresAt } = bearer;
  const own = { via: 'token', token: { id, name }, expiresAt } as const;
  if (user === null) return { name, role, userId: null, groups, ...own };
  return {
    name: user.name,
    role: lesserRole(role, user.role),
    userId: user.id,
    groups: bothGroups(groups, user.groups),
    ...own,
  };
}

/**
 * Who calls, counted against their rate limit; who is nobody is counted by address, and by what was tried.
 * @throws AppError as `authenticate`, and `rate_limited`
 */
export async function identify(deps: AuthDeps & { limits: RateLimits }, request: Request, response: Response): Promise<Identity> {
  const { authorization } = request.headers;
  let identity: Identity;
  try {
    identity = await authenticate(deps, authorization);
  } catch (error) {
    if (error instanceof AppError && error.code === 'unauthenticated')
      await deps.limits.stranger(request, response, claimOf(authorization));
    else if (error instanceof AppError && error.code !== 'database_unavailable') await deps.limits.address(request, response);
    throw error;
  }
  await deps.limits.caller(identity.name, response);
  return identity;
}

/** @throws AppError `forbidden` */
export function requireRole(principal: Principal, needed: Role): void {
  if (roleAllows(principal.role, needed)) return;
  throw new AppError('forbidden', `This needs the role ${needed}; the token has the role ${principal.role}.`);
}

/**
 * What concerns everybody (users, tokens of others, the audit) is not for an admin of some collection groups only.
 * @throws AppError `forbidden`
 */
export function requireAllGroups(principal: Principal): void {
  if (principal.groups === null) return;
  throw new AppError('forbidden', 'This needs access to all devices; the token is bound to collection groups.');
}

function secretOf(header: string | undefined): string | null {
  return header?.match(/^Bearer +([\x21-\x7e]+) *$/i)?.[1] ?? null;
}

const PREFIX = 12;

/** What a wrong token was meant to be: the subject it claims, or how it begins. Hashed, for no token is kept. Null without one. */
function claimOf(header: string | undefined): string | null {
  if (header === undefined) return null;
  const secret = secretOf(header) ?? header;
  const claim = looksLikeJwt(secret) ? (claimedSubject(secret) ?? secret.slice(0, PREFIX)) : secret.slice(0, PREFIX);
  return createHash('sha256').update(claim).digest('base64');
}

/** Compared in constant time; hashed first, so that lengths do not tell either. */
function sameSecret(given: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
