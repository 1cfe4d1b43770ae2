import type { ArpEntry, BgpRoute, CdpNeighbor, Interface, LldpNeighbor, OspfRoute, Route, StaticRoute } from '../core/facts.ts';
import type { Capability, NeighborFact, OspfType, SimInterface } from './model.ts';
import type { RenderContext } from './platform.ts';
import { rib, type Protocol, type RibEntry, type RouteSource } from './rib.ts';

/** What a platform's routing table shows; from it follow both the text and the records one can read from it. */
export interface RouteView {
  /** As printed for the global table; null where no name is printed. */
  vrf: string | null;
  distance: Record<RouteSource, number>;
  /** Whether a static route with a next hop names its interface, and the metric it prints. */
  static: { interface: boolean; metric: number | null };
  /** What is printed for a discarded prefix. */
  blackhole: { interface: string | null; distance: number | null; metric: number | null };
  /** The names of the types where they can be told apart, and whether the area is shown. */
  ospf: { types: boolean; area: boolean };
  /** `recursive`: the protocol's next hop is shown and not what it resolves to, at most the port. */
  bgp: { recursive: boolean | 'with interface'; metric: number | null; attributes: boolean };
  /** Whether routes with a dead next hop are listed. */
  inactive: boolean;
}

const TYPE: Record<OspfType, string> = { intra: 'intra', inter: 'inter', 'external-2': 'external-2' };

/** The entries of one protocol that the platform lists. */
export function listed(context: RenderContext, view: RouteView, protocol: Protocol): RibEntry[] {
  return rib(context).filter((entry) => entry.protocol === protocol && (entry.active || view.inactive));
}

function common(entry: RibEntry, view: RouteView, hop: { address: string | null; interface: string | null }): Route {
  return {
    network: `${entry.network}/${entry.length}`,
    next_hop: hop.address,
    interface: hop.interface,
    distance: view.distance[entry.source],
    metric: entry.metric,
    vrf: view.vrf,
    selected: entry.active,
  };
}

export function staticRecords(context: RenderContext, view: RouteView): StaticRoute[] {
  return listed(context, view, 'static').flatMap((entry): StaticRoute[] =>
    entry.blackhole
      ? [{ ...common(entry, view, { address: null, interface: null }), ...view.blackhole, blackhole: true }]
      : entry.nextHops.map((hop) => ({
          ...common(entry, view, { address: hop.address, interface: view.static.interface ? hop.interface : null }),
          metric: view.static.metric,
          blackhole: false,
        })),
  );
}

export function ospfRecords(context: RenderContext, view: RouteView): OspfRoute[] {
  return listed(context, view, 'ospf').flatMap((entry) =>
    entry.nextHops.map((hop) => ({
      ...common(entry, view, hop),
      route_type: view.ospf.types && entry.ospf ? TYPE[entry.ospf.type] : null,
      area: view.ospf.area && entry.ospf ? entry.ospf.area : null,
    })),
  );
}

export function bgpRecords(context: RenderContext, view: RouteView): BgpRoute[] {
  return listed(context, view, 'bgp').flatMap((entry) => {
    const attributes = view.bgp.attributes ? entry.bgp : null;
    const hops = view.bgp.recursive
      ? [
          {
            address: entry.bgp?.nextHop ?? null,
            interface: view.bgp.recursive === true ? null : (entry.nextHops[0]?.interface ?? null),
          },
        ]
      : entry.nextHops;
    return hops.map((hop) => ({
      ...common(entry, view, hop),
      metric: view.bgp.metric,
      as_path: attributes ? attributes.asPath.join(' ') : null,
      local_pref: attributes ? attributes.localPref : null,
      origin: attributes ? attributes.origin : null,
    }));
  });
}

/** The ARP table as records; `own` addresses and the one that never answered only where the platform lists them. */
export function arpRecords(
  { facts }: RenderContext,
  view: { own: boolean; incomplete: boolean; vrf?: string; port?: (port: SimInterface) => string | null },
): ArpEntry[] {
  return facts.arp
    .filter((entry) => (view.own || !entry.own) && (view.incomplete || entry.mac !== null))
    .map(({ address, mac, port }) => ({
      address,
      mac,
      interface: view.port ? view.port(port) : port.unit,
      vrf: view.vrf ?? null,
    }));
}

/** An interface as most command lines show it: everything, addresses on the port itself. */
export function interfaceRecord(port: SimInterface): Interface {
  return {
    name: port.name,
    description: port.description,
    admin_status: port.admin ? 'up' : 'down',
    oper_status: port.up ? 'up' : 'down',
    mac: port.mac,
    addresses: port.addresses,
    mtu: port.mtu,
    speed: port.speed,
    vrf: null,
  };
}

/** A neighbour with every field that LLDP carries; platforms blank what they do not print. Capabilities by their common names. */
export function lldpRecord(fact: NeighborFact): LldpNeighbor {
  return {
    local_interface: fact.port.name,
    neighbor_name: fact.name,
    neighbor_interface: fact.remotePort,
    neighbor_address: fact.address,
    platform: null,
    capabilities: [...fact.capabilities],
    chassis_id: fact.mac,
  };
}

/** CDP's words for what a neighbour does. */
export const CDP_CAPABILITIES: Record<Capability, string[]> = {
  router: ['Router'],
  bridge: ['Switch', 'IGMP'],
  wlan: ['Trans-Bridge'],
};

export function cdpRecord(fact: NeighborFact): CdpNeighbor {
  return {
    local_interface: fact.port.name,
    neighbor_name: fact.cdpId,
    neighbor_interface: fact.remotePortFull,
    neighbor_address: fact.address,
    platform: fact.platform,
    capabilities: cdpWords(fact).map((word) => word.toLowerCase()),
  };
}

/** `Router Switch IGMP`, in Cisco's order. */
export function cdpWords(fact: NeighborFact): string[] {
  return (['router', 'wlan', 'bridge'] as const)
    .filter((capability) => fact.capabilities.includes(capability))
    .flatMap((capability) => CDP_CAPABILITIES[capability]);
}
