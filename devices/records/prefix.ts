/** IPv4 and IPv6 prefixes as text, without going through objects: a full table has a million of them. */

/** Length of a dotted netmask; null where it is none. */
export function maskLength(mask: string): number | null {
  const value = ipv4(mask);
  if (value === null) return null;
  const bits = value.toString(2).padStart(32, '0');
  return /^1*0*$/.test(bits) ? bits.replace(/0/g, '').length : null;
}

const IPV4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/;

/** As a number; null where the text is no IPv4 address. */
function ipv4(address: string): number | null {
  const match = IPV4.exec(address);
  if (match === null) return null;
  let value = 0;
  for (let i = 1; i <= 4; i += 1) {
    const octet = Number(match[i]);
    if (octet > 255) return null;
    value = value * 256 + octet;
  }
  return value;
}

const dotted = (value: number): string => `${value >>> 24}.${(value >>> 16) & 255}.${(value >>> 8) & 255}.${value & 255}`;

/** The eight groups; null where the text is no IPv6 address. A zone (`%eth0`) is left out. */
function ipv6(address: string): number[] | null {
  const bare = address.split('%')[0] ?? '';
  if (!bare.includes(':') || !/^[0-9a-f:.]+$/i.test(bare)) return null;
  const halves = bare.split('::');
  if (halves.length > 2) return null;
  const groups = (half: string | undefined): number[] =>
    half === undefined || half === ''
      ? []
      : half.split(':').flatMap((group) => {
          const v4 = ipv4(group);
          return v4 === null ? [Number.parseInt(group === '' ? 'x' : group, 16)] : [v4 >>> 16, v4 & 0xffff];
        });
  const [left, right] = [groups(halves[0]), groups(halves[1])];
  const gap = 8 - left.length - right.length;
  if (halves.length === 2 ? gap < 0 : gap !== 0) return null;
  const all = [...left, ...Array.from({ length: gap }, () => 0), ...right];
  return all.every((group) => Number.isInteger(group) && group >= 0 && group <= 0xffff) ? all : null;
}

/** RFC 5952. */
function writeIpv6(groups: number[]): string {
  let best = { start: -1, length: 1 };
  for (let i = 0; i < 8; i += 1) {
    let end = i;
    while (end < 8 && groups[end] === 0) end += 1;
    if (end - i > best.length) best = { start: i, length: end - i };
    if (end > i) i = end - 1;
  }
  const hex = groups.map((group) => group.toString(16));
  if (best.start < 0) return hex.join(':');
  return `${hex.slice(0, best.start).join(':')}::${hex.slice(best.start + best.length).join(':')}`;
}

/** Canonical IPv4 or IPv6 address; null where the text is none. */
export function canonicalAddress(text: string | null): string | null {
  if (text === null) return null;
  const v4 = ipv4(text);
  if (v4 !== null) return dotted(v4);
  const v6 = ipv6(text);
  return v6 === null ? null : writeIpv6(v6);
}

function lengthOf(text: string | null, mask: string | null): number | null {
  const given = text ?? mask;
  if (given === null) return null;
  return /^\d{1,3}$/.test(given) ? Number(given) : maskLength(given);
}

/**
 * `10.1.0.0/16` from an address with a length or mask beside or behind it. `keepHost` leaves the host bits (an interface's
 * address). Without any length a host address gets its full length only if `keepHost`; `default` and `0.0.0.0` are `/0`.
 */
export function cidr(value: string, mask: string | null, keepHost = false): string | null {
  if (value === 'default' || value === '0.0.0.0' || value === '::') return value === '::' ? '::/0' : '0.0.0.0/0';
  const slash = value.indexOf('/');
  const address = slash < 0 ? value : value.slice(0, slash);
  const length = lengthOf(slash < 0 ? null : value.slice(slash + 1), mask);
  const v4 = ipv4(address);
  if (v4 !== null) {
    const bits = length ?? (keepHost ? 32 : null);
    if (bits === null || bits > 32) return null;
    const kept = keepHost || bits === 32 ? v4 : bits === 0 ? 0 : (v4 >>> (32 - bits)) * 2 ** (32 - bits);
    return `${dotted(kept)}/${bits}`;
  }
  const v6 = ipv6(address);
  const bits = length ?? (keepHost ? 128 : null);
  if (v6 === null || bits === null || bits > 128) return null;
  if (keepHost) return `${writeIpv6(v6)}/${bits}`;
  const masked = v6.map((group, i) => {
    const left = Math.max(0, Math.min(16, bits - i * 16));
    return left === 0 ? 0 : (group >>> (16 - left)) << (16 - left);
  });
  return `${writeIpv6(masked)}/${bits}`;
}
