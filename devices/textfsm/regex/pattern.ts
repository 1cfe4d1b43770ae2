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

/** Steps that the native matcher may need for a text at worst (some 5 ms); where it could be more, the own matcher takes it. */
const WORST = 3_000_000;
/** Steps that are not worth timing. */
const QUICK = 20_000;
/** What a rule may spend on slow matches, and what it earns back with each match. */
const BUDGET_MS = 50;
const EARNED_MS = 0.005;
const SLOW_MS = 1;
/** Characters; V8 refuses expressions that are too large, and not before they run. */
const LONGEST_SOURCE = 20_000;

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
  if (written === null || written.source.length > LONGEST_SOURCE) return own;
  const degree = backtrackingDegree(regex.root);
  if (degree === Infinity) return own;
  const expression = new RegExp(written.source);
  const matched: Match = [];
  const match = !written.exactCaptures
    ? (text: string) => (expression.test(text) ? own(text) : null)
    : wanted.length > 0
      ? (text: string) => expression.exec(text)
      : (text: string) => (expression.test(text) ? matched : null);
  return degree <= 1 ? match : withinBudget(match, own, longestText(degree, QUICK), longestText(degree, WORST));
}

/** Texts that may cost more than a little are timed; once some did, the own matcher takes them for a while. */
function withinBudget(match: Native, own: Native, quick: number, longest: number): Native {
  let budget = BUDGET_MS;
  return (text) => {
    if (text.length <= quick) return match(text);
    budget = Math.min(BUDGET_MS, budget + EARNED_MS);
    if (text.length > longest || budget < 0) return own(text);
    const start = performance.now();
    const found = match(text);
    const spent = performance.now() - start;
    if (spent > SLOW_MS) budget -= spent;
    return found;
  };
}

/** The longest text within a number of steps: loops of a chain of `degree` end in `(n + degree over degree)` ways. */
function longestText(degree: number, steps: number): number {
  const ways = (length: number): number => {
    let product = 1;
    for (let factor = 1; factor <= degree; factor += 1) product *= (length + factor) / factor;
    return product;
  };
  let longest = 0;
  for (let step = 65_536; step >= 1; step /= 2) if (ways(longest + step) <= steps) longest += step;
  return longest;
}
