import type { Category, CharSet, SetItem } from './ast.ts';
import { caseVariants, lowerCase } from './letter-case.ts';

/**
 * The whitespace of Python's `str.isspace` and `\s`. JavaScript's `\s` lacks U+001C–1F and U+0085 and adds U+FEFF.
 * Source: CPython `_PyUnicode_IsWhitespace`.
 */
const SPACE = /^[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]$/;
/** `str.isalnum` or underscore: letters and every kind of number, no combining marks. */
const WORD = /^[\p{L}\p{N}_]$/u;
const DIGIT = /^\p{Nd}$/u;

const ASCII_SPACE = /^[\t-\r ]$/;

export function inCategory(category: Category, code: number, ascii: boolean): boolean {
  if (code < 128 || ascii) {
    if (category === 'digit') return code >= 48 && code <= 57;
    if (category === 'word') return isAsciiWord(code);
    return ascii ? code < 128 && ASCII_SPACE.test(String.fromCharCode(code)) : SPACE.test(String.fromCharCode(code));
  }
  const char = String.fromCodePoint(code);
  if (category === 'digit') return DIGIT.test(char);
  return category === 'word' ? WORD.test(char) : SPACE.test(char);
}

function isAsciiWord(code: number): boolean {
  return (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || code === 95 || (code >= 97 && code <= 122);
}

/** Whether a code point is a member, exactly as CPython's `SRE(charset)` decides it. */
export function setHas(set: CharSet, code: number): boolean {
  const found = set.items.some((item) => itemHas(item, code, set));
  return found !== set.negate;
}

function itemHas(item: SetItem, code: number, set: CharSet): boolean {
  if ('category' in item) {
    const subject = set.ignoreCase ? lowerCase(code, set.ascii) : code;
    return inCategory(item.category, subject, set.ascii) !== item.negate;
  }
  if (!set.ignoreCase) return code >= item.lo && code <= item.hi;
  return caseVariants(code, set.ascii).some((variant) => variant >= item.lo && variant <= item.hi);
}

const bitmaps = new WeakMap<CharSet, Uint8Array>();

/** The members below 128, one byte each. */
export function asciiBitmap(set: CharSet): Uint8Array {
  let bits = bitmaps.get(set);
  if (bits === undefined) {
    bits = new Uint8Array(128);
    for (let code = 0; code < 128; code += 1) bits[code] = setHas(set, code) ? 1 : 0;
    bitmaps.set(set, bits);
  }
  return bits;
}

const packedBitmaps = new WeakMap<CharSet, Uint32Array>();

/** The members below 128, one bit each. */
export function asciiBits(set: CharSet): Uint32Array {
  let bits = packedBitmaps.get(set);
  if (bits === undefined) {
    bits = new Uint32Array(4);
    const bytes = asciiBitmap(set);
    for (let code = 0; code < 128; code += 1) {
      if (bytes[code] === 1) bits[code >> 5] = (bits[code >> 5] ?? 0) | (1 << (code & 31));
    }
    packedBitmaps.set(set, bits);
  }
  return bits;
}
