import { describe, expect, test } from 'vitest';
import { backtrackingDegree } from '../../devices/textfsm/regex/ambiguity.ts';
import { parseRegex } from '../../devices/textfsm/regex/parse.ts';
import { compileTemplate, ParseError } from '../../devices/textfsm/textfsm.ts';
import { thrownBy } from './support/thrown.ts';

const rule = (pattern: string): string => `Value A (\\S+)\n\nStart\n  ^${pattern}\n  ^$A -> Record\n`;

/** CPU milliseconds. */
function cost(work: () => unknown): number {
  const start = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

describe('a line that makes a rule explode', () => {
  test.each([
    ['nested repeats', '(\\s*-*)*\\s*$$', `${'-'.repeat(5000)}x`],
    ['nested plus', '(a+)+$$', `${'a'.repeat(5000)}!`],
    ['alternatives that overlap', '(?:a|aa|\\w)*;', 'a'.repeat(5000)],
    ['alternatives in a counted repeat', '(?:a|b|ab){1,500}c', 'ab'.repeat(1000)],
    ['optional parts in a repeat', '(?:a?b?c?)*d', 'abc'.repeat(1000)],
    ['a long chain of repeats', '.*.*.*.*.*.*.*;', 'x'.repeat(3000)],
    ['a chain with text between', '.*a.*a.*a.*a.*a;', 'a'.repeat(2000)],
    ['a look-ahead that explodes', '(?=(?:a+)+;)a', 'a'.repeat(2000)],
  ])('costs a bounded time and is read rightly: %s', (_, pattern, line) => {
    const template = compileTemplate(rule(pattern));
    let rows: unknown;
    expect(cost(() => (rows = template.parse(`${line}\nok\n`)))).toBeLessThan(2000);
    expect(rows).toEqual([{ A: line }, { A: 'ok' }]);
  });

  test.each([
    ['a back-reference', '(?:(a+)\\1*)+(a*)*b', 'a'.repeat(200)],
    ['a condition', '(?:(a)?(?(1)a|b)|a)*(?:a|aa)*c', 'a'.repeat(200)],
  ])('ends as an error where nothing can be remembered: %s', (_, pattern, line) => {
    const template = compileTemplate(rule(pattern));
    let error: unknown;
    expect(cost(() => (error = thrownBy(() => template.parse(`ok\n${line}\n`))))).toBeLessThan(2000);
    expect(error).toBeInstanceOf(ParseError);
    expect(error).toMatchObject({ reason: 'too_costly', ruleLine: 4, inputLine: 2, inputText: line });
  });

  test('many lines that cost as much as a native match may do not add up', () => {
    const template = compileTemplate(rule('.*a.*a.*a;'));
    const text = `${'a'.repeat(260)}\n`.repeat(900);
    expect(cost(() => template.parse(text))).toBeLessThan(3000);
  });

  test('the time is linear in the length of a text', () => {
    const template = compileTemplate('Value A (\\S+)\nValue B (\\d+)\n\nStart\n  ^${A}\\s+${B}\\s*$$ -> Record\n  ^. -> Error\n');
    const text = (rows: number): string => 'GigabitEthernet1/0/1   123  \n'.repeat(rows);
    template.parse(text(20_000));
    const short = Math.min(...[1, 2, 3].map(() => cost(() => template.parse(text(20_000)))));
    const long = Math.min(...[1, 2, 3].map(() => cost(() => template.parse(text(160_000)))));
    expect(long / short).toBeLessThan(24);
  });
});

describe('how fast backtracking can grow is estimated from the expression', () => {
  test.each([
    ['abc', 0],
    ['\\d+\\.\\d+', 1],
    ['\\S+\\s+\\S+\\s+\\S+$', 1],
    ['\\d{1,3}\\.\\d{1,3}', 0],
    ['(?:\\d+,)*;\\d+', 1],
    ['.*foo', 1],
    ['.*foo.*', 2],
    ['.*foo.*bar.*', 3],
    ['\\s*\\s*', 2],
    ['\\w+\\d+', 2],
    ['(a*)*', Infinity],
    ['(?:a|a)*', Infinity],
    ['(?:a?b?)*', Infinity],
    ['(?:ab|a|b)*', Infinity],
    ['(?:\\s*-*)*', Infinity],
    ['(?:a|b)*', 1],
    ['(?:\\s+\\S+)*', 1],
  ])('%s: %d', (pattern, degree) => {
    expect(backtrackingDegree(parseRegex(pattern).root)).toBe(degree);
  });
});
