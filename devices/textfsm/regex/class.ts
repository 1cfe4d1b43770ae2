import type { Node, SetItem } from './ast.ts';
import { classEscape, literal } from './escapes.ts';
import type { Flags } from './flags.ts';
import type { Tokens } from './tokens.ts';

/** Reads `[…]` after its `[`. A `]` that comes first is literal, and so is a `[`; a range with a category at an end is an error. */
export function readClass(tokens: Tokens, flags: Flags): Node {
  const start = tokens.position() - 1;
  const items: SetItem[] = [];
  const negate = tokens.skip('^');
  const unterminated = (): Error => tokens.error('unterminated character set', tokens.position() - start);
  for (;;) {
    const token = tokens.take();
    if (token === null) throw unterminated();
    if (token === ']' && items.length > 0) break;
    const low = member(tokens, token);
    if (!tokens.skip('-')) {
      items.push(asItem(low));
      continue;
    }
    const end = tokens.take();
    if (end === null) throw unterminated();
    if (end === ']') {
      items.push(asItem(low), { lo: 45, hi: 45 });
      break;
    }
    const high = member(tokens, end);
    if (typeof low !== 'number' || typeof high !== 'number' || high < low) {
      throw tokens.error(`bad character range ${token}-${end}`, token.length + 1 + end.length);
    }
    items.push({ lo: low, hi: high });
  }
  const only = items[0];
  if (items.length === 1 && !negate && only !== undefined && 'lo' in only && only.lo === only.hi) return literal(only.lo, flags);
  return { type: 'set', set: { negate, items, ascii: flags.ascii, ignoreCase: flags.ignoreCase } };
}

function member(tokens: Tokens, token: string): number | SetItem {
  return token.length > 1 && token.startsWith('\\') ? classEscape(tokens, token) : (token.codePointAt(0) ?? 0);
}

function asItem(member: number | SetItem): SetItem {
  return typeof member === 'number' ? { lo: member, hi: member } : member;
}
