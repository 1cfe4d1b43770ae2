import type { Regex } from './ast.ts';
import { parseRegex } from './parse.ts';
import { writeJavaScript } from './write-js.ts';

/** A compiled pattern, matched at the start of a text as `re.match` does. */
export interface Pattern {
  /** Indexes of the wanted groups, ascending. */
  wanted: number[];
  /** Null if it does not match; else the text of wanted group `i` at `i + 1`, undefined where it took no part. */
  match(text: string): ArrayLike<string | undefined> | null;
}

export { parseRegex };

/** Prepares a parsed expression; `wanted` names the groups whose text is asked for. */
export function preparePattern(regex: Regex, wanted: number[]): Pattern {
  const written = writeJavaScript(regex, new Set(wanted));
  if (written === null) throw new Error('not yet');
  const native = new RegExp(written.source);
  return { wanted, match: (text) => native.exec(text) };
}
