import type { Tokens } from './tokens.ts';

/** Inline flags in force at one place of the pattern. */
export interface Flags {
  ignoreCase: boolean;
  multiline: boolean;
  dotAll: boolean;
  verbose: boolean;
  ascii: boolean;
}

export const NO_FLAGS: Flags = { ignoreCase: false, multiline: false, dotAll: false, verbose: false, ascii: false };

const KNOWN = /^[iLmsxatu]$/;

export type FlagGroup = { global: true; added: string } | { global: false; added: string; removed: string };

/** Reads what follows `(?` where that is a flag or a minus: `i)`, `i:`, `-i:`, `i-s:`. The closing `)` or `:` is taken too. */
export function readFlags(tokens: Tokens, first: string): FlagGroup {
  let added = '';
  let char: string | null = first;
  if (char !== '-') {
    for (;;) {
      added += checked(tokens, char, added);
      char = tokens.take();
      if (char === null) throw tokens.error('missing -, : or )');
      if (char === ')' || char === '-' || char === ':') break;
      if (!KNOWN.test(char)) throw tokens.error(isLetter(char) ? 'unknown flag' : 'missing -, : or )', char.length);
    }
  }
  if (char === ')') return { global: true, added };
  if (added.includes('t')) throw tokens.error('bad inline flags: cannot turn on global flag', 1);
  return { global: false, added, removed: char === '-' ? readRemoved(tokens, added) : '' };
}

function readRemoved(tokens: Tokens, added: string): string {
  let removed = '';
  let char = tokens.take();
  if (char === null) throw tokens.error('missing flag');
  if (!KNOWN.test(char)) throw tokens.error(isLetter(char) ? 'unknown flag' : 'missing flag', char.length);
  for (;;) {
    if (/^[aLu]$/.test(char)) throw tokens.error("bad inline flags: cannot turn off flags 'a', 'u' and 'L'");
    removed += char;
    char = tokens.take();
    if (char === null) throw tokens.error('missing :');
    if (char === ':') break;
    if (!KNOWN.test(char)) throw tokens.error(isLetter(char) ? 'unknown flag' : 'missing :', char.length);
  }
  if (removed.includes('t')) throw tokens.error('bad inline flags: cannot turn off global flag', 1);
  if (Array.from(added).some((flag) => removed.includes(flag))) {
    throw tokens.error('bad inline flags: flag turned on and off', 1);
  }
  return removed;
}

function checked(tokens: Tokens, flag: string, added: string): string {
  if (flag === 'L') throw tokens.error("bad inline flags: cannot use 'L' flag with a str pattern");
  if ((flag === 'a' && added.includes('u')) || (flag === 'u' && added.includes('a'))) {
    throw tokens.error("bad inline flags: flags 'a', 'u' and 'L' are incompatible");
  }
  return flag;
}

/** The flags inside a group that adds and removes some. */
export function withFlags(flags: Flags, added: string, removed: string): Flags {
  const pick = (letter: string, now: boolean): boolean => (now || added.includes(letter)) && !removed.includes(letter);
  return {
    ignoreCase: pick('i', flags.ignoreCase),
    multiline: pick('m', flags.multiline),
    dotAll: pick('s', flags.dotAll),
    verbose: pick('x', flags.verbose),
    ascii: added.includes('u') ? false : pick('a', flags.ascii),
  };
}

function isLetter(char: string): boolean {
  return /^\p{L}/u.test(char);
}
