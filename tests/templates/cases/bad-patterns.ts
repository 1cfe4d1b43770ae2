import type { BadPatternCase } from './types.ts';

/** Expressions that are rejected. The messages are those of Python 3.11. */
export const BAD_PATTERNS: BadPatternCase[] = [
  {
    pattern: '\\h',
    message: 'bad escape \\h at position 0',
  },
  {
    pattern: '\\z',
    message: 'bad escape \\z at position 0',
  },
  {
    pattern: '\\p{L}',
    message: 'bad escape \\p at position 0',
  },
  {
    pattern: '\\8',
    message: 'invalid group reference 8 at position 1',
  },
  {
    pattern: '[\\w-.]',
    message: 'bad character range \\w-. at position 1',
  },
  {
    pattern: '[a',
    message: 'unterminated character set at position 0',
  },
  {
    pattern: '[z-a]',
    message: 'bad character range z-a at position 1',
  },
  {
    pattern: 'a**',
    message: 'multiple repeat at position 2',
  },
  {
    pattern: 'a{2}{3}',
    message: 'multiple repeat at position 4',
  },
  {
    pattern: '*a',
    message: 'nothing to repeat at position 0',
  },
  {
    pattern: '^*',
    message: 'nothing to repeat at position 1',
  },
  {
    pattern: '\\b+',
    message: 'nothing to repeat at position 2',
  },
  {
    pattern: '(a',
    message: 'missing ), unterminated subpattern at position 0',
  },
  {
    pattern: 'a)',
    message: 'unbalanced parenthesis at position 1',
  },
  {
    pattern: '(?P<a>x)(?P<a>y)',
    message: "redefinition of group name 'a' as group 2; was group 1 at position 12",
  },
  {
    pattern: '(?P<1>x)',
    message: "bad character in group name '1' at position 4",
  },
  {
    pattern: '(?P=a)',
    message: "unknown group name 'a' at position 4",
  },
  {
    pattern: '(?P>a)',
    message: 'unknown extension ?P> at position 1',
  },
  {
    pattern: '(?<=a|bb)c',
    message: 'look-behind requires fixed-width pattern',
  },
  {
    pattern: '(a\\1)',
    message: 'cannot refer to an open group at position 2',
  },
  {
    pattern: '\\2(a)',
    message: 'invalid group reference 2 at position 1',
  },
  {
    pattern: '(?(2)a)',
    message: 'invalid group reference 2 at position 3',
  },
  {
    pattern: '(?(1)a|b|c)(x)',
    message: 'conditional backref with more than two branches at position 8',
  },
  {
    pattern: 'a(?i)',
    message: 'global flags not at the start of the expression at position 1',
  },
  {
    pattern: '(?z)',
    message: 'unknown extension ?z at position 1',
  },
  {
    pattern: '(?i-i:a)',
    message: 'bad inline flags: flag turned on and off at position 5',
  },
  {
    pattern: '(?<a>x)',
    message: 'unknown extension ?<a at position 1',
  },
  {
    pattern: 'a{3,2}',
    message: 'min repeat greater than max repeat at position 2',
  },
  {
    pattern: '(?#a',
    message: 'missing ), unterminated comment at position 0',
  },
  {
    pattern: '\\x1',
    message: 'incomplete escape \\x1 at position 0',
  },
  {
    pattern: '\\400',
    message: 'octal escape value \\400 outside of range 0-0o377 at position 0',
  },
  {
    pattern: '(?a)(?u)a',
    message: 'ASCII and UNICODE flags are incompatible',
  },
  {
    pattern: '\\',
    message: 'bad escape (end of pattern) at position 0',
  },
  {
    pattern: '(?L)a',
    message: "bad inline flags: cannot use 'L' flag with a str pattern at position 3",
  },
  {
    pattern: '(?-a:b)',
    message: "bad inline flags: cannot turn off flags 'a', 'u' and 'L' at position 4",
  },
];
