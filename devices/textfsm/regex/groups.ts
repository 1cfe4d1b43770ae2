import type { Node } from './ast.ts';
import { RegexError } from './ast.ts';
import type { Tokens } from './tokens.ts';
import { type Width, widthOf } from './width.ts';

/** What Python's parser remembers of groups while it reads a pattern (`re._parser.State`). */
export interface Groups {
  open(tokens: Tokens, name: string | null): number;
  close(index: number, body: Node): void;
  byName(name: string): number | null;
  /** Throws unless the group may be referred to here; `back` is how far back the error points. */
  checkReference(tokens: Tokens, index: number, back: number): void;
  /** As above for the condition of `(?(1)…)`, which may name a group that is still to come. */
  checkCondition(tokens: Tokens, index: number): void;
  enterLookBehind(): () => void;
  widths(): ReadonlyMap<number, Width>;
  count(): number;
  names(): { name: string; index: number }[];
  /** At the end of the pattern: conditions on groups that never came. */
  finish(): void;
}

export function createGroups(): Groups {
  const names = new Map<string, number>();
  const widths = new Map<number, Width>();
  const conditions = new Map<number, number>();
  let count = 0;
  let lookBehindFrom: number | null = null;

  const checkLookBehind = (tokens: Tokens, index: number): void => {
    if (lookBehindFrom === null) return;
    if (!widths.has(index)) throw tokens.error('cannot refer to an open group');
    if (index >= lookBehindFrom) throw tokens.error('cannot refer to group defined in the same lookbehind subpattern');
  };

  return {
    open(tokens, name) {
      count += 1;
      if (name !== null) {
        const before = names.get(name);
        if (before !== undefined) {
          throw tokens.error(`redefinition of group name '${name}' as group ${count}; was group ${before}`, name.length + 1);
        }
        names.set(name, count);
      }
      return count;
    },
    close(index, body) {
      widths.set(index, widthOf(body, widths));
    },
    byName: (name) => names.get(name) ?? null,
    checkReference(tokens, index, back) {
      if (index > count) throw tokens.error(`invalid group reference ${index}`, back);
      if (!widths.has(index)) throw tokens.error('cannot refer to an open group', back + 1);
      checkLookBehind(tokens, index);
    },
    checkCondition(tokens, index) {
      if (!conditions.has(index)) conditions.set(index, tokens.position() - String(index).length - 1);
      checkLookBehind(tokens, index);
    },
    enterLookBehind() {
      const outer = lookBehindFrom;
      lookBehindFrom ??= count + 1;
      return () => {
        if (outer === null) lookBehindFrom = null;
      };
    },
    widths: () => widths,
    count: () => count,
    names: () => Array.from(names, ([name, index]) => ({ name, index })),
    finish() {
      for (const [index, position] of conditions) {
        if (index > count) throw new RegexError(`invalid group reference ${index}`, position);
      }
    },
  };
}
