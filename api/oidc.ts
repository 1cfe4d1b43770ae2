import { decodeJwt, errors, jwtVerify } from 'jose';
import { AppError } from '../core/errors.ts';
import type { OidcSettings } from '../runtime/config.ts';
import type { Logger } from '../runtime/log.ts';
import { isLine, readClaims, type Claims } from './identity/claims.ts';
import { createKeys, type KeyTimes } from './identity/keys.ts';

/** Signatures with a public key only: a shared secret (HS*) or `none` proves nothing. RFC 7518, RFC 8037. */
const ALGORITHMS = 'RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA Ed25519'.split(' ');
/** Seconds that the clocks may differ. */
const TOLERANCE = 30;

/** Reads tokens of the issuer of the settings. */
export interface Oidc {
  settings: OidcSettings;
  /** @throws AppError `unauthenticated`, `identity_provider_unavailable`; neither holds anything of the token */
  verify(jwt: string): Promise<Claims>;
}

export function createOidc(settings: OidcSettings, log: Logger, times?: KeyTimes): Oidc {
  const { issuer, audience } = settings;
  const keys = createKeys(settings, log, times);
  return {
    settings,
    async verify(jwt) {
      // First, so that a token of somebody else makes nobody fetch keys.
      const claimed = decoded(jwt);
      if (claimed?.iss !== issuer) throw refused('is not of the issuer that Cairn trusts');
      try {
        const options = { algorithms: ALGORITHMS, issuer, audience, clockTolerance: TOLERANCE, requiredClaims: ['exp', 'sub'] };
        const { payload } = await jwtVerify(jwt, keys, options);
        if (typeof payload.sub !== 'string' || !isLine(payload.sub)) throw refused('has no usable `sub`');
        return readClaims(payload, settings);
      } catch (error) {
        throw asAppError(error, log);
      }
    },
  };
}

/** Ours hold no dot, a JWT two or more (RFC 7519): which is no JWT is looked up, and a JWT never. */
export const looksLikeJwt = (secret: string): boolean => /^[\w-]+(\.[\w-]*){2,4}$/.test(secret);

/** Issuer and subject that a token claims, whether true or not; null where it cannot be read. */
export function claimedSubject(jwt: string): string | null {
  const claims = decoded(jwt);
  return claims === null ? null : JSON.stringify([claims.iss, claims.sub]).slice(0, 500);
}

function decoded(jwt: string): ReturnType<typeof decodeJwt> | null {
  try {
    return decodeJwt(jwt);
  } catch (error) {
    if (error instanceof errors.JOSEError) return null;
    throw error;
  }
}

const WHY: Record<string, string> = {
  ERR_JWT_EXPIRED: 'is expired',
  ERR_JOSE_ALG_NOT_ALLOWED: 'is signed in a way that is not accepted',
  ERR_JWKS_NO_MATCHING_KEY: 'is signed with a key that the issuer does not have',
  ERR_JWS_SIGNATURE_VERIFICATION_FAILED: 'is not signed by the issuer',
};
/** What is wrong with the keys, not with the token. */
const BAD_KEYS = ['ERR_JWKS_INVALID', 'ERR_JWKS_TIMEOUT', 'ERR_JWK_INVALID', 'ERR_JOSE_GENERIC'];

/** The errors of jose hold the claims: they are neither logged nor kept as a cause. */
function asAppError(error: unknown, log: Logger): AppError {
  if (error instanceof AppError) return error;
  const code = error instanceof errors.JOSEError ? error.code : null;
  if (code === null || BAD_KEYS.includes(code)) {
    log.warn({ code, reason: error instanceof Error ? error.message : null }, 'the keys of the OIDC issuer cannot be used');
    return new AppError('identity_provider_unavailable', 'The keys of the OIDC issuer cannot be used; the log tells why.');
  }
  if (error instanceof errors.JWTClaimValidationFailed) return refused(`is refused for its \`${error.claim}\``);
  return refused(WHY[code] ?? 'cannot be read');
}

const refused = (why: string): AppError => new AppError('unauthenticated', `The token ${why}.`);
