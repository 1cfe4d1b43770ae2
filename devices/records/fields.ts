import type { Row } from '../platform.ts';

/** A row without what its kind cannot do without. Makes the kind `parse_failed`. */
export class RowError extends Error {
  constructor(missing: string, row: Row) {
    super(`a row has no ${missing}: ${JSON.stringify(row).slice(0, 300)}`);
    this.name = 'RowError';
  }
}

const NOTHING = new Set(['', '-', '--', '---', 'n/a', 'N/A', 'none', 'None', 'null', 'not advertised', '<none>', '(none)']);

function plain(value: unknown): string | null {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value !== 'string') return null;
  // JSON can spell it, PostgreSQL cannot keep it.
  const text = (value.includes('\0') ? value.replaceAll('\0', '') : value).trim();
  return NOTHING.has(text) ? null : text;
}

/** The first of the named fields that says something; of a list, its first such item. */
export function text(row: Row, names: readonly string[]): string | null {
  for (const name of names) {
    const value = row[name];
    if (value === undefined || value === null || value === '') continue;
    if (Array.isArray(value)) {
      for (const item of value) {
        const found = plain(item);
        if (found !== null) return found;
      }
    } else {
      const found = plain(value);
      if (found !== null) return found;
    }
  }
  return null;
}

/** The first of the named fields that has items; single values become lists of one. Items that say nothing are null. */
export function list(row: Row, names: readonly string[]): (string | null)[] {
  for (const name of names) {
    const value = row[name];
    if (value === undefined || value === null || value === '') continue;
    const items = (Array.isArray(value) ? value : [value]).map(plain);
    if (items.some((item) => item !== null)) return items;
  }
  return [];
}

/** A whole number; null where there is none. `All` and `10/20` are none. */
export function integer(row: Row, names: readonly string[]): number | null {
  const found = text(row, names);
  return found !== null && /^\d+$/.test(found) ? Number(found) : null;
}

/** `aa:bb:cc:dd:ee:ff` from any usual notation; null where the text is no MAC address. */
export function canonicalMac(value: string | null): string | null {
  if (value === null || value.length < 11 || value.length > 17) return null;
  let digits = value.replace(/[.: -]/g, '');
  if (digits.length < 12 && /^[0-9a-f]{1,2}(?:[:-][0-9a-f]{1,2}){5}$/i.test(value)) {
    digits = value
      .split(/[:-]/)
      .map((byte) => byte.padStart(2, '0'))
      .join('');
  }
  if (digits.length !== 12 || !/^[0-9a-f]{12}$/i.test(digits)) return null;
  const d = digits.toLowerCase();
  return `${d.slice(0, 2)}:${d.slice(2, 4)}:${d.slice(4, 6)}:${d.slice(6, 8)}:${d.slice(8, 10)}:${d.slice(10, 12)}`;
}

/** The table that routes without a VRF are in has no name: it is called `default`, `global`, `main` or nothing. */
export function vrf(row: Row, names: readonly string[]): string | null {
  const found = text(row, names);
  return found === null || DEFAULT_VRFS.has(found.toLowerCase()) ? null : found;
}

const DEFAULT_VRFS = new Set(['default', 'global', 'main', '_public_', 'inet.0', 'master', '0']);

/** Items of `Router Switch`, `B,R`, `Bridge WLAN Access Point` or a list, in lower case, with one name for each. */
export function capabilities(row: Row, names: readonly string[]): string[] {
  const items = list(row, names).flatMap((item) => {
    const joined = (item ?? '').replace(/wlan[ -]?access[ -]?point|wlan-ap/gi, 'wlan').replace(/\bstation only\b/gi, 'station');
    return joined.split(/[\s,;]+/);
  });
  const out: string[] = [];
  for (const item of items) {
    const word = LLDP_CODES[item] ?? item.toLowerCase();
    if (word !== '' && !out.includes(word)) out.push(word);
  }
  return out;
}

/** IEEE 802.1AB capability letters, as Cisco and others print them. */
const LLDP_CODES: Record<string, string> = {
  O: 'other',
  P: 'repeater',
  B: 'bridge',
  W: 'wlan',
  R: 'router',
  T: 'telephone',
  C: 'docsis',
  S: 'station',
};
