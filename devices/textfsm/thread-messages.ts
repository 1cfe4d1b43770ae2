import type { ParseFailure } from './errors.ts';
import type { Table } from './clitable.ts';

/** To the thread: a text to parse, or that the rows sent so far have been taken. */
export type ToThread = { sources: string[]; text: string } | { taken: true };

/**
 * From the thread: the header, then rows as JSON in portions, each sent only when the one before was taken, so that the main thread can
 * do something else between two; or why there are none.
 */
export type FromThread =
  | { header: string[] }
  | { rows: string; last: boolean }
  | { parseError: { reason: ParseFailure; message: string; ruleLine: number; inputLine: number; inputText: string } }
  | { templateError: { message: string; line: number | null } }
  | { error: string };

export type Rows = Table['rows'];
