import type { Cell } from './record.ts';
import { createMachine } from './machine.ts';
import { parseTemplate } from './parse-template.ts';
import { type Row, toRows } from './row.ts';

export type { Cell } from './record.ts';
export { parseTable } from './clitable.ts';
export { ParseError, TemplateError } from './errors.ts';
export type { Row } from './row.ts';

export interface Template {
  /** Value names in their order. */
  names: string[];
  /** Names of the values with option `Key`. */
  keys: string[];
  /** Rows of a text, as `TextFSM.ParseTextToDicts` gives them. Throws `ParseError`. */
  parse(text: string): Row[];
  /** The same rows without their keys, in the order of `names`. */
  parseCells(text: string): Cell[][];
}

/**
 * Compiles a TextFSM template with the behaviour of Python's textfsm 2.1.0; expressions are Python's `re` (see regex/parse.ts for
 * the two features that are not supported). Throws `TemplateError`.
 */
export function compileTemplate(source: string): Template {
  const definition = parseTemplate(source);
  const machine = createMachine(definition);
  return {
    names: machine.names,
    keys: definition.values.filter((value) => value.options.includes('Key')).map((value) => value.name),
    parse: (text) => toRows(machine.names, machine.run(text)),
    parseCells: (text) => machine.run(text),
  };
}
