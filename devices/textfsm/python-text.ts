/** `str.splitlines`, `str.strip` and `repr` as Python has them. Source: CPython `Objects/unicodeobject.c`. */
const BREAK = /\r\n|[\n-\r\x1c-\x1e\x85\u2028\u2029]/;
const ODD_BREAK = /[\v\f\x1c-\x1e\x85\u2028\u2029]/;
const SPACE = '[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]';
const LEADING = new RegExp(`^${SPACE}+`);
const TRAILING = new RegExp(`${SPACE}$`);

/** Lines without their ends; the end of the last line starts no new one. */
export function splitLines(text: string): string[] {
  if (text === '') return [];
  let lines: string[];
  if (ODD_BREAK.test(text)) lines = text.split(BREAK);
  else if (text.includes('\r')) lines = text.split(/\r\n?|\n/);
  else lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

export function stripEnd(text: string): string {
  let end = text.length;
  while (end > 0 && TRAILING.test(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}

export function strip(text: string): string {
  return stripEnd(text).replace(LEADING, '');
}

const ESCAPED: Record<string, string> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\\': '\\\\' };
const UNPRINTABLE = /[\p{C}\p{Z}\\]/gu;

/** `repr` of a string, None, or a dict of these. CliTable writes the dicts of a List value into its cells this way. */
export function pythonRepr(value: string | null | Record<string, string | null>): string {
  if (value === null) return 'None';
  if (typeof value === 'object') {
    const entries = Object.entries(value).map(([key, item]) => `${pythonRepr(key)}: ${pythonRepr(item)}`);
    return `{${entries.join(', ')}}`;
  }
  const quote = value.includes("'") && !value.includes('"') ? '"' : "'";
  const escaped = value.replace(UNPRINTABLE, (char) =>
    char === ' ' ? char : (ESCAPED[char] ?? hexEscape(char.codePointAt(0) ?? 0)),
  );
  return quote + (quote === "'" ? escaped.replaceAll("'", "\\'") : escaped) + quote;
}

function hexEscape(code: number): string {
  if (code < 0x100) return `\\x${code.toString(16).padStart(2, '0')}`;
  if (code < 0x10000) return `\\u${code.toString(16).padStart(4, '0')}`;
  return `\\U${code.toString(16).padStart(8, '0')}`;
}
