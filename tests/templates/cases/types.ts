import type { Cell } from '../../../devices/textfsm/textfsm.ts';

export interface RowsCase {
  name: string;
  template: string;
  text: string;
  rows: Record<string, Cell>[];
}

export interface FailureCase {
  name: string;
  template: string;
  text: string;
  message: string;
}

export interface BadTemplateCase {
  name: string;
  template: string;
  message: string;
}

export interface PatternCase {
  name: string;
  pattern: string;
  /** Text and the texts of all groups; null where it does not match. */
  matches: [string, (string | null)[] | null][];
}

export interface BadPatternCase {
  pattern: string;
  message: string;
}
