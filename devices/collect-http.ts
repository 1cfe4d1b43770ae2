import type { Collected, KindResult } from '../core/collection.ts';
import { KIND_ENDPOINTS } from '../core/facts.ts';
import type { Kind } from '../core/facts.ts';
import type { Outcome } from '../core/outcome.ts';
import type { Answer } from './answer.ts';
import type { CollectOptions } from './collect.ts';
import { isObject, parseJson, refusal } from './device-api-answer.ts';
import { notABase, openDeviceApi } from './device-api.ts';
import { asDeviceError } from './device-error.ts';
import { judge } from './judge.ts';
import { outputParser } from './parse.ts';
import type { Parsed, TemplateName } from './parse.ts';
import type { Row } from './platform.ts';
import { toRecords } from './records/index.ts';
import { render } from './terminal.ts';
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
  const api = openDeviceApi(options);
  if (api === null) return { ...collected, failure: { outcome: 'error', error: notABase(options.device), retryable: false } };
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
      const path = `${api.path(KIND_ENDPOINTS[kind])}?use_textfsm=true`;
      let told: Told;
      let retryable = false;
      try {
        options.onTask(KIND_ENDPOINTS[kind]);
        const answer = await api.get(path);
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
    api.close();
  }
  return collected;
}

/** What an answer of the device API means for a kind. */
export function understand(options: Understanding, kind: Kind, answer: HttpAnswer): { told: Told; template: TemplateName } {
  const plain = (told: Told): { told: Told; template: TemplateName } => ({ told, template: NO_TEMPLATE });
  const failed = (outcome: Outcome, error: string | null): { told: Told; template: TemplateName } => plain({ outcome, error });
  const refused = refusal(answer, options.limits.output_bytes);
  if (refused !== null) return plain(refused);
  const body = parseJson(answer.text);
  if (!isObject(body) || !('success' in body || 'output' in body)) {
    return failed('parse_failed', 'the device API answered something else than {success, output}');
  }
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

function result(told: Told, commands: string[], ms: number): KindResult {
  const records = 'records' in told ? told.records : [];
  return { outcome: told.outcome, rows: records.length, duration_ms: Math.round(ms), error: told.error, records, commands };
}
