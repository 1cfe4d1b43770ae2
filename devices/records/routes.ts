import type { BgpRoute, OspfRoute, Route, StaticRoute } from '../../core/facts.ts';
import type { Row } from '../platform.ts';
import { integer, list, RowError, text, vrf } from './fields.ts';
import { canonicalAddress, cidr } from './prefix.ts';

const NETWORK = ['network', 'prefix', 'destination', 'dst_address', 'dst', 'route', 'ip_address'] as const;
const MASK = ['prefix_length', 'prefixlen', 'netmask', 'mask', 'network_mask'] as const;
const NEXT_HOP = ['nexthop_ip', 'next_hop', 'nexthop', 'nexthopip', 'gateway', 'next_hop_ip', 'via'] as const;
const INTERFACE = [
  'nexthop_if',
  'nexthop_interface',
  'next_hop_interface',
  'nexthopif',
  'outgoing_interface',
  'interface',
  'interfaces',
  'dev',
] as const;
const DISTANCE = ['distance', 'admin_distance', 'preference', 'pref'] as const;
const METRIC = ['metric', 'cost'] as const;
const VRF = ['vrf', 'vrf_name', 'routing_instance', 'routing_table', 'vpn_instance'] as const;
const SELECTED = ['selected', 'best', 'active'] as const;

/** A next hop that swallows packets; the device writes it where an address or an interface would be. */
const SINK = /^(?:null\d*|blackhole|reject|discard|discarded|prohibit|unreachable)$/i;
const NO = /^(?:false|no|0)$/i;

interface Hop {
  next_hop: string | null;
  interface: string | null;
  sink: boolean;
}

/** One for each next hop; lists of next hops and interfaces belong together by position. */
function hops(row: Row): Hop[] {
  const addresses = list(row, NEXT_HOP);
  const interfaces = list(row, INTERFACE);
  const count = Math.max(1, addresses.length, interfaces.length);
  const out: Hop[] = [];
  for (let i = 0; i < count; i += 1) {
    const via = addresses.length === 1 ? addresses[0] : addresses[i];
    const port = interfaces.length === 1 ? interfaces[0] : interfaces[i];
    const address = canonicalAddress(via ?? null);
    const named = port ?? (address === null && via !== undefined && via !== null && isInterfaceName(via) ? via : null);
    const sink = row['blackhole'] === true || SINK.test(via ?? '') || SINK.test(named ?? '');
    const unset = address === '0.0.0.0' || address === '::';
    out.push({ next_hop: unset ? null : address, interface: named, sink });
  }
  return out;
}

function isInterfaceName(value: string): boolean {
  return (
    /^[a-z][\w./:-]*$/i.test(value) &&
    !/^(?:directly|connected|direct|local|receive|self|is|blackhole|reject|discard(?:ed)?|prohibit|unreachable)$/i.test(value)
  );
}

/** Everything that the three kinds share, once for each next hop. */
function routesOf<T>(row: Row, more: (hop: Hop) => T): (Route & T)[] {
  const value = text(row, NETWORK);
  const network = value === null ? null : cidr(value, text(row, MASK));
  if (network === null) throw new RowError('network', row);
  const distance = integer(row, DISTANCE);
  const metric = integer(row, METRIC);
  const table = vrf(row, VRF);
  const selected = !NO.test(text(row, SELECTED) ?? '');
  return hops(row).map((hop) => ({
    network,
    next_hop: hop.next_hop,
    interface: hop.interface,
    distance,
    metric,
    vrf: table,
    selected,
    ...more(hop),
  }));
}

export function staticRoutes(row: Row): StaticRoute[] {
  return routesOf(row, (hop) => ({ blackhole: hop.sink }));
}

const OSPF_TYPES: Record<string, string> = {
  '': 'intra',
  INTRA: 'intra',
  IA: 'inter',
  INTER: 'inter',
  E1: 'external-1',
  E2: 'external-2',
  'TYPE-1': 'external-1',
  'TYPE-2': 'external-2',
  N1: 'nssa-1',
  N2: 'nssa-2',
};

/** From a column of its own (`IA`; empty is intra-area) or from the protocol code (`O IA`). */
function ospfType(row: Row): string | null {
  const { type, protocol } = row;
  const code = typeof type === 'string' ? type : typeof protocol === 'string' ? /^O(?: |$)/.exec(protocol)?.input : undefined;
  return code === undefined ? null : (OSPF_TYPES[code.replace(/^O ?/, '').trim().toUpperCase()] ?? null);
}

export function ospfRoutes(row: Row): OspfRoute[] {
  const route_type = text(row, ['route_type', 'ospf_type']) ?? ospfType(row);
  const area = text(row, ['area', 'ospf_area']);
  return routesOf(row, () => ({ route_type, area }));
}

const ORIGINS: Record<string, string> = { i: 'igp', e: 'egp', '?': 'incomplete' };

export function bgpRoutes(row: Row): BgpRoute[] {
  const as_path = text(row, ['as_path', 'aspath', 'path']);
  const local_pref = integer(row, ['local_pref', 'local_preference', 'locprf']);
  const told = text(row, ['origin']);
  const origin = told === null ? null : (ORIGINS[told.toLowerCase()] ?? told.toLowerCase());
  return routesOf(row, () => ({ as_path, local_pref, origin }));
}
