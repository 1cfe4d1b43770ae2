import { type Pattern, preparePattern } from './regex/pattern.ts';
import type { Option, Value } from './template.ts';

export type ListItem = string | null | Record<string, string | null>;
/** What one value of a record holds. Rows never hold null at the top: textfsm writes ''. */
export type Cell = string | ListItem[];

/** The life of one value while a text is read: what the options of textfsm's `TextFSMOptions` do on assign, clear and save. */
export interface CellState {
  value: string | null | ListItem[];
  remembered: string | null;
  list: ListItem[];
}

export interface Column {
  name: string;
  options: Option[];
  keepsList: boolean;
  /** List values with more than one group: their text is matched again, and its named groups, if any, become an object. */
  nested: { pattern: Pattern; names: string[] } | null;
}

/** A List value with nested groups took no part in a match; Python's textfsm fails with a TypeError there. */
export class UnmatchedListError extends Error {}

export function createColumn(value: Value): Column {
  const { name, options, nested } = value;
  return {
    name,
    options,
    keepsList: options.includes('Filldown'),
    nested:
      nested !== null && nested.groups > 1
        ? {
            pattern: preparePattern(
              nested,
              nested.names.map((one) => one.index),
            ),
            names: nested.names.map((one) => one.name),
          }
        : null,
  };
}

/** `AssignVar`. `rows` are the rows saved so far, which `Fillup` writes into at `index`. */
export function assign(column: Column, state: CellState, text: string | null, rows: Cell[][], index: number): void {
  state.value = text;
  for (const option of column.options) {
    if (option === 'Filldown') state.remembered = text;
    else if (option === 'List') state.list.push(listItem(column, text));
    else if (option === 'Fillup' && text !== null && text !== '') fillUp(rows, index, text);
  }
}

function listItem(column: Column, text: string | null): ListItem {
  if (column.nested === null) return text;
  if (text === null) throw new UnmatchedListError(`List value ${column.name} with nested groups took no part in the match`);
  const { pattern, names } = column.nested;
  if (names.length === 0) return text;
  const found = pattern.match(text);
  if (found === null) return text;
  return Object.fromEntries(names.map((name, at) => [name, found[at + 1] ?? null]));
}

function fillUp(rows: Cell[][], index: number, text: string): void {
  for (let at = rows.length - 1; at >= 0; at -= 1) {
    const row = rows[at];
    if (row === undefined || row[index]?.length !== 0) return;
    row[index] = text;
  }
}

/** `ClearVar`. */
export function clear(column: Column, state: CellState): void {
  state.value = null;
  for (const option of column.options) {
    if (option === 'Filldown') state.value = state.remembered;
    else if (option === 'List' && !column.keepsList) state.list = [];
  }
}

/** `ClearAllVar`. */
export function clearAll(state: CellState): void {
  state.value = null;
  state.remembered = null;
  state.list = [];
}

/** `OnSaveRecord`: false where `Required` forbids the row. The order of `Required` and `List` decides what is looked at. */
export function save(column: Column, state: CellState): boolean {
  for (const option of column.options) {
    if (option === 'List') state.value = state.list.slice();
    else if (option === 'Required' && (state.value === null || state.value.length === 0)) return false;
  }
  return true;
}
