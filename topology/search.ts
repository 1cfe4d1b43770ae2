import { formatNetwork, parseAddress, parsePrefix } from './addresses.ts';
import { normaliseMac } from './mac.ts';
import { clean } from './text.ts';

/** What a search text means. `text` is always what was typed, so that a name that looks like a MAC address is still found. */
export type Query =
  | { kind: 'mac'; text: string; mac: string }
  | { kind: 'address'; text: string; version: 4 | 6; address: string }
  /** `prefix` without host bits, e.g. `10.1.0.0/30`. */
  | { kind: 'prefix'; text: string; version: 4 | 6; prefix: string; length: number }
  /** A host name, an interface, or any other text. `name` is lower case. */
  | { kind: 'name'; text: string; name: string };

/** Classifies a search text: a MAC address in any notation, an address, a prefix (also with a netmask), else a name. Null where it is blank. */
export function classifyQuery(value: string): Query | null {
  const text = clean(value);
  if (text === null) return value.trim() === '' ? null : { kind: 'name', text: value.trim(), name: value.trim().toLowerCase() };
  const mac = normaliseMac(text);
  if (mac !== null) return { kind: 'mac', text, mac };
  const prefix = text.includes('/') ? parsePrefix(text.replace(/\s*\/\s*/, '/')) : null;
  if (prefix !== null) {
    return { kind: 'prefix', text, version: prefix.address.version, prefix: formatNetwork(prefix), length: prefix.length };
  }
  const address = parseAddress(text);
  if (address !== null) return { kind: 'address', text, version: address.version, address: address.text };
  return { kind: 'name', text, name: text.toLowerCase() };
}
