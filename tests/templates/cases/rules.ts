import type { RowsCase } from './types.ts';

/** Actions, substitution, layout of a template and Unicode. The rows are what textfsm 2.1.0 gives. */
export const RULES: RowsCase[] = [
  {
    name: 'Continue goes on with the next rule on the same line',
    template: 'Value List A (\\w)\n\nStart\n  ^${A} -> Continue\n  ^.${A} -> Continue\n  ^..${A}\n',
    text: 'abc\nd\n',
    rows: [{ A: ['a', 'b', 'c', 'd'] }],
  },
  {
    name: 'a rule after Continue overwrites',
    template: 'Value A (\\w+)\n\nStart\n  ^${A} -> Continue\n  ^x${A}\n',
    text: 'xy\n',
    rows: [{ A: 'y' }],
  },
  {
    name: 'Continue.Record records before the next rule',
    template: 'Value A (\\w+)\nValue B (\\d+)\n\nStart\n  ^[a-z] -> Continue.Record\n  ^${A}:\n  ^${B}\n',
    text: 'x:\n1\ny:\n2\n',
    rows: [
      { A: 'x', B: '1' },
      { A: 'y', B: '2' },
    ],
  },
  {
    name: 'the groups are assigned before the record',
    template: 'Value A (\\w+)\n\nStart\n  ^${A} -> Record\n',
    text: 'x\ny\n',
    rows: [{ A: 'x' }, { A: 'y' }],
  },
  {
    name: 'Next with record and state',
    template: 'Value A (\\w+)\n\nStart\n  ^${A} -> Next.Record Other\n\nOther\n  ^x\n  ^${A} -> Record Start\n',
    text: 'a\nxx\nb\nc\n',
    rows: [{ A: 'a' }, { A: 'b' }, { A: 'c' }],
  },
  {
    name: 'NoRecord and Next change nothing',
    template: 'Value A (\\w+)\n\nStart\n  ^${A} -> Next.NoRecord\n  ^-- -> Next\n',
    text: 'a\n--\nb\n',
    rows: [{ A: 'b' }],
  },
  {
    name: 'an arrow without a blank before it belongs to the expression',
    template: 'Value A (\\w+)\n\nStart\n  ^x->${A} -> Record\n',
    text: 'x->y\n',
    rows: [{ A: 'y' }],
  },
  {
    name: 'the last arrow starts the action',
    template: 'Value A (\\w+)\n\nStart\n  ^x\\s -> ${A} -> Record\n',
    text: 'x  -> y\n',
    rows: [{ A: 'y' }],
  },
  {
    name: 'a rule begins with a blank, two or a tab',
    template: 'Value A (\\w)\nValue B (\\d)\nValue C (!)\n\nStart\n ^a${A}\n  ^b${B}\n\t^c${C}\n',
    text: 'ax\nb1\nc!\n',
    rows: [{ A: 'x', B: '1', C: '!' }],
  },
  {
    name: 'the rule is stripped: no blank at its end',
    template: 'Value A (\\w+)\n\nStart\n  ^${A}   \n',
    text: 'x\n',
    rows: [{ A: 'x' }],
  },
  {
    name: 'dollar signs: $$, ${NAME} and $NAME',
    template: 'Value A (\\w+)\nValue B (\\d+)\n\nStart\n  ^$A\\s${B}$$ -> Record\n',
    text: 'x 1\ny 2 \nz 3\n',
    rows: [
      { A: 'x', B: '1' },
      { A: 'z', B: '3' },
    ],
  },
  {
    name: 'a value is put in once, not again',
    template: 'Value A (x$$)\nValue B (\\$\\{A\\})\n\nStart\n  ^${B} -> Record\n  ^${A} -> Record\n',
    text: '${A}\nx\n',
    rows: [
      { A: '', B: '${A}' },
      { A: 'x', B: '' },
    ],
  },
  {
    name: 'in a Value line a dollar is an end',
    template: 'Value A (\\w+$)\n\nStart\n  ^${A} -> Record\n',
    text: 'x \ny\n',
    rows: [{ A: 'y' }],
  },
  {
    name: 'a Value need not be one group: look-ahead',
    template: 'Value A (\\w+)(?=!)\n\nStart\n  ^${A} -> Record\n',
    text: 'x!\ny\n',
    rows: [{ A: 'x' }],
  },
  {
    name: 'a Value need not be one group: alternatives split the rule',
    template: 'Value A (a)|(b)\n\nStart\n  ^${A}$$ -> Record\n  ^.* -> Record\n\nEOF\n',
    text: 'ax\nb\nbx\n xb\n',
    rows: [{ A: 'a' }],
  },
  {
    name: 'only the first bracket becomes the named group',
    template: 'Value A ((\\d)(\\w))\n\nStart\n  ^${A} -> Record\n',
    text: '1x\n',
    rows: [{ A: '1x' }],
  },
  {
    name: 'a nested group named as another value is assigned to it',
    template: 'Value A (x(?P<B>\\d))\nValue B (\\w+)\n\nStart\n  ^${A} -> Record\n',
    text: 'x1\n',
    rows: [{ A: 'x1', B: '1' }],
  },
  {
    name: 'comments and blank lines',
    template:
      '# first\nValue A (\\w+)\n  # second\nValue B (\\d+)\n\n# third\n\nStart\n  # fourth\n  ^${A}\\s${B} -> Record Other\n\n\n\n# fifth\nOther\n  ^${A} -> Record\n',
    text: 'x 1\ny\n',
    rows: [
      { A: 'x', B: '1' },
      { A: 'y', B: '' },
    ],
  },
  {
    name: 'a template with Windows line ends',
    template: 'Value A (\\w+)\r\n\r\nStart\r\n  ^${A} -> Record\r\n',
    text: 'x\n',
    rows: [{ A: 'x' }],
  },
  {
    name: 'Required 0, tab and no-break space as blanks',
    template: 'Value A (\\w+)\nValue B (\\w+)\n\nStart\n  ^${A}\\s+${B}$$ -> Record\n',
    text: 'a\u00a0b\nc\td\ne\u2007\u3000f\ng\u200bh\ni\ufeffj\nk\x1fl\n',
    rows: [
      { A: 'a', B: 'b' },
      { A: 'c', B: 'd' },
      { A: 'e', B: 'f' },
      { A: 'k', B: 'l' },
    ],
  },
  {
    name: 'an emoji is one character',
    template: 'Value A (.)\nValue B (.*)\n\nStart\n  ^${A}${B}$$ -> Record\n',
    text: '\u{1f600}x\n',
    rows: [{ A: '\u{1f600}', B: 'x' }],
  },
  {
    name: 'letters and digits of any script',
    template: 'Value A (\\w+)\nValue B (\\d+)\n\nStart\n  ^${A}\\s${B} -> Record\n',
    text: 'gr\u00f6\u00dfe 12\n\u65e5\u672c \u0663\ncafe\u0301 1\n',
    rows: [
      { A: 'gr\u00f6\u00dfe', B: '12' },
      { A: '\u65e5\u672c', B: '\u0663' },
    ],
  },
];
