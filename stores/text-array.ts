/**
 * An array as PostgreSQL reads it (`{"a",NULL,"b"}`), to be bound as one text parameter and cast, e.g. `${…}::text[]`: the driver's
 * own way runs two replacements over every element. Text is made storable (no NUL, whole surrogate pairs).
 */
export function arrayLiteral(values: readonly unknown[]): string {
  let literal = '{';
  let comma = '';
  for (const value of values) {
    literal += comma;
    comma = ',';
    if (value === null || value === undefined) literal += 'NULL';
    else if (typeof value === 'string') literal += quoted(value);
    else literal += Array.isArray(value) ? quoted(arrayLiteral(value)) : JSON.stringify(value);
  }
  literal += '}';
  // Lone surrogates become U+FFFD where the driver writes UTF-8.
  return literal.includes('\0') ? literal.replaceAll('\0', '') : literal;
}

const SPECIAL = /["\\]/;

function quoted(text: string): string {
  return SPECIAL.test(text) ? `"${text.replaceAll(/["\\]/g, '\\$&')}"` : `"${text}"`;
}
