import type { Command, Mode, SimPlatform } from './platform.ts';

export type Lookup =
  | { kind: 'command'; command: Command; filters: Filter[]; /** What stands for `<port>`. */ argument: string | null }
  | { kind: 'incomplete' }
  | { kind: 'ambiguous' }
  | { kind: 'unknown'; /** Where the first word that fits nothing begins. */ column: number };

export type Filter = (lines: string[]) => string[];

/** Filters of a pipe by their first word; `null` passes everything, such as `no-more`. */
const FILTERS: Record<string, ((argument: string) => Filter) | null> = {
  include: (text) => (lines) => lines.filter((line) => pattern(text).test(line)),
  exclude: (text) => (lines) => lines.filter((line) => !pattern(text).test(line)),
  begin: (text) => (lines) => {
    const start = lines.findIndex((line) => pattern(text).test(line));
    return start < 0 ? [] : lines.slice(start);
  },
  match: (text) => (lines) => lines.filter((line) => pattern(text).test(line)),
  except: (text) => (lines) => lines.filter((line) => !pattern(text).test(line)),
  grep: (text) => (lines) => lines.filter((line) => pattern(text).test(line)),
  'no-more': null,
  nomore: null,
};

const PIPE_WORDS: Record<SimPlatform['pipes'], string[]> = {
  cisco: ['include', 'exclude', 'begin', 'no-more'],
  junos: ['match', 'except', 'no-more'],
  grep: ['grep', 'begin', 'exclude', 'include', 'match', 'except', 'nomore', 'no-more'],
  none: [],
};

/** Regular expressions of the devices are close enough to ours for what is asked of a simulator. */
function pattern(text: string): RegExp {
  try {
    return new RegExp(text.replace(/^"(.*)"$/, '$1'));
  } catch {
    return new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  }
}

const words = (line: string): string[] => line.trim().split(/\s+/);

/** A command and its words; `<port>` stands for any one word. */
interface Known {
  command: Command;
  words: string[];
}

/** What is worked out of a platform's commands once. */
const vocabularies = new WeakMap<SimPlatform, Known[]>();

function vocabulary(platform: SimPlatform): Known[] {
  let known = vocabularies.get(platform);
  if (!known) {
    known = platform.commands.map((command) => ({ command, words: words(command.name.toLowerCase()) }));
    vocabularies.set(platform, known);
  }
  return known;
}

const ARGUMENT = '<port>';

/** Finds what a line means on a platform, in a mode. */
export function lookup(platform: SimPlatform, line: string, mode: Mode): Lookup {
  const [head = '', ...segments] = platform.pipes === 'none' ? [line] : line.split(/\s*\|\s*/);
  let typed = words(head);
  const filters: Filter[] = [];
  for (const segment of segments) {
    const [verb = '', ...rest] = words(segment);
    const known = PIPE_WORDS[platform.pipes].find((word) => verb !== '' && word.startsWith(verb.toLowerCase()));
    const make = known === undefined ? undefined : FILTERS[known];
    if (make) filters.push(make(rest.join(' ')));
    else if (make === undefined) typed = [...typed, '|', ...words(segment)];
  }
  const asked = typed.map((word) => word.toLowerCase());
  const usable = vocabulary(platform).filter(({ command }) => !command.refusedIn?.includes(mode));
  const exact = platform.matching === 'exact';
  const fits = (word: string, known: string | undefined): boolean =>
    known === ARGUMENT || (exact ? word === known : known?.startsWith(word) === true);
  const found = ({ command, words: known }: Known): Lookup => {
    const at = known.indexOf(ARGUMENT);
    return { kind: 'command', command, filters, argument: at < 0 ? null : (typed[at] ?? null) };
  };
  const whole = usable.find(
    (known) => known.words.length === asked.length && known.words.every((word, index) => word === asked[index]),
  );
  if (whole) return found(whole);
  const longer = usable.filter(
    (known) => known.words.length >= asked.length && asked.every((word, index) => fits(word, known.words[index])),
  );
  const same = longer.filter((known) => known.words.length === asked.length);
  const [first] = same;
  if (first && same.length === 1) return found(first);
  if (first) return { kind: 'ambiguous' };
  if (longer.length > 0) return { kind: 'incomplete' };
  return { kind: 'unknown', column: firstMisfit(usable, line, asked, fits) };
}

function firstMisfit(
  usable: Known[],
  line: string,
  asked: string[],
  fits: (word: string, known: string | undefined) => boolean,
): number {
  let position = 0;
  for (const [count, last] of asked.entries()) {
    const start = line.toLowerCase().indexOf(last, position);
    const any = usable.some((known) => asked.slice(0, count + 1).every((word, index) => fits(word, known.words[index])));
    if (!any) return Math.max(0, start);
    position = start + last.length;
  }
  return 0;
}

/** Runs an output through its filters. */
export function filtered(text: string, filters: Filter[]): string {
  if (filters.length === 0) return text;
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  const out = filters.reduce((kept, filter) => filter(kept), lines);
  return out.length === 0 ? '' : `${out.join('\n')}\n`;
}
