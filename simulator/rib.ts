import { byPrefix } from './address.ts';
import type { Facts, NextHop, OspfType } from './model.ts';
import { hash } from './random.ts';
import type { RenderContext } from './platform.ts';

/** What a platform's administrative distances are told apart by. */
export type RouteSource = 'connected' | 'local' | 'static' | 'ospf' | 'ospf-external' | 'ebgp' | 'ibgp';
export type Protocol = 'connected' | 'local' | 'static' | 'ospf' | 'bgp';

/** One line, or several with equal cost, of a routing table. */
export interface RibEntry {
  protocol: Protocol;
  source: RouteSource;
  network: string;
  length: number;
  nextHops: NextHop[];
  metric: number;
  blackhole: boolean;
  active: boolean;
  ospf: { type: OspfType; area: string } | null;
  bgp: { nextHop: string; asPath: number[]; localPref: number; origin: 'igp' | 'incomplete' } | null;
  /** Seconds since it was learned. */
  age: number;
}

const ribs = new WeakMap<Facts, RibEntry[]>();

/** The whole table of a device, in the order of the prefixes. */
export function rib({ facts, device, seed }: RenderContext): RibEntry[] {
  const known = ribs.get(facts);
  if (known) return known;
  const plain = { metric: 0, blackhole: false, active: true, ospf: null, bgp: null };
  const entries: Omit<RibEntry, 'age'>[] = [];
  for (const { network, length, address, interface: port } of facts.connected) {
    const nextHops = [{ address: null, interface: port }];
    entries.push({ ...plain, protocol: 'connected', source: 'connected', network, length, nextHops });
    if (length < 32) entries.push({ ...plain, protocol: 'local', source: 'local', network: address, length: 32, nextHops });
  }
  for (const { network, length, nextHops, blackhole, active } of facts.static) {
    entries.push({ ...plain, protocol: 'static', source: 'static', network, length, nextHops, blackhole, active });
  }
  for (const { network, length, nextHops, type, metric, area } of facts.ospf) {
    const source = type === 'external-2' ? 'ospf-external' : 'ospf';
    entries.push({ ...plain, protocol: 'ospf', source, network, length, nextHops, metric, ospf: { type, area } });
  }
  for (const { network, length, nextHops, internal, protocolNextHop, asPath, localPref, origin } of facts.bgp) {
    const bgp = { nextHop: protocolNextHop, asPath, localPref, origin };
    entries.push({ ...plain, protocol: 'bgp', source: internal ? 'ibgp' : 'ebgp', network, length, nextHops, bgp });
  }
  const aged = entries.sort(byPrefix).map((entry) => ({
    ...entry,
    age: 600 + (hash(seed, device.index, entry.network, entry.length) % 30_000_000),
  }));
  ribs.set(facts, aged);
  return aged;
}

/** Cisco's age: `00:12:03`, `2d05h`, `3w4d`, `1y12w`. */
export function ciscoAge(seconds: number): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const [hours, days] = [Math.floor(seconds / 3600), Math.floor(seconds / 86400)];
  if (days < 1) return `${two(hours)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  if (days < 7) return `${days}d${two(hours % 24)}h`;
  const weeks = Math.floor(days / 7);
  return weeks < 52 ? `${weeks}w${days % 7}d` : `${Math.floor(weeks / 52)}y${weeks % 52}w`;
}
