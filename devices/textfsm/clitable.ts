import type { Cell } from './record.ts';
import { TemplateError } from './errors.ts';
import { pythonRepr } from './python-text.ts';
import { type Row, toRows } from './row.ts';
import type { Template } from './textfsm.ts';

/** A cell of a table: text, or a list of texts. */
type TableCell = string | string[];

export interface Table {
  header: string[];
  rows: TableCell[][];
}

/**
 * The view of `clitable.CliTable` that ntc-templates returns: lower-case keys, cells text or lists of text (an unmatched item is
 * `None`, an object is written as Python writes a dict). Of several templates the first gives the rows and each other one adds the
 * columns not there yet: from its first row with the same `Key` values, or row by row where no template has a Key.
 * Throws `ParseError`. CliTable also fails where a cell happens to contain the name of an added column; this does not.
 */
export function parseTable(templates: Template[], text: string): Row[] {
  const { header, rows } = parseTableCells(templates, text);
  return toRows(header, rows);
}

/** The same with the keys apart from the rows. */
export function parseTableCells(templates: Template[], text: string): Table {
  const [first, ...others] = templates;
  if (first === undefined) return { header: [], rows: [] };
  const table = toTable(first, text);
  let keys = first.keys;
  for (const template of others) {
    const other = toTable(template, text);
    if (keys.length === 0) keys = template.keys;
    extend(table, other, keys);
  }
  return { header: table.header.map((name) => name.toLowerCase()), rows: table.rows };
}

function toTable(template: Template, text: string): Table {
  const rows = template.parseCells(text).map((row) => (row.every(isText) ? row : row.map(toTableCell)));
  return { header: template.names.slice(), rows };
}

function isText(cell: Cell): cell is string {
  return typeof cell === 'string';
}

function toTableCell(cell: Cell): TableCell {
  return typeof cell === 'string' ? cell : cell.map((item) => (typeof item === 'string' ? item : pythonRepr(item)));
}

/** `TextTable.extend`. */
function extend(table: Table, other: Table, keys: string[]): void {
  const ownKeys = keys.map((name) => table.header.indexOf(name));
  const otherKeys = keys.map((name) => other.header.indexOf(name));
  const comparable = table.rows.length === 0 || other.rows.length === 0 || !otherKeys.includes(-1);
  if (ownKeys.includes(-1) || !comparable) throw new TemplateError(`Not in every template: one of the keys ${keys.join(', ')}.`);
  const added = other.header.flatMap((name, at) => (table.header.includes(name) ? [] : [at]));
  if (added.length === 0) return;

  const byKey = new Map<string, TableCell[]>();
  for (const row of other.rows) {
    const key = JSON.stringify(otherKeys.map((at) => row[at]));
    if (!byKey.has(key)) byKey.set(key, row);
  }
  for (const [at, row] of table.rows.entries()) {
    const match = keys.length === 0 ? other.rows[at] : byKey.get(JSON.stringify(ownKeys.map((own) => row[own])));
    row.push(...added.map((column) => match?.[column] ?? ''));
  }
  table.header.push(...added.map((at) => other.header[at] ?? ''));
}
