import { Agent, request } from 'undici';
import { literalRefusal, publicLookup, TargetRefused } from './target.ts';

/** From the name to the last byte of the answer that is read. */
const TIMEOUT_MS = 10_000;
const EXCERPT_BYTES = 1024;

export interface Posted {
  status: number;
  /** The beginning of the body of an answer that is no success; else empty. */
  excerpt: string;
  retryAfterMs: number | null;
}

/** Sends JSON, without following redirects. Rejects where no answer comes; `explainFailure` says why. */
export interface Poster {
  post(url: string, headers: Record<string, string>, body: string, signal: AbortSignal): Promise<Posted>;
  close(): Promise<void>;
}

/** `privateTargets`: addresses of private networks and of this host are connected to as well. */
export function createPoster({
  privateTargets,
  timeoutMs = TIMEOUT_MS,
}: {
  privateTargets: boolean;
  timeoutMs?: number;
}): Poster {
  // No kept connections: one that the receiver closes just then would cost an attempt.
  const agent = new Agent({
    pipelining: 0,
    connect: { timeout: timeoutMs, ...(privateTargets ? {} : { lookup: publicLookup }) },
  });
  return {
    async post(url, headers, body, signal) {
      const refusal = privateTargets ? null : literalRefusal(new URL(url));
      if (refusal !== null) throw new TargetRefused(`the address ${refusal}`);
      const answer = await request(url, {
        method: 'POST',
        dispatcher: agent,
        headers,
        body,
        headersTimeout: timeoutMs,
        bodyTimeout: timeoutMs,
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      });
      const status = answer.statusCode;
      const success = status >= 200 && status < 300;
      const excerpt = await readExcerpt(answer.body, success ? 0 : EXCERPT_BYTES);
      return { status, excerpt, retryAfterMs: retryAfter(answer.headers['retry-after']) };
    },
    close: () => agent.destroy(),
  };
}

type Body = Awaited<ReturnType<typeof request>>['body'];

/** Up to so many bytes; the rest is not waited for. The status is known: a body that breaks off is no failure. */
async function readExcerpt(body: Body, limit: number): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  body.on('error', () => undefined);
  try {
    if (limit > 0) {
      for await (const chunk of body as AsyncIterable<Buffer>) {
        chunks.push(chunk);
        bytes += chunk.length;
        if (bytes >= limit) break;
      }
    }
  } catch {
    // What came so far tells enough.
  }
  body.destroy();
  return Buffer.concat(chunks).subarray(0, limit).toString('utf8');
}

/** Milliseconds that `Retry-After` asks for (RFC 9110 section 10.2.3: seconds or a date); null where it does not say. */
function retryAfter(header: string | string[] | undefined): number | null {
  const text = String(Array.isArray(header) ? header[0] : (header ?? '')).trim();
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  const at = text === '' ? Number.NaN : Date.parse(text);
  return Number.isNaN(at) ? null : Math.max(0, at - Date.now());
}

const REASONS: Record<string, string> = {
  ECONNREFUSED: 'the receiver refused the connection',
  ECONNRESET: 'the receiver reset the connection',
  EPIPE: 'the receiver closed the connection',
  EHOSTUNREACH: 'there is no route to the receiver',
  ENETUNREACH: 'there is no route to the network of the receiver',
  ENOTFOUND: 'the name of the receiver does not resolve',
  EAI_AGAIN: 'the name of the receiver does not resolve just now',
  UND_ERR_SOCKET: 'the receiver closed the connection without an answer',
  UND_ERR_CONNECT_TIMEOUT: 'the receiver did not answer in time',
  UND_ERR_HEADERS_TIMEOUT: 'the receiver did not answer in time',
};

/** Why no answer came, for people; `permanent` where no later attempt would get one. */
export function explainFailure(error: unknown): { error: string; permanent: boolean } {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof TargetRefused) return { error: message, permanent: true };
  if (error instanceof Error && error.name === 'TimeoutError')
    return { error: REASONS['UND_ERR_HEADERS_TIMEOUT']!, permanent: false };
  return { error: REASONS[code] ?? `the receiver could not be reached: ${message}`, permanent: false };
}
