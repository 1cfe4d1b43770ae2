import { setTimeout as sleep } from 'node:timers/promises';
import { request } from 'undici';
import { explainFailure, explainStatus, mayPass } from './http-failure.ts';
import { SourceError, type ReadContext, type SourceSecret } from './source.ts';

export interface Call {
  url: string;
  /** Value of the Authorization header; null for none. */
  authorization: string | null;
  /** Sent as JSON with POST; a GET without one. */
  body?: unknown;
}

/**
 * One answer as text. Waits as a busy server (429, 503) asks, tries again after 5xx and broken connections, follows no redirect,
 * so that the token goes nowhere else.
 * @throws SourceError that names the server and what is wrong
 */
export async function fetchText(call: Call, context: ReadContext): Promise<string> {
  const { limits, signal } = context;
  for (let attempt = 1; ; attempt++) {
    signal.throwIfAborted();
    const answer = await once(call, context).catch((error: unknown) => {
      if (signal.aborted) throw signal.reason;
      if (error instanceof SourceError) throw error;
      const failure = explainFailure(error, call.url);
      if (!failure.retryable || attempt >= limits.tries) throw new SourceError(failure.message, { cause: error });
      return { status: 0, retryAfter: null, location: null, text: '' };
    });
    if (answer.status >= 200 && answer.status < 300) return answer.text;
    if (answer.status !== 0 && (!mayPass(answer.status) || attempt >= limits.tries))
      throw new SourceError(explainStatus(answer.status, call, answer.location, answer.text, attempt), { status: answer.status });
    await pause(answer.retryAfter, attempt, context);
  }
}

/** The answer as JSON. */
export async function fetchJson(call: Call, context: ReadContext): Promise<unknown> {
  const text = await fetchText(call, context);
  try {
    const json: unknown = JSON.parse(text);
    return json;
  } catch (cause) {
    const what = text.trimStart().startsWith('<') ? 'a page, not JSON' : `${text.length} characters that are no whole JSON`;
    throw new SourceError(`${new URL(call.url).origin} answered ${what}`, { cause });
  }
}

/** What a plain server takes: a bearer token, else user name and password. */
export function plainAuthorization(secret: SourceSecret | null): string | null {
  if (secret === null) return null;
  if (secret.token !== null) return `Bearer ${secret.token}`;
  if (secret.username === null || secret.password === null) return null;
  return `Basic ${Buffer.from(`${secret.username}:${secret.password}`).toString('base64')}`;
}

interface Answer {
  status: number;
  retryAfter: string | null;
  location: string | null;
  text: string;
}

async function once({ url, authorization, body }: Call, { limits, signal }: ReadContext): Promise<Answer> {
  const answer = await request(url, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      accept: 'application/json, text/csv;q=0.9, */*;q=0.1',
      'user-agent': 'cairn',
      ...(authorization === null ? {} : { authorization }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    headersTimeout: limits.silenceMs,
    bodyTimeout: limits.silenceMs,
    signal,
  });
  const header = (name: string): string | null => [answer.headers[name]].flat()[0] ?? null;
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of answer.body as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > limits.bytes)
      throw new SourceError(`${new URL(url).origin} answers with more than ${limits.bytes} bytes at once`);
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString('utf8');
  return { status: answer.statusCode, retryAfter: header('retry-after'), location: header('location'), text };
}

/** As the server asks (seconds, or a date), else longer from try to try. */
async function pause(retryAfter: string | null, attempt: number, { limits, signal }: ReadContext): Promise<void> {
  const seconds = retryAfter === null ? NaN : /^\d+$/.test(retryAfter.trim()) ? Number(retryAfter) : secondsUntil(retryAfter);
  const asked = Number.isFinite(seconds) ? seconds * 1000 : limits.pauseMs * 2 ** (attempt - 1);
  await sleep(Math.min(Math.max(asked, 0), limits.longestPauseMs), undefined, { signal });
}

const secondsUntil = (date: string): number => (Date.parse(date) - Date.now()) / 1000;
