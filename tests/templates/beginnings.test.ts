import { describe, expect, test } from 'vitest';
import { RegexError } from '../../devices/textfsm/regex/ast.ts';
import { beginningKey, possibleBeginnings } from '../../devices/textfsm/regex/beginnings.ts';
import { createOwnMatcher } from '../../devices/textfsm/regex/matcher.ts';
import { neededText } from '../../devices/textfsm/regex/needed-text.ts';
import { parseRegex } from '../../devices/textfsm/regex/parse.ts';
import { createRandom, type Random } from './support/random.ts';
import { randomPattern } from './support/random-patterns.ts';

/** Whether a rule is tried on a line at all. */
function isTried(pattern: string, line: string): boolean {
  const { root } = parseRegex(pattern);
  const key = beginningKey(line);
  const needed = neededText(root);
  return (key < 0 || possibleBeginnings(root)[key] === 1) && (needed === null || line.includes(needed));
}

describe('a rule is tried on every line that it matches', () => {
  test.each([
    ['^\\s*$', ''],
    ['^\\s*$', ' \t '],
    ['^$', ''],
    ['^', 'anything'],
    ['^.', 'x'],
    ['^\\s+Internet', '  Internet address'],
    ['^\\s*Internet', 'Internet address'],
    ['^[ \\d]{3}x', ' 12x'],
    ['^[ \\d]{1,3}x', ' 1x'],
    ['^\\s{4}x', '  \x1f x'],
    ['^\\s+x', ' \u00a0x'],
    ['^ x|^y', ' x'],
    ['^(?=.*z) *\\w', '  xyz'],
    ['^(?: |a)+b', ' a ab'],
    ['^(?:\\s*-*)*x', ' - -x'],
    ['(?i)^x', 'X'],
    ['^é', 'é'],
    ['^(a)?\\1x', 'aax'],
    ['^(?>  )x', '  x'],
  ])('%s on %j', (pattern, line) => {
    expect(isTried(pattern, line)).toBe(true);
  });
});

describe('a rule is not tried on lines that begin otherwise', () => {
  test.each([
    ['^Internet', 'internet'],
    ['^\\s+Internet', 'Internet'],
    ['^\\s+Internet', '  MTU'],
    ['^\\s*$', 'x'],
    ['^\\s*$', '  x'],
    ['^\\S+\\s+is', '  x is'],
    ['^\\d+', ' 1'],
    ['^.*address is', 'no such thing'],
  ])('%s on %j', (pattern, line) => {
    expect(isTried(pattern, line)).toBe(false);
  });
});

test('random expressions are tried on every random line that they match', () => {
  const random = createRandom(2);
  let matched = 0;
  for (let count = 0; count < 15_000; count += 1) {
    const pattern = randomBeginning(random) + (random.chance(0.5) ? randomPattern(random, 1) : '');
    const match = matcher(pattern);
    if (match === null) continue;
    for (let index = 0; index < 6; index += 1) {
      const line = Array.from({ length: random.between(0, 6) }, () => random.pick(Array.from('   \tab1-\x1f\u00a0'))).join('');
      if (match(line) === null) continue;
      matched += 1;
      if (!isTried(pattern, line)) throw new Error(`${pattern} is not tried on ${JSON.stringify(line)}`);
    }
  }
  expect(matched).toBeGreaterThan(10_000);
});

function matcher(pattern: string): ((line: string) => unknown) | null {
  try {
    return createOwnMatcher(parseRegex(pattern), []);
  } catch (error) {
    if (error instanceof RegexError) return null;
    throw error;
  }
}

/** What matters is how an expression takes blanks and what comes after them. */
function randomBeginning(random: Random): string {
  const item = (): string =>
    random.pick(['\\s', ' ', '[ ab]', '[ \\w]', '.', '\\S', 'a', '[^a]', '(?: |a)', '(?:\\s*-)', '\\t', '[\\s1]']);
  const count = (): string => random.pick(['', '', '*', '+', '?', '{2}', '{3}', '{1,2}', '{2,3}', '{1,5}', '{2,}']);
  return Array.from({ length: random.between(1, 3) }, () => item() + count()).join('') + (random.chance(0.2) ? '$' : '');
}
