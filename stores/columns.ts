const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export function isUuid(text: string): boolean {
  return UUID.test(text);
}

/** The parameter for `id = …`: null, which matches nothing, where the text cannot be an id. */
export function idOrNull(text: string): string | null {
  return isUuid(text) ? text : null;
}

/** SQL that gives a `timestamptz` column as RFC 3339 in UTC with milliseconds; for `sql.unsafe`, so only with names of ours. */
export function rfc3339(column: string): string {
  return `to_char(${column} at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
}

/** A list of columns where those in `times` come as RFC 3339. */
export function selectList(alias: string, columns: readonly string[], times: readonly string[]): string {
  const plain = columns.map((column) => `${alias}."${column}"`);
  return [...plain, ...times.map((time) => `${rfc3339(`${alias}."${time}"`)} as "${time}"`)].join(', ');
}

/** `text` as the pattern of a LIKE that finds it anywhere. */
export function likeAnywhere(text: string): string {
  return `%${text.replaceAll(/[\\%_]/g, '\\$&')}%`;
}
