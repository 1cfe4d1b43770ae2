import type { Collected, KindResult } from '../core/collection.ts';
import { KIND_ENDPOINTS } from '../core/facts.ts';
import type { Kind } from '../core/facts.ts';
import type { Outcome } from '../core/outcome.ts';
import type { Answer } from './answer.ts';
import type { CollectOptions } from './collect.ts';
import { asDeviceError, DeviceError } from './device-error.ts';
import { judge } from './judge.ts';
import { outputParser } from './parse.ts';
import type { Parsed, TemplateName } from './parse.ts';
import type { Row } from './platform.ts';
import { toRecords } from './records/index.ts';
import { render } from './terminal.ts';
import { httpGet } from './transports/http.ts';
import type { HttpAnswer } from './transports/http.ts';

type Failed = { outcome: Outcome; error: string | null };
type Told = Parsed | Failed;
type Understanding = Pick<CollectOptions, 'platform' | 'library' | 'limits'>;

/** What ends the talk with the device: nothing more can be expected of the other kinds. */
const FATAL: Outcome[] = ['auth_failed', 'timeout', 'cancelled'];
const NO_TEMPLATE: TemplateName = { template: null, template_version: null };

/** Asks the device API for one kind after the other, never two at once. */
export async function collectByHttp(options: CollectOptions): Promise<Collected> {
  const collected: Collected = { kinds: {}, outputs: [], logged_in: false, host_key: null, failure: null, stopped: false };
  const kinds = collected.kinds as Partial<Record<Kind, KindResult>>;
  const base = baseOf(options);
  if (base === null) {
    const error = `the host of an http device must be the base URL of its API, not ${JSON.stringify(options.device.host)}`;
    return { ...collected, failure: { outcome: 'error', error, retryable: false } };
  }
  const stop = new AbortController();
  const onAbort = (): void => stop.abort(new DeviceError('cancelled', 'cancelled'));
  const timer = setTimeout(() => stop.abort(outOfTime(options)), options.limits.device_ms);
  options.signal.addEventListener('abort', onAbort);
  if (options.signal.aborted) onAbort();
  try {
    for (const kind of options.kinds) {
      if (collected.failure !== null) {
        const { outcome, error } = collected.failure;
        if (collected.logged_in) kinds[kind] = result({ outcome, error: `not asked for: ${error}` }, [], 0);
        continue;
      }
      if (options.shouldStop()) {
        collected.stopped = true;
        break;
      }
      const begun = performance.now();
      const path = pathOf(options, kind);
      let told: Told;
      let retryable = false;
      try {
        options.onTask(KIND_ENDPOINTS[kind]);
        const answer = await httpGet(base + path, options.credential.token, {
          timeoutMs: options.limits.command_ms,
          bytes: options.limits.output_bytes,
          signal: stop.signal,
        });
        const understood = understand(options, kind, answer);
        collected.outputs.push({ command: path, text: answer.text, ...understood.template });
        told = understood.told;
        retryable = told.outcome === 'unreachable' || told.outcome === 'timeout';
      } catch (cause) {
        const error = asDeviceError(cause);
        told = { outcome: error.outcome, error: error.message };
        retryable = error.retryable;
      }
      const first = !collected.logged_in;
      const unreached = told.outcome === 'unreachable';
      if (FATAL.includes(told.outcome) || (first && unreached)) {
        collected.failure = { outcome: told.outcome, error: told.error ?? '', retryable: retryable && first };
        if (first) continue;
      } else if (!unreached && told.outcome !== 'error') {
        collected.logged_in = true;
      }
      kinds[kind] = result(told, [path], performance.now() - begun);
    }
  } finally {
    clearTimeout(timer);
    options.signal.removeEventListener('abort', onAbort);
  }
  return collected;
}

function outOfTime({ limits }: CollectOptions): DeviceError {
  return new DeviceError('timeout', `the device took longer than its limit of ${limits.device_ms / 1000} s`);
}

function pathOf({ device }: CollectOptions, kind: Kind): string {
  return `/api/devices/${encodeURIComponent(device.external_id ?? device.name)}/${KIND_ENDPOINTS[kind]}?use_textfsm=true`;
}

