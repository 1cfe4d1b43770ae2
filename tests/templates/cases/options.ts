import type { RowsCase } from './types.ts';

/** What the options of a Value do. The rows are what textfsm 2.1.0 gives. */
export const OPTIONS: RowsCase[] = [
  {
    name: 'Required skips the record and clears what is not Filldown',
    template:
      'Value Filldown F (\\w+)\nValue Required R (\\d+)\nValue O (!+)\n\nStart\n  ^f\\s+${F}\n  ^${O}\n  ^${R}\n  ^-- -> Record\n\nEOF\n',
    text: 'f a\n!\n--\n1\n--\n!!\n2\n--\n',
    rows: [
      { F: 'a', R: '1', O: '' },
      { F: 'a', R: '2', O: '!!' },
    ],
  },
  {
    name: 'the text 0 counts as filled',
    template: 'Value Required R (\\d+)\n\nStart\n  ^${R} -> Record\n',
    text: '0\n',
    rows: [{ R: '0' }],
  },
  {
    name: 'Required,List looks at the text assigned last',
    template: 'Value Required,List R (\\d*)\nValue A (\\w+)\n\nStart\n  ^r=${R}$$\n  ^a=${A} -> Record\n\nEOF\n',
    text: 'r=1\nr=\na=x\nr=2\na=y\n',
    rows: [{ R: ['2'], A: 'y' }],
  },
  {
    name: 'List,Required looks at the list',
    template: 'Value List,Required R (\\d*)\nValue A (\\w+)\n\nStart\n  ^r=${R}$$\n  ^a=${A} -> Record\n\nEOF\n',
    text: 'r=1\nr=\na=x\na=y\n',
    rows: [{ R: ['1', ''], A: 'x' }],
  },
  {
    name: 'Filldown forgets at an optional group that took no part',
    template: 'Value Filldown A (\\d+)\nValue B (\\w+)\n\nStart\n  ^(${A}:)?${B}$$ -> Record\n\nEOF\n',
    text: '1:x\ny\n2:z\n',
    rows: [
      { A: '1', B: 'x' },
      { A: '', B: 'y' },
      { A: '2', B: 'z' },
    ],
  },
  {
    name: 'Clear brings a Filldown value back, and drops others',
    template:
      'Value Filldown A (\\w+)\nValue B (\\d+)\n\nStart\n  ^a\\s${A}\n  ^b\\s${B}\n  ^clear -> Clear\n  ^-- -> Record\n\nEOF\n',
    text: 'a x\nb 1\nclear\n--\nb 2\n--\n',
    rows: [
      { A: 'x', B: '' },
      { A: 'x', B: '2' },
    ],
  },
  {
    name: 'Clearall forgets a Filldown value',
    template:
      'Value Filldown A (\\w+)\nValue B (\\d+)\n\nStart\n  ^a\\s${A}\n  ^b\\s${B}\n  ^clear -> Clearall\n  ^-- -> Record\n\nEOF\n',
    text: 'a x\nb 1\nclear\n--\nb 2\n--\n',
    rows: [{ A: '', B: '2' }],
  },
  {
    name: 'a List with Filldown grows until Clearall',
    template:
      'Value List,Filldown A (\\w+)\nValue B (\\d+)\n\nStart\n  ^a\\s${A}\n  ^b\\s${B} -> Record\n  ^clear -> Clearall\n\nEOF\n',
    text: 'a x\nb 1\na y\nb 2\nclear\nb 3\n',
    rows: [
      { A: ['x'], B: '1' },
      { A: ['x', 'y'], B: '2' },
      { A: [], B: '3' },
    ],
  },
  {
    name: 'Fillup fills upwards until a filled cell',
    template: 'Value A (\\w+)\nValue Fillup B (\\d+)\n\nStart\n  ^${A}\\s${B} -> Record\n  ^${A} -> Record\n\nEOF\n',
    text: 'a\nb 1\nc\nd\ne 2\nf\n',
    rows: [
      { A: 'a', B: '1' },
      { A: 'b', B: '1' },
      { A: 'c', B: '2' },
      { A: 'd', B: '2' },
      { A: 'e', B: '2' },
      { A: 'f', B: '' },
    ],
  },
  {
    name: 'Fillup acts when the value is assigned, not when it is recorded',
    template: 'Value A (\\w+)\nValue Fillup B (\\d+)\n\nStart\n  ^b=${B}\n  ^clear -> Clear\n  ^${A} -> Record\n\nEOF\n',
    text: 'x\nb=1\nclear\ny\n',
    rows: [
      { A: 'x', B: '1' },
      { A: 'y', B: '' },
    ],
  },
  {
    name: 'Fillup on a List writes the text',
    template: 'Value A (\\w+)\nValue Fillup,List B (\\d+)\n\nStart\n  ^b=${B}\n  ^${A} -> Record\n\nEOF\n',
    text: 'x\ny\nb=1\nz\n',
    rows: [
      { A: 'x', B: '1' },
      { A: 'y', B: '1' },
      { A: 'z', B: ['1'] },
    ],
  },
  {
    name: 'Fillup with an empty text does nothing',
    template: 'Value A (\\w+)\nValue Fillup B (\\d*)\n\nStart\n  ^b=${B}\n  ^${A} -> Record\n\nEOF\n',
    text: 'x\nb=\ny\nb=2\nz\n',
    rows: [
      { A: 'x', B: '2' },
      { A: 'y', B: '2' },
      { A: 'z', B: '2' },
    ],
  },
  {
    name: 'an unmatched group adds None to a List',
    template: 'Value List A (\\d+)\n\nStart\n  ^(${A})?x -> Next\n',
    text: '1x\nx\n2x\n',
    rows: [{ A: ['1', null, '2'] }],
  },
  {
    name: 'a List value with unnamed groups gives its text',
    template: 'Value List A ((\\d+)\\.(\\d+))\n\nStart\n  ^${A}\n',
    text: '1.2\n3.4\n',
    rows: [{ A: ['1.2', '3.4'] }],
  },
  {
    name: 'a List value with named groups gives objects',
    template: 'Value List A ((?P<name>\\w+)\\s(?P<age>\\d+)?)\n\nStart\n  ^${A}\n',
    text: 'bob 32\namy \n',
    rows: [
      {
        A: [
          { name: 'bob', age: '32' },
          { name: 'amy', age: null },
        ],
      },
    ],
  },
  {
    name: 'each row has a list of its own',
    template: 'Value List A (\\w+)\nValue B (\\d+)\n\nStart\n  ^a\\s${A}\n  ^${B} -> Record\n\nEOF\n',
    text: 'a x\na y\n1\na z\n2\n3\n',
    rows: [
      { A: ['x', 'y'], B: '1' },
      { A: ['z'], B: '2' },
      { A: [], B: '3' },
    ],
  },
];
