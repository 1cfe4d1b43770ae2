/**
 * The characters that a line begins with where a rule matches it: ASCII codes, 1 for those that may; null where that cannot be read
 * from the rules, so that each line must be tried. Of many rules over many lines it leaves a few to be tried.
 */
export function firstCharacters(rules: readonly RegExp[]): Uint8Array | null {
  const codes = new Uint8Array(128);
  for (const rule of rules) {
    // With `m` a rule may begin behind a carriage return; with `u` or `v` other letters are the same as ASCII ones.
    if (/[muvy]/.test(rule.flags)) return null;
    const parts = alternatives(rule.source);
    if (parts === null || !parts.every((part) => part.startsWith('^'))) return null;
    const found = all(parts.map((part) => part.slice(1)));
    if (found === null) return null;
    for (const char of found) {
      codes[char.charCodeAt(0)] = 1;
      if (!rule.ignoreCase) continue;
      codes[char.toLowerCase().charCodeAt(0)] = 1;
      codes[char.toUpperCase().charCodeAt(0)] = 1;
    }
  }
  return codes;
}

const LITERAL = /^[A-Za-z0-9!#%&,:;<=>@_~"'/ -]$/;
const DIGITS = '0123456789'.split('');

/** What a pattern may begin with; null where it is none of the few forms that are understood. */
function begin(source: string): string[] | null {
  const parts = alternatives(source);
  if (parts === null) return null;
  if (parts.length > 1) return all(parts);
  if (source.startsWith('(?:')) {
    const end = closing(source);
    if (end < 0 || isOptional(source, end + 1)) return null;
    return begin(source.slice(3, end));
  }
  if (source.startsWith('[')) {
    const end = classEnd(source, 0);
    return end < 0 || isOptional(source, end + 1) ? null : members(source.slice(1, end));
  }
  const escaped = source.startsWith('\\');
  const char = source.charAt(escaped ? 1 : 0);
  if (isOptional(source, escaped ? 2 : 1)) return null;
  if (escaped) return char === 'd' ? DIGITS : /^[^A-Za-z0-9]$/.test(char) ? [char] : null;
  return LITERAL.test(char) ? [char] : null;
}

/** The characters of a class of letters and ranges. */
function members(source: string): string[] | null {
  if (!/^(?:[A-Za-z0-9]-[A-Za-z0-9]|[A-Za-z0-9*.!#])+$/.test(source)) return null;
  return Array.from({ length: 128 }, (_, code) => String.fromCharCode(code)).filter((char) =>
    new RegExp(`[${source}]`).test(char),
  );
}

function all(parts: string[]): string[] | null {
  const found: string[] = [];
  for (const part of parts) {
    const one = begin(part);
    if (one === null) return null;
    found.push(...one);
  }
  return found;
}

/** Whether what ends before `at` may be left out. */
function isOptional(source: string, at: number): boolean {
  return /^(?:[?*]|\{0)/.test(source.slice(at));
}

/** Split at each `|` outside parentheses; null where a class has no end. */
function alternatives(source: string): string[] | null {
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  for (let at = 0; at < source.length; at += 1) {
    const char = source.charAt(at);
    if (char === '\\') at += 1;
    else if (char === '[') {
      at = classEnd(source, at);
      if (at < 0) return null;
    } else if (char === '(') depth += 1;
    else if (char === ')') depth -= 1;
    else if (char === '|' && depth === 0) {
      parts.push(source.slice(from, at));
      from = at + 1;
    }
  }
  return [...parts, source.slice(from)];
}

/** The `)` of the `(` at the beginning. */
function closing(source: string): number {
  let depth = 0;
  for (let at = 0; at < source.length; at += 1) {
    const char = source.charAt(at);
    if (char === '\\') at += 1;
    else if (char === '[') {
      at = classEnd(source, at);
      if (at < 0) return -1;
    } else if (char === '(') depth += 1;
    else if (char === ')') {
      depth -= 1;
      if (depth === 0) return at;
    }
  }
  return -1;
}

/** The `]` of the `[` at `at`. */
function classEnd(source: string, at: number): number {
  for (let end = at + 1; end < source.length; end += 1) {
    if (source.charAt(end) === '\\') end += 1;
    else if (source.charAt(end) === ']') return end;
  }
  return -1;
}
