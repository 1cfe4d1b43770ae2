import type { Node } from './ast.ts';
import { findPositions } from './positions.ts';

/** Index for the end of the line where a character could be. */
export const NOTHING = 128;
const WIDTH = 129;
const TAB = 9;
const BLANK = 32;

/** Number of keys that `beginningKey` can give. */
export const KEYS = WIDTH * 2;

/**
 * What a line begins with: its first character, or the first one that is not a blank or tab if it begins with such; -1 where that is not
 * ASCII.
 */
export function beginningKey(line: string): number {
  let at = 0;
  let code = line.charCodeAt(0);
  while (code === BLANK || code === TAB) {
    at += 1;
    code = line.charCodeAt(at);
  }
  if (code >= NOTHING) return -1;
  return (at === 0 ? 0 : WIDTH) + (at < line.length ? code : NOTHING);
}

/**
 * Which beginnings of lines an expression can match at all, by `beginningKey`; 1 where it may. Rules are tried only on
 * lines for which they say so.
 */
export function possibleBeginnings(root: Node): Uint8Array {
  const possible = new Uint8Array(KEYS);
  const found = findPositions(root);
  if (found === null) return possible.fill(1);
  const { positions, first, last, nullable } = found;
  const takes = (node: number, code: number): boolean => (((positions[node]?.bits[code >> 5] ?? 0) >>> (code & 31)) & 1) === 1;
  const takesBlank = (node: number): boolean => takes(node, BLANK) || takes(node, TAB);
  const wholeLine = endsAtEnd(root);

  const mark = (offset: number, nodes: Iterable<number>, mayEnd: boolean): void => {
    if (mayEnd && !wholeLine) {
      possible.fill(1, offset, offset + WIDTH);
      return;
    }
    if (mayEnd) possible[offset + NOTHING] = 1;
    for (const node of nodes) {
      for (let code = 0; code < NOTHING; code += 1) if (takes(node, code)) possible[offset + code] = 1;
    }
  };
  mark(0, first, nullable);

  // What may follow once the leading blanks are taken, or part of them.
  const inBlanks = new Set(first.filter(takesBlank));
  const followers = new Set<number>();
  const ends = new Set(last);
  for (const node of inBlanks) {
    if (positions[node]?.several === true) followers.add(node);
    for (const next of positions[node]?.next ?? []) {
      followers.add(next);
      if (takesBlank(next)) inBlanks.add(next);
    }
  }
  mark(WIDTH, followers, nullable || Array.from(inBlanks).some((node) => ends.has(node)));
  return possible;
}

/** Whether a match always ends at the end of the line. */
function endsAtEnd(node: Node): boolean {
  if (node.type === 'sequence') return node.parts.some(endsAtEnd);
  if (node.type === 'alternation') return node.branches.every(endsAtEnd);
  if (node.type === 'group') return endsAtEnd(node.body);
  return node.type === 'anchor' && node.kind === 'end';
}
