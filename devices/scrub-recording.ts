import type { ScrubRule } from './platform.ts';
import type { RecordedEvent } from './recording.ts';
import { secretSpans } from './scrub.ts';
import { render } from './terminal.ts';

/** Shorter words are hidden only where they stand as a secret, for elsewhere they are anything. */
const MIN_EVERYWHERE = 4;
/** Shorter secrets of ours are hidden only where they were typed. */
const MIN_TYPED = 3;
/** Up to the last thing on a line that moves the cursor or colours. */
const DRAWING = /^[\s\S]*(?:[\x00-\x08\x0b-\x1a\x7f]|\x1b\[[0-?]*[ -/]*[@-~]|\x1b[^[])/;

/** What is hidden: our own secrets by name, and what the platform calls a secret. */
export interface Secrets {
  typed: { name: string; value: string }[];
  rules: ScrubRule[];
}

/**
 * Takes secrets out of a recording. Where nothing was hidden in what the device sent in one go, its chunks and their times stay as
 * they were; else that becomes one event.
 */
export function scrubRecording(events: RecordedEvent[], secrets: Secrets): RecordedEvent[] {
  const typed = secrets.typed
    .filter(({ value }) => value !== '')
    .map(({ name, value }) => ({ name, value: Buffer.from(value, 'utf8').toString('latin1') }))
    .sort((a, b) => b.value.length - a.value.length);
  const hideTyped = (text: string): string =>
    typed.reduce((all, { name, value }) => (value.length < MIN_TYPED ? all : all.replaceAll(value, `<${name}>`)), text);
  const words = wordsOf(events, secrets.rules);
  const hide = (text: string): string =>
    words.reduce((all, word) => all.replaceAll(word, '<removed>'), byRules(hideTyped(text), secrets.rules));
  return runsOf(events).flatMap((run) => {
    const [first] = run;
    if (first === undefined) return [];
    const before = run.map(({ bytes }) => bytes).join('');
    const whole = typed.find(({ value }) => first.dir === 'in' && before === `${value}\n`);
    const after = whole === undefined ? hide(before) : `<${whole.name}>\n`;
    return after === before ? run : [{ ...first, bytes: after }];
  });
}

/** Neighbouring events of one channel in one direction: a secret may be cut by the chunks, not by the direction. */
function runsOf(events: RecordedEvent[]): RecordedEvent[][] {
  const runs: RecordedEvent[][] = [];
  for (const event of events) {
    const last = runs.at(-1)?.[0];
    if (last !== undefined && last.channel === event.channel && last.dir === event.dir) runs.at(-1)!.push(event);
    else runs.push([event]);
  }
  return runs;
}

/** By line, also behind what only draws (a pager being wiped off), and over lines. */
function byRules(text: string, rules: ScrubRule[]): string {
  const apply = (part: string): string => rules.reduce((all, { find, replace }) => all.replace(find, replace), part);
  return apply(text)
    .split(/(\r*\n)/)
    .map((line) => {
      const drawn = DRAWING.exec(line)?.[0] ?? '';
      return drawn + apply(line.slice(drawn.length));
    })
    .join('');
}

/** The secrets in the output as a person would see it, so that they are found also where the device drew them oddly. */
function wordsOf(events: RecordedEvent[], rules: ScrubRule[]): string[] {
  const words = new Set<string>();
  const channels = new Map<number, string>();
  for (const { channel, dir, bytes } of events) {
    if (dir === 'out' || dir === 'err') channels.set(channel, (channels.get(channel) ?? '') + bytes);
  }
  for (const text of channels.values()) {
    const shown = render(text);
    for (const rule of rules) {
      for (const { from, to } of secretSpans(rule, shown)) for (const word of wordsIn(shown.slice(from, to))) words.add(word);
    }
  }
  return [...words].sort((a, b) => b.length - a.length);
}

function wordsIn(secret: string): string[] {
  return secret
    .split(/\s+/)
    .map((word) => word.replace(/^["']|["';]+$/g, ''))
    .filter((word) => word.length >= MIN_EVERYWHERE);
}
