import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMatcher, patternProblem } from '../../core/pattern.ts';

const literal = fc.constantFrom(
  'a',
  'b',
  'c',
  '1',
  '-',
  '\\d',
  '\\w',
  '\\s',
  '\\.',
  '.',
  '[ab]',
  '[^a]',
  '[a-c1]',
  '\\D',
  '^',
  '$',
);
const pattern = fc.letrec<{ node: string }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    literal,
    fc.tuple(tie('node'), tie('node')).map(([a, b]) => a + b),
    fc.tuple(tie('node'), tie('node')).map(([a, b]) => `(${a}|${b})`),
    fc.tuple(tie('node'), fc.constantFrom('*', '+', '?', '{2}', '{1,2}', '{0,}', '*?')).map(([a, n]) => `(?:${a})${n}`),
  ),
})).node;

describe('patterns of rules', () => {
  it('find what a regular expression finds', () => {
    fc.assert(
      fc.property(
        pattern,
        fc.string({ unit: fc.constantFrom('a', 'b', 'C', '1', '-', ' ', '.'), maxLength: 8 }),
        (text, subject) => {
          fc.pre(text.length <= 60);
          expect(createMatcher(text)(subject)).toBe(new RegExp(text, 'i').test(subject));
        },
      ),
      { numRuns: 3000 },
    );
  });

  it.each([
    ['^sw-\\d+', 'SW-12.example.org', true],
    ['^sw-\\d+$', 'sw-12.example.org', false],
    ['(core|edge)', 'ber-EDGE-1', true],
    ['^$', '', true],
    ['', 'anything', true],
    ['ä', 'Ä', true],
    ['a{3}', 'aa', false],
    ['[.-]x', 'a-x', true],
  ])('%s in %s: %s', (text, subject, found) => {
    expect(createMatcher(text)(subject)).toBe(found);
  });

  it.each([
    ['(', 'not closed'],
    [')', 'too many'],
    ['[a', 'not closed'],
    ['*a', 'nothing to repeat'],
    ['a**', 'repeats what is repeated'],
    ['(?=a)', 'look-around'],
    ['(?<n>a)', 'named group'],
    ['(a)\\1', '\\1'],
    ['a\\b', '\\b'],
    ['a{1000}', 'more than 100'],
    ['a{3,1}', 'out of order'],
    ['[z-a]', 'out of order'],
    ['((a{99}){99}){99}', 'too large'],
    ['('.repeat(30) + ')'.repeat(30), 'nested too deeply'],
    ['a\\', 'backslash'],
    ['a'.repeat(201), 'longer than 200'],
  ])('%s is refused: %s', (text, why) => {
    expect(patternProblem(text)).toContain(why);
  });

  it.each(['^(a+)+$', '^(a|a)*$', '^(a|aa)+$', '^(([a-z])+.)+[A-Z]([a-z])+$'])('%s takes no longer than any other', (text) => {
    const began = performance.now();
    expect(createMatcher(text)(`${'a'.repeat(900)}!`)).toBe(false);
    expect(performance.now() - began).toBeLessThan(1000);
  });
});
