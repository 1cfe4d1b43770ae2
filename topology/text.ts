/** What devices print in place of a value they do not have. */
const PLACEHOLDERS = new Set(['not advertised', '- not advertised', 'n/a', '-', '--']);

/** The text without surrounding blanks and control characters; null where nothing is left or the value is no text. */
export function clean(value: unknown): string | null {
  if (typeof value !== 'string' || value.length === 0) return null;
  let start = 0;
  let end = value.length;
  while (start < end && isBlank(value.charCodeAt(start))) start++;
  while (end > start && isBlank(value.charCodeAt(end - 1))) end--;
  if (start === end) return null;
  const text = end - start === value.length ? value : value.slice(start, end);
  return text.length <= 16 && PLACEHOLDERS.has(text.toLowerCase()) ? null : text;
}

function isBlank(code: number): boolean {
  return code <= 32 || (code >= 127 && code <= 160);
}

/** Code unit order: the same on every machine, unlike a locale's. */
export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** For sentences: long texts cut, control characters made visible. */
export function shorten(text: string, length = 64): string {
  const visible = text.length > length ? `${text.slice(0, length - 1)}…` : text;
  return visible.replace(/[\u0000-\u001f\u007f-\u009f]/g, '�');
}

/** `a, b, c and 4 more`. */
export function list(texts: string[], limit = 8): string {
  const shown = texts.slice(0, limit).join(', ');
  return texts.length > limit ? `${shown} and ${texts.length - limit} more` : shown;
}

/** The rows of a kind; a row that is no object (a damaged cache) is left out. */
export function rows<T>(fact: { records: T[] } | undefined): T[] {
  if (!Array.isArray(fact?.records)) return [];
  const { records } = fact;
  return records.every((row) => typeof row === 'object' && row !== null)
    ? records
    : records.filter((row) => typeof row === 'object' && row !== null);
}
