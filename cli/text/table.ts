import type { Screen } from '../context.ts';
import { cut, fitWidths, pad, widthOf } from './fit.ts';
import { paint, type Color } from './paint.ts';
import { safeLine } from './safe.ts';

export type Cell = string | number | boolean | null | undefined | readonly string[];

export interface Column<T> {
  head: string;
  of(row: T): Cell;
  right?: true;
  /** Never cut: it is there to be copied. */
  whole?: true;
  color?(row: T): Color | null;
}

const GAP = 2;

/** What a cell shows: nothing for null, yes or no, a list with commas; safe for a terminal. */
export function cellText(value: Cell): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return safeLine(typeof value === 'object' ? value.join(', ') : String(value));
}

/** A table that fits the screen, in lines; `empty` where there is no row. */
export function table<T>(screen: Screen, rows: readonly T[], columns: readonly Column<T>[], empty: string): string {
  if (rows.length === 0) return `${empty}\n`;
  const cells = rows.map((row) => columns.map((column) => cellText(column.of(row))));
  const natural = columns.map(({ head }, index) => Math.max(widthOf(head), ...cells.map((row) => widthOf(row[index] ?? ''))));
  const may = columns.map((column) => column.whole !== true && column.right !== true);
  const widths = fitWidths(natural, may, screen.width, GAP);
  const write = (texts: readonly string[], colorOf: (index: number) => Color | null): string => {
    let line = '';
    let used = 0;
    for (const [index, column] of columns.entries()) {
      const room = Math.min(widths[index] ?? 0, screen.width - used);
      if (room <= 0) break;
      const last = index === columns.length - 1;
      const text = cut(texts[index] ?? '', room);
      const padded = last && column.right !== true ? text : pad(text, room, column.right === true);
      line += paint(screen, colorOf(index), padded) + (last ? '' : ' '.repeat(GAP));
      used += room + GAP;
    }
    return `${line.trimEnd()}\n`;
  };
  const head = write(
    columns.map((column) => column.head),
    () => 'bold',
  );
  const body = rows.map((row, at) => write(cells[at] ?? [], (index) => columns[index]?.color?.(row) ?? null));
  return head + body.join('');
}

/** Names and values, one a line; what has no value is left out. */
export function record(screen: Screen, fields: Readonly<Record<string, Cell>>): string {
  const lines = Object.entries(fields)
    .map(([name, value]): [string, string] => [name, cellText(value)])
    .filter(([, value]) => value !== '');
  const width = Math.max(...lines.map(([name]) => name.length));
  return lines.map(([name, value]) => `${paint(screen, 'bold', name.padEnd(width + GAP))}${value}\n`).join('');
}
