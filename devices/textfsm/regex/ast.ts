/**
 * The tree of a Python regular expression (`re` of Python 3.11, text patterns). Flags are resolved while parsing: every node says
 * itself whether it ignores case or is limited to ASCII.
 */
export type Category = 'digit' | 'space' | 'word';

/** One member of a class: a range of code points, or a category such as `\w` (`negate`: `\W`). */
export type SetItem = { lo: number; hi: number } | { category: Category; negate: boolean };

export interface CharSet {
  negate: boolean;
  items: SetItem[];
  /** Categories mean ASCII only, flag `a`. */
  ascii: boolean;
  ignoreCase: boolean;
}

export type Anchor = 'start' | 'end' | 'boundary' | 'notBoundary';

export type Node =
  | { type: 'literal'; code: number }
  | { type: 'set'; set: CharSet }
  | { type: 'sequence'; parts: Node[] }
  | { type: 'alternation'; branches: Node[] }
  /** `max` is `Infinity` where there is none. */
  | { type: 'repeat'; body: Node; min: number; max: number; mode: 'greedy' | 'lazy' | 'possessive' }
  | { type: 'group'; index: number; name: string | null; body: Node }
  | { type: 'atomic'; body: Node }
  /** `width` is the fixed width of a look-behind in code points, 0 for a look-ahead. */
  | { type: 'look'; behind: boolean; negative: boolean; width: number; body: Node }
  /** `line`: flag `m`, also at line feeds. `string`: `\A` and `\Z`. `text`: `^` and `$`, the latter also before a last line feed. */
  | { type: 'anchor'; kind: Anchor; scope: 'text' | 'line' | 'string'; ascii: boolean }
  | { type: 'backreference'; index: number; ignoreCase: boolean; ascii: boolean }
  | { type: 'conditional'; index: number; yes: Node; no: Node | null };

export interface Regex {
  root: Node;
  /** Number of capture groups; their indexes run from 1. */
  groups: number;
  /** Named groups in the order of their index. */
  names: { name: string; index: number }[];
}

/** A pattern that Python's `re` rejects, or that uses one of the few features this port does not have. */
export class RegexError extends Error {
  constructor(message: string, position: number | null = null) {
    super(position === null ? message : `${message} at position ${position}`);
    this.name = 'RegexError';
  }
}
