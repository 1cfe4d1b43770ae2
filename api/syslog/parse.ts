/** What of a syslog message is used here. */
export interface SyslogMessage {
  /** Who sent it, as it says itself, in lower case; null where it does not say. */
  hostname: string | null;
  /** All that follows the priority. */
  text: string;
}

const ZONE = '(?:Z|[+-]\\d\\d:?\\d\\d)?(?: (?:UTC|GMT|[A-Z]{1,4}T)(?=[: ]))?';
const TIME = `[*.]?(?:(?:\\d{4} )?[A-Z][a-z]{2} {1,2}\\d{1,2} (?:\\d{4} )?\\d\\d:\\d\\d:\\d\\d(?:\\.\\d{1,9})?|\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(?:\\.\\d{1,9})?)${ZONE}`;
const HOST = '(?<host>[A-Za-z0-9_][\\w.:-]{0,254}?)';

const PRIORITY = /^<\d{1,3}>/;
/** RFC 5424: version, time, host name, application, process, message id. */
const MODERN = /^1 (?:-|\d{4}-\S{1,40}) (?<host>\S{1,255}) /;
/** RFC 3164 and what vendors make of it, in the order they are tried. */
const CLASSIC = [
  // FortiOS has no header.
  /\bdevname="?(?<host>[\w.-]{1,255})/,
  // A host name after the time; Cisco puts a colon there where it has none.
  new RegExp(`^${TIME} ${HOST}:?(?= |$)`),
  // Cisco with `logging origin-id`: sequence numbers, name, time.
  new RegExp(`^(?:\\d{1,10}: ){0,2}(?!\\d+:)${HOST}: (?=${TIME})`),
];

/** Reads a message of RFC 5424 or RFC 3164; whatever is neither is all text. Never fails. */
export function parseSyslog(bytes: Uint8Array): SyslogMessage {
  const raw = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  const text = raw
    .replace(/^\ufeff/, '')
    .replace(PRIORITY, '')
    .trim();
  const patterns = MODERN.test(text) ? [MODERN] : CLASSIC;
  for (const pattern of patterns) {
    const host = pattern.exec(text)?.groups?.['host'];
    if (host !== undefined) return { hostname: host === '-' ? null : host.toLowerCase(), text };
  }
  return { hostname: null, text };
}
