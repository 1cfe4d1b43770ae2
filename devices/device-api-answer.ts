import type { Outcome } from '../core/outcome.ts';
import type { HttpAnswer } from './transports/http.ts';

export interface Refusal {
  outcome: Outcome;
  error: string;
}

/** Why an answer of the device API holds no output, by its status and by what it says; null where it may hold one. */
export function refusal(answer: HttpAnswer, limit: number): Refusal | null {
  if (answer.truncated) {
    return { outcome: 'truncated', error: `the device API sent more than the output limit of ${limit} bytes` };
  }
  const body = parseJson(answer.text);
  const said = messageOf(body);
  const { status } = answer;
  if (status !== 200) {
    const error = `the device API answered ${status}${said === '' ? '' : `: ${said}`}`;
    if (status === 401 || status === 403) return { outcome: 'auth_failed', error };
    if (status === 404 || status === 405 || status === 501) return { outcome: 'unsupported', error };
    if (status === 429 || (status >= 502 && status <= 504)) return { outcome: 'unreachable', error };
    if (status >= 300 && status < 400) return { outcome: 'error', error: `${error}; redirects are not followed` };
    return { outcome: 'error', error };
  }
  if (isObject(body) && body['success'] === false) {
    return { outcome: classify(said), error: `the device API says: ${said === '' ? 'no reason' : said}` };
  }
  return null;
}

/** What the device API means by `success: false`. */
function classify(message: string): Outcome {
  if (/authenti|login|password|credential|unauthori[sz]ed|access denied/i.test(message)) return 'auth_failed';
  if (/time[d -]?out/i.test(message)) return 'timeout';
  if (/unreachable|refused|no route|connect/i.test(message)) return 'unreachable';
  if (/not supported|unsupported|invalid (?:input|command)|unknown command/i.test(message)) return 'unsupported';
  return 'error';
}

/** Undefined where it is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function messageOf(body: unknown): string {
  if (!isObject(body)) return '';
  for (const name of ['error', 'detail', 'message', 'title']) {
    const value = body[name];
    if (typeof value === 'string' && value !== '') return value.slice(0, 200);
  }
  return typeof body['output'] === 'string' ? body['output'].slice(0, 200) : '';
}
