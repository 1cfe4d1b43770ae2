import type { Node } from './ast.ts';
import type { Tokens } from './tokens.ts';

const DIGIT = /^[0-9]$/;
/** `MAXREPEAT` of CPython on 64-bit machines. */
const MAX_REPEAT = 4294967295;

export interface Quantifier {
  /** Repeats the item before it; throws as Python does where there is none that can be repeated. */
  apply(item: Node | undefined): Node;
}

/** Null where the token, already taken, is no quantifier. A `{` that opens none is literal text: `{}`, `{x`, `{1,2`. */
export function readQuantifier(tokens: Tokens, token: string): Quantifier | null {
  const start = tokens.position();
  const bounds = readBounds(tokens, token);
  if (bounds === null) return null;
  const { min, max } = bounds;
  return {
    apply(item) {
      if (item === undefined || item.type === 'anchor')
        throw tokens.error('nothing to repeat', tokens.position() - start + token.length);
      if (item.type === 'repeat') throw tokens.error('multiple repeat', tokens.position() - start + token.length);
      if (tokens.skip('?')) return { type: 'repeat', body: item, min, max, mode: 'lazy' };
      return { type: 'repeat', body: item, min, max, mode: tokens.skip('+') ? 'possessive' : 'greedy' };
    },
  };
}

function readBounds(tokens: Tokens, token: string): { min: number; max: number } | null {
  if (token === '?') return { min: 0, max: 1 };
  if (token === '*') return { min: 0, max: Infinity };
  if (token === '+') return { min: 1, max: Infinity };
  if (token !== '{' || tokens.next() === '}') return null;
  const here = tokens.position();
  const low = tokens.takeWhile(Infinity, DIGIT);
  const high = tokens.skip(',') ? tokens.takeWhile(Infinity, DIGIT) : low;
  if (!tokens.skip('}')) {
    tokens.seek(here);
    return null;
  }
  const min = low === '' ? 0 : Number(low);
  const max = high === '' ? Infinity : Number(high);
  if (min >= MAX_REPEAT || (max !== Infinity && max >= MAX_REPEAT)) throw tokens.error('the repetition number is too large');
  if (max < min) throw tokens.error('min repeat greater than max repeat', tokens.position() - here);
  return { min, max };
}
