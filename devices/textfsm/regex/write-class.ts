import type { CharSet } from './ast.ts';
import { asciiBitmap } from './char-set.ts';

/**
 * Text that the native form of a pattern may see: ASCII without line ends and without U+001C–1F, which JavaScript and Python
 * class differently. Everything else goes to the own matcher.
 */
export const NOT_PLAIN = /[^\0-\t\x0e-\x1b\x20-\x7f]/;

/** Not in plain text, so a class may say about them what it likes. */
const ABSENT = new Set([10, 11, 12, 13, 28, 29, 30, 31]);

const SHORT: [string, (char: string) => boolean][] = [
  ['[]', () => false],
  ['.', () => true],
  ['\\d', (char) => /\d/.test(char)],
  ['\\D', (char) => /\D/.test(char)],
  ['\\s', (char) => /\s/.test(char)],
  ['\\S', (char) => /\S/.test(char)],
  ['\\w', (char) => /\w/.test(char)],
  ['\\W', (char) => /\W/.test(char)],
];

const NAMED = SHORT.map(([text, has]) => ({ text, key: keyOf((code) => has(String.fromCharCode(code))) }));

function keyOf(has: (code: number) => boolean): string {
  let key = '';
  for (let code = 0; code < 128; code += 1) if (!ABSENT.has(code)) key += has(code) ? '1' : '0';
  return key;
}

/** A class in JavaScript that has the same members among the characters of plain text. */
export function writeClass(set: CharSet): string {
  const bits = asciiBitmap(set);
  const key = keyOf((code) => bits[code] === 1);
  const named = NAMED.find((one) => one.key === key);
  if (named !== undefined) return named.text;
  const members = bits.reduce((sum, bit) => sum + bit, 0);
  return members > 64 ? `[^${ranges(bits, 0)}]` : `[${ranges(bits, 1)}]`;
}

function ranges(bits: Uint8Array, wanted: number): string {
  let text = '';
  let code = 0;
  while (code < 128) {
    if (bits[code] !== wanted) {
      code += 1;
      continue;
    }
    const start = code;
    while (code + 1 < 128 && bits[code + 1] === wanted) code += 1;
    text += classChar(start);
    if (code > start) text += `${code > start + 1 ? '-' : ''}${classChar(code)}`;
    code += 1;
  }
  return text;
}

function classChar(code: number): string {
  const char = String.fromCharCode(code);
  return /^[A-Za-z0-9 _]$/.test(char) ? char : `\\x${code.toString(16).padStart(2, '0')}`;
}

/** A literal code point; one outside plain text can never be met. */
export function writeLiteral(code: number): string {
  if (code > 127 || ABSENT.has(code)) return '[]';
  const char = String.fromCharCode(code);
  if (/^[A-Za-z0-9 _"'#%&,:;<=>@`~!-]$/.test(char)) return char;
  return code > 32 && code < 127 ? `\\${char}` : `\\x${code.toString(16).padStart(2, '0')}`;
}
