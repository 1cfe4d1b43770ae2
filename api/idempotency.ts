import { createHash } from 'node:crypto';
import type { Request } from 'express';
import { AppError } from '../core/errors.ts';
import { claimKey, releaseKey, settleKey } from '../stores/idempotency.ts';
import type { ApiDeps } from './deps.ts';

/** Answers are given again for a day. */
const KEEP_SECONDS = 86_400;
const MOST_CHARACTERS = 255;

export interface KeyedReply {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
}

/**
 * The value of `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header-07): a quoted string, or bare as most clients send it.
 * Null without the header.
 * @throws AppError `idempotency_key_invalid`
 */
export function keyOf(request: Pick<Request, 'get'>): string | null {
  const given = request.get('idempotency-key');
  if (given === undefined) return null;
  const text = given.trim();
  const key = /^"((?:[^"\\]|\\["\\])*)"$/.exec(text)?.[1]?.replaceAll(/\\(["\\])/g, '$1') ?? text;
  if (key.length === 0 || key.length > MOST_CHARACTERS || !/^[\x20-\x7e]+$/.test(key) || (key === text && text.includes('"')))
    throw new AppError(
      'idempotency_key_invalid',
      `Idempotency-Key must be 1 to ${MOST_CHARACTERS} printable ASCII characters, in double quotes.`,
    );
  return key;
}

/**
 * Runs a request that starts something once for each caller and key; the same request again gets the same answer.
 * @throws AppError `conflict` while the first one still runs, `idempotency_key_reused` where the key came with another request
 */
export async function once<R extends object>(
  { database, log }: Pick<ApiDeps, 'database' | 'log'>,
  call: { owner: string; key: string; method: string; path: string; input: unknown },
  run: (origin: string) => Promise<R>,
): Promise<R | KeyedReply> {
  const { owner, key } = call;
  const hash = sha256(JSON.stringify([call.method, call.path, call.input]));
  const known = await claimKey(database, owner, key, hash, KEEP_SECONDS);
  const origin = `key ${sha256(JSON.stringify([owner, key, known.life]))}`;
  if (!known.claimed) {
    if (known.request_hash !== hash)
      throw new AppError('idempotency_key_reused', 'This Idempotency-Key came with another request before.');
    if (known.status === null)
      throw new AppError('conflict', 'The first request with this Idempotency-Key still runs; ask again later.');
    // An answer that was a stream is made anew: the job is found by its origin and not started again.
    if (known.response === null || known.response.body === null) return run(origin);
    return {
      status: known.status,
      body: known.response.body,
      headers: { ...known.response.headers, 'Idempotency-Replayed': 'true' },
    };
  }
  let reply: R & KeyedReply;
  try {
    reply = Object.assign({ status: 200 }, await run(origin));
  } catch (error) {
    await releaseKey(database, owner, key).catch((cause: unknown) =>
      log.warn({ err: cause }, 'an idempotency key could not be released'),
    );
    throw error;
  }
  const answer = { status: reply.status, body: reply.body ?? null, headers: reply.headers ?? {} };
  // It is done: the key stays claimed, and who sends it again after a minute finds the job by its origin.
  await settleKey(database, owner, key, answer).catch((cause: unknown) =>
    log.error({ err: cause }, 'the answer to an idempotency key could not be kept'),
  );
  return reply;
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
