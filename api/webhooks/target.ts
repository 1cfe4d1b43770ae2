import { lookup } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/** An address that is not connected to, now or later. */
export class TargetRefused extends Error {}

const HINT = 'set CAIRN_WEBHOOK_ALLOW_PRIVATE=true to allow it';

/** Networks that are not the internet: this host, private, link-local, shared, benchmarking, multicast, reserved (RFC 6890). */
const V4: readonly [string, number][] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
];
const V6: readonly [string, number][] = [
  ['::', 127],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
  // Teredo: the address of an IPv4 host is hidden in it.
  ['2001::', 32],
];
/** IPv6 networks whose addresses hold an IPv4 one, from this group of 16 bits on: mapped, compatible, NAT64, 6to4. */
const EMBEDDED = [
  { within: listOf([['::ffff:0:0', 96]], 'ipv6'), at: 6 },
  { within: listOf([['::', 96]], 'ipv6'), at: 6 },
  { within: listOf([['64:ff9b::', 96]], 'ipv6'), at: 6 },
  { within: listOf([['2002::', 16]], 'ipv6'), at: 1 },
];
const NOT_PUBLIC = { v4: listOf(V4, 'ipv4'), v6: listOf(V6, 'ipv6') };

function listOf(nets: readonly (readonly [string, number])[], family: 'ipv4' | 'ipv6'): BlockList {
  const list = new BlockList();
  for (const [net, prefix] of nets) list.addSubnet(net, prefix, family);
  return list;
}

/** The eight groups of an IPv6 address. */
function groupsOf(address: string): number[] {
  // The URL parser writes any spelling in the one canonical way: hexadecimal, and `::` at most once.
  const [left = '', right] = new URL(`http://[${address}]/`).hostname.slice(1, -1).split('::');
  const numbers = (text = ''): number[] => (text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16)));
  const [head, tail] = [numbers(left), numbers(right)];
  return [...head, ...Array<number>(8 - head.length - tail.length).fill(0), ...tail];
}

/** False for an address of this host, of a private network or of none at all. */
export function isPublicAddress(text: string): boolean {
  const [address = ''] = text.split('%');
  if (isIP(address) === 4) return !NOT_PUBLIC.v4.check(address, 'ipv4');
  if (isIP(address) !== 6) return false;
  const embedded = EMBEDDED.find(({ within }) => within.check(address, 'ipv6'));
  if (embedded === undefined) return !NOT_PUBLIC.v6.check(address, 'ipv6');
  const [high = 0, low = 0] = groupsOf(address).slice(embedded.at);
  return !NOT_PUBLIC.v4.check([high >> 8, high & 255, low >> 8, low & 255].join('.'), 'ipv4');
}

/** Why a URL whose host is an address, or `localhost`, is refused; null for any other. */
export function literalRefusal({ hostname }: URL): string | null {
  const host = hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  if (isIP(host) === 0) return /(^|\.)localhost$/i.test(host) ? `is this host: ${HINT}` : null;
  return isPublicAddress(host) ? null : `is a private, loopback or link-local address: ${HINT}`;
}

/**
 * Resolves a name for a socket and gives it public addresses only: the socket connects to what was checked, so a name that
 * resolves differently the next moment changes nothing.
 */
export const publicLookup: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error !== null) return callback(error, '', 0);
    const allowed = addresses.filter(({ address }) => isPublicAddress(address));
    const [first] = allowed;
    if (first === undefined)
      callback(new TargetRefused(`the name leads to a private, loopback or link-local address: ${HINT}`), '', 0);
    else if (options.all) callback(null, allowed);
    else callback(null, first.address, first.family);
  });
};
