import type { RowsCase } from './types.ts';

/** How lines are read and when a record is saved. The rows are what textfsm 2.1.0 gives. */
export const READING: RowsCase[] = [
  {
    name: 'lines end at every end that str.splitlines knows, and only there',
    template: 'Value LINE (.*)\n\nStart\n  ^${LINE}$$ -> Record\n\nEOF\n',
    text: 'a\r\nb\rc\x0bd\x0ce\x1cf\x1dg\x1eh\u0085i\u2028j\u2029k\x1fl\u200bm\n',
    rows: [
      { LINE: 'a' },
      { LINE: 'b' },
      { LINE: 'c' },
      { LINE: 'd' },
      { LINE: 'e' },
      { LINE: 'f' },
      { LINE: 'g' },
      { LINE: 'h' },
      { LINE: 'i' },
      { LINE: 'j' },
      { LINE: 'k\x1fl\u200bm' },
    ],
  },
  {
    name: 'trailing blanks of a line are kept and an empty last line is none',
    template: 'Value LINE (.*)\n\nStart\n  ^${LINE}$$ -> Record\n\nEOF\n',
    text: 'one  \n\t\n\nlast\n',
    rows: [{ LINE: 'one  ' }, { LINE: '\t' }, { LINE: '' }, { LINE: 'last' }],
  },
  {
    name: 'empty text has no lines',
    template: 'Value LINE (.*)\n\nStart\n  ^${LINE}$$ -> Record\n\nEOF\n',
    text: '',
    rows: [],
  },
  {
    name: 'the end of the text records',
    template: 'Value A (\\w+)\n\nStart\n  ^${A}\n',
    text: 'x\ny\n',
    rows: [{ A: 'y' }],
  },
  {
    name: 'an EOF state that is declared records nothing at the end',
    template: 'Value A (\\w+)\n\nStart\n  ^${A}\n\nEOF\n',
    text: 'x\n',
    rows: [],
  },
  {
    name: '-> EOF stops reading and still records',
    template: 'Value A (\\w+)\n\nStart\n  ^stop -> EOF\n  ^${A}\n',
    text: 'x\nstop\ny\n',
    rows: [{ A: 'x' }],
  },
  {
    name: '-> EOF with the state declared does not record',
    template: 'Value A (\\w+)\n\nStart\n  ^stop -> EOF\n  ^${A}\n\nEOF\n',
    text: 'x\nstop\ny\n',
    rows: [],
  },
  {
    name: '-> End stops reading and does not record',
    template: 'Value A (\\w+)\n\nStart\n  ^stop -> End\n  ^${A}\n',
    text: 'x\nstop\ny\n',
    rows: [],
  },
  {
    name: 'a declared End state changes nothing',
    template: 'Value A (\\w+)\n\nStart\n  ^stop -> End\n  ^${A} -> Record\n\nEnd\n',
    text: 'x\nstop\ny\n',
    rows: [{ A: 'x' }],
  },
  {
    name: 'Filldown leaves an extra row at the end',
    template: 'Value Filldown A (\\w+)\nValue B (\\d+)\n\nStart\n  ^${A}\\s+${B} -> Record\n',
    text: 'x 1\ny 2\n',
    rows: [
      { A: 'x', B: '1' },
      { A: 'y', B: '2' },
      { A: 'y', B: '' },
    ],
  },
  {
    name: 'a record with nothing set is dropped',
    template: 'Value A (\\w+)\nValue List B (\\d+)\n\nStart\n  ^-- -> Record\n  ^${A}\n',
    text: '--\nx\n--\n--\n',
    rows: [{ A: 'x', B: [] }],
  },
  {
    name: 'a cell matched as empty counts as filled',
    template: 'Value A (\\d*)\n\nStart\n  ^\\w${A} -> Record\n\nEOF\n',
    text: 'x\ny1\n',
    rows: [{ A: '' }, { A: '1' }],
  },
];
