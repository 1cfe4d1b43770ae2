import { CsvError, parse } from 'csv-parse/sync';
import { MOST_RECORDS, type InventorySourceOptions, type SourceProblem, type SourceRecord } from '../core/inventory.ts';
import { fetchText, plainAuthorization } from './http.ts';
import { RECORD_FIELDS, recordOf, type RecordField } from './record.ts';
import { SourceError, type InventorySource } from './source.ts';

type CsvOptions = Extract<InventorySourceOptions, { type: 'csv' }>;

const DELIMITERS = [',', ';', '\t'];

/**
 * A table (RFC 4180; comma, semicolon or tab, whichever the header uses most; a BOM is skipped), given as text or fetched. The
 * header has the names of the fields, or `fields` says which column is which field, and other columns are left out.
 */
export const csv: InventorySource<CsvOptions> = {
  name: 'csv',
  async *read(options, context) {
    const { url, secret } = { url: options.url, secret: context.secret };
    const text =
      options.text ?? (url === undefined ? '' : await fetchText({ url, authorization: plainAuthorization(secret) }, context));
    yield* rowsOf(text, options.fields);
  },
};

/** @throws SourceError for what is no table, or columns that mean nothing */
export function* rowsOf(text: string, fields: CsvOptions['fields']): Iterable<SourceRecord | SourceProblem> {
  const [header, ...rows] = parseTable(text);
  if (header === undefined) throw new SourceError('the CSV is empty: not even a header is there');
  if (rows.length > MOST_RECORDS) throw new SourceError(`the CSV has ${rows.length} rows; at most ${MOST_RECORDS} are possible`);
  const columns = header.map((column) => column.trim());
  const places = fields === undefined ? ownColumns(columns) : namedColumns(columns, fields);
  for (const [index, cells] of rows.entries()) {
    const record = `row ${index + 1}`;
    if (cells.length === columns.length) yield recordOf((field) => cells[places.get(field) ?? -1], record);
    else yield { key: null, name: null, record, problem: `it has ${cells.length} cells, but the header has ${columns.length}` };
  }
}

function parseTable(text: string): string[][] {
  const first = text.split(/\r?\n/, 1)[0] ?? '';
  const count = (delimiter: string): number => first.split(delimiter).length;
  const delimiter = DELIMITERS.toSorted((a, b) => count(b) - count(a))[0]!;
  try {
    return parse(text, { bom: true, delimiter, trim: true, skip_empty_lines: true, relax_column_count: true });
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    throw new SourceError(`the CSV cannot be read: ${cause.message}`, { cause });
  }
}

function ownColumns(columns: string[]): Map<RecordField, number> {
  const places = new Map<RecordField, number>();
  columns.forEach((column, index) => {
    const field = RECORD_FIELDS.find((one) => one === column.toLowerCase());
    if (field === undefined)
      throw new SourceError(
        `the CSV has the column "${column}", which is no field; give fields, or name columns ${RECORD_FIELDS.join(', ')}`,
      );
    if (places.has(field)) throw new SourceError(`the CSV has the column "${column}" twice`);
    places.set(field, index);
  });
  return places;
}

function namedColumns(columns: string[], fields: NonNullable<CsvOptions['fields']>): Map<RecordField, number> {
  return new Map(
    RECORD_FIELDS.flatMap((field) => {
      const column = fields[field];
      if (column === undefined) return [];
      const index = columns.indexOf(column);
      if (index === -1) throw new SourceError(`the CSV has no column "${column}", which fields says is the ${field}`);
      return [[field, index] as const];
    }),
  );
}
