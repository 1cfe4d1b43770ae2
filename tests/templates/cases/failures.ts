import type { FailureCase } from './types.ts';

/** Texts that are rejected. The messages are those of textfsm 2.1.0. */
export const FAILURES: FailureCase[] = [
  {
    name: 'without values nothing is replaced in a rule',
    template: '\nStart\n  ^\\${x}$$ -> Error\n',
    text: 'x\n${x}\n',
    message: 'State Error raised. Rule Line: 3. Input Line: ${x}',
  },
  {
    name: 'a plain Error',
    template: 'Value A (\\w+)\n\nStart\n  ^${A} -> Record\n  ^. -> Error\n',
    text: 'x\n!y\n',
    message: 'State Error raised. Rule Line: 5. Input Line: !y',
  },
  {
    name: 'an Error with a text',
    template: 'Value A (\\w+)\n\nStart\n  ^! -> Error "what a line"\n  ^${A} -> Record\n',
    text: 'x\ny\n!y\n',
    message: 'Error: "what a line". Rule Line: 4. Input Line: !y.',
  },
  {
    name: 'an Error with a word',
    template: 'Value A (\\w+)\n\nStart\n  ^! -> Error Word\n  ^${A} -> Record\n',
    text: '!\n',
    message: 'Error: Word. Rule Line: 4. Input Line: !.',
  },
  {
    name: 'a Record before the Error',
    template: 'Value A (\\w+)\n\nStart\n  ^${A} -> Error.Record\n',
    text: 'x\n',
    message: 'State Error raised. Rule Line: 4. Input Line: x',
  },
];
