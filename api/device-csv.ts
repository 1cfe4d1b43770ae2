import { CsvError, parse } from 'csv-parse/sync';
import { AppError } from '../core/errors.ts';
import { IMPORT_FIELDS } from './device-import.ts';
import { invalid } from '../core/errors.ts';

const DELIMITERS = [',', ';', '\t'];
const TRUE = ['true', '1', 'yes', 'y', 'on'];
const FALSE = ['false', '0', 'no', 'n', 'off'];
const MAX_ROWS = 100_000;

/** A row as the import takes it: its values by field, or why it has none. */
export type ImportRow = { values: unknown } | { refused: string };

/**
 * The rows of a CSV text (RFC 4180; delimiter comma, semicolon or tab, whichever the header uses most; a BOM is skipped).
 * @throws AppError `validation_failed` for text that is no CSV, a header with unknown or doubled columns, or no rows
 */
export function csvRows(text: string): ImportRow[] {
  const [header, ...lines] = parseCsv(text);
  if (header === undefined)
    throw new AppError('validation_failed', 'The CSV is empty: send a header with field names, then rows.');
  const columns = header.map((column) => column.trim().toLowerCase());
  const unknown = columns.find((column) => !IMPORT_FIELDS.includes(column));
  if (unknown !== undefined) throw invalid(`/${unknown}`, `is not a known column; known are ${IMPORT_FIELDS.join(', ')}`);
  const doubled = columns.find((column, index) => columns.indexOf(column) !== index);
  if (doubled !== undefined) throw invalid(`/${doubled}`, 'is a column twice');
  if (lines.length === 0) throw new AppError('validation_failed', 'The CSV has no rows.');
  if (lines.length > MAX_ROWS)
    throw new AppError('validation_failed', `The CSV has ${lines.length} rows; at most ${MAX_ROWS} are possible.`);
  return lines.map((cells) => rowOf(columns, cells));
}

function parseCsv(text: string): string[][] {
  const first = text.split(/\r?\n/, 1)[0]!;
  const count = (delimiter: string): number => first.split(delimiter).length;
  const delimiter = DELIMITERS.toSorted((a, b) => count(b) - count(a))[0]!;
  try {
    return parse(text, { bom: true, delimiter, trim: true, skip_empty_lines: true, relax_column_count: true });
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    throw new AppError('validation_failed', `The CSV cannot be read: ${cause.message}.`, { cause });
  }
}

function rowOf(columns: string[], cells: string[]): ImportRow {
  if (cells.length !== columns.length) return { refused: `has ${cells.length} cells, but the header has ${columns.length}` };
  const values = columns.flatMap((column, index) => {
    const value = valueOf(column, cells[index]!);
    return value === undefined ? [] : [[column, value] as const];
  });
  return { values: Object.fromEntries(values) };
}

/** A cell as JSON would have it. Undefined (not given) where an empty cell stands for the default. */
function valueOf(column: string, cell: string): unknown {
  if (column === 'tags')
    return cell
      .split(/[;,]/)
      .map((tag) => tag.trim())
      .filter((tag) => tag !== '');
  if (cell === '') return ['id', 'port', 'transport', 'enabled'].includes(column) ? undefined : null;
  if (column === 'port') return /^\d{1,6}$/.test(cell) ? Number(cell) : cell;
  if (column !== 'enabled') return cell;
  const word = cell.toLowerCase();
  return TRUE.includes(word) ? true : FALSE.includes(word) ? false : cell;
}
