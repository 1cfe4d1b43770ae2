/** Seconds that a waiting call waits unless told. */
const DEFAULT_WAIT = 60;
const MAX_WAIT = 300;

/** Seconds to wait: the query, else `Prefer: wait=n` (RFC 7240), else 60. `preferred` where the header decided. */
export function waitOf(prefer: string | undefined, wait: number | undefined): { seconds: number; preferred: boolean } {
  if (wait !== undefined) return { seconds: wait, preferred: false };
  const asked = prefer?.match(/(?:^|[,;\s])wait\s*=\s*"?(\d{1,9})"?\s*(?:[,;]|$)/i)?.[1];
  if (asked === undefined) return { seconds: DEFAULT_WAIT, preferred: false };
  return { seconds: Math.min(MAX_WAIT, Number(asked)), preferred: true };
}
