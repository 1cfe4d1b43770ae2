import type { PatternCase } from './types.ts';

/** Expressions, texts and their groups, null for no match. Answers are those of Python 3.11. */
export const PATTERNS: PatternCase[] = [
  {
    name: '1 every alternative is tried at the start only',
    pattern: '^x|(y)',
    matches: [
      ['ay', null],
      ['y', ['y']],
      ['xy', [null]],
    ],
  },
  {
    name: '2 a group in a repeat keeps its last text',
    pattern: '(?:(a)|b)*',
    matches: [
      ['ab', ['a']],
      ['ba', ['a']],
      ['b', [null]],
    ],
  },
  {
    name: '2 a turn that matches nothing keeps the empty text',
    pattern: '(?:(\\d*),?)*',
    matches: [
      ['1,2', ['']],
      ['1,', ['']],
      ['x', ['']],
    ],
  },
  {
    name: '2 the group of a neighbour table',
    pattern: '(?:(\\w+)?\\s)+(\\S+)',
    matches: [
      ['R S  I s Eth1', ['s', 'Eth1']],
      ['  Eth1', [null, 'Eth1']],
    ],
  },
  {
    name: '2 an optional group that matches nothing',
    pattern: '(a*)?b',
    matches: [
      ['b', ['']],
      ['aab', ['aa']],
    ],
  },
  {
    name: '3 {,3} is a quantifier',
    pattern: '(a{,3})',
    matches: [
      ['aaaa', ['aaa']],
      ['b', ['']],
    ],
  },
  {
    name: '3 braces that are none',
    pattern: '(a{)(x{,y})({})(])',
    matches: [['a{x{,y}{}]', ['a{', 'x{,y}', '{}', ']']]],
  },
  {
    name: '3 {,} is any number',
    pattern: '(a{,})',
    matches: [['aaaa', ['aaaa']]],
  },
  {
    name: '4 a look-behind can be repeated',
    pattern: '(\\w)(?<=a)+(.)',
    matches: [
      ['ab', ['a', 'b']],
      ['bb', null],
    ],
  },
  {
    name: '4 a look-ahead can be repeated',
    pattern: '(?=a)*(.)',
    matches: [
      ['b', ['b']],
      ['a', ['a']],
    ],
  },
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
  {
    name: 'atomic groups',
    pattern: '(?>(a+))(b|ab)',
    matches: [
      ['aab', ['aa', 'b']],
      ['aaab', ['aaa', 'b']],
      ['aaaab', ['aaaa', 'b']],
    ],
  },
  {
    name: 'possessive repeats',
    pattern: 'a*+(a|b)',
    matches: [
      ['aab', ['b']],
      ['aa', null],
    ],
  },
  {
    name: 'possessive repeats of more than a character',
    pattern: '(?:ab|a|b){3}+(.?)',
    matches: [
      ['aba', null],
      ['abab', null],
      ['abaa', ['']],
    ],
  },
  {
    name: 'conditionals',
    pattern: '(<)?(\\w+)(?(1)>|$)',
    matches: [
      ['<ab>', ['<', 'ab']],
      ['ab', [null, 'ab']],
      ['<ab', null],
      ['ab>', null],
    ],
  },
  {
    name: 'negative look-arounds',
    pattern: '(?!b)(\\w)(?<!c)(\\w)',
    matches: [
      ['ax', ['a', 'x']],
      ['bx', null],
      ['cx', null],
    ],
  },
  {
    name: 'lazy repeats',
    pattern: '(a+?)(a??)(a*?)(b)',
    matches: [['aaab', ['a', '', 'aa', 'b']]],
  },
  {
    name: 'captures in a look-ahead stay',
    pattern: '(?=(\\w))(\\w\\w)',
    matches: [['ab', ['a', 'ab']]],
  },
  {
    name: 'nested repeats',
    pattern: '((a)(b)?)+',
    matches: [
      ['abaab', ['ab', 'a', 'b']],
      ['aab', ['ab', 'a', 'b']],
    ],
  },
  {
    name: '\\B in the empty text',
    pattern: '(x?)\\B',
    matches: [
      ['', null],
      ['x', null],
      ['xx', ['x']],
    ],
  },
  {
    name: 'an empty alternative first',
    pattern: '(?:|a)+(a*)',
    matches: [['aa', ['aa']]],
  },
  {
    name: 'comments',
    pattern: '(a(?#text)b)',
    matches: [['ab', ['ab']]],
  },
];
