import type { Regex } from './regex/ast.ts';

export const OPTIONS = ['Required', 'Filldown', 'Fillup', 'Key', 'List', 'OptionBase'] as const;
export type Option = (typeof OPTIONS)[number];

/** A `Value` line. The order of the options counts. */
export interface Value {
  name: string;
  options: Option[];
  /** What replaces `${NAME}` in a rule. */
  substitution: string;
  /** List values only: the own expression, for the groups nested in it. */
  nested: Regex | null;
}

export const LINE_ACTIONS = ['Continue', 'Next', 'Error'] as const;
export const RECORD_ACTIONS = ['Clear', 'Clearall', 'Record', 'NoRecord'] as const;
/** '' where a rule names none. */
export type LineAction = (typeof LINE_ACTIONS)[number] | '';
export type RecordAction = (typeof RECORD_ACTIONS)[number] | '';

export interface Rule {
  /** Line in the template, from 1. */
  line: number;
  regex: Regex;
  lineAction: LineAction;
  recordAction: RecordAction;
  /** A state, `End`, `EOF`, the text of an `Error` as written, or '' for the same state. */
  target: string;
}

export interface Definition {
  values: Value[];
  states: Map<string, Rule[]>;
}
