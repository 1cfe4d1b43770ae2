import type { CharSet, Node, SetItem } from './ast.ts';
import { type Flags, NO_FLAGS } from './flags.ts';
import type { Tokens } from './tokens.ts';

const CONTROLS: Record<string, number> = { a: 7, b: 8, f: 12, n: 10, r: 13, t: 9, v: 11, '\\': 92 };
const CATEGORIES: Record<string, SetItem> = {
  d: { category: 'digit', negate: false },
  D: { category: 'digit', negate: true },
  s: { category: 'space', negate: false },
  S: { category: 'space', negate: true },
  w: { category: 'word', negate: false },
  W: { category: 'word', negate: true },
};
const HEX_LENGTH: Record<string, number> = { x: 2, u: 4, U: 8 };
const HEX = /^[0-9a-fA-F]$/;
const OCTAL = /^[0-7]$/;
const DIGIT = /^[0-9]$/;

/** Sets of the categories where no flag is on: one object each, because what is known of a set is kept by object. */
const PLAIN_SETS = new Map(Object.values(CATEGORIES).map((item) => [item, newSet(item, NO_FLAGS)]));

function singleSet(item: SetItem, flags: Flags): CharSet {
  const plain = flags.ascii || flags.ignoreCase ? undefined : PLAIN_SETS.get(item);
  return plain ?? newSet(item, flags);
}

function newSet(item: SetItem, flags: Flags): CharSet {
  return { negate: false, items: [item], ascii: flags.ascii, ignoreCase: flags.ignoreCase };
}

/** An escape inside `[…]`: a code point or a category. */
export function classEscape(tokens: Tokens, token: string): number | SetItem {
  const char = token.slice(1);
  const code = CONTROLS[char];
  if (code !== undefined) return code;
  const category = CATEGORIES[char];
  if (category !== undefined) return category;
  const numeric = hexEscape(tokens, token);
  if (numeric !== null) return numeric;
  if (OCTAL.test(char)) return octal(tokens, token + tokens.takeWhile(2, OCTAL));
  return plainEscape(tokens, token);
}

/** What the state of the parser has to answer for `\1` to `\99`. */
export interface GroupReferences {
  refer(index: number, back: number): Node;
}

/** An escape outside `[…]`. */
export function outerEscape(tokens: Tokens, token: string, flags: Flags, groups: GroupReferences): Node {
  const char = token.slice(1);
  const category = CATEGORIES[char];
  if (category !== undefined) return { type: 'set', set: singleSet(category, flags) };
  if (char === 'A' || char === 'Z') {
    return { type: 'anchor', kind: char === 'A' ? 'start' : 'end', scope: 'string', ascii: flags.ascii };
  }
  if (char === 'b' || char === 'B') {
    return { type: 'anchor', kind: char === 'b' ? 'boundary' : 'notBoundary', scope: 'text', ascii: flags.ascii };
  }
  if (/^[1-9]$/.test(char)) return digitEscape(tokens, token, flags, groups);
  return literal(CONTROLS[char] ?? numericOrPlain(tokens, token), flags);
}

function numericOrPlain(tokens: Tokens, token: string): number {
  const numeric = hexEscape(tokens, token);
  if (numeric !== null) return numeric;
  if (token === '\\0') return octal(tokens, token + tokens.takeWhile(2, OCTAL));
  return plainEscape(tokens, token);
}

function digitEscape(tokens: Tokens, token: string, flags: Flags, groups: GroupReferences): Node {
  let digits = token.slice(1);
  const second = tokens.next();
  if (second !== null && DIGIT.test(second)) {
    digits += second;
    tokens.take();
    const third = tokens.next();
    if (OCTAL.test(digits.charAt(0)) && OCTAL.test(second) && third !== null && OCTAL.test(third)) {
      tokens.take();
      return literal(octal(tokens, `\\${digits}${third}`), flags);
    }
  }
  return groups.refer(Number(digits), digits.length);
}

function octal(tokens: Tokens, escape: string): number {
  const code = Number.parseInt(escape.slice(1), 8);
  if (code > 0o377) throw tokens.error(`octal escape value ${escape} outside of range 0-0o377`, escape.length);
  return code;
}

function hexEscape(tokens: Tokens, token: string): number | null {
  const letter = token.slice(1);
  if (letter === 'N') throw tokens.error(`\\N{…} is not supported`, token.length);
  const length = HEX_LENGTH[letter];
  if (length === undefined) return null;
  const digits = tokens.takeWhile(length, HEX);
  const escape = token + digits;
  if (digits.length !== length) throw tokens.error(`incomplete escape ${escape}`, escape.length);
  const code = Number.parseInt(digits, 16);
  if (code > 0x10ffff) throw tokens.error(`bad escape ${escape}`, escape.length);
  return code;
}

function plainEscape(tokens: Tokens, token: string): number {
  const char = token.slice(1);
  if (/^[A-Za-z0-9]$/.test(char)) throw tokens.error(`bad escape ${token}`, token.length);
  return char.codePointAt(0) ?? 0;
}

/** A literal, as a set of its variants where case is ignored and it has some. */
export function literal(code: number, flags: Flags): Node {
  if (!flags.ignoreCase) return { type: 'literal', code };
  return { type: 'set', set: singleSet({ lo: code, hi: code }, flags) };
}
