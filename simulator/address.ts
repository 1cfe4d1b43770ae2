/** IPv4 as an unsigned number and back; no other notation is used inside the simulator. */
export function ipText(value: number): string {
  return `${value >>> 24}.${(value >>> 16) & 255}.${(value >>> 8) & 255}.${value & 255}`;
}

export function ipNumber(text: string): number {
  return text.split('.').reduce((value, octet) => value * 256 + Number(octet), 0) >>> 0;
}

/** Orders prefixes as routers print them: by network, then by length. */
export function byPrefix(a: { network: string; length: number }, b: { network: string; length: number }): number {
  return ipNumber(a.network) - ipNumber(b.network) || a.length - b.length;
}

export function maskNumber(length: number): number {
  return length === 0 ? 0 : (0xffffffff << (32 - length)) >>> 0;
}

/** Dotted netmask, e.g. 255.255.255.252 for 30. */
export function netmask(length: number): string {
  return ipText(maskNumber(length));
}

/** `{address, length}` of a CIDR text. */
export function splitCidr(cidr: string): { address: string; length: number } {
  const [address = '', length = '32'] = cidr.split('/');
  return { address, length: Number(length) };
}

/** The network of a CIDR text with host bits. */
export function networkOf(cidr: string): { network: string; length: number } {
  const { address, length } = splitCidr(cidr);
  return { network: ipText((ipNumber(address) & maskNumber(length)) >>> 0), length };
}

export function broadcastOf(cidr: string): string {
  const { address, length } = splitCidr(cidr);
  return ipText((ipNumber(address) | ~maskNumber(length)) >>> 0);
}

/** `aa:bb:cc:dd:ee:ff` from an OUI of that form and a 24-bit number. */
export function macText(oui: string, low: number): string {
  return `${oui}:${[16, 8, 0].map((shift) => ((low >>> shift) & 255).toString(16).padStart(2, '0')).join(':')}`;
}

/** Cisco's notation, `aabb.ccdd.eeff`. */
export function dottedMac(mac: string): string {
  const digits = mac.replaceAll(':', '');
  return `${digits.slice(0, 4)}.${digits.slice(4, 8)}.${digits.slice(8)}`;
}

/** The address part of a CIDR text. */
export function hostOf(cidr: string): string {
  return splitCidr(cidr).address;
}
