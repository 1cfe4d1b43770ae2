import { clean } from './text.ts';
import { parseAddress } from './addresses.ts';

/** What a neighbour's name says: the host name, and the serial number where it carries one. */
export interface NeighborName {
  /** As it was sent, without the serial number. */
  text: string;
  /** For comparison: lower case, no final dot. */
  key: string;
  /** Serial numbers it may carry, upper case: NX-OS sends `host(SERIAL)`, CatOS `SERIAL(host)`. */
  serials: string[];
  /** The part in parentheses as a name, for CatOS. */
  inner: string | null;
}

export function readName(value: unknown): NeighborName | null {
  const text = clean(value);
  if (text === null) return null;
  const match = /^([^()]+)\(([^()]+)\)$/.exec(text);
  const outer = clean(match?.[1]);
  const inner = clean(match?.[2]);
  if (outer === null || inner === null) return { text, key: nameKey(text), serials: [], inner: null };
  return { text: outer, key: nameKey(outer), serials: [inner.toUpperCase(), outer.toUpperCase()], inner: nameKey(inner) };
}

export function nameKey(text: string): string {
  const key = text.toLowerCase();
  return key.endsWith('.') ? key.slice(0, -1) : key;
}

/** `sw1.fra.example.com` → `sw1.fra.example`, `sw1.fra`, `sw1`. An address has no parent domains. */
export function parentNames(key: string): string[] {
  if (!key.includes('.') || key.length > 255 || parseAddress(key) !== null) return [];
  const labels = key.split('.');
  return labels.slice(1).map((_, index) => labels.slice(0, labels.length - 1 - index).join('.'));
}

/** `longer` is `shorter` with a domain. */
export function extendsName(longer: string, shorter: string): boolean {
  return longer.length > shorter.length && longer.startsWith(shorter) && longer.charCodeAt(shorter.length) === 46;
}

/** Sorted, without names that another one only extends by a domain. */
export function distinctNames(names: string[]): string[] {
  const sorted = [...new Set(names)].sort();
  const parents = new Set(sorted.flatMap(parentNames));
  return sorted.filter((name) => !parents.has(name));
}
