/**
 * An array as PostgreSQL reads it (`{a,NULL,"b c"}`), to be bound as one text parameter and cast, e.g. `${…}::text[]`: the driver's
 * own way runs two replacements over every element. Text is made storable (no NUL, whole surrogate pairs).
 */
export function arrayLiteral(values: readonly unknown[]): string {
  return joinElements(values.map(arrayElement));
}

/** Elements as `arrayElement` gives them. */
export function joinElements(elements: string[]): string {
  const literal = `{${elements.join(',')}}`;
  // Lone surrogates become U+FFFD where the driver writes UTF-8.
  return literal.includes('\0') ? literal.replaceAll('\0', '') : literal;
}

/** Names, addresses, prefixes and the like stand for themselves: most elements need no quotes, and so no copy. */
const PLAIN = /^[\w.:/-]+$/;
const SPECIAL = /["\\]/;

/** One element of a literal. */
export function arrayElement(value: unknown): string {
  if (typeof value === 'string') {
    if (PLAIN.test(value)) return value.length === 4 && value.toLowerCase() === 'null' ? `"${value}"` : value;
    return SPECIAL.test(value) ? `"${value.replaceAll(/["\\]/g, '\\$&')}"` : `"${value}"`;
  }
  if (value === null || value === undefined) return 'NULL';
  if (Array.isArray(value)) return arrayElement(arrayLiteral(value));
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new TypeError(`no column takes ${JSON.stringify(value)}`);
}
