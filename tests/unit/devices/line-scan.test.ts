import { array, assert as assertProperty, constantFrom, oneof, property, string } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { comparableText } from '../../../devices/comparable.ts';
import { lineMatcher, matches } from '../../../devices/config-lines.ts';
import { firstCharacters } from '../../../devices/first-characters.ts';
import { countNewlines, someLine, someLineBackwards } from '../../../devices/lines.ts';
import type { Platform } from '../../../devices/platform.ts';
import { platforms } from '../../../devices/platforms/index.ts';
import { withoutBursts } from '../../../devices/session-log.ts';

/** Lines that rules of platforms look at, and lines that only look like them. */
const LINES = [
  '',
  ' ',
  '\t',
  'end',
  '!',
  'Building configuration...',
  ' Building configuration...',
  'Current configuration : 1234 bytes',
  '! Last configuration change at 10:00:13 UTC Mon Mar 4 2024 by ann',
  '! NVRAM config last updated at 10:00:13 UTC',
  'ntp clock-period 17179738',
  'Using 12 out of 34 bytes',
  '!Time: Mon Mar  4 10:12:10 2024',
  '## Last changed: 2024-03-04 10:12:10 UTC',
  '# mar/04/2024 10:12:10 by RouterOS 6.49',
  '#conf_file_ver=123',
  '; Ver #12',
  'Cryptochecksum:0123',
  ': Saved',
  'interface Vlan1   ',
  '\u{212a}ey\u00a0',
  '\rend',
  'Load for five secs: 1%/0%',
  '*Mar  1 00:12:09.123: %LINK-3-UPDOWN: Interface up',
  '%SYS-5-CONFIG_I: Configured',
  ' description %SYS-5-CONFIG_I: Configured',
  'jan/02 10:12:10 echo: system,error x',
  '10:12:10 echo: system,error x',
  'Message from syslogd@r1 at Mar  4 10:12:10 ...',
  '2024/03/04 10:12:10 OSPF: [HKQ6P-6ZP9P] x',
  'I 03/04/24 10:12:10 00076 ports: x',
];
const text = array(oneof(constantFrom(...LINES), string({ maxLength: 12 })), { maxLength: 12 }).map((lines) => lines.join('\n'));

/** As the docstring of `comparableText` says it, line by line. */
function compared({ config }: Platform, whole: string): ReturnType<typeof comparableText> {
  const volatile_lines: number[] = [];
  const kept = whole.split('\n').flatMap((line, index) => {
    if (!matches(config.volatile, line)) return [line.trimEnd()];
    volatile_lines.push(index + 1);
    return [];
  });
  const stable = (config.unstable ?? []).reduce((rest, { find, replace }) => rest.replace(find, replace), kept.join('\n'));
  return { text: `${stable.replace(/^\n+|\n+$/g, '')}\n`, volatile_lines };
}

describe.each(Object.values(platforms))('$name', (platform) => {
  test('texts are compared as they are line by line', () => {
    assertProperty(
      property(text, (whole) => {
        expect(comparableText(platform, whole)).toEqual(compared(platform, whole));
      }),
    );
  });

  test('the rules for volatile lines bite on the same lines with and without the look at the first character', () => {
    const { volatile } = platform.config;
    const quick = lineMatcher(volatile);
    assertProperty(
      property(oneof(constantFrom(...LINES), string()), (line) => {
        expect(quick(`x\n${line}\ny`, 2, 2 + line.length)).toBe(matches(volatile, line));
      }),
    );
  });
});

describe('the first characters of rules', () => {
  const of = (...rules: RegExp[]): string | null => {
    const codes = firstCharacters(rules);
    return codes === null ? null : [...codes].flatMap((is, code) => (is === 1 ? String.fromCharCode(code) : [])).join('');
  };

  test('are read from what they begin with', () => {
    expect(of(/^ntp clock-period /, /^! Last/, /^(?:Load|Time source)\b/, /^\d{4}-/)).toBe('!0123456789LTn');
    expect(of(/^end$/i)).toBe('Ee');
    expect(of(/^[*.x-z] /)).toBe('*.xyz');
    expect(of(/^\[x/, /^(?:(?:a|b)c|\/d)/)).toBe('/[ab');
  });

  test('are unknown where a rule may begin with something else', () => {
    for (const rule of [
      /end/,
      /^\s*end/,
      /^e?nd/,
      /^(?:end)?x/,
      /^e{0}nd/,
      /^end/m,
      /^[^a-c]/,
      /^[a]?b/,
      /^end|x/,
      /^(end)/,
      /^(?=a)/,
      /^./,
      /^a/iu,
    ])
      expect([String(rule), of(rule)]).toEqual([String(rule), null]);
  });
});

test('lines are told in both directions as `split` tells them', () => {
  assertProperty(
    property(text, (whole) => {
      const [forward, backward]: string[][] = [[], []];
      someLine(whole, (start, end) => forward!.push(whole.slice(start, end)) < 0);
      someLineBackwards(whole, (start, end) => backward!.push(whole.slice(start, end)) < 0);
      expect(forward).toEqual(whole.split('\n'));
      expect(backward).toEqual(whole.split('\n').toReversed());
      expect(countNewlines(whole)).toBe(whole.split('\n').length - 1);
    }),
  );
});

test('bursts of a log are found beside any lines', () => {
  const bursts = LINES.slice(-8).filter((line) => !line.startsWith(' '));
  for (const burst of bursts.filter((line) => !line.startsWith('Message'))) {
    const { text: left, lines } = withoutBursts(`interface x\n${burst}\n shutdown\n`);
    expect([burst, left, lines]).toEqual([burst, 'interface x\n shutdown\n', 1]);
  }
  expect(withoutBursts('a\n description %SYS-5-CONFIG_I: Configured\n').lines).toBe(0);
});
