import { describe, expect, test } from 'vitest';
import { parseRegex } from '../../devices/textfsm/regex/parse.ts';
import { BAD_PATTERNS } from './cases/bad-patterns.ts';
import { PATTERNS } from './cases/patterns.ts';
import { enginesFor } from './support/engines.ts';
import { thrownBy } from './support/thrown.ts';

describe('Python expressions give the groups that Python gives', () => {
  test.each(PATTERNS)('$name', ({ pattern, matches }) => {
    const engines = enginesFor(parseRegex(pattern));
    for (const [text, groups] of matches) {
      expect(engines.own(text), text).toEqual(groups);
      expect([groups, undefined], text).toContainEqual(engines.remembering(text));
      expect([groups, undefined], text).toContainEqual(engines.native(text));
      expect([groups !== null, undefined], text).toContainEqual(engines.nativeMatches(text));
    }
  });

  test('many of these cases run natively too', () => {
    const plain = PATTERNS.flatMap(({ pattern, matches }) =>
      matches.map(([text]) => enginesFor(parseRegex(pattern)).native(text)),
    );
    expect(plain.filter((groups) => groups !== undefined).length).toBeGreaterThan(30);
  });
});

describe('what Python rejects is rejected with its message', () => {
  test.each(BAD_PATTERNS)('$pattern', ({ pattern, message }) => {
    const error = thrownBy(() => parseRegex(pattern));
    expect(
      String(error)
        .replace('RegexError: ', '')
        .replace(/(incompatible|pattern\)) at position \d+$/, '$1'),
    ).toBe(message.replace(/(incompatible|pattern\)) at position \d+$/, '$1'));
  });
});

describe('what is not supported is rejected, never read otherwise', () => {
  test.each(['\\N{EM DASH}', '(?t)a', '(?P<a>x|yy)++z', '(?:(x)|y)*+\\1'])('%s', (pattern) => {
    expect(String(thrownBy(() => parseRegex(pattern)))).toContain('not supported');
  });
});

test('groups nested without end are rejected, not a stack overflow', () => {
  expect(String(thrownBy(() => parseRegex('('.repeat(20_000))))).toContain('nested too deeply');
  expect(enginesFor(parseRegex(`${'(?:'.repeat(250)}a${')?'.repeat(250)}`)).own('a')).toEqual([]);
});
