import type { Row } from '../platform.ts';

/** Reading JSON whose shape only the device knows: wrong or missing parts become null or nothing, the top level must fit. */

export function object(value: unknown): Row | null {
  return isObject(value) ? value : null;
}

function isObject(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Objects of a list; other items are left out. */
export function objects(value: unknown): Row[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** A non-empty text. */
export function string(value: unknown): string | null {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
}

export function parseObject(text: string): Row {
  const value: unknown = JSON.parse(text);
  if (!isObject(value)) throw new SyntaxError('it is no object');
  return value;
}

export function parseList(text: string): Row[] {
  const value: unknown = JSON.parse(text.trim() === '' ? '[]' : text);
  if (!Array.isArray(value)) throw new SyntaxError('it is no list');
  return objects(value);
}
