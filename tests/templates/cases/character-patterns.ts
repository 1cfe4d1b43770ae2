import type { PatternCase } from './types.ts';

/** As PATTERNS: escapes, classes of characters, ends of lines and flags. */
export const CHARACTER_PATTERNS: PatternCase[] = [
  {
    name: '5 identity escapes',
    pattern: '(\\-\\"\\<\\:\\#\\ \\%\\,\\;\\!\\=\\\'\\&\\_\\/\\@\\`\\~)',
    matches: [['-"<:# %,;!=\'&_/@`~', ['-"<:# %,;!=\'&_/@`~']]],
  },
  {
    name: '5 \\Z, \\A, \\a',
    pattern: '\\A(x\\a?)\\Z',
    matches: [
      ['x', ['x']],
      ['x\x07', ['x\x07']],
      ['xy', null],
    ],
  },
  {
    name: '5 \\U, \\u, \\x and octal',
    pattern: '(\\U0001F600\\u00e9\\x41\\101\\0)',
    matches: [['\u{1f600}\u00e9AA\x00', ['\u{1f600}\u00e9AA\x00']]],
  },
  {
    name: '5 \\b in a class is a backspace',
    pattern: '([\\b]x)',
    matches: [
      ['\x08x', ['\x08x']],
      ['bx', null],
    ],
  },
  {
    name: '5 a named back-reference',
    pattern: '(?P<n>\\w+) (?P=n)$',
    matches: [
      ['ab ab', ['ab']],
      ['ab a', null],
    ],
  },
  {
    name: '5 a back-reference to an unset group fails',
    pattern: '(?:(a)|b)\\1',
    matches: [
      ['aa', ['a']],
      ['b', null],
      ['ba', null],
    ],
  },
  {
    name: '6 a first ] is literal',
    pattern: '([]a]+)([^]a]+)',
    matches: [
      ['a]bc', ['a]', 'bc']],
      ['b', null],
    ],
  },
  {
    name: '6 a [ in a class',
    pattern: '([[a]+)',
    matches: [['[a[', ['[a[']]],
  },
  {
    name: '6 a minus at an end',
    pattern: '([a-]+)([-a]+)',
    matches: [['a-a-', ['a-a', '-']]],
  },
  {
    name: '7 \\w is Unicode, without combining marks',
    pattern: '(\\w+)',
    matches: [
      ['gr\u00f6\u00dfe', ['gr\u00f6\u00dfe']],
      ['cafe\u0301', ['cafe']],
      ['\u65e5\u672c', ['\u65e5\u672c']],
      ['\u00b2x', ['\u00b2x']],
      ['_\u30fc', ['_\u30fc']],
    ],
  },
  {
    name: '7 \\d is Unicode',
    pattern: '(\\d+)',
    matches: [
      ['\u06634', ['\u06634']],
      ['\u00b2', null],
    ],
  },
  {
    name: '7 \\s is Python\u2019s',
    pattern: '(\\s+)',
    matches: [
      ['\u00a0\u2007\u3000\x1c\x1f\u0085x', ['\u00a0\u2007\u3000\x1c\x1f\u0085']],
      ['\ufeff', null],
      ['\u200b', null],
    ],
  },
  {
    name: '7 \\S and \\W in a class',
    pattern: '([\\W\\d]+)([^\\S\\t]+)',
    matches: [
      ['-1-\u00e9 \t', null],
      ['--\u00a0', ['--', '\u00a0']],
    ],
  },
  {
    name: '7 \\b is Unicode',
    pattern: '(\u00e9\\b)',
    matches: [
      ['\u00e9', ['\u00e9']],
      ['\u00e9a', null],
      ['\u00e9-', ['\u00e9']],
    ],
  },
  {
    name: '7 (?a) makes them ASCII',
    pattern: '(?a)(\\w+)(\\s?)',
    matches: [
      ['a\u00e9', ['a', '']],
      ['a\u00a0', ['a', '']],
    ],
  },
  {
    name: '8 a dot takes a whole emoji',
    pattern: '(.)([^x])(.)',
    matches: [['\u{1f600}\u{1f601}\u{1f602}', ['\u{1f600}', '\u{1f601}', '\u{1f602}']]],
  },
  {
    name: '8 a dot takes every line end but \\n',
    pattern: '(.+)',
    matches: [['a\rb\u2028c\nd', ['a\rb\u2028c']]],
  },
  {
    name: '8 (?s) takes \\n too',
    pattern: '(?s)(.+)',
    matches: [['a\nb', ['a\nb']]],
  },
  {
    name: '9 $ matches before a last \\n',
    pattern: '(a)$',
    matches: [
      ['a\n', ['a']],
      ['a\n\n', null],
      ['a', ['a']],
    ],
  },
  {
    name: '9 flags in a group',
    pattern: '(?i:(aB))(c)',
    matches: [
      ['Abc', ['Ab', 'c']],
      ['ABC', null],
    ],
  },
  {
    name: '9 (?i) knows the other forms of a letter',
    pattern: '(?i)(ks[k-s])',
    matches: [
      ['KSK', ['KSK']],
      ['\u212a\u017f\u212a', ['\u212a\u017f\u212a']],
      ['k\u00dfk', null],
    ],
  },
  {
    name: '9 (?m) starts at lines',
    pattern: '(?m)(a\n)^(b)$',
    matches: [
      ['a\nb', ['a\n', 'b']],
      ['a\nb\nc', ['a\n', 'b']],
    ],
  },
  {
    name: '9 (?x) skips blanks and comments',
    pattern: '(?x) ( a [ ] b ) # text',
    matches: [
      ['a b', ['a b']],
      ['ab', null],
    ],
  },
];
