import type { Interface } from '../../core/facts.ts';
import type { Row } from '../platform.ts';
import { canonicalMac, integer, list, RowError, text, vrf } from './fields.ts';
import { cidr } from './prefix.ts';

const NAME = ['name', 'interface', 'port', 'ifname', 'intf'] as const;
const DESCRIPTION = ['description', 'interface_desc', 'interface_description', 'desc', 'ifalias'] as const;
const ADMIN = ['admin_status', 'admin_state', 'link_admin', 'enabled', 'admin'] as const;
const OPER = ['oper_status', 'protocol_status', 'link_status', 'status', 'state', 'link'] as const;
const MAC = ['mac', 'mac_address', 'bia'] as const;
const ADDRESS = ['addresses', 'ip_address', 'address', 'ip'] as const;
const MORE_ADDRESSES = ['secondary_ip_address', 'ipv6_address'] as const;
const LENGTH = ['prefix_length', 'netmask', 'mask'] as const;

const UP = /^(?:up|yes|enabled?|connected|true|link[ -]?up|running)/i;
const DOWN = /^(?:\*?down|no|disabled?|false|not ?connect|admin|shut|\*|inactive|err|lower)/i;

function upOrDown(value: string | null): string | null {
  if (value === null) return null;
  return UP.test(value) ? 'up' : DOWN.test(value) ? 'down' : null;
}

/** Cisco-like devices tell the administrative state only where it is down: `administratively down`. */
function adminStatus(row: Row): string | null {
  const told = upOrDown(text(row, ADMIN));
  if (told !== null) return told;
  const link = text(row, ['link_status', 'status', 'state']);
  if (link === null) return null;
  return /admin|disabled|^\*down|shut/i.test(link) ? 'down' : upOrDown(link) === null ? null : 'up';
}

function addresses(row: Row): string[] {
  const found = list(row, ADDRESS);
  const lengths = list(row, LENGTH);
  const all = found.map((value, i) => (value === null ? null : cidr(value, lengths[i] ?? null, true)));
  for (const name of MORE_ADDRESSES) {
    for (const value of list(row, [name])) all.push(value === null ? null : cidr(value, null, true));
  }
  return all.filter((value): value is string => value !== null && value !== '0.0.0.0/0');
}

const UNITS: Record<string, number> = { '': 1, k: 1e3, m: 1e6, g: 1e9, t: 1e12 };

/** Bits per second from `1000Mb/s`, `10G`, `1000000 Kbit`, `1 Gbps`; a bare number is bits per second. */
export function parseSpeed(value: string | null): number | null {
  const match = /^(\d+(?:\.\d+)?)\s*([kmgt]?)(?:i?b|$|\b|bps|bit)/i.exec(value ?? '');
  if (match === null) return null;
  // Interfaces without a link tell a speed of 0.
  return Math.round(Number(match[1]) * (UNITS[(match[2] ?? '').toLowerCase()] ?? 1)) || null;
}

export function interfaces(row: Row): Interface[] {
  const name = text(row, NAME);
  if (name === null) throw new RowError('name', row);
  return [
    {
      name,
      description: text(row, DESCRIPTION),
      admin_status: adminStatus(row),
      oper_status: upOrDown(text(row, OPER)),
      mac: canonicalMac(text(row, MAC)),
      addresses: addresses(row),
      mtu: integer(row, ['mtu', 'actual_mtu', 'ip_mtu']),
      speed: parseSpeed(text(row, ['speed'])) ?? parseSpeed(text(row, ['bandwidth'])),
      vrf: vrf(row, ['vrf', 'vrf_name']),
    },
  ];
}