/** `Device.host` is the base URL of the device API; null where it is none. */
function baseOf({ device }: CollectOptions): string | null {
  const base = device.host.replace(/\/+$/, '');
  return /^https?:\/\//i.test(base) && URL.canParse(base) ? base : null;
}

/** What an answer of the device API means for a kind. */
export function understand(options: Understanding, kind: Kind, answer: HttpAnswer): { told: Told; template: TemplateName } {
  const plain = (told: Told): { told: Told; template: TemplateName } => ({ told, template: NO_TEMPLATE });
  const failed = (outcome: Outcome, error: string | null): { told: Told; template: TemplateName } => plain({ outcome, error });
  if (answer.truncated)
    return failed('truncated', `the device API sent more than the output limit of ${options.limits.output_bytes} bytes`);
  const body = parseJson(answer.text);
  const said = messageOf(body);
  const { status } = answer;
  if (status !== 200) {
    const what = `the device API answered ${status}${said === '' ? '' : `: ${said}`}`;
    if (status === 401 || status === 403) return failed('auth_failed', what);
    if (status === 404 || status === 405 || status === 501) return failed('unsupported', what);
    if (status === 429 || (status >= 502 && status <= 504)) return failed('unreachable', what);
    if (status >= 300 && status < 400) return failed('error', `${what}; redirects are not followed`);
    return failed('error', what);
  }
  if (!isObject(body) || !('success' in body || 'output' in body)) {
    return failed('parse_failed', 'the device API answered something else than {success, output}');
  }
  if (body['success'] === false) return failed(classify(said), `the device API says: ${said === '' ? 'no reason' : said}`);
  const output = body['output'];
  if (typeof output === 'string') return fromText(options, kind, output);
  if (!Array.isArray(output) || !output.every(isObject)) {
    return failed('parse_failed', 'the device API answered neither rows nor text');
  }
  return plain(fromRows(kind, output));
}

function fromRows(kind: Kind, rows: Row[]): Told {
  try {
    const records = toRecords(kind, rows);
    return { outcome: records.length > 0 ? 'ok' : 'empty', records, error: null };
  } catch (error) {
    return { outcome: 'parse_failed', error: `the device API: ${error instanceof Error ? error.message : String(error)}` };
  }
}

/** Rows were asked for and the device's own text came: the device API could not parse it, but perhaps we can. */
function fromText(options: Understanding, kind: Kind, output: string): { told: Told; template: TemplateName } {
  const { platform, library } = options;
  const text = render(output);
  const source = platform.kinds[kind];
  const ask = 'ask' in source ? source.ask.find((ask) => !('read' in ask.parse)) : undefined;
  const answer: Answer = {
    command: KIND_ENDPOINTS[kind],
    text,
    bytes: text.length,
    truncated: false,
    exitCode: null,
    stderr: '',
  };
  const verdict = judge(platform, answer);
  if (verdict.is !== 'output') {
    return {
      told: { outcome: verdict.is === 'unknown' ? 'unsupported' : verdict.is, error: verdict.message },
      template: NO_TEMPLATE,
    };
  }
  if (text.trim() === '') return { told: { outcome: 'empty', error: null }, template: NO_TEMPLATE };
  if (ask === undefined) {
    const error = `the device API answered text instead of rows, and ${platform.name} has no template for ${kind}`;
    return { told: { outcome: 'parse_failed', error }, template: NO_TEMPLATE };
  }
  const parser = outputParser(library);
  return { told: parser.parse(kind, { ask, text }, null), template: parser.templateOf(ask) };
}

/** What the device API means by `success: false`. */
function classify(message: string): Outcome {
  if (/authenti|login|password|credential|unauthori[sz]ed|access denied/i.test(message)) return 'auth_failed';
  if (/time[d -]?out/i.test(message)) return 'timeout';
  if (/unreachable|refused|no route|connect/i.test(message)) return 'unreachable';
  if (/not supported|unsupported|invalid (?:input|command)|unknown command/i.test(message)) return 'unsupported';
  return 'error';
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Row {
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

function result(told: Told, commands: string[], ms: number): KindResult {
  const records = 'records' in told ? told.records : [];
  return { outcome: told.outcome, rows: records.length, duration_ms: Math.round(ms), error: told.error, records, commands };
}
