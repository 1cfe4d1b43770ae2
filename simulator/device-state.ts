import type { CounterBook } from './counters.ts';
import { filtered, lookup, type Lookup } from './command-line.ts';
import { findFault, spoil, type FaultSpec } from './faults.ts';
import type { SimDevice } from './model.ts';
import type { Network } from './network.ts';
import type { Mode, RenderContext } from './platform.ts';
import { hash } from './random.ts';
import type { TextCache } from './text-cache.ts';

/** What all shells and connections of one device share. */
export interface DeviceState {
  device: SimDevice;
  network: Network;
  counters: CounterBook;
  texts: TextCache;
  faults: FaultSpec[];
  /** Milliseconds a command takes on average. */
  latencyMs: number;
  enablePassword: string;
  /** Commands run so far; part of the seed of what varies from command to command. */
  commandsRun: number;
  /** Connections since the faults were set; `flaky` counts by it. */
  connectionsSeen: number;
}

/** The answer to one line: what is sent, and what follows. */
export interface Answer {
  text: string;
  after: 'prompt' | 'silence' | 'close';
  /** Whether a pager may stop in it. */
  paged: boolean;
  /** Milliseconds before it comes. */
  delay: number;
  /** `latin1` for noise, so that it is not even UTF-8. */
  encoding: 'utf8' | 'latin1';
  /** Exit status of a command run without a shell. */
  status: number;
}

/** The text of a command, rendered once for each state of the device. */
function textOf(state: DeviceState, found: Extract<Lookup, { kind: 'command' }>): string {
  const context = contextOf(state);
  const { argument } = found;
  const key = argument === null ? found.command.name : `${found.command.name} ${argument}`;
  const text = state.texts.get(context.facts, key, () => found.command.render({ ...context, argument }));
  return filtered(text, found.filters);
}

export function contextOf(state: DeviceState): RenderContext {
  return { device: state.device, facts: state.network.facts(state.device), seed: state.network.seed, argument: null };
}

/** Runs one line that is not empty and no rule of the shell. Counts it. */
export function answer(state: DeviceState, line: string, mode: Mode, promptLength: number): Answer {
  const { device, faults } = state;
  const { platform } = device;
  const found = lookup(platform, line, mode);
  const name = found.kind === 'command' ? found.command.name : line.trim();
  state.commandsRun++;
  state.counters.command(device.name, name);
  const slow = findFault(faults, 'slow', name)?.ms ?? 0;
  const vary = 0.5 + (hash(state.network.seed, device.index, state.commandsRun, 'latency') % 1000) / 1000;
  const delay = slow + (state.latencyMs > 0 ? Math.round(state.latencyMs * vary) : 0);
  if (found.kind !== 'command') {
    const { unknown, incomplete, ambiguous } = platform.errors;
    const fallback = unknown(line, found.kind === 'unknown' ? found.column : 0, promptLength);
    const text = { unknown: fallback, incomplete: incomplete ?? fallback, ambiguous: ambiguous?.(line.trim()) ?? fallback }[
      found.kind
    ];
    return { text, after: 'prompt', paged: false, delay, encoding: 'utf8', status: platform.errors.status ?? 0 };
  }
  const text = textOf(state, found);
  const paged = found.command.paged !== false;
  if (faults.length === 0) return { text, after: 'prompt', paged, delay, encoding: 'utf8', status: 0 };
  const spoiled = spoil(
    text,
    name,
    faults,
    (count) => platform.logLine(device, count),
    (count) => noise(device.index, count),
  );
  const noisy = findFault(faults, 'garbage', name) !== undefined;
  return { ...spoiled, paged: paged && !noisy, delay, encoding: noisy ? 'latin1' : 'utf8', status: 0 };
}

/** Bytes that are no text: control characters, broken UTF-8, line ends here and there. One character is one byte. */
function noise(index: number, count: number): string {
  return `${Array.from({ length: count }, (_, k) => String.fromCharCode(hash(index, k, 'noise') & 255)).join('')}\n`;
}

/** Turns line ends into those of a terminal. */
export function toWire(text: string, newline = '\r\n', encoding: BufferEncoding = 'utf8'): Buffer {
  return Buffer.from(newline === '\n' ? text : text.replaceAll('\n', newline), encoding);
}
