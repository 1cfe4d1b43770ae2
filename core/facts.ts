/**
 * The data kinds that discovery collects and the one typed record of each.
 * Prefixes are CIDR, MAC addresses `aa:bb:cc:dd:ee:ff`, unknown is `null`, never `""`. One row per next hop.
 */
export const KINDS = [
  'static_routes',
  'ospf_routes',
  'bgp_routes',
  'mac_table',
  'arp',
  'interfaces',
  'cdp_neighbors',
  'lldp_neighbors',
] as const;

export type Kind = (typeof KINDS)[number];

/** What a job asks of a device: data kinds, or its configuration. */
export const CONFIGURATION = 'configuration';
export type JobKind = Kind | typeof CONFIGURATION;

/** The data kinds among what a job asks for. */
export function factKinds(kinds: JobKind[]): Kind[] {
  return kinds.filter((kind) => kind !== CONFIGURATION);
}

/** What the three route kinds share. `selected`: the device forwards by it. */
export interface Route {
  network: string;
  next_hop: string | null;
  interface: string | null;
  distance: number | null;
  metric: number | null;
  vrf: string | null;
  selected: boolean;
}

export interface StaticRoute extends Route {
  blackhole: boolean;
}

export interface OspfRoute extends Route {
  /** `intra`, `inter`, `external-1`, `external-2`, `nssa-1`, `nssa-2`; null where the device does not tell. */
  route_type: string | null;
  area: string | null;
}

export interface BgpRoute extends Route {
  as_path: string | null;
  local_pref: number | null;
  origin: string | null;
}

export interface MacEntry {
  mac: string;
  vlan: number | null;
  interface: string | null;
  /** `dynamic`, `static`, `self`, … in lower case. */
  type: string | null;
}

export interface ArpEntry {
  address: string;
  /** null for an incomplete entry. */
  mac: string | null;
  interface: string | null;
  vrf: string | null;
}

export interface Interface {
  name: string;
  description: string | null;
  /** `up` or `down`. */
  admin_status: string | null;
  oper_status: string | null;
  mac: string | null;
  /** CIDR with host bits, e.g. `10.1.0.1/30`. */
  addresses: string[];
  mtu: number | null;
  /** Bits per second. */
  speed: number | null;
  vrf: string | null;
}

export interface CdpNeighbor {
  local_interface: string;
  neighbor_name: string | null;
  neighbor_interface: string | null;
  neighbor_address: string | null;
  platform: string | null;
  capabilities: string[];
}

export interface LldpNeighbor extends CdpNeighbor {
  /** A MAC address in canonical form where the chassis id is one, else as the neighbour sends it. */
  chassis_id: string | null;
}

export interface Records {
  static_routes: StaticRoute;
  ospf_routes: OspfRoute;
  bgp_routes: BgpRoute;
  mac_table: MacEntry;
  arp: ArpEntry;
  interfaces: Interface;
  cdp_neighbors: CdpNeighbor;
  lldp_neighbors: LldpNeighbor;
}

/** The last path segments of the device route of each kind, under `/devices/{id}/`; the `http` transport asks for the same. */
export const KIND_ENDPOINTS = {
  static_routes: 'ip-route/static',
  ospf_routes: 'ip-route/ospf',
  bgp_routes: 'ip-route/bgp',
  mac_table: 'mac-table',
  arp: 'ip-arp',
  interfaces: 'interfaces',
  cdp_neighbors: 'cdp-neighbors',
  lldp_neighbors: 'lldp-neighbors',
} as const satisfies Record<Kind, string>;

/** The request option that asks for each kind. */
export const KIND_OPTIONS = {
  static_routes: 'include_static_routes',
  ospf_routes: 'include_ospf_routes',
  bgp_routes: 'include_bgp_routes',
  mac_table: 'include_mac_table',
  arp: 'include_arp',
  interfaces: 'include_interfaces',
  cdp_neighbors: 'include_cdp_neighbors',
  lldp_neighbors: 'include_lldp_neighbors',
} as const satisfies Record<Kind, string>;
