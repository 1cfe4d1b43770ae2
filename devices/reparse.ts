import type { Collected, KindResult } from '../core/collection.ts';
import type { Device } from '../core/device.ts';
import type { Kind } from '../core/facts.ts';
import { isAnswer, type Outcome } from '../core/outcome.ts';
import { understand } from './collect-http.ts';
import { judge } from './judge.ts';
import { outputParser } from './parse.ts';
import type { Platform } from './platform.ts';
import type { TemplateLibrary } from './template-library.ts';

/** What was stored when the device was last asked. */
export interface Stored {
  kinds: ReadonlyMap<Kind, { outcome: Outcome; error: string | null; commands: string[] }>;
  outputs: ReadonlyMap<string, { text: string; collected_at: Date }>;
}

export interface ReparseOptions {
  device: Device;
  platform: Platform;
  kinds: Kind[];
  library: TemplateLibrary;
  stored: Stored;
}

/**
 * Parses stored raw output again, without the device. A kind that gave no output then keeps the outcome it had; one whose output
 * is not there any more is an `error` that says so.
 */
export function reparseFacts(options: ReparseOptions): Collected {
  const { kinds, stored } = options;
  const parser = outputParser(options.library);
  const collected: Collected = { kinds: {}, outputs: [], logged_in: false, host_key: null, failure: null, stopped: false };
  const used = new Set<string>();
  for (const kind of kinds) {
    const state = stored.kinds.get(kind);
    const begun = performance.now();
    const result =
      state === undefined
        ? without('error', 'it was never collected: there is nothing to parse again', [])
        : isAnswer(state.outcome) || state.outcome === 'parse_failed'
          ? parseAgain(options, parser, kind, state.commands)
          : without(state.outcome, state.error, state.commands);
    Object.assign(collected.kinds, { [kind]: { ...result, duration_ms: Math.round(performance.now() - begun) } });
    for (const command of result.commands) used.add(command);
  }
  const times = [...used].flatMap((command) => stored.outputs.get(command)?.collected_at.getTime() ?? []);
  return times.length === 0 ? collected : { ...collected, collected_at: new Date(Math.max(...times)) };
}

function parseAgain(
  { device, platform, library, stored }: ReparseOptions,
  parser: ReturnType<typeof outputParser>,
  kind: Kind,
  commands: string[],
): KindResult {
  const textOf = (command: string): string | undefined => stored.outputs.get(command)?.text;
  const missing = commands.find((command) => textOf(command) === undefined);
  if (missing !== undefined || commands.length === 0) return without('error', 'its raw output was not kept', commands);
  if (device.transport === 'http') {
    const text = commands.map(textOf).join('');
    const { told } = understand({ platform, library, limits: NO_LIMITS }, kind, {
      status: 200,
      type: '',
      text,
      truncated: false,
    });
    const records = 'records' in told ? told.records : [];
    return { ...without(told.outcome, told.error, commands), records, rows: records.length };
  }
  const source = platform.kinds[kind];
  // The last alternative that was asked is the one that answered.
  const ask = 'ask' in source ? source.ask.findLast((one) => commands.includes(one.command)) : undefined;
  if (ask === undefined) return without('error', 'the platform asks for it in another way now: collect it again', commands);
  const text = textOf(ask.command) ?? '';
  const answer = { command: ask.command, text, bytes: text.length, truncated: false, exitCode: null, stderr: '' };
  const verdict = judge(platform, answer);
  if (verdict.is !== 'output') {
    return without(
      verdict.is === 'unknown' ? 'unsupported' : verdict.is,
      'message' in verdict ? verdict.message : null,
      commands,
    );
  }
  const join = 'join' in source && source.join !== undefined && commands.includes(source.join.command) ? source.join : null;
  const parsed = parser.parse(kind, { ask, text }, join === null ? null : { join, text: textOf(join.command) ?? '' });
  return { ...parsed, rows: parsed.records.length, duration_ms: 0, commands };
}

const NO_LIMITS = { device_ms: Infinity, command_ms: Infinity, connect_ms: Infinity, output_bytes: Infinity };

function without(outcome: Outcome, error: string | null, commands: string[]): KindResult {
  return { outcome, rows: 0, duration_ms: 0, error, records: [], commands };
}
