import type { Node } from './ast.ts';
import { inCategory } from './char-set.ts';
import { lowerCase } from './letter-case.ts';

/** `\b`; null where neither `\b` nor `\B` holds: in the empty text. */
function isBoundary(text: Int32Array, length: number, position: number, ascii: boolean): boolean | null {
  if (length === 0) return null;
  const before = position > 0 && inCategory('word', text[position - 1] ?? 0, ascii);
  const after = position < length && inCategory('word', text[position] ?? 0, ascii);
  return before !== after;
}

export function anchorHolds(
  anchor: Pick<Extract<Node, { type: 'anchor' }>, 'kind' | 'scope' | 'ascii'>,
  text: Int32Array,
  length: number,
  position: number,
): boolean {
  switch (anchor.kind) {
    case 'start':
      return position === 0 || (anchor.scope === 'line' && text[position - 1] === 10);
    case 'end':
      if (position === length) return true;
      if (anchor.scope === 'string' || text[position] !== 10) return false;
      return anchor.scope === 'line' || position === length - 1;
    case 'boundary':
    case 'notBoundary':
      break;
  }
  return isBoundary(text, length, position, anchor.ascii) === (anchor.kind === 'boundary');
}

/** Whether a back-reference that ignores case takes one for the other: CPython compares lower cases, no further variants. */
export function sameLetter(one: number, other: number, ascii: boolean): boolean {
  return lowerCase(one, ascii) === lowerCase(other, ascii);
}
