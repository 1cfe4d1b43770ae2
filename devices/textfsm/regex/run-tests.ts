import { inCategory } from './char-set.ts';
import { lowerCase } from './letter-case.ts';

/** `\b`; null where neither `\b` nor `\B` holds: in the empty text. */
export function isBoundary(text: Int32Array, length: number, position: number, ascii: boolean): boolean | null {
  if (length === 0) return null;
  const before = position > 0 && inCategory('word', text[position - 1] ?? 0, ascii);
  const after = position < length && inCategory('word', text[position] ?? 0, ascii);
  return before !== after;
}

/** Whether a back-reference that ignores case takes one for the other: CPython compares lower cases, no further variants. */
export function sameLetter(one: number, other: number, ascii: boolean): boolean {
  return lowerCase(one, ascii) === lowerCase(other, ascii);
}
