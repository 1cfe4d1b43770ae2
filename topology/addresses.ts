/** One IPv4 or IPv6 address. `text` is canonical (RFC 5952 for IPv6), so equal addresses have equal texts. */
export interface Address {
  version: 4 | 6;
  value: bigint;
  text: string;
}

export interface Prefix {
  address: Address;
  length: number;
}

/** Reads one address; a zone (`%eth0`) is dropped and an IPv4-mapped one becomes IPv4. Null where the text is none. */
export function parseAddress(text: string): Address | null {
  if (text.length < 2 || text.length > 64) return null;
  const v4 = parseV4(text);
  if (v4 !== null) return { version: 4, value: BigInt(v4), text };
  const zone = text.indexOf('%');
  const value = parseV6(zone === -1 ? text : text.slice(0, zone));
  if (value === null) return null;
  if (value >> 32n === 0xffffn) return fromV4(value & 0xffffffffn);
  return { version: 6, value, text: formatV6(value) };
}

/** Reads `address/length` or `address/netmask`; a bare address is its own prefix. Host bits stay. */
export function parsePrefix(text: string): Prefix | null {
  const slash = text.indexOf('/');
  const address = parseAddress(slash === -1 ? text : text.slice(0, slash));
  if (address === null) return null;
  const bits = address.version === 4 ? 32 : 128;
  if (slash === -1) return { address, length: bits };
  const suffix = text.slice(slash + 1);
  if (/^\d{1,3}$/.test(suffix)) return Number(suffix) <= bits ? { address, length: Number(suffix) } : null;
  const mask = address.version === 4 ? parseV4(suffix) : null;
  const ones = mask === null ? -1 : mask.toString(2).padStart(32, '0').lastIndexOf('1') + 1;
  return mask !== null && mask === (ones === 0 ? 0 : (0xffffffff << (32 - ones)) >>> 0) ? { address, length: ones } : null;
}

/** Whether the address lies in the prefix. */
export function contains(prefix: Prefix, address: Address): boolean {
  if (prefix.address.version !== address.version) return false;
  const host = BigInt((address.version === 4 ? 32 : 128) - prefix.length);
  return prefix.address.value >> host === address.value >> host;
}

/** The prefix without host bits, e.g. `10.1.0.0/30`. */
export function formatNetwork(prefix: Prefix): string {
  const { address, length } = prefix;
  const host = BigInt((address.version === 4 ? 32 : 128) - length);
  const value = (address.value >> host) << host;
  return `${address.version === 4 ? fromV4(value).text : formatV6(value)}/${length}`;
}

/** Unspecified, loopback, link-local and multicast addresses are on many devices at once and identify none of them. */
const NOBODY = ['0.0.0.0/8', '127.0.0.0/8', '169.254.0.0/16', '224.0.0.0/3', '::/127', 'fe80::/10', 'ff00::/8']
  .flatMap((text) => parsePrefix(text) ?? [])
  .map(({ address: { version, value }, length }) => ({
    version,
    first: value,
    last: value + (1n << BigInt((version === 4 ? 32 : 128) - length)) - 1n,
  }));

/** True where an address can belong to one device. */
export function identifiesHost({ version, value }: Address): boolean {
  return !NOBODY.some((range) => range.version === version && value >= range.first && value <= range.last);
}

/** Dotted quad without leading zeros (which some read as octal), or null. */
function parseV4(text: string): number | null {
  if (text.length > 15) return null;
  let value = 0;
  let part = -1;
  let parts = 0;
  for (let index = 0; index < text.length; index++) {
    const digit = text.charCodeAt(index) - 48;
    if (digit === -2 && part >= 0 && parts < 3) {
      value = value * 256 + part;
      parts += 1;
      part = -1;
    } else if (digit >= 0 && digit <= 9 && part !== 0 && part < 26) {
      part = part < 0 ? digit : part * 10 + digit;
      if (part > 255) return null;
    } else return null;
  }
  return parts === 3 && part >= 0 ? value * 256 + part : null;
}

function fromV4(value: bigint): Address {
  const text = [24n, 16n, 8n, 0n].map((shift) => String((value >> shift) & 0xffn)).join('.');
  return { version: 4, value, text };
}

function parseV6(text: string): bigint | null {
  if (!/^[0-9a-fA-F:]*(?:\d+\.\d+\.\d+\.\d+)?$/.test(text) || !text.includes(':')) return null;
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const groups = halves.map((half) => (half === '' ? [] : half.split(':')));
  const last = groups.at(-1)?.at(-1);
  if (last?.includes('.')) {
    const v4 = parseV4(last);
    if (v4 === null) return null;
    groups.at(-1)?.splice(-1, 1, (v4 >>> 16).toString(16), (v4 & 0xffff).toString(16));
  }
  const head = groups[0] ?? [];
  const tail = groups[1] ?? [];
  const missing = 8 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return null;
  const all = [...head, ...Array<string>(missing).fill('0'), ...tail];
  if (!all.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return null;
  return all.reduce((value, group) => (value << 16n) | BigInt(`0x${group}`), 0n);
}

/** RFC 5952: lower case, the first longest run of two or more zero groups shortened. */
function formatV6(value: bigint): string {
  const groups = Array.from({ length: 8 }, (_, index) => ((value >> BigInt(112 - 16 * index)) & 0xffffn).toString(16));
  let best = { start: 0, length: 1 };
  for (let start = 0; start < 8; start++) {
    let length = 0;
    while (groups[start + length] === '0') length++;
    if (length > best.length) best = { start, length };
  }
  if (best.length < 2) return groups.join(':');
  return `${groups.slice(0, best.start).join(':')}::${groups.slice(best.start + best.length).join(':')}`;
}
