import { CHARACTER_PATTERNS } from './character-patterns.ts';
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
  ...CHARACTER_PATTERNS,
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
