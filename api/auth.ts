import { createHash, timingSafeEqual } from 'node:crypto';
import type { Request, Response } from 'express';
import { AppError } from '../core/errors.ts';
import { roleAllows, type Role } from '../core/roles.ts';
import { bearerOf } from '../stores/tokens.ts';
import type { ApiDeps } from './deps.ts';
import type { RateLimits } from './rate-limit.ts';

/** Who calls. */
export interface Principal {
  /** The name of the token; also the owner of the jobs it starts. */
  name: string;
  role: Role;
  /** The user behind the token; null for a service's token. */
  userId: string | null;
  /** Ids of the collection groups whose devices the caller may see; null = all devices, those without a group too. */
  groups: readonly string[] | null;
}

const MAX_TOKEN = 1000;

/** @throws AppError `unauthenticated` */
export async function authenticate(
  deps: Pick<ApiDeps, 'database' | 'adminToken'>,
  header: string | undefined,
): Promise<Principal> {
  const secret = header?.match(/^Bearer +([\x21-\x7e]+) *$/i)?.[1];
  if (secret === undefined || secret.length > MAX_TOKEN)
    throw new AppError('unauthenticated', 'Send `Authorization: Bearer <token>`.');
  if (sameSecret(secret, deps.adminToken)) return { name: 'admin', role: 'admin', userId: null, groups: null };
  const bearer = await bearerOf(deps.database, secret);
  if (bearer === null) throw new AppError('unauthenticated', 'The token is unknown, revoked or expired.');
  return bearer;
}

/**
 * Who calls, counted against their rate limit; who is nobody is counted by address.
 * @throws AppError `unauthenticated`, `rate_limited`
 */
export async function identify(
  deps: Pick<ApiDeps, 'database' | 'adminToken'> & { limits: RateLimits },
  request: Request,
  response: Response,
): Promise<Principal> {
  const { authorization } = request.headers;
  let principal: Principal;
  try {
    principal = await authenticate(deps, authorization);
  } catch (error) {
    if (error instanceof AppError && error.code === 'unauthenticated')
      await deps.limits.stranger(request, response, authorization !== undefined);
    throw error;
  }
  await deps.limits.caller(principal.name, response);
  return principal;
}

/** @throws AppError `forbidden` */
export function requireRole(principal: Principal, needed: Role): void {
  if (roleAllows(principal.role, needed)) return;
  throw new AppError('forbidden', `This needs the role ${needed}; the token has the role ${principal.role}.`);
}

/** Compared in constant time; hashed first, so that lengths do not tell either. */
function sameSecret(given: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
