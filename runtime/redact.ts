/** Fields whose values never reach a log line, wherever they are nested. Compared without case, `-` and `_`. */
const SECRET_FIELDS = new Set([
  'password',
  'passwd',
  'pass',
  'passphrase',
  'secret',
  'secretkey',
  'privatekey',
  'enablepassword',
  'enablesecret',
  'token',
  'accesstoken',
  'admintoken',
  'bearer',
  'apikey',
  'authorization',
  'proxyauthorization',
  'cookie',
  'setcookie',
  'databaseurl',
  'credential',
  'credentials',
]);

const MASK = '[redacted]';
const MAX_DEPTH = 8;

/** Passwords in addresses (`scheme://user:password@host`) and bearer or basic credentials, in any text. */
const SECRETS_IN_TEXT: readonly [RegExp, string][] = [
  [/(\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@"]*):[^\s/"]+@/gi, `$1:${MASK}@`],
  [/\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{6,}/gi, `$1 ${MASK}`],
];

export function redactText(text: string): string {
  return SECRETS_IN_TEXT.reduce((line, [pattern, to]) => line.replace(pattern, to), text);
}

/** The fields of one log line. */
export function redactRecord(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([key, item]) => [key, field(key, item, 0)]));
}

/** A copy in which every secret field is masked. Errors, Buffers and dates become what JSON can hold. */
function redactFields(value: unknown, depth = 0): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Buffer.isBuffer(value) || value instanceof Uint8Array) return `[${value.byteLength} bytes]`;
  if (value instanceof Date) return value;
  if (depth >= MAX_DEPTH) return '[deep]';
  if (value instanceof Error) return redactError(value, depth);
  if (Array.isArray(value)) return value.map((item) => redactFields(item, depth + 1));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, field(key, item, depth)]));
}

function field(key: string, item: unknown, depth: number): unknown {
  const secret = SECRET_FIELDS.has(key.toLowerCase().replaceAll(/[-_]/g, ''));
  return secret && item !== null && item !== undefined && item !== '' ? MASK : redactFields(item, depth + 1);
}

function redactError(error: Error, depth: number): Record<string, unknown> {
  const rest = Object.fromEntries(Object.entries(error).map(([key, item]) => [key, field(key, item, depth)]));
  const cause = error.cause === undefined ? {} : { cause: redactFields(error.cause, depth + 1) };
  return { ...rest, type: error.name, message: error.message, stack: error.stack, ...cause };
}
