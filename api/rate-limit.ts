import { isIPv6 } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Request, Response } from 'express';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { AppError } from '../core/errors.ts';

/** Seconds of a window; it begins with the first request of a caller. */
const WINDOW = 60;
/** Wrong tokens in a window: of one address, and of all that begin alike or claim the same subject. */
export const WRONG_TOKENS = 20;
/** After so many each further one is answered later, by so many milliseconds more than the one before. */
const AT_ONCE = 5;
const SLOWER_MS = 20;

/** Who may send how much to this process. Throws AppError `rate_limited`, with `Retry-After` set, where it is too much. */
export interface RateLimits {
  /** A request of a caller whose token is known. */
  caller(name: string, response: Response): Promise<void>;
  /** A request that needs no token, or has none that is known. */
  address(request: Request, response: Response): Promise<void>;
  /** As `address`, after authentication failed. `claim`: what the token was meant to be; null where none was sent. */
  stranger(request: Request, response: Response, claim: string | null): Promise<void>;
}

/**
 * Limits in the memory of this process. `perMinute` counts the requests of a caller, and those of an address without a known token;
 * 0 takes any number. Wrong tokens are slowed and limited always, by address and by what they claim to be. They are counted only
 * after they were found wrong: who has a right one is never refused for what others guess, from his address or about him.
 * Headers: draft-ietf-httpapi-ratelimit-headers-09.
 */
export function createRateLimits({ perMinute }: { perMinute: number }): RateLimits {
  const requests = perMinute === 0 ? null : new RateLimiterMemory({ points: perMinute, duration: WINDOW });
  const guesses = new RateLimiterMemory({ points: WRONG_TOKENS, duration: WINDOW });

  async function count(key: string, response: Response): Promise<void> {
    if (requests === null) return;
    const state = await taken(requests, key);
    response.setHeader('RateLimit-Policy', `"default";q=${perMinute};w=${WINDOW}`);
    response.setHeader('RateLimit', `"default";r=${state.left};t=${state.seconds}`);
    if (state.refused) refuse(response, state.seconds, `More than ${perMinute} requests a minute.`);
  }

  /** Counts a wrong token, and answers the later the more there were. */
  async function guess(response: Response, keys: { key: string; of: string }[]): Promise<void> {
    let left = WRONG_TOKENS;
    for (const { key, of } of keys) {
      const state = await taken(guesses, key);
      if (state.refused) refuse(response, state.seconds, `More than ${WRONG_TOKENS} wrong tokens a minute ${of}.`);
      left = Math.min(left, state.left);
    }
    const many = WRONG_TOKENS - left - AT_ONCE;
    if (many > 0) await sleep(many * SLOWER_MS);
  }

  return {
    caller: (name, response) => count(`caller ${name}`, response),
    address: (request, response) => count(`address ${networkOf(request.ip)}`, response),
    async stranger(request, response, claim) {
      const network = networkOf(request.ip);
      await count(`address ${network}`, response);
      const key = `address ${network}`;
      if (claim !== null) {
        await guess(response, [
          { key, of: 'from this address' },
          { key: `claim ${claim}`, of: 'like this one' },
        ]);
        return;
      }
      const known = await guesses.get(key);
      if (known !== null && known.consumedPoints > WRONG_TOKENS)
        refuse(response, stateOf(known).seconds, `More than ${WRONG_TOKENS} wrong tokens a minute from this address.`);
    },
  };
}

interface State {
  left: number;
  /** Until the window ends. */
  seconds: number;
}

const stateOf = ({ remainingPoints, msBeforeNext }: RateLimiterRes): State => ({
  left: remainingPoints,
  seconds: Math.max(1, Math.ceil(msBeforeNext / 1000)),
});

async function taken(limiter: RateLimiterMemory, key: string): Promise<State & { refused: boolean }> {
  try {
    return { refused: false, ...stateOf(await limiter.consume(key)) };
  } catch (error) {
    if (error instanceof RateLimiterRes) return { refused: true, ...stateOf(error) };
    throw error;
  }
}

function refuse(response: Response, seconds: number, why: string): never {
  response.setHeader('Retry-After', String(seconds));
  throw new AppError('rate_limited', `${why} Try again in ${seconds} s.`);
}

/** One key for a whole IPv6 /64: whoever has one address of it has them all. */
export function networkOf(address: string | undefined): string {
  if (address === undefined) return 'unknown';
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
  if (!isIPv6(plain)) return plain;
  const [head = '', tail] = plain.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? [] : Array.from({ length: 8 - left.length - right.length }, () => '0');
  const groups = [...left, ...zeros, ...right].slice(0, 4);
  return `${groups.map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/64`;
}
