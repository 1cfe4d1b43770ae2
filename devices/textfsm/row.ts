import type { Cell } from './record.ts';

/** A row: value names as written, or in lower case from `parseTable`. */
export type Row = Record<string, Cell>;

/** An object with a key per column; of two equal keys the last wins, as in a Python dict. */
export function toRow(names: string[], cells: Cell[]): Row {
  return Object.fromEntries(names.map((name, at) => [name, cells[at] ?? '']));
}
