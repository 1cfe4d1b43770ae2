const CANONICAL = /^[0-9a-f]{2}(?::[0-9a-f]{2}){5}$/;

/** Every notation seen on the twelve platforms; the groups are joined and must give twelve digits. */
const NOTATIONS = [
  /^[0-9a-f]{12}$/,
  /^0x[0-9a-f]{12}$/,
  /^[0-9a-f]{6}[-:.][0-9a-f]{6}$/,
  /^[0-9a-f]{4}([.:-])[0-9a-f]{4}\1[0-9a-f]{4}$/,
  /^[0-9a-f]{1,2}([:-])(?:[0-9a-f]{1,2}\1){4}[0-9a-f]{1,2}$/,
  /^[0-9a-f]{2}(?: [0-9a-f]{2}){5}$/,
];

/** `aa:bb:cc:dd:ee:ff` from any notation (colons, dashes, dots, blanks, none), or null. */
export function normaliseMac(text: string): string | null {
  if (text.length === 17 && CANONICAL.test(text)) return text;
  if (text.length < 11 || text.length > 17) return null;
  const lower = text.toLowerCase();
  if (!NOTATIONS.some((notation) => notation.test(lower))) return null;
  const groups = lower.replace(/^0x/, '').split(/[:. -]/);
  const digits = groups.length === 6 ? groups.map((group) => group.padStart(2, '0')).join('') : groups.join('');
  return digits.replace(/(..)(?=.)/g, '$1:');
}

/**
 * MAC addresses that move between devices or belong to none: HSRP version 1, version 2 and IPv6, VRRP for IPv4 and IPv6 (RFC 9568),
 * GLBP, nothing, everybody.
 */
const NOBODY = ['00:00:0c:07:ac:', '00:00:0c:9f:f', '00:05:73:a0:0', '00:00:5e:00:01:', '00:00:5e:00:02:', '00:07:b4:'];

/** True where a MAC (canonical) can belong to one device: not a virtual router's, not multicast, not zero. */
export function identifies(mac: string): boolean {
  // The lowest bit of the first byte marks a group address (IEEE 802).
  if ((Number.parseInt(mac.slice(0, 2), 16) & 1) === 1 || mac === '00:00:00:00:00:00') return false;
  return !NOBODY.some((prefix) => mac.startsWith(prefix));
}
