import type { Command, Mode, SimPlatform } from './platform.ts';

export type Lookup =
  | { kind: 'command'; command: Command; filters: Filter[] }
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

const words = (line: string): string[] => line.trim().toLowerCase().split(/\s+/);

/** Finds what a line means on a platform, in a mode. */
export function lookup(platform: SimPlatform, line: string, mode: Mode): Lookup {
  const [head = '', ...segments] = platform.pipes === 'none' ? [line] : line.split(/\s*\|\s*/);
  let asked = words(head);
  const filters: Filter[] = [];
  for (const segment of segments) {
    const [verb = '', ...rest] = segment.trim().split(/\s+/);
    const known = PIPE_WORDS[platform.pipes].find((word) => verb !== '' && word.startsWith(verb.toLowerCase()));
    const make = known === undefined ? undefined : FILTERS[known];
    if (make) filters.push(make(rest.join(' ')));
    else if (make === undefined) asked = [...asked, '|', ...words(segment)];
  }
  const usable = platform.commands.filter((command) => !command.refusedIn?.includes(mode));
  const exact = platform.matching === 'exact';
  const fits = (word: string, known: string): boolean => (exact ? word === known : known.startsWith(word));
  const whole = usable.find((command) => words(command.name).join(' ') === asked.join(' '));
  if (whole) return { kind: 'command', command: whole, filters };
  const longer = usable.filter((command) => {
    const known = words(command.name);
    return known.length >= asked.length && asked.every((word, index) => fits(word, known[index] ?? ''));
  });
  const same = longer.filter((command) => words(command.name).length === asked.length);
  const first = same[0];
  if (first && same.length === 1) return { kind: 'command', command: first, filters };
  if (first) return { kind: 'ambiguous' };
  if (longer.length > 0) return { kind: 'incomplete' };
  return { kind: 'unknown', column: firstMisfit(usable, line, asked, fits) };
}

function firstMisfit(usable: Command[], line: string, asked: string[], fits: (word: string, known: string) => boolean): number {
  let position = 0;
  for (let count = 1; count <= asked.length; count++) {
    const start = line.toLowerCase().indexOf(asked[count - 1] ?? '', position);
    const any = usable.some((command) =>
      asked.slice(0, count).every((word, index) => fits(word, words(command.name)[index] ?? '')),
    );
    if (!any) return Math.max(0, start);
    position = start + (asked[count - 1]?.length ?? 0);
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
