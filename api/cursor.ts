import { z } from 'zod';
import { timestamp, uuid } from '../contracts/fields.ts';
import { invalid } from '../core/errors.ts';

/** What each kind of list goes on from. */
export const CURSORS = {
  name: z.tuple([z.string()]),
  position: z.tuple([
    z
      .int()
      .min(-1)
      .max(2 ** 31 - 1),
  ]),
  id: z.tuple([z.int().min(0)]),
  newest: z.tuple([timestamp, uuid]),
  log: z.tuple([z.string().regex(/^\d{1,19}$/), z.int().min(0)]),
} as const;

/** Opaque to clients: base64url of a JSON array. */
export function encodeCursor(values: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(values)).toString('base64url');
}

/** @throws AppError `validation_failed` for a cursor that is not one of ours */
export function decodeCursor<T>(kind: z.ZodType<T>, cursor: string | undefined, pointer = 'query/cursor'): T | null {
  if (cursor === undefined) return null;
  const parsed = kind.safeParse(jsonOrNull(Buffer.from(cursor, 'base64url').toString('utf8')));
  if (!parsed.success) throw invalid(pointer, 'is not a cursor that this list gave');
  return parsed.data;
}

function jsonOrNull(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

interface Page<T> {
  items: T[];
  next_cursor: string | null;
}

/** Cuts a list that was read with one row more than asked for, and gives the cursor of its last row. Rows are shown as they are, or by `view`. */
export function pageOf<T>(rows: T[], limit: number, keyOf: (last: T) => readonly (string | number)[]): Page<T>;
export function pageOf<T, U>(
  rows: T[],
  limit: number,
  keyOf: (last: T) => readonly (string | number)[],
  view: (row: T) => U,
): Page<U>;
export function pageOf<T>(
  rows: T[],
  limit: number,
  keyOf: (last: T) => readonly (string | number)[],
  view: (row: T) => unknown = (row) => row,
): Page<unknown> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  const more = rows.length > limit && last !== undefined;
  return { items: items.map((row) => view(row)), next_cursor: more ? encodeCursor(keyOf(last)) : null };
}
