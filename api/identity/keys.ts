import { createRemoteJWKSet, customFetch, type JWTVerifyGetKey } from 'jose';
import { secureUrl } from '../../contracts/setting-values.ts';
import { AppError } from '../../core/errors.ts';
import type { OidcSettings } from '../../runtime/config.ts';
import type { Logger } from '../../runtime/log.ts';

export interface KeyTimes {
  /** Keys are fetched again for a key id that is unknown, at most so often. */
  cooldownMs: number;
  /** An issuer that did not answer is not asked again for so long. */
  awayMs: number;
}

export const KEY_TIMES: KeyTimes = { cooldownMs: 30_000, awayMs: 5_000 };
const TIMEOUT_MS = 5_000;
const KEEP_MS = 600_000;
const MOST_BYTES = 1024 * 1024;

/**
 * The public keys of the issuer (RFC 7517), found by its configuration (OpenID Connect Discovery 1.0, section 4) where no address
 * is set. Kept for 10 minutes. Redirects are not followed.
 * @throws AppError `identity_provider_unavailable` where they cannot be had
 */
export function createKeys(
  { issuer, jwksUrl }: Pick<OidcSettings, 'issuer' | 'jwksUrl'>,
  log: Logger,
  { cooldownMs, awayMs }: KeyTimes = KEY_TIMES,
): JWTVerifyGetKey {
  let awayUntil = 0;
  let keys: Promise<JWTVerifyGetKey> | null = null;

  async function fetchJson(url: string, signal: AbortSignal): Promise<string> {
    if (Date.now() < awayUntil) throw away('it did not answer a moment ago');
    try {
      const response = await fetch(url, { redirect: 'manual', signal, headers: { accept: 'application/json' } });
      if (response.status !== 200) throw new Error(`it answered ${response.status}`);
      const text = await response.text();
      if (text.length > MOST_BYTES) throw new Error('its answer is too large');
      JSON.parse(text);
      return text;
    } catch (error) {
      awayUntil = Date.now() + awayMs;
      log.warn({ err: error, url }, 'the OIDC issuer does not answer as it should');
      throw away(error instanceof SyntaxError ? 'its answer is no JSON' : reason(error), error);
    }
  }

  async function open(): Promise<JWTVerifyGetKey> {
    const address = jwksUrl ?? (await discover(issuer, (url) => fetchJson(url, AbortSignal.timeout(TIMEOUT_MS))));
    return createRemoteJWKSet(new URL(address), {
      cacheMaxAge: KEEP_MS,
      cooldownDuration: cooldownMs,
      timeoutDuration: TIMEOUT_MS,
      [customFetch]: async (url, { signal }) => new Response(await fetchJson(url, signal)),
    });
  }

  return async (header, token) => {
    keys ??= open();
    try {
      const getKey = await keys;
      return await getKey(header, token);
    } catch (error) {
      if (await isRejected(keys)) keys = null;
      throw error;
    }
  };
}

async function discover(issuer: string, fetchText: (url: string) => Promise<string>): Promise<string> {
  const found: unknown = JSON.parse(await fetchText(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`));
  if (typeof found !== 'object' || found === null || !('issuer' in found) || found.issuer !== issuer)
    throw away('its configuration names another issuer');
  if (!('jwks_uri' in found) || typeof found.jwks_uri !== 'string') throw away('its configuration names no keys');
  if (!secureUrl.safeParse(found.jwks_uri).success) throw away('its keys are not at an https:// address');
  return found.jwks_uri;
}

const isRejected = (promise: Promise<unknown> | null): Promise<boolean> =>
  promise === null
    ? Promise.resolve(false)
    : promise.then(
        () => false,
        () => true,
      );

function reason(error: unknown): string {
  if (!(error instanceof Error)) return 'it cannot be reached';
  return error.message.startsWith('it') ? error.message : 'it cannot be reached';
}

function away(why: string, cause?: unknown): AppError {
  return new AppError('identity_provider_unavailable', `The keys of the OIDC issuer cannot be had: ${why}. Try again.`, {
    cause,
  });
}
