import { backtrackingDegree } from './ambiguity.ts';
import type { Regex } from './ast.ts';
import { type OwnMatch, createOwnMatcher } from './matcher.ts';
import { NOT_PLAIN } from './write-class.ts';
import { writeJavaScript } from './write-js.ts';

/** Texts of the wanted groups from index 1 on, undefined where a group took no part. */
export type Match = ArrayLike<string | undefined>;

/** A compiled expression, matched at the start of a text as `re.match` does. */
export interface Pattern {
  /** `plain` tells that the text is known to be plain (`isPlain`). Throws `StepLimitError` rather than to run for ever. */
  match(text: string, plain?: boolean): Match | null;
}

/** Steps that the native matcher may need at worst (some 5 ms); where a text could cost more, the own matcher takes it. */
const NATIVE_LIMIT = 3_000_000;

/** Whether a text may go to a native expression: see `NOT_PLAIN`. */
export function isPlain(text: string): boolean {
  return !NOT_PLAIN.test(text);
}

/**
 * Prepares a parsed expression; `wanted` are the indexes of the groups whose text is asked for, ascending. JavaScript's own
 * expressions do the work where they mean the same as Python's and cannot explode; the own matcher does the rest.
 */
export function preparePattern(regex: Regex, wanted: number[]): Pattern {
  const own = createOwnMatcher(regex, wanted);
  let native: Native | null = null;
  return {
    match(text, plain = isPlain(text)) {
      if (!plain) return own(text);
      native ??= prepareNative(regex, wanted, own);
      return native(text);
    },
  };
}

type Native = (text: string) => Match | null;

function prepareNative(regex: Regex, wanted: number[], own: OwnMatch): Native {
  const written = writeJavaScript(regex, new Set(wanted));
  const longest = written === null ? -1 : longestNative(backtrackingDegree(regex.root));
  if (written === null || longest < 0) return own;
  const expression = new RegExp(written.source);
  if (!written.exactCaptures) return (text) => (text.length <= longest && !expression.test(text) ? null : own(text));
  if (wanted.length > 0) return (text) => (text.length <= longest ? expression.exec(text) : own(text));
  const matched: Match = [];
  return (text) => {
    if (text.length > longest) return own(text);
    return expression.test(text) ? matched : null;
  };
}

/** The longest text that costs no more than the limit: loops of a chain of `degree` end in `(n + degree over degree)` ways. */
function longestNative(degree: number): number {
  if (degree === Infinity) return -1;
  if (degree <= 1) return Infinity;
  const ways = (length: number): number => {
    let product = 1;
    for (let factor = 1; factor <= degree; factor += 1) product *= (length + factor) / factor;
    return product;
  };
  let longest = 0;
  for (let step = 65_536; step >= 1; step /= 2) if (ways(longest + step) <= NATIVE_LIMIT) longest += step;
  return longest;
}
