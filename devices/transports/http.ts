import { request } from 'undici';
import { DeviceError } from '../device-error.ts';

export interface HttpAnswer {
  status: number;
  /** Without parameters, lower case; empty where it was not told. */
  type: string;
  text: string;
  /** More came than the limit; `text` is the beginning. */
  truncated: boolean;
}

export interface HttpLimits {
  /** Longest wait for an answer, and longest silence within it. */
  timeoutMs: number;
  bytes: number;
  signal: AbortSignal;
}

const REFUSALS: Record<string, string> = {
  ECONNREFUSED: 'refused the connection',
  ECONNRESET: 'reset the connection',
  EPIPE: 'closed the connection',
  EHOSTUNREACH: 'cannot be reached: no route to the host',
  ENETUNREACH: 'cannot be reached: no route to the network',
  ENOTFOUND: 'has a name that does not resolve',
  EAI_AGAIN: 'has a name that does not resolve just now',
  UND_ERR_SOCKET: 'closed the connection without an answer',
};

const SILENCE = ['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'UND_ERR_CONNECT_TIMEOUT', 'ETIMEDOUT'];

/**
 * One GET over the process's keep-alive pool. Redirects are not followed, so the token goes nowhere else. Rejects with a
 * `DeviceError`, or with the reason of the signal.
 */
export async function httpGet(url: string, token: string | null, limits: HttpLimits): Promise<HttpAnswer> {
  try {
    const answer = await request(url, {
      headers: { accept: 'application/json', ...(token === null ? {} : { authorization: `Bearer ${token}` }) },
      headersTimeout: limits.timeoutMs,
      bodyTimeout: limits.timeoutMs,
      signal: limits.signal,
    });
    const type = mediaType(answer.headers['content-type']);
    const length = Number(answer.headers['content-length'] ?? 0);
    if (length <= limits.bytes && answer.headers['transfer-encoding'] === undefined) {
      return { status: answer.statusCode, type, text: storable(await answer.body.text()), truncated: false };
    }
    return { status: answer.statusCode, type, ...(await readUpTo(answer.body, limits.bytes)) };
  } catch (error) {
    throw limits.signal.aborted ? limits.signal.reason : explain(error, url);
  }
}

function mediaType(header: string | string[] | undefined): string {
  return (String(header ?? '').split(';')[0] ?? '').trim().toLowerCase();
}

async function readUpTo(body: AsyncIterable<Buffer>, limit: number): Promise<{ text: string; truncated: boolean }> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > limit) break;
  }
  return { text: storable(Buffer.concat(chunks).toString('utf8')), truncated: bytes > limit };
}

/** PostgreSQL keeps every character but this one; no JSON has it. */
function storable(text: string): string {
  return text.includes('\0') ? text.replaceAll('\0', '') : text;
}

function explain(error: unknown, url: string): DeviceError {
  const { origin } = new URL(url);
  const code = codeOf(error);
  const message = error instanceof Error ? error.message : String(error);
  if (SILENCE.includes(code)) return new DeviceError('timeout', `${origin} did not answer in time`, true);
  const known = REFUSALS[code];
  return new DeviceError('unreachable', known === undefined ? `${origin}: ${message}` : `${origin} ${known}`, true);
}

function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : '';
}
